import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  EnvVar,
  Pod,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from '../../api/generated/types.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import { milliOf } from '../../apimachinery/quantity.ts';
import { bool, compare, moment, quantity } from './common.ts';
import type { DescribeWriter } from './writer.ts';

/** What containers are described with: their statuses and, in a pod, what fields its env refers to. */
export interface ContainersContext {
  readonly statuses?: readonly ContainerStatus[] | undefined;
  readonly pod?: Pod;
  /** Two spaces inside a pod template. */
  readonly space: string;
}

/** Writes the containers of a pod or template under a title. */
export function writeContainers(
  w: DescribeWriter,
  title: string,
  containers: readonly Container[],
  context: ContainersContext,
): void {
  w.write(0, `${context.space}${title}:${containers.length === 0 ? ' <none>' : ''}\n`);
  for (const container of containers) {
    const status = context.statuses?.find((s) => s.name === container.name);
    writeBasics(w, container, status, context.space);
    writeLines(w, 'Command', container.command);
    writeLines(w, 'Args', container.args);
    if (status !== undefined) writeState(w, status);
    writeResources(w, container.resources, 2);
    writeProbes(w, container);
    if ((container.envFrom ?? []).length > 0) writeEnvFrom(w, container);
    writeEnv(w, container, context.pod);
    writeMounts(w, container);
  }
}

function writeBasics(
  w: DescribeWriter,
  container: Container,
  status: ContainerStatus | undefined,
  space: string,
): void {
  w.write(1, `${space === '' ? '' : ' '}${container.name}:\n`);
  if (status !== undefined) w.field('Container ID', status.containerID ?? '', 2);
  w.field('Image', container.image ?? '', 2);
  if (status !== undefined) w.field('Image ID', status.imageID, 2);
  writePorts(w, 'Port', container.ports ?? [], (port) => port.containerPort);
  writePorts(w, 'Host Port', container.ports ?? [], (port) => port.hostPort ?? 0);
  const seccomp = container.securityContext?.seccompProfile;
  if (seccomp === undefined) return;
  w.field('SeccompProfile', seccomp.type, 2);
  if (seccomp.type === 'Localhost') w.field('LocalhostProfile', seccomp.localhostProfile ?? '', 3);
}

function writePorts(
  w: DescribeWriter,
  label: string,
  ports: readonly ContainerPort[],
  number: (port: ContainerPort) => number,
): void {
  const text = ports
    .map((port) => {
      const name = (port.name ?? '') === '' ? '' : ` (${port.name})`;
      return `${number(port)}/${port.protocol ?? 'TCP'}${name}`;
    })
    .join(', ');
  if (ports.length > 1) w.field(`${label}s`, text, 2);
  else w.field(label, text === '' ? '<none>' : text, 2);
}

function writeLines(w: DescribeWriter, label: string, words: readonly string[] | undefined): void {
  if (words === undefined || words.length === 0) return;
  w.write(2, `${label}:\n`);
  for (const word of words) for (const line of word.split('\n')) w.write(3, `${line}\n`);
}

function writeState(w: DescribeWriter, status: ContainerStatus): void {
  writeOneState(w, 'State', status.state ?? {});
  if (status.lastState?.terminated !== undefined) writeOneState(w, 'Last State', status.lastState);
  w.field('Ready', bool(status.ready), 2);
  w.field('Restart Count', status.restartCount, 2);
}

function writeOneState(w: DescribeWriter, label: string, state: ContainerState): void {
  const { running, waiting, terminated } = state;
  if (running !== undefined) {
    w.field(label, 'Running', 2);
    w.field('Started', moment(running.startedAt), 3);
  } else if (terminated !== undefined && waiting === undefined) {
    w.field(label, 'Terminated', 2);
    if ((terminated.reason ?? '') !== '') w.field('Reason', terminated.reason ?? '', 3);
    if ((terminated.message ?? '') !== '') w.field('Message', terminated.message ?? '', 3);
    w.field('Exit Code', terminated.exitCode, 3);
    if ((terminated.signal ?? 0) > 0) w.field('Signal', terminated.signal ?? 0, 3);
    w.field('Started', moment(terminated.startedAt), 3);
    w.field('Finished', moment(terminated.finishedAt), 3);
  } else {
    w.field(label, 'Waiting', 2);
    if ((waiting?.reason ?? '') !== '') w.field('Reason', waiting?.reason ?? '', 3);
  }
}

