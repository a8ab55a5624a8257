import type { Checker } from './checker.ts';
import type { Plan } from './plan.ts';
import { play } from './play.ts';

/** At most so many runs are spent on making a plan smaller. */
const MAX_RUNS = 400;

/**
 * The smallest plan found that still breaks the same checker's promise: steps are left out in ever smaller
 * pieces (delta debugging), then nodes, then all that makes the cluster special, until nothing more can go.
 * Every candidate is played, so the result is known to fail.
 */
export function shrink(plan: Plan, checker: string, watch?: readonly Checker[]): Plan {
  let runs = 0;
  let best = plan;
  const improve = (candidate: Plan): boolean => {
    if (runs++ >= MAX_RUNS || play(candidate, watch).violation?.checker !== checker) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = Math.floor(size / 2)) dropSteps(size);
  for (let before: Plan | undefined; before !== best && runs < MAX_RUNS; ) {
    before = best;
    dropNodes();
    simplify();
    dropSteps(1);
  }
  return best;

  /** Leaves out steps, so many at a time, the last ones first: what was made first is needed longest. */
  function dropSteps(size: number): void {
    for (let to = best.steps.length; to > 0; to -= size)
      improve({ ...best, steps: without(best.steps, Math.max(0, to - size), to) });
  }

  function dropNodes(): void {
    for (let i = best.nodes.length - 1; i >= 0 && best.nodes.length > 1; i--)
      improve({ ...best, nodes: without(best.nodes, i, i + 1) });
  }

  function simplify(): void {
    const { controlPlanes, startTime, ...plain } = best;
    if (controlPlanes !== undefined) improve({ ...plain, ...(startTime === undefined ? {} : { startTime }) });
    if (startTime !== undefined)
      improve({ ...plain, ...(controlPlanes === undefined ? {} : { controlPlanes }) });
    const last = best.steps.at(-1)?.at ?? 0;
    if (last < best.mendAt) improve({ ...best, mendAt: last });
  }
}

function without<T>(list: readonly T[], from: number, to: number): readonly T[] {
  return [...list.slice(0, from), ...list.slice(to)];
}
