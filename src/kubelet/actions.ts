import type { Container, Pod } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { fnv1a32 } from '../apimachinery/names.ts';
import { restartsToResize } from './amounts.ts';
import type { CriContainer } from './cri.ts';
import { restartsOnFailure, shouldRestart } from './restart.ts';
import type { RuntimeView } from './runtimeview.ts';

/** A container to be stopped, and why. */
export interface Kill {
  readonly container: Container;
  readonly id: string;
  /** Text of the Killing event. */
  readonly message: string;
  readonly probe?: 'liveness' | 'startup';
  /** The text says already that it is to come back. */
  readonly restarts?: boolean;
}

/** What brings a pod's containers closer to its spec (kuberuntime podActions). */
export interface PodActions {
  /** Stop everything and the sandbox. */
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  /** Number of the new sandbox. */
  readonly attempt: number;
  readonly kills: readonly Kill[];
  /** To be started one after the other, in this order. */
  readonly starts: readonly Container[];
}

/** What probes say about a running container. */
export interface ProbeVerdicts {
  liveness(id: string): boolean | undefined;
  startup(id: string): boolean | undefined;
}

const hashes = new WeakMap<Container, string>();

/** Changes when a running container must be replaced: its image or name (HashContainer picks fields likewise). */
export function containerHash(container: Container): string {
  const known = hashes.get(container);
  if (known !== undefined) return known;
  const hash = fnv1a32(`${container.name}\0${container.image ?? ''}`).toString(16);
  hashes.set(container, hash);
  return hash;
}

export const HASH_ANNOTATION = 'io.kubernetes.container.hash';

/** Decides what to do (kuberuntime_manager.go computePodActions). */
export function computePodActions(pod: Pod, view: RuntimeView, verdicts: ProbeVerdicts): PodActions {
  const { sandbox } = view;
  if (sandbox === undefined || sandbox.state !== 'ready' || lostAddress(pod, view))
    return withNewSandbox(pod, view, sandbox === undefined ? 0 : sandbox.attempt + 1);
  const kills: Kill[] = [];
  const starts: Container[] = ephemeralStarts(pod, view);
  const attempt = sandbox.attempt;
  const init = initActions(pod, view, verdicts, kills, starts);
  if (init !== 'done')
    return {
      killPod: init === 'failed',
      createSandbox: false,
      attempt,
      kills,
      starts: init === 'failed' ? [] : starts,
    };
  const kept = mainActions(pod, view, verdicts, kills, starts);
  const nothingLeft = kept === 0 && !starts.some((container) => pod.spec.containers.includes(container));
  if (nothingLeft) return { killPod: true, createSandbox: false, attempt, kills: [], starts: [] };
  return { killPod: false, createSandbox: false, attempt, kills, starts };
}

function lostAddress(pod: Pod, view: RuntimeView): boolean {
  return pod.spec.hostNetwork !== true && view.ips.length === 0;
}

/** Without a usable sandbox everything begins anew, unless nothing is left to do. */
function withNewSandbox(pod: Pod, view: RuntimeView, attempt: number): PodActions {
  const idle = { killPod: true, createSandbox: false, attempt, kills: [], starts: [] };
  const everRan = view.containers.length > 0;
  const restarts = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some((c) =>
    restartsOnFailure(pod, c),
  );
  if (attempt > 0 && everRan && !restarts) return idle;
  const starts = pod.spec.containers.filter((container) => {
    const latest = view.latest(container.name);
    if (latest === undefined || latest.state !== 'exited') return true;
    return shouldRestart(pod, container, latest);
  });
  if (starts.length === 0) return idle;
  const first = pod.spec.initContainers?.[0];
  return {
    killPod: true,
    createSandbox: true,
    attempt,
    kills: [],
    starts: first === undefined ? starts : [first],
  };
}

function ephemeralStarts(pod: Pod, view: RuntimeView): Container[] {
  const ephemeral = (pod.spec.ephemeralContainers ?? []) as readonly Container[];
  return ephemeral.filter(({ name }) => view.latest(name) === undefined);
}

