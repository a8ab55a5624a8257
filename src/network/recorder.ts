import type { Exchange, NetworkCounters, Outcome } from './types.ts';

/** Of seconds gone by, so many exchanges are kept of each, and so many seconds. */
const PER_SECOND = 4;
const MAX_SECONDS = 1200;

/** Counts exchanges and keeps the last ones, and of the time before a few of each second. */
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
  readonly #seconds = new Map<number, Exchange[]>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Counts an exchange and, if `keep`, remembers it. */
  add(exchange: Exchange, keep: boolean): void {
    this.byOutcome[exchange.outcome]++;
    if (!keep || this.#capacity === 0) return;
    this.#ring[this.#next] = exchange;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#archive(exchange);
  }

  /** The last exchanges that had begun at a time, oldest first; of a time long gone by a few of each second. */
  until(time: number): readonly Exchange[] {
    const recent = this.recent();
    const first = recent[0];
    const then = recent.filter((exchange) => exchange.time <= time);
    if (first === undefined || this.#ring.length < this.#capacity || then.length >= this.#capacity / 2)
      return then;
    const before: Exchange[] = [];
    for (const kept of this.#seconds.values())
      for (const exchange of kept) if (exchange.id < first.id && exchange.time <= time) before.push(exchange);
    return [...before.slice(then.length - this.#capacity), ...then];
  }

  /** Failures before successes: they are what one looks back for. */
  #archive(exchange: Exchange): void {
    const second = Math.floor(exchange.time / 1000);
    const kept = this.#seconds.get(second);
    if (kept === undefined) {
      this.#seconds.set(second, [exchange]);
      if (this.#seconds.size > MAX_SECONDS) this.#forget();
      return;
    }
    if (kept.length < PER_SECOND) {
      kept.push(exchange);
      return;
    }
    const worse = kept.findIndex(({ outcome }) => outcome === 'ok');
    if (exchange.outcome === 'ok' || worse < 0) return;
    kept.splice(worse, 1);
    kept.push(exchange);
  }

  #forget(): void {
    const oldest = this.#seconds.keys().next();
    if (oldest.done !== true) this.#seconds.delete(oldest.value);
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
