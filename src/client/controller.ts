import type { KubeObject } from '../api/object.ts';
import { keyOf, revisionOf } from '../api/object.ts';
import type { Status } from '../apimachinery/status.ts';
import type { Process } from '../sim/process.ts';
import type { Client } from './client.ts';
import { type WorkItem, WorkQueue, type WorkQueueOptions } from './workqueue.ts';

/**
 * What a reconcile ended in, as in controller-runtime: done until something changes; again after a
 * while; failed, to be tried again with growing delay; failed for good until something changes.
 */
export type ReconcileResult =
  | { readonly type: 'done' }
  | { readonly type: 'requeue'; readonly after: number }
  | { readonly type: 'retry'; readonly reason: string }
  | { readonly type: 'terminal'; readonly reason: string };

export const DONE: ReconcileResult = Object.freeze({ type: 'done' });

/** Again after `ms` milliseconds. */
export function requeueAfter(ms: number): ReconcileResult {
  return { type: 'requeue', after: ms };
}

/** Failed with a refusal: try again with growing delay. */
export function retry(status: Status | string): ReconcileResult {
  return {
    type: 'retry',
    reason: typeof status === 'string' ? status : (status.message ?? status.reason ?? 'unknown'),
  };
}

export interface ControllerOptions extends WorkQueueOptions {
  readonly process: Process;
  /** The client whose cause is set before each key. */
  readonly client: Client;
  /** Looks at the world through caches and moves it towards what is wanted. Knows only the key. */
  readonly reconcile: (key: string) => ReconcileResult;
  /** Keys handled at the same time; default 5, as kube-controller-manager's workers. */
  readonly workers?: number;
  /**
   * Virtual time that a key costs a worker, ms; default 2. A function is asked after each key: a sync
   * that looks at many objects takes longer, and the next one then sees more changes at once.
   */
  readonly cost?: number | ((key: string) => number);
  /** False while caches have not been filled: keys wait. */
  readonly ready?: () => boolean;
}

/** What a key costs unless told otherwise, ms. */
const DEFAULT_COST_MS = 2;
/** How long to wait before looking again whether the caches are filled. */
const SYNC_POLL_MS = 100;

/**
 * The reconcile loop: takes keys from a work queue, one worker a key, and reconciles each. An
 * event is only ever turned into a key; what to do is decided from the state of the world.
 */
export class Controller {
  readonly queue: WorkQueue;
  readonly #process: Process;
  readonly #client: Client;
  readonly #reconcile: (key: string) => ReconcileResult;
  readonly #workers: number;
  readonly #costOf: (key: string) => number;
  readonly #ready: () => boolean;
  /** What the last round cost, ms: the next one begins so long after a key is added. */
  #cost: number;
  #scheduled = false;

  constructor(options: ControllerOptions) {
    this.#process = options.process;
    this.#client = options.client;
    this.#reconcile = options.reconcile;
    this.#workers = options.workers ?? 5;
    const { cost = DEFAULT_COST_MS } = options;
    this.#costOf = typeof cost === 'number' ? () => cost : cost;
    this.#cost = typeof cost === 'number' ? cost : DEFAULT_COST_MS;
    this.#ready = options.ready ?? (() => true);
    this.queue = new WorkQueue(options.process, options);
    this.queue.onReady(() => this.#schedule(this.#cost));
  }

  /** Adds an object's key, with its revision as the reason to look. */
  enqueue(object: KubeObject): void {
    this.queue.add(keyOf(object), revisionOf(object));
  }

  #schedule(delay: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#process.after(delay, () => this.#work());
  }

  #work(): void {
    this.#scheduled = false;
    if (!this.#ready()) {
      this.#schedule(SYNC_POLL_MS);
      return;
    }
    let cost = 0;
    for (const item of this.#batch()) {
      this.#client.setCause({ component: this.#client.component, trigger: item.trigger });
      const result = this.#reconcile(item.key);
      this.#client.setCause();
      // A component that was killed by its own reconcile (its container was stopped) is silent.
      if (!this.#process.alive) return;
      this.#settle(item.key, item.trigger, result);
      cost = Math.max(cost, this.#costOf(item.key));
      this.queue.done(item.key);
    }
    if (cost > 0) this.#cost = cost;
    if (this.queue.length > 0) this.#schedule(this.#cost);
  }

  /** One key for each worker. What they add meanwhile is for the next round. */
  #batch(): readonly WorkItem[] {
    const batch: WorkItem[] = [];
    while (batch.length < this.#workers) {
      const item = this.queue.take();
      if (item === undefined) break;
      batch.push(item);
    }
    return batch;
  }

  #settle(key: string, trigger: number, result: ReconcileResult): void {
    switch (result.type) {
      case 'done':
      case 'terminal':
        this.queue.forget(key);
        return;
      case 'requeue':
        this.queue.forget(key);
        this.queue.addAfter(key, result.after, trigger);
        return;
      case 'retry':
        this.queue.addRateLimited(key, trigger);
        return;
    }
  }
}
