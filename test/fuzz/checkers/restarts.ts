import type { ContainerStatus, Pod } from '../../../src/api/generated/types.ts';
import type { Checker } from '../checker.ts';

/** Times in a status are whole seconds. */
const ROUNDING_MS = 1_000;
const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;
/** What ran longer than this begins from nothing (client_backoff: twice the longest). */
const RESET_MS = 2 * LONGEST_MS;
/** Who starts anew, or looks at another clock, has forgotten how often something failed. */
const FORGETFUL = /^(Component|Node|ClockSkew|DiskFull|swizzle)/;

/** Invariant 31: containers come back as their restartPolicy says, and wait longer each time. */
export const restarts: Checker = {
  name: 'containers restart by their policy, and back off',
  open({ plan }, { fail, saw }) {
    const forgetful = plan.steps.some(
      ({ action }) => action.do === 'fault' && FORGETFUL.test(String(action.fault.kind)),
    );
    return {
      commit({ key, value, previous }) {
        if (value?.kind !== 'Pod' || previous?.value === undefined) return;
        const [pod, old] = [value as Pod, previous.value as Pod];
        if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
        for (const status of pod.status?.containerStatuses ?? []) {
          const before = old.status?.containerStatuses?.find(({ name }) => name === status.name);
          if (before === undefined || status.restartCount <= before.restartCount) continue;
          saw();
          const complaint = judge(pod, status) ?? (forgetful ? undefined : tooSoon(status, old, pod));
          if (complaint !== undefined) fail(`${key}: ${status.name} ${complaint}`);
        }
      },
    };
  },
};

function judge(pod: Pod, { lastState, restartCount }: ContainerStatus): string | undefined {
  const { restartPolicy } = pod.spec;
  if (restartPolicy === 'Never') return `has restarted ${restartCount} times, and never should`;
  if (restartPolicy === 'OnFailure' && lastState?.terminated?.exitCode === 0)
    return 'has restarted though it had ended well';
  return undefined;
}

/** The n-th restart waits 0, 10, 20, 40 ... 300 s from the end of the run before it. */
function tooSoon(
  { lastState, state, restartCount }: ContainerStatus,
  old: Pod,
  pod: Pod,
): string | undefined {
  const ended = lastState?.terminated;
  const started = state?.running?.startedAt;
  if (ended?.finishedAt === undefined || started === undefined || restartCount < 2) return undefined;
  // Another container in the same place, or a sandbox that was made anew, is no failure.
  if (old.spec.containers.some(({ image }, i) => image !== pod.spec.containers[i]?.image)) return undefined;
  const ran = Date.parse(ended.finishedAt) - Date.parse(ended.startedAt ?? ended.finishedAt);
  if (ran > RESET_MS) return undefined;
  const due = Math.min(FIRST_MS * 2 ** (restartCount - 2), LONGEST_MS);
  const waited = Date.parse(started) - Date.parse(ended.finishedAt);
  return waited + ROUNDING_MS < due
    ? `restarted for the ${restartCount}th time after ${waited} ms`
    : undefined;
}
