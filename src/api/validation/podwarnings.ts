import { child, index, key } from '../../apimachinery/fielderror.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import { milliOf } from '../../apimachinery/quantity.ts';
import { isDNS1123Label } from '../../apimachinery/validation.ts';
import type { Container, ContainerPort, Pod, PodSpec, PodTemplateSpec } from '../generated/types.ts';

/** What is allowed but hardly meant (pkg/api/pod/warnings.go). */
export function podWarnings(pod: Pod): readonly string[] {
  const warnings: string[] = [];
  const complaints = isDNS1123Label(pod.metadata.name ?? '');
  if (complaints.length > 0) {
    const why =
      "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
    warnings.push(`metadata.name: ${why}: [${complaints.join(' ')}]`);
  }
  return [...warnings, ...podSpecWarnings(pod.spec, 'spec')];
}

/** The same for what makes pods from a template, whose names begin with its own. */
export function workloadWarnings(
  name: string | undefined,
  template: PodTemplateSpec | undefined,
): readonly string[] {
  const warnings: string[] = [];
  const complaints = isDNS1123Label(name ?? '');
  if (complaints.length > 0) {
    const why =
      'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
    warnings.push(`metadata.name: ${why}: [${complaints.join(' ')}]`);
  }
  return template?.spec === undefined
    ? warnings
    : [...warnings, ...podSpecWarnings(template.spec, 'spec.template.spec')];
}

/** The same for the spec of a pod or a template; `path` is where it stands. */
export function podSpecWarnings(spec: PodSpec, path: string): readonly string[] {
  const warnings: string[] = [];
  for (const [i, constraint] of (spec.topologySpreadConstraints ?? []).entries()) {
    if (constraint.labelSelector !== undefined) continue;
    const at = child(index(child(path, 'topologySpreadConstraints'), i), 'labelSelector');
    warnings.push(`${at}: a null labelSelector results in matching no pod`);
  }
  const addresses = new Set<string>();
  for (const [i, { ip }] of (spec.hostAliases ?? []).entries()) {
    const at = child(index(child(path, 'hostAliases'), i), 'ip');
    if (addresses.has(ip)) warnings.push(`${at}: duplicate ip ${goQuote(ip)}`);
    addresses.add(ip);
  }
  warnPullSecrets(warnings, path, spec);
  const ports = new Map<string, { readonly at: string; readonly port: ContainerPort }[]>();
  for (const kind of ['initContainers', 'containers'] as const) {
    for (const [i, container] of (spec[kind] ?? []).entries()) {
      const at = index(child(path, kind), i);
      warnFractions(warnings, at, container);
      warnEnv(warnings, at, container);
      warnPorts(warnings, at, container, ports);
    }
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const why = 'must be >= 0; negative values are invalid and will be treated as 1';
    warnings.push(`${child(path, 'terminationGracePeriodSeconds')}: ${why}`);
  }
  return warnings;
}

function warnPullSecrets(warnings: string[], path: string, spec: PodSpec): void {
  const names = new Set<string>();
  for (const [i, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    const at = child(index(child(path, 'imagePullSecrets'), i), 'name');
    if (names.has(name)) warnings.push(`${at}: duplicate name ${goQuote(name)}`);
    if (name === '') warnings.push(`${at}: invalid empty name ""`);
    names.add(name);
  }
}

/** `100m` of memory is a tenth of a byte: surely `100M` was meant. */
function warnFractions(warnings: string[], path: string, container: Container): void {
  for (const list of ['limits', 'requests'] as const) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const text = container.resources?.[list]?.[name];
      if (text === undefined || milliOf(text) % 1000 === 0) continue;
      const at = key(child(child(path, 'resources'), list), name);
      warnings.push(`${at}: fractional byte value ${goQuote(text)} is invalid, must be an integer`);
    }
  }
}

/** A second definition of a variable is fine if it builds on the first. */
function warnEnv(warnings: string[], path: string, container: Container): void {
  const names = new Set<string>();
  for (const [i, { name, value = '', valueFrom }] of (container.env ?? []).entries()) {
    const reference = `$(${name})`;
    const hides = valueFrom !== undefined || value === reference || !value.includes(reference);
    if (names.has(name) && hides) {
      const why = `hides previous definition of ${goQuote(name)}, which may be dropped when using apply`;
      warnings.push(`${index(child(path, 'env'), i)}: ${why}`);
    }
    names.add(name);
  }
}

function warnPorts(
  warnings: string[],
  path: string,
  container: Container,
  known: Map<string, { readonly at: string; readonly port: ContainerPort }[]>,
): void {
  for (const [i, port] of (container.ports ?? []).entries()) {
    const at = index(child(path, 'ports'), i);
    const place = `${port.containerPort}/${port.protocol ?? ''}`;
    const others = known.get(place) ?? [];
    for (const other of others) {
      const [a, b] = [port.hostPort ?? 0, other.port.hostPort ?? 0];
      if (a === b && (port.hostIP ?? '') === (other.port.hostIP ?? '')) {
        warnings.push(`${at}: duplicate port definition with ${other.at}`);
      } else if (a === 0 || b === 0) warnings.push(`${at}: overlapping port definition with ${other.at}`);
    }
    known.set(place, [...others, { at, port }]);
  }
}
