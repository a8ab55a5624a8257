/** Somebody who uses the cores: a container. Millicores. */
export interface CpuUser {
  /** Kept by the machine: its row in the table; -1: it has none. */
  row: number;
  /** What it asked for; 0: nothing. */
  readonly request: number;
  /** Kept by the machine: steady use wanted within the limit. */
  wanted: number;
  /** Steady use that it has. */
  readonly granted: number;
  /** Core time used so far, ms. */
  used(now: number): number;
  /** It has so much from now on. */
  grant(millicores: number, now: number): void;
}

/** What a container without a request weighs: the kernel's least number of shares. */
const MIN_SHARES = 2;
/** Even on the busiest machine something gets through: a hundredth of a core. */
const LEAST = 10;
/** Over how long work counts as demand when others want the cores too, ms. */
const DEMAND_MS = 2_000;

/** A row of the table of users: work of the last seconds, ms, as of when; weight; steady use that it has. */
const ROW = 4;
const DEMAND = 0;
const DEMAND_AT = 1;
const SHARES = 2;
const GRANTED = 3;
const FIRST_ROWS = 8;

/**
 * The cores of one machine. While there is enough for everybody each gets what it wants, up to its
 * limit; when there is not, requests decide: cpu.shares (1024 for each core requested) are the weights
 * by which the kernel divides what there is. Nothing is polled: steady use is divided anew when it
 * changes, and work is looked at when it is booked. Millicores and ms throughout.
 */
export class MachineCpu {
  readonly capacity: number;
  /** In the order in which they came. */
  readonly #users: CpuUser[] = [];
  /** What is asked of all of them whenever one works, by row: side by side, for the processor's caches. */
  #table = new Float64Array(FIRST_ROWS * ROW);
  /** Steady use that is wanted, limits applied. */
  #wanted = 0;
  #scarce = false;
  /** When all work that was booked so far will be done. */
  #busyUntil = 0;
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

  /** Whether all work that was booked is done. */
  idleAt(now: number): boolean {
    return this.#busyUntil <= now;
  }

  /** What nobody takes of the cores, millicores: from `now` on, as long as nobody books or wants more. */
  spareAt(now: number): number {
    const table = this.#table;
    const end = this.#users.length * ROW;
    let demand = 0;
    for (let at = 0; at < end; at += ROW)
      demand += (table[at + DEMAND] as number) * fade(now - (table[at + DEMAND_AT] as number));
    return this.capacity - this.steady - (demand * 1000) / DEMAND_MS;
  }

  /** Core time used by everybody so far, ms. */
  used(now: number): number {
    let sum = this.#past;
    for (const user of this.#users) sum += user.used(now);
    return sum;
  }

  add(user: CpuUser): void {
    if (user.row >= 0) return;
    user.row = this.#users.push(user) - 1;
    if (this.#table.length < this.#users.length * ROW) {
      const wider = new Float64Array(this.#table.length * 2);
      wider.set(this.#table);
      this.#table = wider;
    }
    this.#table.fill(0, user.row * ROW, (user.row + 1) * ROW);
    this.#note(user);
  }

  delete(user: CpuUser, now: number): void {
    if (user.row < 0) return;
    this.#users.splice(user.row, 1);
    this.#table.copyWithin(user.row * ROW, (user.row + 1) * ROW);
    for (let row = user.row; row < this.#users.length; row++) (this.#users[row] as CpuUser).row = row;
    user.row = -1;
    this.#past += user.used(now);
    this.#wanted -= user.wanted;
    user.wanted = 0;
    user.grant(0, now);
    this.#divide(now);
  }

  /** Notes what a user wants from now on: its steady use, its limit or its weight has changed. */
  change(user: CpuUser, wanted: number, now: number): void {
    this.add(user);
    this.#wanted += wanted - user.wanted;
    user.wanted = wanted;
    this.#grant(user, wanted, now);
    this.#divide(now);
  }

  /**
   * Notes that a user books so much work, ms of core time, done at `end`: others see it as demand for a
   * while.
   */
  book(user: CpuUser, ms: number, now: number, end: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, end);
    const at = user.row * ROW;
    const table = this.#table;
    table[at + DEMAND] = (table[at + DEMAND] as number) * fade(now - (table[at + DEMAND_AT] as number)) + ms;
    table[at + DEMAND_AT] = now;
  }

  /**
   * What a user's requests can have beside its own steady use, its limit left aside: all that nobody
   * else takes, but never less than its weight entitles it to.
   */
  share(user: CpuUser, now: number): number {
    const table = this.#table;
    const end = this.#users.length * ROW;
    const own = user.row * ROW;
    const granted = table[own + GRANTED] as number;
    const shares = table[own + SHARES] as number;
    let others = this.steady - granted;
    let weights = shares;
    for (let at = 0; at < end; at += ROW) {
      if (at === own) continue;
      const demand = table[at + DEMAND] as number;
      if (demand > 0) {
        const wanted = (demand * fade(now - (table[at + DEMAND_AT] as number)) * 1000) / DEMAND_MS;
        others += wanted;
        if (wanted > 0 || (table[at + GRANTED] as number) > 0) weights += table[at + SHARES] as number;
      } else if ((table[at + GRANTED] as number) > 0) weights += table[at + SHARES] as number;
    }
    const left = this.capacity - granted - others;
    const entitled = (this.capacity * shares) / weights - granted;
    return Math.max(LEAST, left, entitled);
  }

  #grant(user: CpuUser, millicores: number, now: number): void {
    user.grant(millicores, now);
    this.#note(user);
  }

  #note(user: CpuUser): void {
    this.#table[user.row * ROW + SHARES] = sharesOf(user);
    this.#table[user.row * ROW + GRANTED] = user.granted;
  }

  /** Divides the cores by weight among those who want them: nobody gets more than it wants. */
  #divide(now: number): void {
    const scarce = this.#wanted > this.capacity;
    if (!scarce && !this.#scarce) return;
    this.#scarce = scarce;
    let hungry = this.#users.filter(({ wanted }) => wanted > 0);
    let left = this.capacity;
    for (;;) {
      const weights = hungry.reduce((sum, user) => sum + sharesOf(user), 0);
      const perShare = left / weights;
      const sated = hungry.filter((user) => user.wanted <= perShare * sharesOf(user));
      if (sated.length === 0) {
        for (const user of hungry) this.#grant(user, perShare * sharesOf(user), now);
        return;
      }
      for (const user of sated) {
        this.#grant(user, user.wanted, now);
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

/** How much of work counts as demand after so many ms. Moments are whole ms, and few intervals occur. */
function fade(ms: number): number {
  const known = FADED[ms] ?? 0;
  if (known > 0) return known;
  const left = Math.exp(-ms / DEMAND_MS);
  if (ms < FADED.length) FADED[ms] = left;
  return left;
}

/** By ms, as far as they were asked for; 0: not yet. */
const FADED = new Float64Array(16_384);
