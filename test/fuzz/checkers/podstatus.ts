import type { Pod } from '../../../src/api/generated/types.ts';
import type { Checker } from '../checker.ts';

/** How long somebody may not have heard of a write while nothing delays what he hears, ms. */
const UNSEEN_MS = 200;
const ORDER: Readonly<Record<string, number>> = { Pending: 0, Running: 1, Succeeded: 2, Failed: 2 };

/** Invariants 31 and 33: a pod's phase only goes on, restarts only grow, Ready means its containers are. */
export const podStatus: Checker = {
  name: 'a pod goes forward, and Ready means ready',
  open({ plan }, { fail, saw }) {
    // What somebody wrote is heard of late, or the answer to it was lost.
    const late = plan.steps.some(
      ({ action }) =>
        action.do === 'fault' && /Slow|Clog|Cut|Drop|Pause|ApiErrors/.test(String(action.fault.kind)),
    );
    return {
      commit(record) {
        const { key, value, previous, cause } = record;
        if (value?.kind !== 'Pod') return;
        const pod = value as Pod;
        const old = previous?.value as Pod | undefined;
        // A mirror pod tells of whatever the kubelet runs now; a kubelet that starts anew counts from nothing.
        if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
        if (previous !== undefined && old !== undefined) {
          compare(key, old, pod, fail);
          // The node controller has its own view of a pod whose kubelet is silent.
          if (previous.cause.component === cause.component) {
            const elapsed = record.time - previous.time;
            compareTimes(
              key,
              old,
              pod,
              {
                elapsed,
                unseen: cause.component === 'kube-scheduler' && (late || elapsed < UNSEEN_MS),
              },
              fail,
            );
          }
        }
        const ready = condition(pod, 'Ready');
        if (ready?.status === 'True') {
          const unready = (pod.status?.containerStatuses ?? []).filter((each) => !each.ready);
          if (unready.length > 0)
            fail(`${key}: Ready, but ${unready.map(({ name }) => name).join(', ')} is not`);
          if (condition(pod, 'PodScheduled')?.status !== 'True')
            fail(`${key}: Ready before it was scheduled`);
        }
        saw();
      },
    };
  },
};

function compare(key: string, old: Pod, pod: Pod, fail: (message: string) => void): void {
  const before = old.status?.phase ?? 'Pending';
  const after = pod.status?.phase ?? 'Pending';
  // A new sandbox runs the init containers again, and the pod is pending meanwhile (getPhase looks at the active ones).
  const again = after === 'Pending' && before === 'Running' && pod.spec?.initContainers !== undefined;
  if (before !== after && !again && (ORDER[after] ?? 0) <= (ORDER[before] ?? 0))
    fail(`${key}: phase ${before} -> ${after}`);
  for (const status of pod.status?.containerStatuses ?? []) {
    const last = old.status?.containerStatuses?.find(({ name }) => name === status.name);
    if (last !== undefined && status.restartCount < last.restartCount)
      fail(`${key}: ${status.name} restarts ${last.restartCount} -> ${status.restartCount}`);
  }
}

/** Between two states that one component wrote. */
interface Between {
  /** ms. */
  readonly elapsed: number;
  /** The writer may not have heard of the earlier one. */
  readonly unseen: boolean;
}

/** The time of a condition moves only with its status. */
function compareTimes(
  key: string,
  old: Pod,
  pod: Pod,
  { elapsed, unseen }: Between,
  fail: (message: string) => void,
): void {
  // Between two writes a container may have gone and come back: the condition then really changed twice.
  if (!sameContainers(old, pod)) return;
  for (const next of pod.status?.conditions ?? []) {
    const last = condition(old, next.type);
    if (last === undefined || last.status !== next.status) continue;
    if (last.lastTransitionTime === next.lastTransitionTime) continue;
    // The sandbox comes and goes while an image is pulled, and nobody writes meanwhile.
    if (next.type === 'PodReadyToStartContainers') continue;
    // A probe may have failed and passed again while nothing could be written, which takes it two rounds.
    if (/Ready/.test(next.type) && elapsed >= fastestTurn(pod)) continue;
    // The scheduler patches the pod that it has in its queue (util.PatchPodStatus): without its own last word,
    // if it did not hear of that yet, the condition is a new one to it.
    if (next.type === 'PodScheduled' && unseen) continue;
    fail(`${key}: ${next.type} stayed ${next.status}, but lastTransitionTime moved`);
  }
}

/** The least time in which a readiness probe changes its mind twice, ms. */
function fastestTurn({ spec }: Pod): number {
  const periods = spec.containers.flatMap(({ readinessProbe }) =>
    readinessProbe === undefined ? [] : [readinessProbe.periodSeconds ?? 10],
  );
  return Math.min(...periods) * 1000;
}

function condition(pod: Pod, type: string): { status: string; lastTransitionTime?: string } | undefined {
  return pod.status?.conditions?.find((each) => each.type === type);
}

function sameContainers(old: Pod, pod: Pod): boolean {
  const ids = ({ status }: Pod): string =>
    [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
      .map(({ containerID = '', ready }) => `${containerID} ${ready}`)
      .join();
  return ids(old) === ids(pod);
}
