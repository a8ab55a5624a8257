import type { Repeat } from '../../network/types.ts';
import type { Clock } from '../../sim/clock.ts';
import type { LogText } from '../apps/app.ts';
import type { MachineCpu } from './cpu.ts';

/** Whose routines they are: a container. */
export interface RoutineOwner {
  /** Does what is to be done each time, as of `time`: nothing else has happened to it in between. */
  perform(routine: Routine, time: number): void;
}

/** At most so many are noted, and so much work of theirs, ms of core time, before they are worked out. */
const CAPACITY = 2048;
const MAX_WORK_MS = 200;
/** As long as so many millicores are left to everybody, that work takes twice as long at most. */
const SPARE = 500 + MAX_WORK_MS / 2;

/** What a program does in the same way whenever it is asked for it: a request answered from a file, and logged. */
export class Routine implements Repeat {
  readonly owner: RoutineOwner;
  /** What it takes of the cpu, ms of core time. */
  readonly ms: number;
  /** What it prints. */
  readonly line: string | LogText | undefined;
  readonly #machine: Routines;
  #valid = true;

  constructor(machine: Routines, owner: RoutineOwner, ms: number, line: string | LogText | undefined) {
    this.#machine = machine;
    this.owner = owner;
    this.ms = ms;
    this.line = line;
  }

  /** False once something has changed that it depends on. */
  get valid(): boolean {
    return this.#valid;
  }

  /** Something has changed that it depends on. */
  drop(): void {
    this.#valid = false;
  }

  once(): boolean {
    return this.#valid && this.#machine.note(this);
  }
}

/** Each probe of a container has one. */
const MAX_ROUTINES = 8;

/** What a program does again and again, the latest last. */
export class RoutineList {
  readonly #machine: Routines;
  readonly #owner: RoutineOwner;
  #routines: Routine[] = [];

  constructor(machine: Routines, owner: RoutineOwner) {
    this.#machine = machine;
    this.#owner = owner;
  }

  /** The routine that takes so much and prints that. */
  of(ms: number, line: string | LogText | undefined): Routine {
    const known = this.#routines.find((routine) => routine.ms === ms && routine.line === line);
    if (known !== undefined) return known;
    const routine = new Routine(this.#machine, this.#owner, ms, line);
    this.#routines.push(routine);
    if (this.#routines.length > MAX_ROUTINES) this.#routines.shift()?.drop();
    return routine;
  }

  /** Something has changed that all of them depend on. */
  drop(): void {
    if (this.#routines.length === 0) return;
    this.#machine.settle();
    for (const routine of this.#routines) routine.drop();
    this.#routines = [];
  }
}

/**
 * The routines of a machine's containers. Each time one takes place that is noted, and no more: what it
 * used of the cpu and printed is worked out when somebody looks at the cpu or the log, in the order in
 * which it took place. That comes to the same, and is cheaper by far than going through the memory of
 * a thousand containers in the order in which they happen to be probed.
 *
 * It must be sure that each was answered in time without knowing how busy the machine was, so it takes
 * only what finds the machine calm: with cores to spare whatever else was noted.
 */
export class Routines {
  readonly #clock: Clock;
  readonly #cpu: MachineCpu;
  readonly #noted: Routine[] = [];
  #times = new Float64Array(16);
  #count = 0;
  /** Work noted, ms. */
  #work = 0;
  /** Whether the machine was calm when it was last looked at. Undefined: it may have changed since. */
  #calm: boolean | undefined;

  constructor(clock: Clock, cpu: MachineCpu) {
    this.#clock = clock;
    this.#cpu = cpu;
  }

  /** Notes that a routine takes place now. False: it must be done at once and in full. */
  note(routine: Routine): boolean {
    if (this.#count === CAPACITY || this.#work + routine.ms > MAX_WORK_MS) this.settle();
    const now = this.#clock.now();
    this.#calm ??= this.#cpu.idleAt(now) && this.#cpu.spareAt(now) >= SPARE;
    if (!this.#calm || routine.ms > MAX_WORK_MS) return false;
    if (this.#count === this.#times.length) {
      const wider = new Float64Array(this.#count * 2);
      wider.set(this.#times);
      this.#times = wider;
    }
    this.#times[this.#count] = now;
    this.#noted[this.#count] = routine;
    this.#count++;
    this.#work += routine.ms;
    return true;
  }

  /** Works out what was noted. To be called before anybody looks at, or changes, the cpu or a log of an owner. */
  settle(): void {
    this.#calm = undefined;
    if (this.#count === 0) return;
    const count = this.#count;
    this.#count = 0;
    this.#work = 0;
    for (let i = 0; i < count; i++) {
      const routine = this.#noted[i] as Routine;
      routine.owner.perform(routine, this.#times[i] as number);
    }
  }
}