/** Limits and requests, sorted. */
export function writeResources(
  w: DescribeWriter,
  resources: ResourceRequirements | undefined,
  level: number,
): void {
  for (const [label, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = Object.keys(list ?? {}).sort();
    if (names.length > 0) w.write(level, `${label}:\n`);
    for (const name of names) w.field(name, quantity(list?.[name]), level + 1);
  }
}

function writeProbes(w: DescribeWriter, container: Container): void {
  if (container.livenessProbe !== undefined) w.field('Liveness', formatProbe(container.livenessProbe), 2);
  if (container.readinessProbe !== undefined) w.field('Readiness', formatProbe(container.readinessProbe), 2);
  if (container.startupProbe !== undefined) w.field('Startup', formatProbe(container.startupProbe), 2);
}

/** `http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3`. */
export function formatProbe(probe: Probe): string {
  const { initialDelaySeconds: delay = 0, timeoutSeconds: timeout = 0, periodSeconds: period = 0 } = probe;
  const attributes = `delay=${delay}s timeout=${timeout}s period=${period}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec !== undefined) return `exec [${(probe.exec.command ?? []).join(' ')}] ${attributes}`;
  if (probe.httpGet !== undefined) {
    const { scheme = 'HTTP', host = '', port, path = '' } = probe.httpGet;
    const slash = path !== '' && !path.startsWith('/') ? '/' : '';
    return `http-get ${scheme.toLowerCase()}://${host}:${port}${slash}${path.replace(/\?/g, '%3F')} ${attributes}`;
  }
  if (probe.tcpSocket !== undefined)
    return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${attributes}`;
  if (probe.grpc !== undefined)
    return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

function writeEnvFrom(w: DescribeWriter, container: Container): void {
  w.write(2, 'Environment Variables from:\n');
  for (const source of container.envFrom ?? []) {
    const from =
      source.configMapRef !== undefined ? 'ConfigMap' : source.secretRef !== undefined ? 'Secret' : '';
    const ref = source.configMapRef ?? source.secretRef;
    const prefix = (source.prefix ?? '') === '' ? '' : ` with prefix '${source.prefix}'`;
    w.write(3, `${ref?.name ?? ''}\t${from}${prefix}\tOptional: ${ref?.optional === true}\n`);
  }
}

function writeEnv(w: DescribeWriter, container: Container, pod: Pod | undefined): void {
  const env = container.env ?? [];
  w.write(2, `Environment:${env.length === 0 ? '\t<none>' : ''}\n`);
  for (const variable of env) {
    if (variable.valueFrom !== undefined) {
      writeEnvSource(w, variable, container, pod);
      continue;
    }
    (variable.value ?? '').split('\n').forEach((line, i) => {
      w.write(3, i === 0 ? `${variable.name}:\t${line}\n` : `\t${line}\n`);
    });
  }
}

function writeEnvSource(
  w: DescribeWriter,
  variable: EnvVar,
  container: Container,
  pod: Pod | undefined,
): void {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {};
  const { name } = variable;
  if (fieldRef !== undefined) {
    const value = pod === undefined ? '' : podField(pod, fieldRef.fieldPath);
    w.write(3, `${name}:\t${value} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})\n`);
  } else if (resourceFieldRef !== undefined) {
    const { resource } = resourceFieldRef;
    const value = resourceField(container, resourceFieldRef);
    const shown =
      value === '0' && (resource === 'limits.cpu' || resource === 'limits.memory')
        ? 'node allocatable'
        : value;
    w.write(3, `${name}:\t${shown} (${resource})\n`);
  } else if (secretKeyRef !== undefined) {
    const optional = `Optional: ${secretKeyRef.optional === true}`;
    w.write(
      3,
      `${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ''}'>\t${optional}\n`,
    );
  } else if (configMapKeyRef !== undefined) {
    const optional = `Optional: ${configMapKeyRef.optional === true}`;
    w.write(
      3,
      `${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name ?? ''}'>\t${optional}\n`,
    );
  }
}

/**
 * What kubectl knows of a field of the pod. Its scheme converts no labels of fields but those every
 * kind has, so that others stay empty, as upstream (`EnvValueRetriever`).
 */
function podField(pod: Pod, path: string): string {
  if (path === 'metadata.name') return pod.metadata.name ?? '';
  return path === 'metadata.namespace' ? (pod.metadata.namespace ?? '') : '';
}

const EXTRACTED = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** A resource of the container in units of the divisor, rounded up (`ExtractContainerResourceValue`). */
function resourceField(container: Container, { resource, divisor }: ResourceFieldSelector): string {
  const [, list, name = ''] = EXTRACTED.exec(resource) ?? [];
  if (list === undefined) return '';
  const text = container.resources?.[list as 'limits' | 'requests']?.[name];
  return String(Math.ceil(milliOf(text) / (milliOf(divisor ?? '1') || 1000)));
}

function writeMounts(w: DescribeWriter, container: Container): void {
  const mounts = (container.volumeMounts ?? []).toSorted((a, b) => compare(a.mountPath, b.mountPath));
  w.write(2, `Mounts:${mounts.length === 0 ? '\t<none>' : ''}\n`);
  for (const mount of mounts) {
    const flags = [mount.readOnly === true ? 'ro' : 'rw'];
    if ((mount.subPath ?? '') !== '') flags.push(`path=${goQuote(mount.subPath ?? '')}`);
    w.write(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})\n`);
  }
  const devices = container.volumeDevices ?? [];
  if (devices.length === 0) return;
  w.write(2, `Devices:${mounts.length === 0 ? '\t<none>' : ''}\n`);
  for (const { devicePath, name } of devices.toSorted((a, b) => compare(a.devicePath, b.devicePath)))
    w.write(3, `${devicePath} from ${name}\n`);
}
