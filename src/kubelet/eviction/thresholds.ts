import { isQuantityError, parseQuantity, value } from '../../apimachinery/quantity.ts';
import type { EvictionConfig } from '../config.ts';

/** What is left of something, e.g. `memory.available`. */
export type Signal = string;

/** What a signal shows now; bytes, or pieces. */
export interface Observation {
  readonly available: number;
  readonly capacity: number;
}

export type Observations = ReadonlyMap<Signal, Observation>;

/** The node's conditions that shortages show in. */
export type Pressure = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

/** Below which amount something must be done (eviction/api/types.go Threshold). */
export interface Threshold {
  readonly signal: Signal;
  /** The amount, as written: a quantity or a percentage of the capacity. */
  readonly amount: string;
  /** How long it must be below before pods are evicted; 0 for a hard threshold. */
  readonly graceMs: number;
  /** How much above the amount must be left before it is well again; as written, '0' for nothing. */
  readonly minReclaim: string;
}

interface SignalFacts {
  readonly pressure: Pressure;
  /** How events and messages call what is short. */
  readonly resource: string;
}

const DISK: SignalFacts = { pressure: 'DiskPressure', resource: 'ephemeral-storage' };
const INODES: SignalFacts = { pressure: 'DiskPressure', resource: 'inodes' };

const SIGNALS: ReadonlyMap<Signal, SignalFacts> = new Map<Signal, SignalFacts>([
  ['memory.available', { pressure: 'MemoryPressure', resource: 'memory' }],
  ['nodefs.available', DISK],
  ['imagefs.available', DISK],
  ['nodefs.inodesFree', INODES],
  ['imagefs.inodesFree', INODES],
  ['pid.available', { pressure: 'PIDPressure', resource: 'pids' }],
]);

/** What a signal is about. One that there is not is a bug in the configuration: it throws. */
export function factsOf(signal: Signal): SignalFacts {
  const facts = SIGNALS.get(signal);
  if (facts === undefined) throw new Error(`unsupported eviction signal ${signal}`);
  return facts;
}

/** The thresholds of a configuration, hard ones first (eviction/helpers.go ParseThresholdConfig). */
export function thresholdsOf(config: EvictionConfig): readonly Threshold[] {
  const { evictionHard, evictionSoft, evictionSoftGracePeriod, evictionMinimumReclaim } = config;
  const make = (signal: Signal, amount: string, graceMs: number): Threshold => {
    factsOf(signal);
    return { signal, amount, graceMs, minReclaim: evictionMinimumReclaim[signal] ?? '0' };
  };
  const hard = Object.entries(evictionHard).map(([signal, amount]) => make(signal, amount, 0));
  const soft = Object.entries(evictionSoft).map(([signal, amount]) => {
    const grace = evictionSoftGracePeriod[signal];
    if (grace === undefined)
      throw new Error(`grace period must be specified for the soft eviction threshold ${signal}`);
    return make(signal, amount, grace);
  });
  return [...hard, ...soft];
}

/** An amount as a number: a percentage is one of the capacity. */
export function amountOf(text: string, capacity: number): number {
  if (text.endsWith('%')) return Math.floor((capacity * Number(text.slice(0, -1))) / 100);
  const quantity = parseQuantity(text);
  if (isQuantityError(quantity)) throw new Error(`no amount: ${text}`);
  return value(quantity);
}

/** What a hard threshold withholds from the pods of a node (HardEvictionReservation). */
export function reservedFor(config: EvictionConfig, signal: Signal, capacity: number): number {
  const amount = config.evictionHard[signal];
  return amount === undefined ? 0 : amountOf(amount, capacity);
}

/** Whether less is left than there must be. What is not observed is not short. */
export function isMet(threshold: Threshold, observations: Observations, withReclaim: boolean): boolean {
  const seen = observations.get(threshold.signal);
  if (seen === undefined) return false;
  const more = withReclaim ? amountOf(threshold.minReclaim, seen.capacity) : 0;
  return seen.available < amountOf(threshold.amount, seen.capacity) + more;
}
