import type { CpuUser, MachineCpu } from './cpu.ts';

/** Over how long use is averaged for statistics, ms. */
const WINDOW_MS = 10_000;
/** cpu.cfs_period_us. */
const PERIOD_MS = 100;

/**
 * What a container uses of the cpu: a steady part, and work that is booked and done one after the
 * other. Without a limit work takes what the machine can spare. With one, the container has a quota in
 * each period of 100 ms; once that is used up everything in it stands still until the next one begins
 * (kernel/sched/fair.c, throttle_cfs_rq): work then waits, and what comes later waits behind it.
 */
export class CpuUse implements CpuUser {
  readonly #machine: MachineCpu;
  row = -1;
  /** Millicores; 0: no limit, no request. */
  limit: number;
  request: number;
  /** What the program would use all the time, without limits. */
  #base = 0;
  /** Kept by the machine: steady use wanted within the limit, and had. */
  wanted = 0;
  granted = 0;
  /** ms of core time: booked and not done yet; done since the beginning. */
  #pending = 0;
  #done = 0;
  /** When all work will be done; the CFS period in which that is, and what is left of its quota, ms. */
  #end = 0;
  #period = -1;
  #left = 0;
  #at: number;
  /** Millicores, averaged with weights that fall with age; to be divided by the weights' sum. */
  #average = 0;
  #weights = 0;

  constructor(machine: MachineCpu, now: number, limit: number, request: number) {
    this.#machine = machine;
    this.#at = now;
    this.limit = limit;
    this.request = request;
    machine.add(this);
  }

  /** Sets the steady use, millicores. */
  setBase(millicores: number, now: number): void {
    this.#base = millicores;
    this.#machine.change(this, Math.min(millicores, this.#ceiling), now);
  }

  /** Other limits from now on. */
  setResources(limit: number, request: number, now: number): void {
    this.limit = limit;
    this.request = request;
    this.#machine.change(this, Math.min(this.#base, this.#ceiling), now);
  }

  /** The program ended. */
  end(now: number): void {
    this.#machine.delete(this, now);
  }

  /** @internal Called by the machine. */
  grant(millicores: number, now: number): void {
    if (millicores === this.granted) return;
    this.#settle(now);
    this.granted = millicores;
  }

  /**
   * Books `weight` times `ms` of one core's time, and returns how long the first of them takes from now
   * on, waiting included. A single piece of work runs on one core at a time.
   */
  work(ms: number, now: number, weight = 1): number {
    this.#settle(now);
    const cores = Math.min(this.#machine.share(this, now), this.#machine.capacity) / 1000;
    const quota =
      this.limit > 0 ? (Math.max(1, this.limit - this.granted) * PERIOD_MS) / 1000 : Number.MAX_VALUE;
    const begin = Math.max(this.#end, now);
    const period = this.#period;
    const left = this.#left;
    // On several cores the queue moves on faster than any single piece of work does.
    this.#advance(begin, period, left, ms, Math.min(1, cores), quota);
    const took = this.#end - now;
    if (cores > 1 || weight !== 1) this.#advance(begin, period, left, ms * weight, cores, quota);
    this.#pending += ms * weight;
    this.#machine.book(this, ms * weight, now, this.#end);
    return took;
  }

  /** How long until the work booked so far is done, ms. */
  backlog(now: number): number {
    return Math.max(0, this.#end - now);
  }

  /** Core time used since the beginning, ms. */
  used(now: number): number {
    this.#settle(now);
    return this.#done;
  }

  /** Millicores used, averaged over the last seconds. */
  rate(now: number): number {
    this.#settle(now);
    return this.#weights === 0 ? 0 : this.#average / this.#weights;
  }

  get #ceiling(): number {
    return this.limit > 0 ? Math.min(this.limit, this.#machine.capacity) : this.#machine.capacity;
  }

  /** Books what was done since the last look. */
  #settle(now: number): void {
    if (now <= this.#at) return;
    const end = this.#end;
    const busyUntil = Math.min(now, end);
    if (this.#pending > 0 && busyUntil > this.#at) {
      const part = end <= now ? this.#pending : (this.#pending * (now - this.#at)) / (end - this.#at);
      const ms = busyUntil - this.#at;
      this.#pending = end <= now ? 0 : this.#pending - part;
      this.#pass(ms, this.granted + (part * 1000) / ms);
      this.#at = busyUntil;
    } else if (this.#pending > 0) {
      // It was so little that it fell between two moments.
      this.#done += this.#pending;
      this.#average += (this.#pending * 1000) / WINDOW_MS;
      this.#pending = 0;
    }
    if (now > this.#at) this.#pass(now - this.#at, this.granted);
    this.#at = now;
  }

  #pass(ms: number, millicores: number): void {
    const keep = Math.exp(-ms / WINDOW_MS);
    this.#average = this.#average * keep + millicores * (1 - keep);
    this.#weights = this.#weights * keep + (1 - keep);
    this.#done += (millicores * ms) / 1000;
  }

  /** Does `ms` of work from `begin` on, with so many cores and so much quota in each period. */
  #advance(begin: number, period: number, rest: number, ms: number, cores: number, quota: number): void {
    const now = Math.floor(begin / PERIOD_MS);
    const left = now === period ? Math.min(rest, quota) : quota;
    // What fits into the rest of this period is bounded by the quota and by the cores alike.
    const room = Math.min(left, ((now + 1) * PERIOD_MS - begin) * cores);
    if (ms <= room) {
      this.#end = begin + ms / cores;
      this.#period = now;
      this.#left = left - ms;
      return;
    }
    const each = Math.min(quota, PERIOD_MS * cores);
    const over = ms - room;
    const whole = Math.ceil(over / each - 1e-9) - 1;
    const last = over - whole * each;
    this.#end = (now + 1 + whole) * PERIOD_MS + last / cores;
    this.#period = now + 1 + whole;
    this.#left = quota - last;
  }
}
