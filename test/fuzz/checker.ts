import type { KubeObject } from '../../src/api/object.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { KeyValue } from '../../src/etcd/store.ts';
import type { Plan } from './plan.ts';

export type Commit = KeyValue<KubeObject>;

/** A promise that was broken, and when. */
export interface Violation {
  readonly checker: string;
  readonly message: string;
  /** ms after the cluster stood. */
  readonly at: number;
  readonly revision: number;
}

/** What a checker sees of a run. It stands outside the system: it looks, and never touches. */
export interface Run {
  readonly cluster: Cluster;
  readonly plan: Plan;
  /** True from the moment faults have ended. */
  readonly mended: boolean;
  /** ms after the cluster stood. */
  elapsed(): number;
  /** The last time, ms after the cluster stood, at which a fault was in force or the player acted. */
  readonly lastDisturbance: number;
}

/** Broken promises are told through `fail`, promises that were kept about something real through `saw`. */
export interface Watching {
  fail(message: string): void;
  saw(count?: number): void;
}

/** The eyes of a checker on one run. */
export interface Eyes {
  /** After each write, inside the commit. */
  commit?(record: Commit): void;
  /** After each event. Must be cheap. */
  event?(): void;
  /** After faults have ended: what is not yet as it should be, one sentence each. Asked again and again. */
  unsettled?(): Iterable<string>;
  /** Once, when everything has settled. */
  end?(): void;
}

/** Promises about one thing. One file each, one line in `checkers/registry.ts`. */
export interface Checker {
  /** The promise in a few words. */
  readonly name: string;
  open(run: Run, watching: Watching): Eyes;
}
