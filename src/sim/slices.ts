/**
 * Work in slices: a generator that yields how far it has come, so that whoever runs it can do
 * something else in between. What comes of it does not depend on that.
 */
export type Slices<P, T> = Generator<P, T>;

/** Does all of the work now. */
export function atOnce<T>(work: Slices<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
