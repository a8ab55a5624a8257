import type { Rate } from '../network/rate.ts';
import type { Expectation } from '../network/traffic.ts';
import { percentiles, TrafficSource } from '../network/traffic.ts';
import type { Exchange, NetworkNamespace, Target } from '../network/types.ts';
import { Process } from '../sim/process.ts';
import type { Simulation } from '../sim/simulation.ts';
import { findPlace, findTarget, type Place, type Surroundings } from './place.ts';

export interface MeterOptions extends Surroundings {
  readonly sim: Simulation;
  readonly name: string;
  readonly from: Place;
  readonly url: string;
  /** Requests per second, from the meter's beginning on. */
  readonly rate: Rate;
  readonly expect?: Expectation;
  readonly timeoutMs?: number;
}

/** What came of the requests of some seconds. Counts are weighted and may be fractions. */
export interface Measured {
  readonly sent: number;
  readonly ok: number;
  /** Of the good answers, ms; 0 when there were none. */
  readonly p50: number;
  readonly p99: number;
  /** Requests without a good answer, per second. */
  readonly errors: number;
  /** The commonest reason of failure; undefined when nothing failed. */
  readonly reason: string | undefined;
}

interface Second {
  sent: number;
  ok: number;
  readonly failed: Map<string, number>;
  readonly samples: { readonly ms: number; readonly weight: number }[];
}

/** Seconds kept: longer than any window. */
const MAX_SECONDS = 3600;

/**
 * A steady load on an address, as long as the level runs. Where it comes from and where it goes is
 * looked up every second, because pods come and go and addresses are assigned late; a second in
 * which there is no such place or address counts as one in which every request fails.
 */
export class Meter {
  readonly #options: MeterOptions;
  readonly #process: Process;
  readonly #start: number;
  readonly #seconds = new Map<number, Second>();
  #rate: Rate;
  /** When the rate began to count, ms since the epoch. */
  #begun: number;
  #source:
    | { readonly from: NetworkNamespace; readonly target: Target; readonly traffic: TrafficSource }
    | undefined;
  #unavailable = 0;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#process = new Process(options.sim, `traffic/${options.name}`);
    this.#start = options.sim.now();
    this.#rate = options.rate;
    this.#begun = this.#start;
    this.#look();
    this.#process.every(1000, () => this.#look());
  }

  /** Another load from now on. */
  setRate(rate: Rate): void {
    this.#rate = rate;
    this.#begun = this.#process.now();
    this.#source?.traffic.setRate(rate);
  }

  /** What came of the requests sent in the seconds [from, to), counted from the beginning. */
  measure(from: number, to: number): Measured {
    let [sent, ok] = [0, 0];
    const samples: Second['samples'] = [];
    const failed = new Map<string, number>();
    for (let second = Math.max(0, from, to - MAX_SECONDS); second < to; second++) {
      const found = this.#seconds.get(second);
      if (found === undefined) continue;
      sent += found.sent;
      ok += found.ok;
      for (const sample of found.samples) samples.push(sample);
      for (const [reason, count] of found.failed) failed.set(reason, (failed.get(reason) ?? 0) + count);
    }
    const seconds = Math.max(1, to - Math.max(0, from));
    const errors = (sent - ok) / seconds;
    const { p50, p99 } = percentiles(samples);
    const [reason] = [...failed].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
    return { sent, ok, p50, p99, errors, reason };
  }

  /** Seconds of complete silence that the failures so far add up to. */
  get unavailable(): number {
    return this.#unavailable;
  }

  /** Closes the second before `second`: adds up what of it was not answered. */
  close(second: number): void {
    const found = this.#seconds.get(second - 1);
    if (found !== undefined && found.sent > 0) {
      let failed = 0;
      for (const count of found.failed.values()) failed += count;
      this.#unavailable += failed / found.sent;
    }
    this.#seconds.delete(second - MAX_SECONDS - 1);
  }

  #look(): void {
    const { from: place, url, expect, timeoutMs } = this.#options;
    const from = findPlace(place, this.#options);
    const target = findTarget(url, this.#options.mirror);
    if (from === undefined || target === undefined) {
      this.#source?.traffic.stop();
      this.#source = undefined;
      const age = this.#process.now() - this.#begun;
      const due = this.#rate.total(age + 1000) - this.#rate.total(age);
      this.#book(this.#process.now(), due, from === undefined ? 'no client' : 'no address');
      return;
    }
    const known = this.#source;
    if (known !== undefined && known.from === from && sameTarget(known.target, target)) return;
    known?.traffic.stop();
    const traffic = new TrafficSource(this.#options.fabric, this.#process, {
      from,
      target,
      rate: this.#rate,
      begun: this.#begun,
      onDone: (exchange, weight, failure) => this.#done(exchange, weight, failure),
      ...(expect === undefined ? {} : { expect }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    traffic.start();
    this.#source = { from, target, traffic };
  }

  #done(exchange: Exchange, weight: number, failure: string | undefined): void {
    const second = this.#book(exchange.time, weight, failure);
    if (failure === undefined) second.samples.push({ ms: exchange.latencyMs, weight });
  }

  /** Books requests at the time they were sent. */
  #book(time: number, weight: number, failure: string | undefined): Second {
    const at = Math.floor((time - this.#start) / 1000);
    let second = this.#seconds.get(at);
    if (second === undefined) {
      second = { sent: 0, ok: 0, failed: new Map(), samples: [] };
      this.#seconds.set(at, second);
    }
    second.sent += weight;
    if (failure === undefined) second.ok += weight;
    else second.failed.set(failure, (second.failed.get(failure) ?? 0) + weight);
    return second;
  }
}

function sameTarget(a: Target, b: Target): boolean {
  return a.host === b.host && a.port === b.port;
}
