import type { WallClock } from '../sim/clock.ts';
import { Process } from '../sim/process.ts';
import type { Simulation } from '../sim/simulation.ts';

export interface UnitOptions {
  readonly sim: Simulation;
  readonly machine: string;
  /** The machine's clock; absent: it is right. */
  readonly wall?: WallClock;
  readonly name: string;
  /** RestartSec, in ms; Restart=always. */
  readonly restartMs: number;
  /** Whether the machine has power: without it nothing starts. */
  readonly powered: () => boolean;
  /** Starts the program in the process it is given. */
  readonly run: (process: Process) => void;
}

/**
 * A systemd unit: a program that is kept running until somebody stops it. Each start is a new process
 * that knows nothing of the one before.
 */
export class Unit {
  readonly name: string;
  readonly #options: UnitOptions;
  #process: Process | undefined;
  #incarnation = 0;
  #wanted = false;
  /** When it came into its present state, ms since the epoch. */
  since: number;

  constructor(options: UnitOptions) {
    this.name = options.name;
    this.#options = options;
    this.since = options.sim.now();
  }

  /** The running process; undefined while it is stopped or waits for its restart. */
  get process(): Process | undefined {
    return this.#process;
  }

  get state(): 'active' | 'activating' | 'inactive' | 'paused' {
    if (this.#process !== undefined) return this.#process.paused ? 'paused' : 'active';
    return this.#wanted ? 'activating' : 'inactive';
  }

  /** A number that looks like a process id, differs between units and after each start. */
  get pid(): number {
    return 600 + this.name.length + this.#incarnation * 37;
  }

  start(): void {
    if (!this.#options.powered()) return;
    this.#wanted = true;
    if (this.#process === undefined) this.#spawn();
  }

  /** Stops it for good; the process gets no chance to say goodbye. */
  stop(): void {
    if (this.#process === undefined && !this.#wanted) return;
    this.#wanted = false;
    this.#kill();
  }

  restart(): void {
    this.#kill();
    this.start();
  }

  /** SIGKILL: systemd starts it again after a while. */
  kill(): void {
    if (this.#process === undefined) return;
    this.#kill();
    const incarnation = this.#incarnation;
    const { sim, restartMs } = this.#options;
    sim.after(restartMs, () => {
      if (this.#wanted && this.#incarnation === incarnation && this.#process === undefined) this.#spawn();
    });
  }

  pause(): void {
    this.#process?.pause();
  }

  resume(): void {
    this.#process?.resume();
  }

  #spawn(): void {
    const { sim, machine, name, wall, run } = this.#options;
    const process = new Process(sim, `${machine}/${name}`, this.#incarnation++, wall);
    this.#process = process;
    this.since = sim.now();
    run(process);
  }

  #kill(): void {
    const process = this.#process;
    this.#process = undefined;
    this.since = this.#options.sim.now();
    process?.kill();
  }
}
