/** The counts that are not 0: a status in Go leaves the others out (`omitempty`). */
export function nonZero<T extends Readonly<Record<string, number>>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)) as Partial<T>;
}
