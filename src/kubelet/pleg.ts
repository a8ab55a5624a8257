import type { Process } from '../sim/process.ts';
import type { ContainerRuntime, RuntimeChange } from './cri.ts';

/** How often the runtime's containers are listed, ms (genericPlegRelistPeriod). */
const RELIST_MS = 1_000;

/**
 * When the kubelet notices what its containers do (pkg/kubelet/pleg): not at once, but at the next of
 * the relists it makes every second. Nothing is polled: the runtime tells of changes, and this tells
 * when a relist would have found them.
 */
export class Pleg {
  readonly #process: Process;
  readonly #started: number;

  constructor(process: Process) {
    this.#process = process;
    this.#started = process.now();
  }

  /** Calls `changed` with each change of the runtime until the process ends. */
  start(runtime: ContainerRuntime, changed: (change: RuntimeChange) => void): void {
    const unsubscribe = runtime.subscribe(changed);
    this.#process.onExit(unsubscribe);
  }

  /** The time of the first relist at or after `time`. */
  relistAfter(time: number): number {
    const since = Math.max(0, time - this.#started);
    return this.#started + Math.ceil(since / RELIST_MS) * RELIST_MS;
  }
}
