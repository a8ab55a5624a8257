import type { ContainerStatus, Pod } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { isStaticPod } from './podtext.ts';
import { restartsAfter } from './restart.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

interface Counts {
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
  unknown: number;
  /** Some stopped container will be started again. */
  restarting: boolean;
}

/**
 * A pod's phase (kubelet_pods.go getPhase). `ending`: the pod is being stopped, so that nothing of it
 * starts again whatever the restart policy says.
 */
export function podPhase(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  ending: boolean,
): PodPhase {
  const initVerdict = initPhase(pod, init, main);
  if (initVerdict !== undefined) return initVerdict;
  const counts: Counts = { running: 0, waiting: 0, stopped: 0, succeeded: 0, unknown: 0, restarting: false };
  countSidecars(pod, init, counts);
  for (const container of pod.spec.containers) {
    const status = main.find(({ name }) => name === container.name);
    count(status, counts);
    const exit = status?.state?.terminated ?? status?.lastState?.terminated;
    if (exit !== undefined && restartsAfter(pod, container, exit.exitCode)) counts.restarting = true;
  }
  return fromCounts(pod, counts, ending);
}

/** A regular init container that is not done yet, or that failed for good, decides alone. */
function initPhase(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
): PodPhase | undefined {
  const ran = main.some(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
  let pending = false;
  for (const container of pod.spec.initContainers ?? []) {
    const status = init.find(({ name }) => name === container.name);
    if (isRestartableInitContainer(container)) {
      if (status?.started !== true && !ran && status?.state?.terminated === undefined) pending = true;
      continue;
    }
    const exit = status?.state?.terminated ?? status?.lastState?.terminated;
    if (exit === undefined) pending = true;
    else if (exit.exitCode !== 0 && !restartsAfter(pod, container, exit.exitCode)) return 'Failed';
    else if (status?.state?.terminated === undefined && exit.exitCode === 0) pending = true;
    else if (exit.exitCode !== 0) pending = true;
  }
  return pending ? 'Pending' : undefined;
}

function countSidecars(pod: Pod, init: readonly ContainerStatus[], counts: Counts): void {
  for (const container of pod.spec.initContainers ?? []) {
    if (!isRestartableInitContainer(container)) continue;
    const status = init.find(({ name }) => name === container.name);
    if (status?.state?.running !== undefined) counts.running++;
    else if (status === undefined) counts.unknown++;
    else if (status.state?.waiting !== undefined && status.lastState?.terminated === undefined)
      counts.waiting++;
  }
}

function count(status: ContainerStatus | undefined, counts: Counts): void {
  const { running, terminated, waiting } = status?.state ?? {};
  if (running !== undefined) counts.running++;
  else if (terminated !== undefined) {
    counts.stopped++;
    if (terminated.exitCode === 0) counts.succeeded++;
  } else if (waiting === undefined) counts.unknown++;
  else if (status?.lastState?.terminated !== undefined) counts.stopped++;
  else counts.waiting++;
}

function fromCounts(pod: Pod, counts: Counts, ending: boolean): PodPhase {
  if (counts.waiting > 0) return 'Pending';
  if (counts.unknown > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  const outcome = counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
  if (ending && !isStaticPod(pod)) return outcome;
  return counts.restarting ? 'Running' : outcome;
}
