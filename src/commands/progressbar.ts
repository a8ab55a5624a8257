import type { Io } from './io.ts';

const WIDTH = 24;
/** Nothing is shown for what is done sooner, ms. */
const PATIENCE_MS = 700;
/** Between two drawings, ms. */
const INTERVAL_MS = 100;

/** A bar on standard error, when that is a terminal and the work takes long enough to wonder. */
export class ProgressBar {
  readonly #io: Io;
  readonly #total: number;
  readonly #now: () => number;
  readonly #began: number;
  #last = Number.NEGATIVE_INFINITY;
  #done = 0;
  #shown = false;

  /** `total` is the amount of work, in whatever unit `advance` counts. */
  constructor(io: Io, total: number, now: () => number = () => performance.now()) {
    this.#io = io;
    this.#total = total;
    this.#now = now;
    this.#began = now();
  }

  /** So much more is done; `label` says what is being done now. */
  advance(amount: number, label: string): void {
    this.#done = Math.min(this.#total, this.#done + amount);
    const now = this.#now();
    if (!this.#io.isTerminal.stderr || now - this.#began < PATIENCE_MS || now - this.#last < INTERVAL_MS)
      return;
    this.#last = now;
    this.#shown = true;
    const share = this.#total === 0 ? 1 : this.#done / this.#total;
    const full = Math.round(share * WIDTH);
    const line = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(Math.floor(share * 100)).padStart(3)} % ${label}`;
    this.#io.err(`\r\u001b[K${line.slice(0, Math.max(20, this.#io.columns - 1))}`);
  }

  /** Takes the bar away; whatever is printed next begins on an empty line. */
  clear(): void {
    if (this.#shown) this.#io.err('\r\u001b[K');
    this.#shown = false;
  }
}
