import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isDNS1123Label, isValidPortName, isValidPortNum } from '../../apimachinery/validation.ts';
import type { Container, ContainerPort, ContainerResizePolicy, PodSpec, Volume } from '../generated/types.ts';
import { checkAbsent, checkEnum, complain, isUnset } from './common.ts';
import { checkEnv, checkEnvFrom } from './env.ts';
import { checkKillingProbe, checkLifecycle, checkReadinessProbe } from './handlers.ts';
import { checkVolumeDevices, checkVolumeMounts } from './mounts.ts';
import { checkContainerResources } from './resources.ts';
import { checkSecurityContext } from './securitycontext.ts';

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'] as const;
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'] as const;
const RESIZE_RESOURCES = ['cpu', 'memory'] as const;
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'] as const;
const NOT_WITHOUT_ALWAYS = 'may not be set for init containers without restartPolicy=Always';
const NOT_EPHEMERAL = 'cannot be set for an Ephemeral Container';

/** What a container's rules need to know of its pod. */
export interface PodContext {
  readonly spec: PodSpec;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claimNames: ReadonlySet<string>;
}

/** The containers of a pod (validateContainers). */
export function checkContainers(errors: FieldError[], path: string, pod: PodContext): void {
  const containers = pod.spec.containers ?? [];
  if (containers.length === 0) errors.push(required(path));
  const names = new Set<string>();
  for (const [i, container] of containers.entries()) {
    const entry = index(path, i);
    checkContainer(errors, entry, container, pod);
    const { name = '' } = container;
    if (names.has(name)) errors.push(duplicate(child(entry, 'name'), name));
    names.add(name);
    checkHooksAndProbes(errors, entry, container, pod);
    checkRestartPolicy(errors, entry, container);
  }
  const hostPorts = new Set<string>();
  for (const [i, container] of containers.entries())
    checkHostPorts(errors, index(path, i), container, hostPorts);
}

/** The init containers of a pod, sidecars among them (validateInitContainers). */
export function checkInitContainers(errors: FieldError[], path: string, pod: PodContext): void {
  const names = new Set(pod.spec.containers?.map((container) => container.name));
  for (const [i, container] of (pod.spec.initContainers ?? []).entries()) {
    const entry = index(path, i);
    checkContainer(errors, entry, container, pod);
    checkRestartPolicy(errors, entry, container);
    if (names.has(container.name)) errors.push(duplicate(child(entry, 'name'), container.name));
    else if (!isUnset(container.name)) names.add(container.name);
    // One at a time runs, so a port is only in the way within the container itself.
    checkHostPorts(errors, entry, container, new Set());
    if (container.restartPolicy === 'Always') {
      checkHooksAndProbes(errors, entry, container, pod);
      continue;
    }
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      checkAbsent(errors, child(entry, key), container[key], NOT_WITHOUT_ALWAYS);
    }
  }
}

