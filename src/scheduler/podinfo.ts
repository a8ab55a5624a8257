import type { Container, Pod, PodSpec } from '../api/generated/types.ts';
import { mapShared } from '../api/kind.ts';
import { keptKeyOf, uidOf } from '../api/object.ts';
import { countedSpec, podRequests, type ResourceAmounts } from '../api/podrequests.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { milliOf, valueOf as wholeOf } from '../apimachinery/quantity.ts';
import { type PodAffinity, podAffinity } from './affinityterms.ts';

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
  /** By which spec it is counted: its own unless it is being resized. */
  readonly counted: PodSpec;
  readonly resources: PodResources;
  readonly hostPorts: readonly HostPort[];
  /** What it says of other pods; undefined when it says nothing. */
  readonly affinity: PodAffinity | undefined;
}

/** What a container is assumed to use where it requests nothing (scheduler/util/pod_resources.go). */
const ASSUMED = Object.freeze({ cpu: '100m', memory: '200Mi' });
const NO_CONTAINERS: readonly Container[] = Object.freeze([]);
const NO_SCALARS: PodResources['scalar'] = Object.freeze([]);

const NO_PORTS: readonly HostPort[] = Object.freeze([]);

/** Reads a pod. What an earlier state of the same pod gave is used again where the spec did not change. */
export function podInfo(pod: Pod, previous?: PodInfo): PodInfo {
  const counted = countedSpec(pod);
  const same = previous !== undefined && sameRequests(previous.counted, counted);
  const uid = uidOf(pod);
  return {
    pod,
    key: previous?.uid === uid ? previous.key : keptKeyOf(pod),
    uid,
    priority: pod.spec.priority ?? 0,
    counted,
    resources: same ? previous.resources : podResources(counted),
    hostPorts: same ? previous.hostPorts : hostPortsOf(pod.spec),
    affinity:
      previous !== undefined && previous.pod.spec.affinity === pod.spec.affinity
        ? previous.affinity
        : podAffinity(pod),
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

/** What scheduling reads of requests that it has read before: the pods of a template share theirs. */
const known = new WeakMap<ResourceAmounts, PodResources>();

/** What scheduling reads of a spec's requests; the real ones are those of `podRequests`. */
export function podResources(spec: PodSpec): PodResources {
  const requests = podRequests(spec);
  let resources = known.get(requests);
  if (resources === undefined) {
    resources = withAssumed(requests, spec);
    known.set(requests, resources);
  }
  return resources;
}

function withAssumed(requests: ResourceAmounts, spec: PodSpec): PodResources {
  const { milliCPU, memory, ephemeralStorage, scalar } = requests;
  const assumed = withAssumedRequests(spec);
  const nonZero = assumed === spec ? { milliCPU, memory } : podRequests(assumed);
  return {
    milliCPU,
    memory,
    ephemeralStorage,
    nonZeroCPU: nonZero.milliCPU,
    nonZeroMemory: nonZero.memory,
    scalar: scalar.size === 0 ? NO_SCALARS : [...scalar].sort((a, b) => (a[0] < b[0] ? -1 : 1)),
  };
}

/** The spec with cpu and memory requested by every container that does not; the same if all do. */
function withAssumedRequests(spec: PodSpec): PodSpec {
  const containers = mapShared(spec.containers, assumeRequests);
  const initContainers = mapShared(spec.initContainers ?? NO_CONTAINERS, assumeRequests);
  if (containers === spec.containers && initContainers === (spec.initContainers ?? NO_CONTAINERS))
    return spec;
  return { ...spec, containers, initContainers };
}

function assumeRequests(container: Container): Container {
  const requests = container.resources?.requests;
  if (requests?.cpu !== undefined && requests.memory !== undefined) return container;
  return { ...container, resources: { ...container.resources, requests: { ...ASSUMED, ...requests } } };
}

/** One amount as scheduling counts it: millicores for cpu, whole units for the rest. */
export function amountOf(name: string, quantity: string | undefined): number {
  return name === 'cpu' ? milliOf(quantity) : wholeOf(quantity);
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
