import type { Process, ProcessTimer } from '../sim/process.ts';
import { constantRate, type Rate } from './rate.ts';
import type { Exchange, NetworkFabric, NetworkNamespace, Target } from './types.ts';

/** Requests are issued this many times a second. */
const TICKS_PER_SECOND = 10;
const TICK_MS = 1000 / TICKS_PER_SECOND;
/** Seconds for which every sample is kept; older buckets keep their percentiles only. */
const SAMPLED_SECONDS = 60;
/** Seconds that are kept at all. */
const MAX_SECONDS = 3600;

/** What counts as a good answer; absent parts are not looked at. Without `status`: 200 to 399. */
export interface Expectation {
  readonly status?: number;
  /** The body must contain this. */
  readonly body?: string;
}

export interface TrafficOptions {
  readonly from: NetworkNamespace;
  readonly target: Target;
  /** Requests per second; may be a fraction, and may change with time. */
  readonly rate: number | Rate;
  /** When that time began, ms since the epoch. Default: when the source starts. */
  readonly begun?: number;
  readonly expect?: Expectation;
  /** Default 5000. */
  readonly timeoutMs?: number;
  /**
   * At most this many requests are really made each tenth of a second, evenly spaced; each then stands for
   * several. Default 5.
   */
  readonly samplesPerTick?: number;
  /** Called with each request when its answer is in, and how many it stands for. */
  readonly onDone?: (exchange: Exchange, weight: number, failure: string | undefined) => void;
}

/** One second of traffic, by when the requests were sent. Counts are weighted and may be fractions. */
export interface TrafficSecond {
  /** Virtual time of the second's beginning, ms since the epoch. */
  readonly time: number;
  readonly sent: number;
  readonly ok: number;
  /** By reason: an outcome (`refused`, `timeout` ...), `status 503`, or `body`. */
  readonly failed: Readonly<Record<string, number>>;
  /** Of the good answers, in ms; 0 when there were none. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Sample {
  readonly ms: number;
  readonly weight: number;
}

/** A second in the making. */
interface Bucket {
  readonly time: number;
  sent: number;
  ok: number;
  readonly failed: Map<string, number>;
  samples: Sample[];
  /** The percentiles, once the samples were dropped. */
  sealed: Percentiles | undefined;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Sends requests from one place to one address at a rate that may change with time, and keeps what came
 * of them for each second. Above the sampling limit it sends fewer requests, each of which stands for
 * several: they do the work of as many in whatever serves them, and count as many times.
 */
export class TrafficSource {
  readonly #fabric: NetworkFabric;
  readonly #process: Process;
  readonly #options: TrafficOptions;
  readonly #buckets: Bucket[] = [];
  #timer: ProcessTimer | undefined;
  #rate: Rate;
  /** The rate's own time 0, ms since the epoch; undefined: the start of the source. */
  #begun: number | undefined;
  /** Requests due but not yet whole. */
  #due = 0;

  constructor(fabric: NetworkFabric, process: Process, options: TrafficOptions) {
    this.#fabric = fabric;
    this.#process = process;
    this.#options = options;
    this.#rate = typeof options.rate === 'number' ? constantRate(options.rate) : options.rate;
    this.#begun = options.begun;
  }

  /** Changes the rate; one that changes with time begins now. Takes effect with the next tick. */
  setRate(rate: number | Rate): void {
    this.#rate = typeof rate === 'number' ? constantRate(rate) : rate;
    this.#begun = this.#process.now();
  }

  /** Begins; starting twice changes nothing. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#begun ??= this.#process.now();
    this.#timer = this.#process.every(TICK_MS, () => this.#tick());
  }

  /** Stops sending; answers under way still come in. */
  stop(): void {
    this.#process.cancel(this.#timer);
    this.#timer = undefined;
    this.#due = 0;
  }

  /** The seconds from `since` (ms since the epoch) on, oldest first. Seconds without requests are left out. */
  seconds(since = 0): readonly TrafficSecond[] {
    return this.#buckets.filter((bucket) => bucket.time >= since).map(readOut);
  }

