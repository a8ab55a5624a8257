import type { Checker } from './checker.ts';
import type { Plan, Step } from './plan.ts';
import { play } from './play.ts';

/** At most so many runs are spent on making a plan smaller. */
const MAX_RUNS = 300;

/**
 * The smallest plan found that still breaks the same checker's promise: steps are left out in ever smaller
 * pieces (delta debugging), then nodes. Every candidate is played, so the result is known to fail.
 */
export function shrink(plan: Plan, checker: string, watch?: readonly Checker[]): Plan {
  let runs = 0;
  const fails = (candidate: Plan): boolean =>
    runs++ < MAX_RUNS && play(candidate, watch).violation?.checker === checker;
  let best = plan;
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.steps.length; ) {
      const candidate = { ...best, steps: without(best.steps, from, size) };
      if (fails(candidate)) best = candidate;
      else from += size;
    }
  }
  for (let count = 1; count < best.nodes.length; count++) {
    const candidate = { ...best, nodes: best.nodes.slice(0, count) };
    if (!fails(candidate)) continue;
    best = candidate;
    break;
  }
  return best;
}

function without(steps: readonly Step[], from: number, count: number): readonly Step[] {
  return [...steps.slice(0, from), ...steps.slice(from + count)];
}
