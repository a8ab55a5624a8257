import { Action, type ClusterEvent } from '../events.ts';
import type { PluginFactory } from '../framework.ts';
import { NodeInfo } from '../nodeinfo.ts';
import { type PodInfo, type PodResources, podInfo } from '../podinfo.ts';
import { fitScorer, LEAST_ALLOCATED } from '../scoringstrategy.ts';
import { rejection, type Status, SUCCESS } from '../status.ts';

const NAME = 'NodeResourcesFit';

const TOO_MANY_PODS = 1;
const CPU = 2;
const MEMORY = 4;
const EPHEMERAL = 8;
/** What is asked is more than the node ever has: taking pods away does not help. */
const UNRESOLVABLE = 16;

const NONE: readonly string[] = Object.freeze([]);

/** There are few combinations of reasons, and thousands of nodes: each is made once. */
const BY_BITS: readonly Status[] = Array.from({ length: 32 }, (_, bits) => combine(bits, NONE));

/**
 * Whether the node has room for what the pod requests, and a preference for nodes with more of it
 * left, or whatever the profile's strategy prefers (plugins/noderesources/fit.go).
 */
export const nodeResourcesFit: PluginFactory = {
  name: NAME,
  create(_, { scoringStrategy = LEAST_ALLOCATED }) {
    const score = fitScorer(scoringStrategy);
    const scalarStatuses = new Map<string, Status>();
    return {
      name: NAME,
      events: [
        {
          resource: 'AssignedPod',
          actions: Action.delete | Action.podScaledDown,
          hint: (pod, event) => freesResources(pod, event),
        },
        {
          resource: 'Node',
          actions: Action.add | Action.nodeAllocatable,
          hint: (pod, event) => gainsRoom(pod, event),
        },
        { resource: 'Pod', actions: Action.podScaledDown },
      ],
      filter(_, { resources }, node) {
        let bits = node.podCount + 1 > node.allocatablePods ? TOO_MANY_PODS : 0;
        bits |= lacking(CPU, resources.milliCPU, node.allocatableCPU, node.milliCPU);
        bits |= lacking(MEMORY, resources.memory, node.allocatableMemory, node.memory);
        bits |= lacking(
          EPHEMERAL,
          resources.ephemeralStorage,
          node.allocatableEphemeral,
          node.ephemeralStorage,
        );
        if (resources.scalar.length > 0) return withScalars(bits, resources, node, scalarStatuses);
        return bits === 0 ? SUCCESS : (BY_BITS[bits] as Status);
      },
      score: (_, { resources }, nodes, scores) => score(resources, nodes, scores),
    };
  },
};

function lacking(bit: number, asked: number, allocatable: number, used: number): number {
  if (asked === 0 || asked <= allocatable - used) return 0;
  return asked > allocatable ? bit | UNRESOLVABLE : bit;
}

function withScalars(
  given: number,
  resources: PodResources,
  node: NodeInfo,
  known: Map<string, Status>,
): Status {
  let bits = given;
  let short: string[] | undefined;
  for (const [name, asked] of resources.scalar) {
    const allocatable = node.allocatableScalar.get(name) ?? 0;
    if (asked === 0 || asked <= allocatable - node.requestedScalar(name)) continue;
    if (asked > allocatable) bits |= UNRESOLVABLE;
    short ??= [];
    short.push(name);
  }
  if (short === undefined) return bits === 0 ? SUCCESS : (BY_BITS[bits] as Status);
  const key = `${bits}|${short.join()}`;
  let status = known.get(key);
  if (status === undefined) {
    status = combine(bits, short);
    known.set(key, status);
  }
  return status;
}

function combine(bits: number, scalars: readonly string[]): Status {
  const reasons: string[] = [];
  if ((bits & TOO_MANY_PODS) !== 0) reasons.push('Too many pods');
  if ((bits & CPU) !== 0) reasons.push('Insufficient cpu');
  if ((bits & MEMORY) !== 0) reasons.push('Insufficient memory');
  if ((bits & EPHEMERAL) !== 0) reasons.push('Insufficient ephemeral-storage');
  for (const name of scalars) reasons.push(`Insufficient ${name}`);
  return rejection((bits & UNRESOLVABLE) === 0 ? 'unschedulable' : 'unresolvable', NAME, ...reasons);
}

/** A pod that goes always frees room for one; one that shrinks must shrink in what is asked for. */
function freesResources({ resources }: PodInfo, event: ClusterEvent): boolean {
  if (event.resource !== 'AssignedPod' || event.before === undefined || event.after === undefined)
    return true;
  const [before, after] = [podInfo(event.before).resources, podInfo(event.after).resources];
  if (resources.milliCPU > 0 && before.milliCPU > after.milliCPU) return true;
  if (resources.memory > 0 && before.memory > after.memory) return true;
  if (resources.ephemeralStorage > 0 && before.ephemeralStorage > after.ephemeralStorage) return true;
  const left = new Map(after.scalar);
  return before.scalar.some(
    ([name, amount]) =>
      amount > (left.get(name) ?? 0) && resources.scalar.some(([asked, n]) => asked === name && n > 0),
  );
}

/** A new or changed node can take the pod when empty, and either could not before or now has more. */
function gainsRoom({ resources }: PodInfo, event: ClusterEvent): boolean {
  if (event.resource !== 'Node') return true;
  const after = NodeInfo.empty(event.after);
  if (!fitsEmpty(resources, after)) return false;
  if (event.before === undefined) return true;
  const before = NodeInfo.empty(event.before);
  return !fitsEmpty(resources, before) || hasMore(resources, before, after);
}

function fitsEmpty(resources: PodResources, node: NodeInfo): boolean {
  return (
    node.allocatablePods >= 1 &&
    resources.milliCPU <= node.allocatableCPU &&
    resources.memory <= node.allocatableMemory &&
    resources.ephemeralStorage <= node.allocatableEphemeral &&
    resources.scalar.every(([name, asked]) => asked <= (node.allocatableScalar.get(name) ?? 0))
  );
}

function hasMore(resources: PodResources, before: NodeInfo, after: NodeInfo): boolean {
  return (
    after.allocatablePods > before.allocatablePods ||
    (resources.milliCPU > 0 && after.allocatableCPU > before.allocatableCPU) ||
    (resources.memory > 0 && after.allocatableMemory > before.allocatableMemory) ||
    (resources.ephemeralStorage > 0 && after.allocatableEphemeral > before.allocatableEphemeral) ||
    resources.scalar.some(
      ([name, asked]) =>
        asked > 0 && (after.allocatableScalar.get(name) ?? 0) > (before.allocatableScalar.get(name) ?? 0),
    )
  );
}
