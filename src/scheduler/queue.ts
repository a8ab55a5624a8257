import type { Pod } from '../api/generated/types.ts';
import { uidOf } from '../api/object.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import { type ClusterEvent, type EventInterest, podChanges } from './events.ts';
import type { Waiting } from './framework.ts';
import { Heap } from './heap.ts';
import { type PodInfo, podInfo } from './podinfo.ts';
import type { Status } from './status.ts';

/** apis/config/v1/defaults.go: 1 s doubling to 10 s. */
const INITIAL_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 10_000;
/** backend/queue/backoff_queue.go backoffQOrderingWindowDuration: pods leave at whole seconds. */
const WINDOW_MS = 1000;
/** backend/queue/scheduling_queue.go DefaultPodMaxInUnschedulablePodsDuration. */
const MAX_UNSCHEDULABLE_MS = 300_000;
const FLUSH_PERIOD_MS = 30_000;

/** Where a queued pod is. `errorBackoff` is never popped early. `none`: its cycle is under way. */
export type Place = 'active' | 'backoff' | 'errorBackoff' | 'unschedulable' | 'gated' | 'none';

const NO_PLUGINS: ReadonlySet<string> = new Set();

/** A pod in the queue and its history there (framework.QueuedPodInfo). */
export class QueuedPod implements Waiting {
  info: PodInfo;
  timestamp: number;
  readonly sequence: number;
  place: Place = 'none';
  /** How often it was taken for scheduling. */
  attempts = 0;
  /** Rejections, and failures in a row that were no rejections: what backoff grows with. */
  unschedulableCount = 0;
  errorCount = 0;
  /** The plugins that rejected it; empty after an error. */
  rejectors: ReadonlySet<string> = NO_PLUGINS;
  heapIndex = -1;
  /** The start of the second in which backoff ends. */
  backoffWindow = 0;
  pool: Pool | undefined;

  constructor(info: PodInfo, timestamp: number, sequence: number) {
    this.info = info;
    this.timestamp = timestamp;
    this.sequence = sequence;
  }
}

/** Unschedulable pods that the same plugins rejected, so that an event skips those it cannot help at once. */
interface Pool {
  readonly key: string;
  readonly plugins: ReadonlySet<string>;
  readonly pods: Map<string, QueuedPod>;
}

export interface QueueOptions {
  readonly process: Process;
  /** QueueSort of the profile. */
  less(a: Waiting, b: Waiting): boolean;
  /** PreEnqueue of the profile: whether the pod may be queued. */
  preEnqueue(pod: PodInfo): Status;
  /** What each plugin waits for. */
  readonly interests: ReadonlyMap<string, readonly EventInterest[]>;
  /** Called whenever a pod may be popped. */
  ready(): void;
}

/**
 * The scheduling queue (pkg/scheduler/backend/queue): pods to be tried next, pods that must wait
 * because they failed a moment ago, pods that wait for something to change, and gated pods.
 */
