import type { Pod, PodCondition } from '../../api/generated/types.ts';
import { uidOf } from '../../api/object.ts';
import { computeQosClass } from '../../api/qos.ts';
import { isTolerated, tolerationsOf } from '../../api/tolerations.ts';
import type { Process } from '../../sim/process.ts';
import type { Rejection } from '../admission.ts';
import type { EvictionConfig, MachineUsage } from '../config.ts';
import type { ContainerRuntime } from '../cri.ts';
import type { PodEvents } from '../podevents.ts';
import { isMirrorPod, isStaticPod } from '../podtext.ts';
import type { Verdict } from '../status.ts';
import { storageExcess } from './limits.ts';
import { evictionMessage } from './message.ts';
import { type PodUsage, type Ranked, rank } from './ranking.ts';
import {
  factsOf,
  isMet,
  type Observation,
  type Observations,
  type Pressure,
  type Threshold,
  thresholdsOf,
} from './thresholds.ts';

/** kubelet.go evictionMonitoringPeriod. */
const PERIOD_MS = 10_000;
/** eviction_manager.go podCleanupTimeout, podCleanupPollFreq. */
const CLEANUP_MS = 30_000;
const CLEANUP_POLL_MS = 1_000;
/** immediateEvictionGracePeriodSeconds */
const HARD_GRACE_SECONDS = 1;
/** scheduling.SystemCriticalPriority */
const CRITICAL_PRIORITY = 2_000_000_000;

/** The pods of the node as the eviction manager needs them. */
export interface EvictionPods {
  /** Those that hold resources. */
  active(): Iterable<Pod>;
  /** Those of them that may not keep as much on the disk as they like. */
  limited(): Iterable<Pod>;
  /** Ends a pod as failed within a grace period. */
  evict(pod: Pod, verdict: Verdict, graceSeconds: number): void;
  /** Whether nothing of it runs any more. */
  isOver(uid: string): boolean;
  /** Bytes in the pod's volumes on this machine, by volume where one is named. */
  volumeBytes(uid: string, volume?: string): number;
}

export interface EvictionOptions {
  readonly process: Process;
  readonly config: EvictionConfig;
  readonly capacity: { readonly memory: number; readonly disk: number; readonly pids: number };
  /** What the machine uses now, pods or not. */
  usage(): MachineUsage;
  readonly runtime: ContainerRuntime;
  readonly events: PodEvents;
  readonly pods: EvictionPods;
  /**
   * Called when the node has come under a pressure that it was not under. Upstream's status follows within ten
   * seconds, in which a ReplicaSet, whose requests are not limited here, would have hundreds of pods rejected.
   */
  pressed(): void;
}

/**
 * Keeps the node from running out of memory, disk and processes by ending pods, one at a time
 * (pkg/kubelet/eviction). It looks every ten seconds; what it finds short shows in the node's
 * conditions until it has been well for five minutes.
 */
export class EvictionManager {
  readonly #options: EvictionOptions;
  readonly #thresholds: readonly Threshold[];
  /** Since when each threshold is met. */
  #since = new Map<Threshold, number>();
  /** Those for which pods are evicted, until more than the least is left again. */
  #met: readonly Threshold[] = [];
  readonly #lastSeen = new Map<Pressure, number>();

  constructor(options: EvictionOptions) {
    this.#options = options;
    this.#thresholds = thresholdsOf(options.config);
  }

  start(): void {
    this.#options.process.after(PERIOD_MS, () => this.#round());
  }

  /** What the node is short of, or was a moment ago. */
  hasPressure(pressure: Pressure): boolean {
    const seen = this.#lastSeen.get(pressure);
    const { process, config } = this.#options;
    return seen !== undefined && process.now() - seen < config.evictionPressureTransitionPeriod;
  }

  /** Why a pod may not start on a node that is short of something (managerImpl.Admit). */
  admit(pod: Pod): Rejection | undefined {
    const short = PRESSURES.filter((pressure) => this.hasPressure(pressure));
    if (short.length === 0 || isCritical(pod)) return undefined;
    if (short.length === 1 && short[0] === 'MemoryPressure') {
      if (computeQosClass(pod.spec) !== 'BestEffort' || isTolerated(tolerationsOf(pod), MEMORY_TAINT))
        return undefined;
    }
    return { reason: 'Evicted', message: `The node had condition: [${short.join(' ')}]. ` };
  }

  #round(): void {
    const evicted = this.#synchronize();
    const { process } = this.#options;
    if (evicted.length === 0) process.after(PERIOD_MS, () => this.#round());
    else this.#awaitEnd(evicted, process.now() + CLEANUP_MS);
  }