/** Containers that kubectl debug adds to a running pod (validateEphemeralContainers). */
export function checkEphemeralContainers(errors: FieldError[], path: string, pod: PodContext): void {
  const others = new Set(
    [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].map((c) => c.name),
  );
  const names = new Set(others);
  for (const [i, container] of (pod.spec.ephemeralContainers ?? []).entries()) {
    const entry = index(path, i);
    checkContainer(errors, entry, container, pod);
    checkImageWhitespace(errors, entry, container);
    const { name = '' } = container;
    if (names.has(name)) errors.push(duplicate(child(entry, 'name'), name));
    names.add(name);
    const target = container.targetContainerName ?? '';
    if (target !== '' && !others.has(target))
      errors.push(notFound(child(entry, 'targetContainerName'), target));
    const unsupported = [
      ...(['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const),
      ...(['resizePolicy', 'restartPolicy', 'restartPolicyRules'] as const),
    ];
    for (const key of unsupported) checkAbsent(errors, child(entry, key), container[key], NOT_EPHEMERAL);
    // An empty struct is what its absence is written as.
    if (Object.keys(container.resources ?? {}).length > 0)
      errors.push(forbidden(child(entry, 'resources'), NOT_EPHEMERAL));
    for (const [j, mount] of (container.volumeMounts ?? []).entries()) {
      const mountPath = index(child(entry, 'volumeMounts'), j);
      if (!isUnset(mount.subPath)) errors.push(forbidden(child(mountPath, 'subPath'), NOT_EPHEMERAL));
      if (!isUnset(mount.subPathExpr)) errors.push(forbidden(child(mountPath, 'subPathExpr'), NOT_EPHEMERAL));
    }
  }
}

/** Upstream checks this in pods only; templates have been sloppy for too long. */
export function checkImageWhitespace(errors: FieldError[], path: string, container: Container): void {
  const image = container.image ?? '';
  if (image.trim() === image) return;
  errors.push(invalid(child(path, 'image'), image, 'must not have leading or trailing whitespace'));
}

/** What holds for every container of whatever sort (validateContainerCommon). */
function checkContainer(errors: FieldError[], path: string, container: Container, pod: PodContext): void {
  if (isUnset(container.name)) errors.push(required(child(path, 'name')));
  else complain(errors, child(path, 'name'), container.name, isDNS1123Label(container.name));
  if (isUnset(container.image)) errors.push(required(child(path, 'image')));
  const messagePath = child(path, 'terminationMessagePolicy');
  checkEnum(errors, messagePath, container.terminationMessagePolicy, MESSAGE_POLICIES);
  checkPorts(errors, child(path, 'ports'), container.ports);
  checkEnv(errors, child(path, 'env'), container.env);
  checkEnvFrom(errors, child(path, 'envFrom'), container.envFrom);
  checkVolumeMounts(errors, child(path, 'volumeMounts'), container, pod.volumes);
  checkVolumeDevices(errors, child(path, 'volumeDevices'), container, pod.volumes);
  checkEnum(errors, child(path, 'imagePullPolicy'), container.imagePullPolicy, PULL_POLICIES);
  checkContainerResources(errors, child(path, 'resources'), container.resources, pod.claimNames);
  checkResizePolicy(errors, child(path, 'resizePolicy'), container.resizePolicy, pod.spec.restartPolicy);
  const hostUsers = pod.spec.hostUsers !== false;
  checkSecurityContext(errors, child(path, 'securityContext'), container.securityContext, hostUsers);
}

function checkHooksAndProbes(
  errors: FieldError[],
  path: string,
  container: Container,
  pod: PodContext,
): void {
  const grace = pod.spec.terminationGracePeriodSeconds;
  checkLifecycle(errors, child(path, 'lifecycle'), container.lifecycle, grace);
  checkKillingProbe(errors, child(path, 'livenessProbe'), container.livenessProbe);
  checkReadinessProbe(errors, child(path, 'readinessProbe'), container.readinessProbe);
  checkKillingProbe(errors, child(path, 'startupProbe'), container.startupProbe);
}

/** A container's own restart policy and rules; on by default since v1.35 (ContainerRestartRules). */
function checkRestartPolicy(errors: FieldError[], path: string, container: Container): void {
  const { restartPolicy, restartPolicyRules = [] } = container;
  if (restartPolicy !== undefined && !(RESTART_POLICIES as readonly string[]).includes(restartPolicy)) {
    errors.push(notSupported(child(path, 'restartPolicy'), restartPolicy, RESTART_POLICIES));
  }
  if (restartPolicy === undefined && restartPolicyRules.length > 0) {
    errors.push(
      required(child(path, 'restartPolicy'), 'must specify restartPolicy when restartPolicyRules are set'),
    );
  }
}

function checkPorts(errors: FieldError[], path: string, ports: readonly ContainerPort[] | undefined): void {
  const names = new Set<string>();
  for (const [i, port] of (ports ?? []).entries()) {
    const entry = index(path, i);
    if (!isUnset(port.name)) {
      const complaints = isValidPortName(port.name);
      complain(errors, child(entry, 'name'), port.name, complaints);
      if (complaints.length === 0 && names.has(port.name))
        errors.push(duplicate(child(entry, 'name'), port.name));
      names.add(port.name);
    }
    const { containerPort = 0, hostPort = 0 } = port;
    if (containerPort === 0) errors.push(required(child(entry, 'containerPort')));
    else complain(errors, child(entry, 'containerPort'), containerPort, isValidPortNum(containerPort));
    if (hostPort !== 0) complain(errors, child(entry, 'hostPort'), hostPort, isValidPortNum(hostPort));
    checkEnum(errors, child(entry, 'protocol'), port.protocol, PROTOCOLS);
  }
}

/** No two ports may want the same place on the host (AccumulateUniqueHostPorts). */
function checkHostPorts(errors: FieldError[], path: string, container: Container, taken: Set<string>): void {
  for (const [i, port] of (container.ports ?? []).entries()) {
    const { hostPort = 0, hostIP = '', protocol = '' } = port;
    if (hostPort === 0) continue;
    const place = `${protocol}/${hostIP}/${hostPort}`;
    if (taken.has(place)) errors.push(duplicate(child(index(child(path, 'ports'), i), 'hostPort'), place));
    taken.add(place);
  }
}

function checkResizePolicy(
  errors: FieldError[],
  path: string,
  policies: readonly ContainerResizePolicy[] | undefined,
  podRestartPolicy: string | undefined,
): void {
  const seen = new Set<string>();
  for (const [i, { resourceName, restartPolicy }] of (policies ?? []).entries()) {
    if (seen.has(resourceName)) errors.push(duplicate(index(path, i), resourceName));
    seen.add(resourceName);
    checkEnum(errors, path, resourceName, RESIZE_RESOURCES);
    checkEnum(errors, path, restartPolicy, RESIZE_POLICIES);
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
}
