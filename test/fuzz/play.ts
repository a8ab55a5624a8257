import { Cluster } from '../../src/cluster/cluster.ts';
import type { Checker, Eyes, Run, Violation } from './checker.ts';
import { checkers } from './checkers/registry.ts';
import { Crashes } from './crashes.ts';
import { mend } from './mend.ts';
import { perform } from './perform.ts';
import { CONVERGE_LIMIT_MS, type Plan, type Step } from './plan.ts';
import { REQUEST_PROMISES, type Telling } from './promises.ts';

/** What came of a run. */
export interface Played {
  readonly violation: Violation | undefined;
  /** How often each fault or action was done, by name. */
  readonly done: ReadonlyMap<string, number>;
  /** How often each promise was checked on something real, by the checker's name. */
  readonly seen: ReadonlyMap<string, number>;
  readonly events: number;
  readonly hash: string;
  /** How long after the end of faults everything was as it should be, virtual ms. */
  readonly settledAfter: number;
}

/** How often it is asked whether everything has settled, virtual ms. */
const LOOK_EVERY_MS = 5_000;
/** Everything must stay settled that long before it counts, virtual ms. */
const STEADY_MS = 15_000;

/** Thrown to leave a run at its first broken promise; caught in `play` and nowhere else. */
class Broken extends Error {
  readonly violation: Violation;
  constructor(violation: Violation) {
    super(violation.message);
    this.violation = violation;
  }
}

/** Plays a plan under the eyes of the checkers. The same plan always gives the same result. */
export function play(plan: Plan, watch: readonly Checker[] = checkers): Played {
  return new Playing(plan, watch).play();
}

class Playing implements Run {
  readonly plan: Plan;
  readonly cluster: Cluster;
  mended = false;
  lastDisturbance = 0;
  readonly #checkers: readonly Checker[];
  readonly #crashes: Crashes;
  readonly #tell: Telling;
  readonly #done = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  #eyes: readonly Eyes[] = [];
  #start = 0;
  /** Found inside a commit or event; thrown once the system has finished what it was doing. */
  #found: Violation | undefined;
  #settledAfter = 0;

  constructor(plan: Plan, watch: readonly Checker[]) {
    this.plan = plan;
    this.cluster = new Cluster({
      seed: plan.seed,
      nodes: plan.nodes,
      ...(plan.startTime === undefined ? {} : { startTime: plan.startTime }),
      ...(plan.controlPlanes === undefined ? {} : { controlPlanes: plan.controlPlanes }),
    });
    this.#checkers = watch;
    this.#crashes = new Crashes(this.cluster);
    this.#tell = {
      fail: (promise, message) => {
        this.#found ??= this.#violation(REQUEST_PROMISES[promise], message);
      },
      saw: (promise) => add(this.#seen, REQUEST_PROMISES[promise], 1),
    };
  }

  elapsed(): number {
    return this.cluster.sim.now() - this.#start;
  }

  play(): Played {
    let violation: Violation | undefined;
    try {
      this.#run();
    } catch (error) {
      violation =
        error instanceof Broken
          ? error.violation
          : this.#violation('nothing throws', `${(error as Error).stack ?? error}`);
    }
    return {
      violation,
      done: this.#done,
      seen: this.#seen,
      events: this.cluster.sim.events,
      hash: this.cluster.stateHash(),
      settledAfter: this.#settledAfter,
    };
  }

  #run(): void {
    if (!this.cluster.boot()) throw new Error('the cluster does not come up');
    this.#start = this.cluster.sim.now();
    this.#open();
    for (const step of this.plan.steps) this.#step(step);
    this.#passUntil(this.#start + this.plan.mendAt);
    this.lastDisturbance = this.elapsed();
    this.#crashes.disarm();
    mend(this.cluster);
    this.mended = true;
    this.#settle();
    for (const eyes of this.#eyes) {
      eyes.end?.();
      this.#stop();
    }
  }

  #open(): void {
    this.#eyes = this.#checkers.map((checker) =>
      checker.open(this, {
        fail: (message) => {
          this.#found ??= this.#violation(checker.name, message);
        },
        saw: (count = 1) => add(this.#seen, checker.name, count),
      }),
    );
    const committing = this.#eyes.filter(({ commit }) => commit !== undefined);
    this.cluster.onCommit((record) => {
      this.#crashes.commit(record);
      for (const eyes of committing) eyes.commit?.(record);
    });
  }

  #step({ at, action }: Step): void {
    this.#passUntil(this.#start + at);
    this.lastDisturbance = this.elapsed();
    const result = perform({ cluster: this.cluster, crashes: this.#crashes, tell: this.#tell }, action);
    const name = action.do === 'fault' ? String(action.fault.kind) : action.do;
    add(this.#done, result === 'done' ? name : `${name}: ${result}`, 1);
    this.#stop();
  }

  #passUntil(time: number): void {
    const { sim } = this.cluster;
    const watching = this.#eyes.filter(({ event }) => event !== undefined);
    for (let next = sim.nextTime(); next !== undefined && next <= time; next = sim.nextTime()) {
      sim.step();
      if (this.#crashes.event()) add(this.#done, 'crash between two writes', 1);
      for (const eyes of watching) eyes.event?.();
      this.#stop();
    }
    sim.runUntil(time);
  }

  #settle(): void {
    const { sim } = this.cluster;
    const began = sim.now();
    const limit = began + CONVERGE_LIMIT_MS;
    let steadySince: number | undefined;
    for (;;) {
      this.#passUntil(sim.now() + LOOK_EVERY_MS);
      const complaint = this.#complaint();
      if (complaint === undefined) {
        steadySince ??= sim.now();
        if (sim.now() - steadySince >= STEADY_MS) break;
        continue;
      }
      steadySince = undefined;
      if (sim.now() >= limit) throw new Broken(complaint);
    }
    this.#settledAfter = (steadySince ?? sim.now()) - began;
  }

  #complaint(): Violation | undefined {
    for (const [i, eyes] of this.#eyes.entries())
      for (const message of eyes.unsettled?.() ?? [])
        return this.#violation(this.#checkers[i]?.name ?? '', `never settles: ${message}`);
    return undefined;
  }

  #violation(checker: string, message: string): Violation {
    return { checker, message, at: this.elapsed(), revision: this.cluster.revision };
  }

  #stop(): void {
    if (this.#found !== undefined) throw new Broken(this.#found);
  }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
