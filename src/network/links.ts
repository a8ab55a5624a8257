import type { LinkState, Links } from './types.ts';

const CLEAR: LinkState = Object.freeze({ cut: false, latencyMs: 0, loss: 0 });
const CUT: LinkState = Object.freeze({ cut: true, latencyMs: 0, loss: 0 });

/** The ways between hosts; only those that differ from a good one are stored. */
export class HostLinks implements Links {
  readonly #isUp: (host: string) => boolean;
  readonly #states = new Map<string, Map<string, LinkState>>();
  readonly #isolated = new Set<string>();
  /** Hosts whose packets are held, and who wants to know when they flow again. */
  readonly #clogged = new Map<string, (() => void)[]>();

  /** `isUp` says whether a host of that name exists and is up. */
  constructor(isUp: (host: string) => boolean) {
    this.#isUp = isUp;
  }

  set(a: string, b: string, state: Partial<LinkState>, options: { readonly oneWay?: boolean } = {}): void {
    this.#setOneWay(a, b, state);
    if (options.oneWay !== true) this.#setOneWay(b, a, state);
  }

  isolate(host: string): void {
    this.#isolated.add(host);
  }

  rejoin(host: string): void {
    this.#isolated.delete(host);
  }

  isIsolated(host: string): boolean {
    return this.#isolated.has(host);
  }

  clog(host: string): void {
    if (!this.#clogged.has(host)) this.#clogged.set(host, []);
  }

  unclog(host: string): void {
    const waiting = this.#clogged.get(host) ?? [];
    this.#clogged.delete(host);
    for (const flow of waiting) flow();
  }

  isClogged(host: string): boolean {
    return this.#clogged.has(host);
  }

  whenUnclogged(host: string, flow: () => void): void {
    const waiting = this.#clogged.get(host);
    if (waiting === undefined) flow();
    else waiting.push(flow);
  }

  heal(): void {
    this.#states.clear();
    this.#isolated.clear();
    for (const host of [...this.#clogged.keys()]) this.unclog(host);
  }

  get(a: string, b: string): LinkState {
    if (!this.#isUp(a) || !this.#isUp(b)) return CUT;
    if (a === b) return CLEAR;
    if (this.#isolated.size > 0 && (this.#isolated.has(a) || this.#isolated.has(b))) return CUT;
    if (this.#clogged.size > 0 && (this.#clogged.has(a) || this.#clogged.has(b))) return CUT;
    if (this.#states.size === 0) return CLEAR;
    return this.#states.get(a)?.get(b) ?? CLEAR;
  }

  /** Forgets a host that left the network. */
  forget(host: string): void {
    this.#isolated.delete(host);
    this.#clogged.delete(host);
    this.#states.delete(host);
    for (const [from, row] of this.#states) {
      row.delete(host);
      if (row.size === 0) this.#states.delete(from);
    }
  }

  #setOneWay(from: string, to: string, state: Partial<LinkState>): void {
    const row = this.#states.get(from) ?? new Map<string, LinkState>();
    const next = { ...(row.get(to) ?? CLEAR), ...state };
    if (!next.cut && next.latencyMs === 0 && next.loss === 0) row.delete(to);
    else row.set(to, Object.freeze(next));
    if (row.size === 0) this.#states.delete(from);
    else this.#states.set(from, row);
  }
}
