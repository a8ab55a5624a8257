/** Memory that is still in use after a collection, in bytes. Needs `--expose-gc`. */
export interface Retained {
  readonly heap: number;
  /** What objects hold outside of the heap: typed arrays, buffers, long texts from outside. */
  readonly external: number;
}

/** Collects, twice because finalizers free what they hold only then, and measures. */
export function retained(): Retained {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, external };
}
