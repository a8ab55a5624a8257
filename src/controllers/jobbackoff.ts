import type { Pod } from '../api/generated/types.ts';
import { finishedTime, ignoredIndexFailures, indexFailures } from './jobpods.ts';

/** The delay before a failed pod is replaced (pkg/controller/job/backoff_utils.go). */

const FIRST_MS = 10_000;
const MAX_MS = 600_000;

/** How many pods failed since the last success, and when the last of them did. */
export interface Backoff {
  readonly failures: number;
  /** ms since the epoch. */
  readonly lastFailure: number;
}

export const NO_BACKOFF: Backoff = Object.freeze({ failures: 0, lastFailure: 0 });

/** The record with pods that ended since; a success forgets the failures before it. */
export function updatedBackoff(old: Backoff, succeeded: readonly Pod[], failed: readonly Pod[]): Backoff {
  const failures = failed.map(finishedTime);
  if (succeeded.length === 0) {
    if (failures.length === 0) return old;
    return { failures: old.failures + failures.length, lastFailure: Math.max(...failures) };
  }
  const lastSuccess = Math.max(...succeeded.map(finishedTime));
  const after = failures.filter((time) => time > lastSuccess);
  return after.length === 0 ? NO_BACKOFF : { failures: after.length, lastFailure: Math.max(...after) };
}

/** How long to wait still, ms: 10 s after the first failure, twice as long after each further one. */
export function remaining({ failures, lastFailure }: Backoff, now: number): number {
  if (failures === 0) return 0;
  const delay = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 30), MAX_MS);
  return Math.max(0, lastFailure + delay - now);
}

/** How long an index waits still: its failures are written on the last failed pod. */
export function remainingOfIndex(lastFailed: Pod | undefined, now: number): number {
  if (lastFailed === undefined) return 0;
  const failures = indexFailures(lastFailed) + ignoredIndexFailures(lastFailed) + 1;
  return remaining({ failures, lastFailure: finishedTime(lastFailed) }, now);
}
