import type { Container, Pod, PodSpec } from '../api/generated/types.ts';
import { keyOf, uidOf } from '../api/object.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { milliOf, valueOf as wholeOf } from '../apimachinery/quantity.ts';

/** What a pod asks of a node, as numbers: millicores, bytes, and whole units of anything else. */
export interface PodResources {
  readonly milliCPU: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** With 100m for each container that does not say, for scoring only. */
  readonly nonZeroCPU: number;
  /** With 200 MiB for each container that does not say, for scoring only. */
  readonly nonZeroMemory: number;
  /** Extended resources and huge pages, by name. */
  readonly scalar: readonly (readonly [name: string, amount: number])[];
}

/** A port that the pod wants on its node. */
export interface HostPort {
  /** `0.0.0.0` means all addresses of the node. */
  readonly ip: string;
  /** `TCP/8080` */
  readonly port: string;
}

/** A pod with what scheduling reads of it again and again (framework.PodInfo). */
export interface PodInfo {
  readonly pod: Pod;
  /** `namespace/name` */
  readonly key: string;
  readonly uid: string;
  readonly priority: number;
  readonly resources: PodResources;
  readonly hostPorts: readonly HostPort[];
}

/** util/pod_resources.go */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

const NO_PORTS: readonly HostPort[] = Object.freeze([]);

/** Reads a pod. What an earlier state of the same pod gave is used again where the spec did not change. */
export function podInfo(pod: Pod, previous?: PodInfo): PodInfo {
  const same = previous !== undefined && sameRequests(previous.pod.spec, pod.spec);
  return {
    pod,
    key: keyOf(pod),
    uid: uidOf(pod),
    priority: pod.spec.priority ?? 0,
    resources: same ? previous.resources : podResources(pod.spec),
    hostPorts: same ? previous.hostPorts : hostPortsOf(pod.spec),
  };
}

function sameRequests(a: PodSpec, b: PodSpec): boolean {
  return (
    a.containers === b.containers &&
    a.initContainers === b.initContainers &&
    a.overhead === b.overhead &&
    a.resources === b.resources
  );
}

type Amounts = Map<string, number>;
type Requests = Readonly<Record<string, string | number>> | undefined;

/**
 * The requests of a pod: the larger of what its containers and sidecars ask together and what each
 * init container asks beside the sidecars started before it, plus overhead; pod-level requests
 * replace the sum (component-helpers/resource/helpers.go PodRequests).
 */
export function podResources(spec: PodSpec): PodResources {
  const real = total(spec, requestsOf);
  const nonZero = total(spec, nonMissing);
  const scalar: [string, number][] = [];
  for (const [name, amount] of real) {
    if (name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage') scalar.push([name, amount]);
  }
  return {
    milliCPU: real.get('cpu') ?? 0,
    memory: real.get('memory') ?? 0,
    ephemeralStorage: real.get('ephemeral-storage') ?? 0,
    nonZeroCPU: nonZero.get('cpu') ?? 0,
    nonZeroMemory: nonZero.get('memory') ?? 0,
    scalar: scalar.sort((a, b) => (a[0] < b[0] ? -1 : 1)),
  };
}

/** One amount as scheduling counts it: millicores for cpu, whole units for the rest. */
export function amountOf(name: string, quantity: string | number | undefined): number {
  return name === 'cpu' ? milliOf(quantity) : wholeOf(quantity);
}

function requestsOf(container: Container): Amounts {
  return amounts(container.resources?.requests);
}

function nonMissing(container: Container): Amounts {
  const out = requestsOf(container);
  if (!out.has('cpu')) out.set('cpu', DEFAULT_MILLI_CPU);
  if (!out.has('memory')) out.set('memory', DEFAULT_MEMORY);
  return out;
}

function amounts(requests: Requests): Amounts {
  const out: Amounts = new Map();
  for (const name of Object.keys(requests ?? {})) out.set(name, amountOf(name, requests?.[name]));
  return out;
}

function total(spec: PodSpec, ask: (container: Container) => Amounts): Amounts {
  const sum: Amounts = new Map();
  for (const container of spec.containers) add(sum, ask(container));
  const sidecars: Amounts = new Map();
  const peak: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const asked = ask(container);
    if (isRestartableInitContainer(container)) {
      add(sum, asked);
      add(sidecars, asked);
      raise(peak, sidecars);
    } else {
      add(asked, sidecars);
      raise(peak, asked);
    }
  }
  raise(sum, peak);
  for (const [name, amount] of amounts(spec.resources?.requests)) sum.set(name, amount);
  add(sum, amounts(spec.overhead));
  return sum;
}

function add(into: Amounts, more: Amounts): void {
  for (const [name, amount] of more) into.set(name, (into.get(name) ?? 0) + amount);
}

function raise(into: Amounts, floor: Amounts): void {
  for (const [name, amount] of floor) if (amount > (into.get(name) ?? 0)) into.set(name, amount);
}

function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  let out: HostPort[] | undefined;
  const collect = (container: Container): void => {
    for (const port of container.ports ?? []) {
      if (port.hostPort === undefined || port.hostPort <= 0) continue;
      out ??= [];
      out.push({ ip: port.hostIP || '0.0.0.0', port: `${port.protocol ?? 'TCP'}/${port.hostPort}` });
    }
  };
  for (const container of spec.containers) collect(container);
  for (const container of spec.initContainers ?? [])
    if (isRestartableInitContainer(container)) collect(container);
  return out ?? NO_PORTS;
}
