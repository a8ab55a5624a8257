/** Over how long use is averaged, ms. */
const WINDOW_MS = 5000;
/** However busy, a request gets through at a twentieth of full speed. */
const BUSIEST = 0.95;

/** What a container uses of the cpu: a steady part, and work that fades out over a few seconds. */
export class CpuUse {
  /** Millicores. */
  base = 0;
  /** ms of work, weighted by age. */
  #load = 0;
  #at = 0;

  /** Millicores wanted at `now`, whatever the limit. */
  demand(now: number): number {
    return this.base + (this.#fade(now) * 1000) / WINDOW_MS;
  }

  /** Books `ms` of work; returns how long it takes when at most `ceiling` millicores can be had. */
  work(ms: number, now: number, ceiling: number): number {
    const busy = Math.min(BUSIEST, this.demand(now) / ceiling);
    this.#load = this.#fade(now) + ms;
    this.#at = now;
    return ms / (1 - busy);
  }

  #fade(now: number): number {
    return this.#load === 0 ? 0 : this.#load * Math.exp((this.#at - now) / WINDOW_MS);
  }
}