export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #process: Process;
  readonly #pods = new Map<string, QueuedPod>();
  readonly #active: Heap<QueuedPod>;
  readonly #backoff: Heap<QueuedPod>;
  readonly #errorBackoff: Heap<QueuedPod>;
  readonly #pools = new Map<string, Pool>();
  #sequence = 0;
  #unschedulable = 0;
  #backoffTimer: ProcessTimer | undefined;
  #backoffDue = 0;
  #flushTimer: ProcessTimer | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#process = options.process;
    const byBackoff = (a: QueuedPod, b: QueuedPod): boolean =>
      a.backoffWindow === b.backoffWindow ? options.less(a, b) : a.backoffWindow < b.backoffWindow;
    this.#active = new Heap((a, b) => options.less(a, b));
    this.#backoff = new Heap(byBackoff);
    this.#errorBackoff = new Heap(byBackoff);
  }

  /** How many pods wait, wherever. */
  get size(): number {
    return this.#pods.size;
  }

  /** How many pods could be popped now. */
  get ready(): number {
    return this.#active.size === 0 ? this.#backoff.size : this.#active.size;
  }

  /** Where a pod is; undefined when it is not in the queue. */
  placeOf(uid: string): Place | undefined {
    return this.#pods.get(uid)?.place;
  }

  /** The reading of a queued pod. */
  get(uid: string): PodInfo | undefined {
    return this.#pods.get(uid)?.info;
  }

  /** Adds a pod, or takes over its new state when it is there already. */
  put(pod: Pod): void {
    const queued = this.#pods.get(uidOf(pod));
    if (queued === undefined) this.#admit(new QueuedPod(podInfo(pod), this.#process.now(), this.#sequence++));
    else this.#update(queued, pod);
  }

  /** Takes a pod out of the queue. */
  remove(uid: string): void {
    const queued = this.#pods.get(uid);
    if (queued === undefined) return;
    this.#leave(queued);
    this.#pods.delete(uid);
  }

  /**
   * Takes the next pod: the first active one, else the first in backoff. It is out of the queue
   * then; give it back with `giveBack` if it could not be scheduled.
   */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.pop();
    if (queued === undefined) return undefined;
    queued.place = 'none';
    queued.attempts++;
    this.#pods.delete(queued.info.uid);
    return queued;
  }

  /**
   * Takes back a pod whose attempt failed. With `rejectors` it waits until something happens that
   * concerns them; without, the attempt failed by an error and is repeated after backoff.
   */
  giveBack(queued: QueuedPod, pod: Pod, rejectors: ReadonlySet<string>): void {
    if (this.#pods.has(queued.info.uid)) return;
    queued.info = podInfo(pod, queued.info);
    queued.timestamp = this.#process.now();
    queued.rejectors = rejectors;
    if (rejectors.size > 0) {
      queued.unschedulableCount++;
      queued.errorCount = 0;
      this.#pods.set(queued.info.uid, queued);
      this.#enterPool(queued);
    } else {
      queued.errorCount++;
      this.#requeue(queued);
    }
  }

  /** Wakes the pods that an event may help, each after what is left of its backoff. */
  move(event: ClusterEvent): void {
    let woken: QueuedPod[] | undefined;
    for (const pool of this.#pools.values()) {
      const hints = this.#interested(pool.plugins, event);
      if (hints === undefined) continue;
      for (const queued of pool.pods.values()) {
        if (!isWorthTrying(hints, queued.info, event)) continue;
        woken ??= [];
        woken.push(queued);
      }
    }
    if (woken === undefined) return;
    for (const queued of woken.sort((a, b) => a.sequence - b.sequence)) this.#requeue(queued);
  }

  #interested(plugins: ReadonlySet<string>, event: ClusterEvent): EventInterest[] | undefined {
    let out: EventInterest[] | undefined;
    for (const plugin of plugins) {
      for (const interest of this.#options.interests.get(plugin) ?? []) {
        if (interest.resource !== event.resource || (interest.actions & event.action) === 0) continue;
        out ??= [];
        out.push(interest);
      }
    }
    return out;
  }

  #update(queued: QueuedPod, pod: Pod): void {
    const before = queued.info;
    queued.info = podInfo(pod, before);
    if (queued.place === 'gated') {
      this.#requeue(queued);
      return;
    }
    if (queued.place !== 'unschedulable') return;
    const action = podChanges(before, queued.info);
    if (action === 0) return;
    const event: ClusterEvent = { resource: 'Pod', action, before: before.pod, after: pod };
    const hints = this.#interested(queued.rejectors, event);
    if (hints !== undefined && isWorthTrying(hints, queued.info, event)) this.#requeue(queued);
  }

  /** Puts a pod where it can be popped, now or after backoff, unless a plugin still holds it back. */
  #requeue(queued: QueuedPod): void {
    this.#leave(queued);
    queued.backoffWindow = windowOf(queued.timestamp + backoffOf(queued));
    if (queued.backoffWindow >= windowOf(this.#process.now()) && backoffOf(queued) > 0) {
      if (this.#isGated(queued)) return;
      this.#pods.set(queued.info.uid, queued);
      const error = queued.rejectors.size === 0;
      queued.place = error ? 'errorBackoff' : 'backoff';
      (error ? this.#errorBackoff : this.#backoff).push(queued);
      this.#setBackoffTimer();
      if (!error) this.#options.ready();
    } else {
      this.#admit(queued);
    }
  }

  #admit(queued: QueuedPod): void {
    if (this.#isGated(queued)) return;
    this.#pods.set(queued.info.uid, queued);
    queued.place = 'active';
    this.#active.push(queued);
    this.#options.ready();
  }

  #isGated(queued: QueuedPod): boolean {
    if (this.#options.preEnqueue(queued.info).code === 'success') return false;
    this.#pods.set(queued.info.uid, queued);
    queued.place = 'gated';
    return true;
  }

  #enterPool(queued: QueuedPod): void {
    const key = [...queued.rejectors].sort().join();
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = { key, plugins: queued.rejectors, pods: new Map() };
      this.#pools.set(key, pool);
    }
    pool.pods.set(queued.info.uid, queued);
    queued.place = 'unschedulable';
    queued.pool = pool;
    this.#unschedulable++;
    this.#flushTimer ??= this.#process.after(FLUSH_PERIOD_MS, () => this.#flush());
  }

  #leave(queued: QueuedPod): void {
    if (queued.place === 'active') this.#active.remove(queued);
    else if (queued.place === 'backoff') this.#backoff.remove(queued);
    else if (queued.place === 'errorBackoff') this.#errorBackoff.remove(queued);
    else if (queued.place === 'unschedulable') {
      queued.pool?.pods.delete(queued.info.uid);
      if (queued.pool?.pods.size === 0) this.#pools.delete(queued.pool.key);
      queued.pool = undefined;
      this.#unschedulable--;
    }
    queued.place = 'none';
  }

  #setBackoffTimer(): void {
    const [a, b] = [this.#backoff.peek(), this.#errorBackoff.peek()];
    const first = Math.min(a?.backoffWindow ?? Infinity, b?.backoffWindow ?? Infinity);
    if (first === Infinity) return;
    const due = first + WINDOW_MS;
    if (this.#backoffTimer !== undefined) {
      if (this.#backoffDue <= due) return;
      this.#process.cancel(this.#backoffTimer);
    }
    this.#backoffDue = due;
    this.#backoffTimer = this.#process.at(due, () => this.#endBackoff());
  }

  #endBackoff(): void {
    this.#backoffTimer = undefined;
    const now = windowOf(this.#process.now());
    for (const heap of [this.#backoff, this.#errorBackoff]) {
      for (let top = heap.peek(); top !== undefined && top.backoffWindow < now; top = heap.peek()) {
        heap.remove(top);
        top.place = 'none';
        this.#admit(top);
      }
    }
    this.#setBackoffTimer();
  }

  /** Tries pods again that nothing has woken for five minutes: a hint may have been wrong. */
  #flush(): void {
    this.#flushTimer = undefined;
    const now = this.#process.now();
    const left: QueuedPod[] = [];
    for (const pool of this.#pools.values()) {
      for (const queued of pool.pods.values())
        if (now - queued.timestamp > MAX_UNSCHEDULABLE_MS) left.push(queued);
    }
    for (const queued of left.sort((a, b) => a.sequence - b.sequence)) this.#requeue(queued);
    if (this.#unschedulable > 0) this.#flushTimer = this.#process.after(FLUSH_PERIOD_MS, () => this.#flush());
  }
}

function isWorthTrying(hints: readonly EventInterest[], pod: PodInfo, event: ClusterEvent): boolean {
  return hints.some((interest) => interest.hint === undefined || interest.hint(pod, event));
}

function windowOf(time: number): number {
  return Math.floor(time / WINDOW_MS) * WINDOW_MS;
}

/** How long a pod must wait after its last failure, ms (backoff_queue.go calculateBackoffDuration). */
function backoffOf(queued: QueuedPod): number {
  const count = queued.errorCount > 0 ? queued.errorCount : queued.unschedulableCount;
  if (count === 0) return 0;
  return Math.min(INITIAL_BACKOFF_MS * 2 ** Math.min(count - 1, 10), MAX_BACKOFF_MS);
}
