/** How many requests a second there are, as time goes on. */
export interface Rate {
  /** Requests per second, `ms` after the beginning. */
  at(ms: number): number;
  /** All requests from the beginning until `ms` after it: the integral of `at`, exactly. */
  total(ms: number): number;
}

/** The same all the time. */
export function constantRate(perSecond: number): Rate {
  const rate = Math.max(0, perSecond);
  return { at: () => rate, total: (ms) => (rate * ms) / 1000 };
}
