import type { Program } from '../sim/program.ts';
import type { KubectlContext } from './context.ts';

/** One flag of a verb, as kubectl spells it. */
export interface Flag {
  readonly name: string;
  readonly shorthand?: string;
  /** `bool` takes no value unless `=false`; `strings` may be repeated or comma-separated; `array` repeats, its commas stay. */
  readonly type: 'bool' | 'string' | 'int' | 'strings' | 'array' | 'duration';
  readonly default?: string | number | boolean;
  /** The value the flag gets when it stands without one (pflag's NoOptDefVal): `--dry-run` -> `unchanged`. */
  readonly noOptDefault?: string;
  readonly usage: string;
}

/** Parsed arguments. Getters throw on a flag that the verb did not declare: that is our bug. */
export interface ParsedArgs {
  /** Positional arguments, in order. */
  readonly args: readonly string[];
  /** What follows `--`, for verbs that take a command; undefined when there is no `--`. */
  readonly afterDash: readonly string[] | undefined;
  bool(flag: string): boolean;
  string(flag: string): string;
  int(flag: string): number;
  strings(flag: string): readonly string[];
  /** Milliseconds. */
  duration(flag: string): number;
  /** True when the user gave the flag, whatever its value. */
  given(flag: string): boolean;
}

/**
 * A kubectl verb: one file in `verbs/`, one line in `verbs/registry.ts`. Verbs with subcommands
 * (`create deployment`, `rollout undo`) list them in `subcommands`.
 */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for `kubectl --help`. */
  readonly short: string;
  /** What `--help` begins with; the short line where it says all there is. */
  readonly long?: string;
  /** The usage line, e.g. `kubectl scale [--replicas=COUNT] (-f FILENAME | TYPE NAME)`. */
  readonly usage: string;
  readonly examples?: string;
  readonly flags: readonly Flag[];
  readonly subcommands?: readonly Verb[];
  /** What follows `--` is a command, and no argument of the verb's own. */
  readonly takesCommand?: boolean;
  /** Subcommands of upstream's that there are no kinds for here. */
  readonly absent?: ReadonlySet<string>;
  /** Complete, validate, run. Refusals are printed to stderr as kubectl does; the exit code says so. */
  run(context: KubectlContext, args: ParsedArgs): Program;
}
