import type { Timer } from '../../sim/queue.ts';
import type { Simulation } from '../../sim/simulation.ts';

/** Something that takes memory: its use is a straight line in time until somebody changes it. */
export interface MemoryUser {
  /** Bytes at `memoryAt`, and bytes per second from then on. */
  memory: number;
  memoryGrowth: number;
  memoryAt: number;
  readonly oomScoreAdj: number;
  /** The kernel kills it. */
  outOfMemory(): void;
}

/** What a user takes at `now`, bytes. */
export function memoryNow(user: MemoryUser, now: number): number {
  return user.memoryGrowth === 0
    ? user.memory
    : Math.max(0, user.memory + (user.memoryGrowth * (now - user.memoryAt)) / 1000);
}

/**
 * The memory of one machine. Nothing is polled: use is known as a function of time, so that only the
 * moment at which it runs out needs an event.
 */
export class MachineMemory {
  /** Bytes; what containers can take together. */
  readonly capacity: number;
  readonly #simulation: Simulation;
  readonly #users = new Set<MemoryUser>();
  #total = 0;
  #growth = 0;
  #at = 0;
  #timer: Timer | undefined;

  constructor(simulation: Simulation, capacity: number) {
    this.#simulation = simulation;
    this.capacity = capacity;
  }

  /** Bytes in use now. */
  get used(): number {
    return Math.max(0, Math.round(this.#totalNow()));
  }

  add(user: MemoryUser): void {
    if (this.#users.has(user)) return;
    this.#users.add(user);
    this.#book(memoryNow(user, this.#simulation.now()), user.memoryGrowth);
  }

  delete(user: MemoryUser): void {
    if (this.#users.delete(user)) this.#book(-memoryNow(user, this.#simulation.now()), -user.memoryGrowth);
  }

  /** Changes what a user takes from now on. */
  change(user: MemoryUser, memory: number, growth: number): void {
    const now = this.#simulation.now();
    const known = this.#users.has(user);
    const bytes = memory - memoryNow(user, now);
    const rate = growth - user.memoryGrowth;
    user.memory = memory;
    user.memoryGrowth = growth;
    user.memoryAt = now;
    if (known) this.#book(bytes, rate);
  }

  #totalNow(): number {
    return this.#total + (this.#growth * (this.#simulation.now() - this.#at)) / 1000;
  }

  #book(bytes: number, growth: number): void {
    this.#total = this.#totalNow() + bytes;
    this.#at = this.#simulation.now();
    this.#growth += growth;
    if (this.#timer !== undefined) this.#simulation.cancel(this.#timer);
    this.#timer = undefined;
    const left = this.capacity - this.#total;
    if (left < 0) this.#timer = this.#simulation.after(0, () => this.#kill());
    else if (this.#growth > 0) {
      this.#timer = this.#simulation.after((left * 1000) / this.#growth + 1, () => this.#kill());
    }
  }

  /** Kills whoever has the highest score: share of memory in thousandths plus adjustment (mm/oom_kill.c). */
  #kill(): void {
    this.#timer = undefined;
    if (this.#totalNow() <= this.capacity) {
      this.#book(0, 0);
      return;
    }
    const now = this.#simulation.now();
    let victim: MemoryUser | undefined;
    let worst = 0;
    for (const user of this.#users) {
      const score = (memoryNow(user, now) * 1000) / this.capacity + user.oomScoreAdj;
      if (score <= worst) continue;
      victim = user;
      worst = score;
    }
    // What is left is protected, or takes nothing.
    if (victim === undefined) return;
    victim.outOfMemory();
  }
}