/** Whether the spec's containers have been started in this sandbox: then all init containers are done. */
export function hasInitialized(pod: Pod, view: RuntimeView): boolean {
  return pod.spec.containers.some(({ name }) => view.inSandbox(name) !== undefined);
}

/** `done`: the containers may run; `failed`: the pod has failed for good. */
function initActions(
  pod: Pod,
  view: RuntimeView,
  verdicts: ProbeVerdicts,
  kills: Kill[],
  starts: Container[],
): 'done' | 'waiting' | 'failed' {
  const list = pod.spec.initContainers ?? [];
  const initialized = hasInitialized(pod, view);
  for (const [i, container] of list.entries()) {
    const latest = view.inSandbox(container.name);
    if (isRestartableInitContainer(container)) {
      const up = sidecarActions(container, latest, verdicts, kills, starts);
      if (!up && !initialized) return 'waiting';
      continue;
    }
    if (initialized) continue;
    if (latest === undefined) {
      // A later one has run, so this one is done and has been removed since.
      if (list.slice(i + 1).some(({ name }) => view.inSandbox(name) !== undefined)) continue;
      starts.push(container);
      return 'waiting';
    }
    if (latest.state === 'created') starts.push(container);
    if (latest.state !== 'exited') return 'waiting';
    if (latest.exitCode === 0) continue;
    if (!shouldRestart(pod, container, latest))
      return pod.metadata.deletionTimestamp === undefined ? 'failed' : 'waiting';
    starts.push(container);
    return 'waiting';
  }
  return 'done';
}

/** Keeps a sidecar running. True when it is started, so that what comes after it may start. */
function sidecarActions(
  container: Container,
  latest: CriContainer | undefined,
  verdicts: ProbeVerdicts,
  kills: Kill[],
  starts: Container[],
): boolean {
  if (latest?.state !== 'running') {
    starts.push(container);
    return false;
  }
  const kill = reasonToKill(container, latest, verdicts);
  if (kill !== undefined) {
    kills.push(toRestart(kill));
    starts.push(container);
    return false;
  }
  return container.startupProbe === undefined || verdicts.startup(latest.id) === true;
}

/** Returns how many containers run and may go on. */
function mainActions(
  pod: Pod,
  view: RuntimeView,
  verdicts: ProbeVerdicts,
  kills: Kill[],
  starts: Container[],
): number {
  let kept = 0;
  for (const container of pod.spec.containers) {
    const latest = view.latest(container.name);
    if (latest?.state !== 'running') {
      // Made but not started: the kubelet that made it died in between.
      if (latest?.state === 'created' || shouldRestart(pod, container, latest)) starts.push(container);
      continue;
    }
    const kill = reasonToKill(container, latest, verdicts);
    if (kill === undefined) {
      kept++;
      continue;
    }
    // A changed definition is started again whatever the policy says.
    const restart = kill.probe === undefined || restartsOnFailure(pod, container);
    kills.push(restart ? toRestart(kill) : kill);
    if (restart) starts.push(container);
    else kept++;
  }
  return kept;
}

function toRestart(kill: Kill): Kill {
  return kill.restarts === true ? kill : { ...kill, message: `${kill.message}, will be restarted` };
}

function reasonToKill(container: Container, latest: CriContainer, verdicts: ProbeVerdicts): Kill | undefined {
  const { id } = latest;
  if (latest.config.annotations[HASH_ANNOTATION] !== containerHash(container))
    return { container, id, message: `Container ${container.name} definition changed` };
  if (container.resizePolicy !== undefined && restartsToResize(container, latest.config.resources))
    return { container, id, message: `Container ${container.name} resize requires restart`, restarts: true };
  if (container.livenessProbe !== undefined && verdicts.liveness(id) === false)
    return { container, id, message: `Container ${container.name} failed liveness probe`, probe: 'liveness' };
  if (container.startupProbe !== undefined && verdicts.startup(id) === false)
    return { container, id, message: `Container ${container.name} failed startup probe`, probe: 'startup' };
  return undefined;
}
