import type { Timer } from '../sim/queue.ts';
import type { Simulation } from '../sim/simulation.ts';

/** A lease and the keys that were attached to it, some of which may have gone or moved to another since. */
interface Lease {
  readonly ttl: number;
  readonly keys: string[];
  timer: Timer;
}

/** What a lessor needs of the member it serves. */
export interface LessorOptions {
  readonly sim: Simulation;
  /** Whether the member can commit: while it cannot, nothing expires. */
  readonly online: () => boolean;
  /** The lease that a key has now; 0 for none. */
  readonly leaseOf: (key: string) => number;
  /** Deletes the keys of a lease that has ended, in key order and as one revision. */
  readonly remove: (keys: readonly string[]) => void;
}

/** The leases of a member, the keys attached to them, and the timers that end them (server/lease/lessor.go). */
export class Lessor {
  readonly #options: LessorOptions;
  readonly #leases = new Map<number, Lease>();
  #next = 1;

  constructor(options: LessorOptions) {
    this.#options = options;
  }

  get ids(): readonly number[] {
    return [...this.#leases.keys()];
  }

  has(id: number): boolean {
    return this.#leases.has(id);
  }

  /** A new lease that ends `ttl` ms after it was last kept alive. */
  grant(ttl: number): number {
    const id = this.#next++;
    this.#leases.set(id, { ttl, keys: [], timer: this.#timer(id, ttl) });
    return id;
  }

  /** Starts the lease's time again; false if there is no such lease. */
  keepAlive(id: number): boolean {
    const lease = this.#leases.get(id);
    if (lease === undefined) return false;
    this.#options.sim.cancel(lease.timer);
    lease.timer = this.#timer(id, lease.ttl);
    return true;
  }

  /** Ends a lease now and removes its keys; false if there is no such lease. */
  revoke(id: number): boolean {
    const lease = this.#leases.get(id);
    if (lease === undefined) return false;
    this.#options.sim.cancel(lease.timer);
    this.#leases.delete(id);
    const keys = new Set(lease.keys.filter((key) => this.#options.leaseOf(key) === id));
    if (keys.size > 0) this.#options.remove([...keys].sort());
    return true;
  }

  /** Attaches a key to a lease that it did not have so far. */
  attach(key: string, id: number): void {
    this.#leases.get(id)?.keys.push(key);
  }

  #timer(id: number, ttl: number): Timer {
    return this.#options.sim.after(ttl, () => this.#expire(id));
  }

  #expire(id: number): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    // Leases are extended when a leader comes back; an offline member deletes nothing.
    if (this.#options.online()) this.revoke(id);
    else lease.timer = this.#timer(id, lease.ttl);
  }
}