  #tick(): void {
    const age = this.#process.now() - (this.#begun ?? 0);
    this.#due += this.#rate.total(age) - this.#rate.total(Math.max(0, age - TICK_MS));
    // The tolerance keeps 0.1 + 0.1 + ... from missing its whole number.
    const whole = Math.floor(this.#due + 1e-9);
    if (whole < 1) return;
    this.#due = Math.max(0, this.#due - whole);
    const count = Math.min(whole, this.#options.samplesPerTick ?? 5);
    const weight = whole / count;
    const timer = this.#timer;
    for (let i = 1; i < count; i++) {
      this.#process.after(Math.floor((i * TICK_MS) / count), () => {
        if (this.#timer === timer) this.#send(weight);
      });
    }
    this.#send(weight);
  }

  #send(weight: number): void {
    const bucket = this.#bucket();
    const { from, target, timeoutMs = 5000 } = this.#options;
    bucket.sent += weight;
    const exchange = this.#fabric.request(from, target, { timeoutMs, weight });
    // What is over before the next tick is booked at once; slower answers when they arrive.
    if (exchange.latencyMs < TICK_MS) this.#settle(bucket, exchange, weight);
    else this.#process.after(exchange.latencyMs, () => this.#settle(bucket, exchange, weight));
  }

  #settle(bucket: Bucket, exchange: Exchange, weight: number): void {
    const failure = failureOf(exchange, this.#options.expect);
    if (failure === undefined) {
      bucket.ok += weight;
      if (bucket.sealed === undefined) bucket.samples.push({ ms: exchange.latencyMs, weight });
    } else bucket.failed.set(failure, (bucket.failed.get(failure) ?? 0) + weight);
    this.#options.onDone?.(exchange, weight, failure);
  }

  #bucket(): Bucket {
    const now = this.#process.now();
    const time = now - (now % 1000);
    const last = this.#buckets.at(-1);
    if (last?.time === time) return last;
    const bucket: Bucket = { time, sent: 0, ok: 0, failed: new Map(), samples: [], sealed: undefined };
    this.#buckets.push(bucket);
    const aged = this.#buckets.at(-1 - SAMPLED_SECONDS);
    if (aged !== undefined) {
      aged.sealed = percentiles(aged.samples);
      aged.samples = [];
    }
    if (this.#buckets.length > MAX_SECONDS) this.#buckets.shift();
    return bucket;
  }
}

/** Why an exchange does not count as good; undefined when it does. */
export function failureOf(exchange: Exchange, expect: Expectation = {}): string | undefined {
  if (exchange.outcome !== 'ok') return exchange.outcome;
  // The server went away while it was working on the answer.
  if (exchange.server !== undefined && !exchange.server.open) return 'reset';
  const { reply } = exchange;
  if (reply?.type === 'http') {
    const good =
      expect.status === undefined
        ? reply.status >= 200 && reply.status < 400
        : reply.status === expect.status;
    if (!good) return `status ${reply.status}`;
  }
  if (expect.body !== undefined) {
    const body = reply?.type === 'http' || reply?.type === 'raw' ? reply.body : '';
    if (!body.includes(expect.body)) return 'body';
  }
  return undefined;
}

function readOut(bucket: Bucket): TrafficSecond {
  const { time, sent, ok } = bucket;
  const failed = Object.fromEntries([...bucket.failed].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { time, sent, ok, failed, ...(bucket.sealed ?? percentiles(bucket.samples)) };
}

/** Nearest-rank percentiles of weighted samples. */
export function percentiles(samples: readonly Sample[]): Percentiles {
  const sorted = samples.toSorted((a, b) => a.ms - b.ms);
  const total = sorted.reduce((sum, sample) => sum + sample.weight, 0);
  const rank = (share: number): number => {
    let seen = 0;
    for (const sample of sorted) {
      seen += sample.weight;
      if (seen >= total * share - 1e-9) return sample.ms;
    }
    return 0;
  };
  return { p50: rank(0.5), p99: rank(0.99), max: sorted.at(-1)?.ms ?? 0 };
}
