import { humanDuration } from '../apimachinery/duration.ts';
import { parseTime } from '../apimachinery/time.ts';
import type {
  Container,
  ContainerStateTerminated,
  ContainerStatus,
  Pod,
  PodCondition,
} from './generated/types.ts';

/** What `kubectl get pods` shows of a pod's state. */
export interface PodDisplayStatus {
  /** The STATUS column: not the phase, but what best says how the pod is. */
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  /** `ready/total`. */
  readonly ready: string;
  readonly restartCount: number;
  /** `3`, or `3 (5s ago)` once a container has stopped before. */
  readonly restarts: string;
}

/** A running sum of restarts and the last time a container stopped, ms since the epoch. */
interface Restarts {
  count: number;
  last: number | undefined;
}

/** The part of a status row that one group of containers decides. */
interface Verdict {
  readonly reason: string;
  readonly ready: number;
}

interface InitVerdict extends Verdict {
  readonly initializing: boolean;
}

/** Whether an init container is a sidecar: it goes on running beside the containers. */
export function isRestartableInitContainer(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

/** The condition of that type, if the pod has it. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

/** Succeeded or Failed: nothing of it will run again. */
export function isTerminalPhase(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether all containers of a pod have ended for good (podutil.IsPodTerminal). */
export function isPodTerminal({ status }: Pod): boolean {
  return isTerminalPhase(status?.phase);
}

/** Whether the pod has the condition and it is True. */
export function isPodConditionTrue(pod: Pod, type: string): boolean {
  return podCondition(pod, type)?.status === 'True';
}

/**
 * STATUS, READY and RESTARTS of a pod (pkg/printers/internalversion/printers.go printPod). `now` is
 * virtual time in ms since the epoch.
 */
export function podDisplayStatus(pod: Pod, now: number): PodDisplayStatus {
  const status = pod.status ?? {};
  const initSpecs = pod.spec.initContainers ?? [];
  const sidecars = initSpecs.filter(isRestartableInitContainer);
  const all: Restarts = { count: 0, last: undefined };
  const lasting: Restarts = { count: 0, last: undefined };
  const init = initVerdict(pod, initialReason(pod), sidecars, all, lasting);
  let { reason, ready } = init;
  let restarts = all;
  if (!init.initializing || isPodConditionTrue(pod, 'Initialized')) {
    restarts = lasting;
    const main = containersVerdict(pod, reason, restarts);
    reason = main.reason;
    ready += main.ready;
  }
  const terminal = isTerminalPhase(status.phase);
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (!terminal) reason = 'Terminating';
  }
  const total = pod.spec.containers.length + sidecars.length;
  return {
    status: reason,
    readyContainers: ready,
    totalContainers: total,
    ready: `${ready}/${total}`,
    restartCount: restarts.count,
    restarts: formatRestarts(restarts, now),
  };
}

function formatRestarts(restarts: Restarts, now: number): string {
  if (restarts.count === 0 || restarts.last === undefined) return String(restarts.count);
  return `${restarts.count} (${humanDuration(now - restarts.last)} ago)`;
}

function initialReason(pod: Pod): string {
  const { phase = '', reason = '', conditions = [] } = pod.status ?? {};
  const gated = conditions.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated');
  if (gated) return 'SchedulingGated';
  return reason === '' ? phase : reason;
}

function addRestarts(sum: Restarts, status: ContainerStatus): void {
  sum.count += status.restartCount;
  const finished = status.lastState?.terminated?.finishedAt;
  const at = finished === undefined ? undefined : parseTime(finished);
  if (at !== undefined && (sum.last === undefined || at > sum.last)) sum.last = at;
}

/** The first init container that has not done its part decides, and ends the look. */
function initVerdict(
  pod: Pod,
  reason: string,
  sidecars: readonly Container[],
  all: Restarts,
  lasting: Restarts,
): InitVerdict {
  const statuses = pod.status?.initContainerStatuses ?? [];
  let ready = 0;
  for (const [i, status] of statuses.entries()) {
    const isSidecar = sidecars.some((container) => container.name === status.name);
    addRestarts(all, status);
    if (isSidecar) addRestarts(lasting, status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (isSidecar && status.started === true) {
      if (status.ready) ready++;
      continue;
    }
    const total = pod.spec.initContainers?.length ?? 0;
    return { reason: initReason(status, `${i}/${total}`), ready, initializing: true };
  }
  return { reason, ready, initializing: false };
}

function initReason(status: ContainerStatus, progress: string): string {
  const { terminated, waiting } = status.state ?? {};
  if (terminated !== undefined) return `Init:${terminatedReason(terminated)}`;
  const waits = waiting?.reason ?? '';
  return `Init:${waits !== '' && waits !== 'PodInitializing' ? waits : progress}`;
}

function terminatedReason(terminated: ContainerStateTerminated): string {
  const { reason = '', signal = 0, exitCode } = terminated;
  if (reason !== '') return reason;
  return signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

/** Read from the last container to the first, so that the first one with something to say has the word. */
function containersVerdict(pod: Pod, initial: string, restarts: Restarts): Verdict {
  let reason = initial;
  let errorReason = '';
  let ready = 0;
  let hasRunning = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    addRestarts(restarts, status);
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason !== undefined && waiting.reason !== '') {
      reason = waiting.reason;
    } else if (terminated !== undefined) {
      reason = terminatedReason(terminated);
      if (terminated.exitCode !== 0) errorReason = reason;
    } else if (status.ready && running !== undefined) {
      hasRunning = true;
      ready++;
    }
  }
  if (reason === 'Completed') reason = completedReason(pod, hasRunning, errorReason);
  return { reason, ready };
}

/** A container that is done does not make the pod `Completed` while another one still runs or has failed. */
function completedReason(pod: Pod, hasRunning: boolean, errorReason: string): string {
  if (hasRunning && isPodConditionTrue(pod, 'Ready')) return 'Running';
  if (hasRunning) return errorReason === '' ? 'NotReady' : errorReason;
  return 'Completed';
}