  /** After an eviction it looks again as soon as the pods are gone. */
  #awaitEnd(uids: readonly string[], until: number): void {
    const { process, pods } = this.#options;
    process.after(CLEANUP_POLL_MS, () => {
      if (uids.every((uid) => pods.isOver(uid)) || process.now() >= until) this.#round();
      else this.#awaitEnd(uids, until);
    });
  }

  /** Looks once and does what must be done; returns the pods evicted. */
  #synchronize(): readonly string[] {
    const observations = this.#observe();
    const now = this.#options.process.now();
    const due = this.#judge(observations, now);
    const overfull = this.#evictBeyondLimits();
    if (overfull.length > 0) return overfull;
    // Memory comes first (byEvictionPriority).
    const [first] = [...due].sort(
      (a, b) => Number(b.signal === 'memory.available') - Number(a.signal === 'memory.available'),
    );
    if (first === undefined) return [];
    const { resource, pressure } = factsOf(first.signal);
    this.#options.events.node('Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    if (pressure === 'DiskPressure' && this.#reclaimDisk()) return [];
    return this.#evictOne(first, pressure, observations);
  }

  #observe(): Observations {
    const { capacity, usage } = this.#options;
    const used = usage();
    const of = (what: keyof MachineUsage): Observation => ({
      available: Math.max(0, capacity[what] - used[what]),
      capacity: capacity[what],
    });
    const disk = of('disk');
    const observations = new Map([
      ['memory.available', of('memory')],
      ['nodefs.available', disk],
      // One file system holds images and everything else.
      ['imagefs.available', disk],
    ]);
    if (this.#thresholds.some(({ signal }) => signal === PIDS)) observations.set(PIDS, of('pids'));
    return observations;
  }

  /** Takes note of what is short now, and returns the thresholds whose grace is over. */
  #judge(observations: Observations, now: number): readonly Threshold[] {
    const short = this.#thresholds.filter(
      (threshold) =>
        isMet(threshold, observations, false) ||
        (this.#met.includes(threshold) && isMet(threshold, observations, true)),
    );
    this.#since = new Map(short.map((threshold) => [threshold, this.#since.get(threshold) ?? now]));
    const news = short.some(({ signal }) => !this.hasPressure(factsOf(signal).pressure));
    for (const { signal } of short) this.#lastSeen.set(factsOf(signal).pressure, now);
    if (news) this.#options.pressed();
    this.#met = short.filter((threshold) => now - (this.#since.get(threshold) ?? now) >= threshold.graceMs);
    return this.#met;
  }

  /** Removes the containers of pods that have ended, then images that nothing uses; true when that was enough. */
  #reclaimDisk(): boolean {
    const { runtime, pods } = this.#options;
    for (const { id, podUID, state } of [...runtime.listContainers()])
      if (state === 'exited' && pods.isOver(podUID)) runtime.removeContainer(id);
    // The runtime refuses to remove what is in use.
    for (const { id, pinned } of [...runtime.listImages()]) if (!pinned) runtime.removeImage(id);
    const observations = this.#observe();
    return !this.#thresholds.some((threshold) => isMet(threshold, observations, true));
  }

  #evictOne(threshold: Threshold, pressure: Pressure, observations: Observations): readonly string[] {
    const { pods, config } = this.#options;
    const all = [...pods.active()].map((pod): Ranked => ({ pod, usage: this.#usageOf(pod) }));
    const grace = threshold.graceMs === 0 ? HARD_GRACE_SECONDS : config.evictionMaxPodGracePeriod;
    for (const each of rank(all, pressure)) {
      const message = evictionMessage(each, threshold, observations);
      const condition: PodCondition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'TerminationByKubelet',
        message,
      };
      if (this.#evict(each.pod, message, grace, condition)) return [uidOf(each.pod)];
    }
    return [];
  }

  /** Evicts the pods that keep more on the disk than they may (localStorageEviction). */
  #evictBeyondLimits(): readonly string[] {
    const out: string[] = [];
    for (const pod of this.#options.pods.limited()) {
      const message = storageExcess(pod, {
        volume: (name) => this.#options.pods.volumeBytes(uidOf(pod), name),
        container: (name) => this.#diskOf(pod, name),
      });
      if (message !== undefined && this.#evict(pod, message, HARD_GRACE_SECONDS)) out.push(uidOf(pod));
    }
    return out;
  }

  /** What a container that runs has written itself, bytes. */
  #diskOf(pod: Pod, name: string): number {
    const { runtime } = this.#options;
    let bytes = 0;
    for (const { id, config } of runtime.containersOf(uidOf(pod)))
      if (config.name === name) bytes += runtime.containerStats(id)?.disk ?? 0;
    return bytes;
  }

  #evict(pod: Pod, message: string, grace: number, condition?: PodCondition): boolean {
    if (isCritical(pod)) return false;
    const { events, pods } = this.#options;
    events.pod(pod, 'Warning', 'Evicted', message);
    const verdict: Verdict = { phase: 'Failed', reason: 'Evicted', message };
    pods.evict(pod, condition === undefined ? verdict : { ...verdict, condition }, grace);
    return true;
  }

  #usageOf(pod: Pod): PodUsage {
    const { runtime, pods } = this.#options;
    const uid = uidOf(pod);
    const containers = new Map<string, number>();
    const disks = new Map<string, number>();
    let memory = 0;
    let disk = pods.volumeBytes(uid);
    for (const { id, config } of runtime.containersOf(uid)) {
      const used = runtime.containerStats(id);
      if (used === undefined) continue;
      containers.set(config.name, used.memory);
      disks.set(config.name, used.disk);
      memory += used.memory;
      disk += used.disk;
    }
    return { memory, disk, pids: containers.size, containers, disks };
  }
}

const PIDS = 'pid.available';
const PRESSURES: readonly Pressure[] = ['DiskPressure', 'MemoryPressure', 'PIDPressure'];
const MEMORY_TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };

/** Pods without which the node or the cluster does not work (types.IsCriticalPod). */
function isCritical(pod: Pod): boolean {
  return isStaticPod(pod) || isMirrorPod(pod) || (pod.spec.priority ?? 0) >= CRITICAL_PRIORITY;
}
