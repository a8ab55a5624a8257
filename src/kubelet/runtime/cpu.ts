/** Somebody who uses the cores: a container. Millicores. */
export interface CpuUser {
  /** What it asked for; 0: nothing. */
  readonly request: number;
  /** Kept by the machine: steady use wanted within the limit. */
  wanted: number;
  /** Steady use that it has. */
  readonly granted: number;
  /** What its work of the last seconds would have liked. */
  demand(now: number): number;
  /** Core time used so far, ms. */
  used(now: number): number;
  /** It has so much from now on. */
  grant(millicores: number, now: number): void;
}

/** What a container without a request weighs: the kernel's least number of shares. */
const MIN_SHARES = 2;
/** Even on the busiest machine something gets through: a hundredth of a core. */
const LEAST = 10;

/**
 * The cores of one machine. While there is enough for everybody each gets what it wants, up to its
 * limit; when there is not, requests decide: cpu.shares (1024 for each core requested) are the weights
 * by which the kernel divides what there is. Nothing is polled: steady use is divided anew when it
 * changes, and work is looked at when it is booked. Millicores and ms throughout.
 */
export class MachineCpu {
  readonly capacity: number;
  readonly #users = new Set<CpuUser>();
  /** Steady use that is wanted, limits applied. */
  #wanted = 0;
  #scarce = false;
  /** Core time used by those who are gone, ms. */
  #past = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Whether more steady use is wanted than there are cores. */
  get scarce(): boolean {
    return this.#scarce;
  }

  /** Steady use that is granted at present, millicores. */
  get steady(): number {
    return Math.min(this.#wanted, this.capacity);
  }

  /** Core time used by everybody so far, ms. */
  used(now: number): number {
    let sum = this.#past;
    for (const user of this.#users) sum += user.used(now);
    return sum;
  }

  add(user: CpuUser): void {
    this.#users.add(user);
  }

  delete(user: CpuUser, now: number): void {
    if (!this.#users.delete(user)) return;
    this.#past += user.used(now);
    this.#wanted -= user.wanted;
    user.wanted = 0;
    user.grant(0, now);
    this.#divide(now);
  }

  /** Notes what a user wants from now on: its steady use, its limit or its weight has changed. */
  change(user: CpuUser, wanted: number, now: number): void {
    this.#users.add(user);
    this.#wanted += wanted - user.wanted;
    user.wanted = wanted;
    user.grant(wanted, now);
    this.#divide(now);
  }

  /**
   * What a user's requests can have beside its own steady use, its limit left aside: all that nobody
   * else takes, but never less than its weight entitles it to.
   */
  share(user: CpuUser, now: number): number {
    let others = this.steady - user.granted;
    let weights = sharesOf(user);
    for (const other of this.#users) {
      if (other === user) continue;
      const demand = other.demand(now);
      others += demand;
      if (demand > 0 || other.granted > 0) weights += sharesOf(other);
    }
    const left = this.capacity - user.granted - others;
    const entitled = (this.capacity * sharesOf(user)) / weights - user.granted;
    return Math.max(LEAST, left, entitled);
  }

  /** Divides the cores by weight among those who want them: nobody gets more than it wants. */
  #divide(now: number): void {
    const scarce = this.#wanted > this.capacity;
    if (!scarce && !this.#scarce) return;
    this.#scarce = scarce;
    let hungry = [...this.#users].filter(({ wanted }) => wanted > 0);
    let left = this.capacity;
    for (;;) {
      const weights = hungry.reduce((sum, user) => sum + sharesOf(user), 0);
      const perShare = left / weights;
      const sated = hungry.filter((user) => user.wanted <= perShare * sharesOf(user));
      if (sated.length === 0) {
        for (const user of hungry) user.grant(perShare * sharesOf(user), now);
        return;
      }
      for (const user of sated) {
        user.grant(user.wanted, now);
        left -= user.wanted;
      }
      hungry = hungry.filter((user) => !sated.includes(user));
      if (hungry.length === 0) return;
    }
  }
}

function sharesOf({ request }: CpuUser): number {
  return Math.max(MIN_SHARES, (request * 1024) / 1000);
}
