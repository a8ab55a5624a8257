import { milliOf, valueOf as unitsOf } from '../apimachinery/quantity.ts';
import type { Container, ContainerStatus, Pod, PodSpec, ResourceRequirements } from './generated/types.ts';
import { isRestartableInitContainer } from './podstatus.ts';

/** An amount of each resource. */
export interface ResourceAmounts {
  /** Thousandths of a core. */
  readonly milliCPU: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes. */
  readonly ephemeralStorage: number;
  /** Whole units of everything else (huge pages in bytes), by name; only what is not zero. */
  readonly scalar: ReadonlyMap<string, number>;
}

/**
 * What was worked out, by what it follows from, which never changes: the spec, or for the many pods
 * whose one container decides alone, that container's resources, which all pods of a template share.
 */
type Remembered = WeakMap<PodSpec | ResourceRequirements, ResourceAmounts>;

const requestsOf: Remembered = new WeakMap();
const limitsOf: Remembered = new WeakMap();
const NO_RESOURCES: ResourceRequirements = Object.freeze({});

/**
 * What a pod of this spec asks of its node (component-helpers/resource/helpers.go PodRequests): its
 * containers and sidecars together, or the neediest init container with the sidecars before it if
 * that is more; what the pod as a whole requests instead, where it does; and the overhead.
 */
export function podRequests(spec: PodSpec): ResourceAmounts {
  return remembered(requestsOf, spec, 'requests');
}

/** What a pod of this spec may use at most, in the same way; a resource without any limit is 0. */
export function podLimits(spec: PodSpec): ResourceAmounts {
  return remembered(limitsOf, spec, 'limits');
}

/**
 * The spec by which a scheduler counts a pod that is being resized: of each container the most of what is wished
 * for, what its kubelet has allocated, and what it runs with; a wish that its node can never fulfil does
 * not count (component-helpers/resource/helpers.go determineContainerReqs). The pod's own spec nearly always.
 */
export function countedSpec(pod: Pod): PodSpec {
  const { spec, status } = pod;
  const statuses = status?.containerStatuses;
  if (statuses === undefined) return spec;
  const infeasible = status?.conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  let counted: Container[] | undefined;
  for (const [i, container] of spec.containers.entries()) {
    const known =
      statuses.length === 1 && i === 0 ? statuses[0] : statuses.find(({ name }) => name === container.name);
    if (known === undefined || hasWhatItWants(container, known)) continue;
    counted ??= [...spec.containers];
    counted[i] = withMost(container, known, infeasible === true);
  }
  return counted === undefined ? spec : { ...spec, containers: counted };
}

function hasWhatItWants(
  { resources }: Container,
  { allocatedResources, resources: actual }: ContainerStatus,
): boolean {
  const wanted = resources?.requests;
  const same = (held: Readonly<Record<string, string>> | undefined): boolean =>
    held === undefined || held === wanted || RESIZABLE.every((name) => held[name] === wanted?.[name]);
  return same(allocatedResources) && same(actual?.requests);
}

const RESIZABLE = ['cpu', 'memory'];

function withMost(container: Container, status: ContainerStatus, infeasible: boolean): Container {
  const requests: Record<string, string> = { ...container.resources?.requests };
  const held = [status.allocatedResources, status.resources?.requests];
  for (const name of RESIZABLE) {
    const texts = [infeasible ? undefined : requests[name], ...held.map((list) => list?.[name])];
    const known = texts.filter((text) => text !== undefined);
    if (known.length === 0) continue;
    requests[name] = known.reduce((most, text) =>
      amountOf(name, text) > amountOf(name, most) ? text : most,
    );
  }
  return { ...container, resources: { ...container.resources, requests } };
}

function remembered(known: Remembered, spec: PodSpec, list: 'requests' | 'limits'): ResourceAmounts {
  const alone = resourcesOfOnly(spec);
  const before = known.get(alone ?? spec);
  if (before !== undefined) return before;
  const amounts = toAmounts(alone === undefined ? effective(spec, list) : amountsIn(alone, list));
  known.set(alone ?? spec, amounts);
  return amounts;
}

/** The resources of the container that decides alone what the pod asks for; undefined where more does. */
function resourcesOfOnly(spec: PodSpec): ResourceRequirements | undefined {
  const { containers = [], initContainers, resources, overhead } = spec;
  const [container] = containers;
  if (container === undefined || containers.length > 1 || initContainers !== undefined) return undefined;
  return resources === undefined && overhead === undefined
    ? (container.resources ?? NO_RESOURCES)
    : undefined;
}

/** Millicores of cpu, whole units of all else, by name. */
type Sums = Map<string, number>;

/** The amounts in one list of requests or limits. */
function amountsIn(resources: ResourceRequirements | undefined, list: 'requests' | 'limits'): Sums {
  const sums: Sums = new Map();
  for (const [name, text] of Object.entries(resources?.[list] ?? {})) sums.set(name, amountOf(name, text));
  return sums;
}

function amountOf(name: string, text: string): number {
  return name === 'cpu' ? milliOf(text) : unitsOf(text);
}

function addTo(total: Sums, more: Sums): void {
  for (const [name, amount] of more) total.set(name, (total.get(name) ?? 0) + amount);
}

function raiseTo(total: Sums, other: Sums): void {
  for (const [name, amount] of other) if (amount > (total.get(name) ?? 0)) total.set(name, amount);
}

function effective(spec: PodSpec, list: 'requests' | 'limits'): Sums {
  const total: Sums = new Map();
  for (const container of spec.containers ?? []) addTo(total, amountsIn(container.resources, list));
  raiseTo(total, initAmounts(spec.initContainers ?? [], total, list));
  for (const [name, amount] of amountsIn(spec.resources, list)) {
    if (isPodLevelResource(name)) total.set(name, amount);
  }
  for (const [name, text] of Object.entries(spec.overhead ?? {})) {
    // Overhead comes on top of limits only where there is a limit.
    if (list === 'requests' || (total.get(name) ?? 0) > 0) {
      total.set(name, (total.get(name) ?? 0) + amountOf(name, text));
    }
  }
  return total;
}

/** The most that is needed at once while the pod starts; sidecars are added to `running`, for they stay. */
function initAmounts(containers: readonly Container[], running: Sums, list: 'requests' | 'limits'): Sums {
  const sidecars: Sums = new Map();
  const most: Sums = new Map();
  for (const container of containers) {
    const own = amountsIn(container.resources, list);
    if (isRestartableInitContainer(container)) {
      addTo(running, own);
      addTo(sidecars, own);
      raiseTo(most, sidecars);
    } else {
      addTo(own, sidecars);
      raiseTo(most, own);
    }
  }
  return most;
}

function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

const NO_SCALARS: ReadonlyMap<string, number> = new Map();

function toAmounts(sums: Sums): ResourceAmounts {
  const { cpu = 0, memory = 0, 'ephemeral-storage': ephemeralStorage = 0 } = Object.fromEntries(sums);
  const rest = [...sums].filter(
    ([name, amount]) => name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage' && amount !== 0,
  );
  const scalar = rest.length === 0 ? NO_SCALARS : new Map(rest);
  return Object.freeze({ milliCPU: cpu, memory, ephemeralStorage, scalar });
}
