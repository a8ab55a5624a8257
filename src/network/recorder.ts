import type { Exchange, NetworkCounters, Outcome } from './types.ts';

/** Counts exchanges and keeps the last ones. */
export class Recorder implements NetworkCounters {
  exchanges = 0;
  dnsQueries = 0;
  readonly byOutcome: Record<Outcome, number> = {
    ok: 0,
    refused: 0,
    timeout: 0,
    unreachable: 0,
    nameNotFound: 0,
    dnsTimeout: 0,
    reset: 0,
    closed: 0,
  };
  readonly #capacity: number;
  readonly #ring: Exchange[] = [];
  /** Where the next one goes; the oldest stands there once the ring is full. */
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Counts an exchange and, if `keep`, remembers it. */
  add(exchange: Exchange, keep: boolean): void {
    this.byOutcome[exchange.outcome]++;
    if (!keep || this.#capacity === 0) return;
    this.#ring[this.#next] = exchange;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Counts an exchange that went well and that nobody remembers. */
  repeat(): void {
    this.exchanges++;
    this.byOutcome.ok++;
  }

  recent(): readonly Exchange[] {
    return this.#ring.length < this.#capacity
      ? this.#ring.slice()
      : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }
}
