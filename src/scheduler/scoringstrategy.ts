import { MAX_NODE_SCORE } from './maxscore.ts';
import type { NodeInfo } from './nodeinfo.ts';
import type { PodResources } from './podinfo.ts';

/** How NodeResourcesFit ranks nodes (apis/config NodeResourcesFitArgs.scoringStrategy). */
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  /** What counts, and how much. */
  readonly resources: readonly { readonly name: string; readonly weight: number }[];
  /** Of RequestedToCapacityRatio: scores of 0 to 10 by utilization in percent, ascending. */
  readonly shape?: readonly { readonly utilization: number; readonly score: number }[];
}

export const LEAST_ALLOCATED: ScoringStrategy = Object.freeze({
  type: 'LeastAllocated',
  resources: Object.freeze([
    Object.freeze({ name: 'cpu', weight: 1 }),
    Object.freeze({ name: 'memory', weight: 1 }),
  ]),
});

/** config.MaxCustomPriorityScore */
const MAX_SHAPE_SCORE = 10;

/** Scores nodes for a pod, each at its place in `scores`, 0 to 100. */
export type FitScorer = (resources: PodResources, nodes: readonly NodeInfo[], scores: Float64Array) => void;

/** The scorer of a strategy (noderesources/resource_allocation.go and the files beside it). */
export function fitScorer(strategy: ScoringStrategy): FitScorer {
  const { type, resources } = strategy;
  const ratio = type === 'RequestedToCapacityRatio';
  const rate = ratio
    ? shaped(strategy.shape ?? [])
    : type === 'MostAllocated'
      ? mostRequested
      : leastRequested;
  return (pod, nodes, scores) => {
    // What the pod does not ask for of an extended resource is no reason for or against a node.
    const asking = resources
      .map(({ name, weight }) => ({ name, weight, asked: requestOf(name, pod, ratio) }))
      .filter(({ name, asked }) => asked !== 0 || name === 'cpu' || name === 'memory');
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as NodeInfo;
      let sum = 0;
      let weights = 0;
      // By place: an iterator for each of thousands of nodes is most of what a cycle would leave behind.
      for (let r = 0; r < asking.length; r++) {
        const { name, weight, asked } = asking[r] as (typeof asking)[number];
        const capacity = allocatableOf(name, node);
        if (capacity === 0) continue;
        const score = rate(requestedOf(name, node, ratio) + asked, capacity);
        if (ratio && score === 0) continue;
        sum += score * weight;
        weights += weight;
      }
      if (weights === 0) scores[i] = 0;
      else scores[i] = ratio ? Math.round(sum / weights) : Math.floor(sum / weights);
    }
  };
}

function leastRequested(requested: number, capacity: number): number {
  if (requested > capacity) return 0;
  return Math.floor(((capacity - requested) * MAX_NODE_SCORE) / capacity);
}

function mostRequested(requested: number, capacity: number): number {
  return Math.floor((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity);
}

/** A line through the points of a shape (helper.BuildBrokenLinearFunction). */
function shaped(
  shape: NonNullable<ScoringStrategy['shape']>,
): (requested: number, capacity: number) => number {
  const points = shape.map(({ utilization, score }) => ({
    utilization,
    score: score * (MAX_NODE_SCORE / MAX_SHAPE_SCORE),
  }));
  const at = (utilization: number): number => {
    const next = points.findIndex((point) => utilization <= point.utilization);
    const [before, after] = [points[next - 1], points[next]];
    if (after === undefined) return points.at(-1)?.score ?? 0;
    if (before === undefined) return after.score;
    const share = (utilization - before.utilization) / (after.utilization - before.utilization);
    return Math.trunc(before.score + (after.score - before.score) * share);
  };
  return (requested, capacity) => at(requested > capacity ? 100 : Math.floor((requested * 100) / capacity));
}

function allocatableOf(name: string, node: NodeInfo): number {
  if (name === 'cpu') return node.allocatableCPU;
  if (name === 'memory') return node.allocatableMemory;
  if (name === 'ephemeral-storage') return node.allocatableEphemeral;
  return node.allocatableScalar.get(name) ?? 0;
}

/** What pods there ask for; `real` without what is assumed of those that say nothing. */
function requestedOf(name: string, node: NodeInfo, real: boolean): number {
  if (name === 'cpu') return real ? node.milliCPU : node.nonZeroCPU;
  if (name === 'memory') return real ? node.memory : node.nonZeroMemory;
  if (name === 'ephemeral-storage') return node.ephemeralStorage;
  return node.requestedScalar(name);
}

function requestOf(name: string, pod: PodResources, real: boolean): number {
  if (name === 'cpu') return real ? pod.milliCPU : pod.nonZeroCPU;
  if (name === 'memory') return real ? pod.memory : pod.nonZeroMemory;
  if (name === 'ephemeral-storage') return pod.ephemeralStorage;
  return pod.scalar.find(([asked]) => asked === name)?.[1] ?? 0;
}
