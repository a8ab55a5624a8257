import type { Answer, Program, Wait } from '../sim/program.ts';
import type { KubectlContext } from './context.ts';
import type { ParsedArgs } from './verb.ts';

/** A piece of a program: it waits like one and gives a value back. */
export type Waiting<T> = Generator<Wait, T, Answer>;

/** A verb that never waits, as a program. */
export function atOnce(
  run: (context: KubectlContext, args: ParsedArgs) => number,
): (context: KubectlContext, args: ParsedArgs) => Program {
  // biome-ignore lint/correctness/useYield: a program that never waits is a program all the same
  return function* (context, args) {
    return run(context, args);
  };
}

/** Waits `ms` of virtual time. */
export function* sleep(ms: number): Waiting<void> {
  yield { type: 'sleep', ms };
}
