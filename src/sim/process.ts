import type { Clock, WallClock } from './clock.ts';
import { Timer } from './queue.ts';
import type { Random } from './random.ts';
import type { Simulation } from './simulation.ts';

/** A timer of a process. Only the process that made it can cancel it. */
export class ProcessTimer extends Timer {
  /** @internal How far apart a series runs, ms; undefined: it runs once. */
  readonly period: number | undefined;
  readonly #process: Process;

  /** @internal */
  constructor(process: Process, run: () => void, period: number | undefined) {
    super(run);
    this.#process = process;
    this.period = period;
  }

  /** @internal */
  override fire(): void {
    this.#process.fire(this);
  }
}

/**
 * A running program: the only way in which a component (API server, controller, kubelet, an app in
 * a container) reaches the clock. Killing the process silences all its timers at once, which makes
 * every component crash-only: whoever wants it back starts a new one. A paused process gets its
 * overdue timers, in order, when it is resumed: what SIGSTOP and SIGCONT do.
 */
export class Process implements Clock {
  readonly name: string;
  readonly #sim: Simulation;
  readonly #wall: WallClock | undefined;
  readonly #incarnation: number;
  #random: Random | undefined;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #overdue: ProcessTimer[] = [];
  #onExit: (() => void)[] = [];

  /**
   * `incarnation` tells restarts of one program apart, so that the second run does not repeat the
   * first one's draws. `wall` is the clock of the machine it runs on.
   */
  constructor(sim: Simulation, name: string, incarnation = 0, wall?: WallClock) {
    this.#sim = sim;
    this.#wall = wall;
    this.name = name;
    this.#incarnation = incarnation;
  }

  /** This process' own stream; a restarted process of the same name draws from a fresh one. */
  get random(): Random {
    // Most processes, those of containers, never draw.
    this.#random ??= this.#sim.stream(
      this.#incarnation === 0 ? this.name : `${this.name}#${this.#incarnation}`,
    );
    return this.#random;
  }

  now(): number {
    return this.#sim.now();
  }

  wallTime(): number {
    return this.#sim.now() + (this.#wall?.skew ?? 0);
  }

  get alive(): boolean {
    return this.#state !== 'dead';
  }

  get paused(): boolean {
    return this.#state === 'paused';
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  /** Runs `run` after `delay` ms of virtual time, unless the process dies first. */
  after(delay: number, run: () => void): ProcessTimer {
    return this.at(this.#sim.now() + delay, run);
  }

  /** Runs `run` at `time`, or at this instant when that has passed. */
  at(time: number, run: () => void): ProcessTimer {
    const handle = new ProcessTimer(this, run, undefined);
    if (this.#state !== 'dead') this.#sim.queue(time, handle);
    return handle;
  }

  /** Runs `run` every `period` ms, the first time after `first` ms, until cancelled or dead. */
  every(period: number, run: () => void, first: number = period): ProcessTimer {
    const handle = new ProcessTimer(this, run, period);
    if (this.#state !== 'dead') this.#sim.queue(this.#sim.now() + first, handle);
    return handle;
  }

  /** Cancels a timer; undefined, a timer that ran and a cancelled one are fine. */
  cancel(handle: ProcessTimer | undefined): void {
    this.#sim.cancel(handle);
  }

  /** Registers what must be undone when the process ends: sockets closed, watches dropped. */
  onExit(run: () => void): void {
    if (this.#state === 'dead') run();
    else this.#onExit.push(run);
  }

  /** Ends the process at once. Nothing of it runs afterwards except its exit handlers, now. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#overdue = [];
    const handlers = this.#onExit;
    this.#onExit = [];
    for (const run of handlers) run();
  }

  /** Stops the process from doing anything until `resume`. Timers that come due are kept. */
  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** Lets a paused process go on: overdue timers run now, in the order they were due. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const overdue = this.#overdue;
    this.#overdue = [];
    for (const handle of overdue) {
      if (handle.run !== undefined) this.#sim.queue(this.#sim.now(), handle);
    }
  }

  /** @internal A timer of this process is due. */
  fire(handle: ProcessTimer): void {
    const { run, period } = handle;
    if (run === undefined || this.#state === 'dead') return;
    if (this.#state === 'paused') {
      this.#overdue.push(handle);
      return;
    }
    // The next one of a series is queued first, so that `run` may cancel it.
    if (period === undefined) handle.run = undefined;
    else this.#sim.queue(this.#sim.now() + period, handle);
    run();
  }
}
