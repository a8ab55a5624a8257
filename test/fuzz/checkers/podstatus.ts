import type { Pod } from '../../../src/api/generated/types.ts';
import type { Checker } from '../checker.ts';

const ORDER: Readonly<Record<string, number>> = { Pending: 0, Running: 1, Succeeded: 2, Failed: 2 };

/** Invariants 31 and 33: a pod's phase only goes on, restarts only grow, Ready means its containers are. */
export const podStatus: Checker = {
  name: 'a pod goes forward, and Ready means ready',
  open(_, { fail, saw }) {
    return {
      commit({ key, value, previous, cause }) {
        if (value?.kind !== 'Pod') return;
        const pod = value as Pod;
        const old = previous?.value as Pod | undefined;
        // A mirror pod tells of whatever the kubelet runs now; a kubelet that starts anew counts from nothing.
        if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
        if (old !== undefined) compare(key, old, pod, previous?.cause.component !== cause.component, fail);
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

function compare(
  key: string,
  old: Pod,
  pod: Pod,
  otherWriter: boolean,
  fail: (message: string) => void,
): void {
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
  // Between two writes a container may have gone and come back: the condition then really changed twice.
  // And the node controller has its own view of a pod whose kubelet is silent.
  if (otherWriter || !sameContainers(old, pod)) return;
  for (const next of pod.status?.conditions ?? []) {
    const last = condition(old, next.type);
    // The sandbox comes and goes while an image is pulled, and nobody writes meanwhile.
    if (next.type === 'PodReadyToStartContainers') continue;
    // A probe may have passed and failed again while nothing could be written.
    if (
      /Ready/.test(next.type) &&
      pod.spec.containers.some(({ readinessProbe }) => readinessProbe !== undefined)
    )
      continue;
    if (last === undefined || last.status !== next.status) continue;
    if (last.lastTransitionTime !== next.lastTransitionTime)
      fail(`${key}: ${next.type} stayed ${next.status}, but lastTransitionTime moved`);
  }
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
