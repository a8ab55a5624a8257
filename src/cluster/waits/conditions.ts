import type { Wait, WaitView } from './wait.ts';

interface ConditionLike {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The conditions of some types that have a status which they should not have, each in its own words. */
export function conditionWaits(
  conditions: readonly ConditionLike[] | undefined,
  bad: Readonly<Record<string, string>>,
  { words }: WaitView,
): readonly Wait[] {
  return (conditions ?? [])
    .filter(({ type, status }) => bad[type] === status)
    .map(({ type, reason = '', message = '' }) => ({ text: words.condition(type, reason, message) }));
}
