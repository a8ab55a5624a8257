import type { Timer } from '../../sim/queue.ts';
import type { Simulation } from '../../sim/simulation.ts';

/** A stop under way: SIGKILL at a deadline, and who is to be told when it is over. */
export class PendingStop {
  readonly #simulation: Simulation;
  readonly #kill: () => void;
  readonly #waiting: (() => void)[] = [];
  #deadline = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(simulation: Simulation, kill: () => void) {
    this.#simulation = simulation;
    this.#kill = kill;
  }

  /** Somebody wants it over by a time, ms since the epoch: the earliest deadline counts. */
  by(deadline: number, done: () => void): void {
    this.#waiting.push(done);
    if (deadline >= this.#deadline) return;
    this.#simulation.cancel(this.#timer);
    this.#deadline = deadline;
    this.#timer = this.#simulation.at(deadline, this.#kill);
  }

  /** It is over. */
  over(): void {
    this.#simulation.cancel(this.#timer);
    for (const done of this.#waiting) this.#simulation.after(0, done);
  }
}
