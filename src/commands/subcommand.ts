import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';

/** One subcommand: what it is called and takes; what it does is loaded when it is run. */
export interface Subcommand {
  readonly name: string;
  /** Adds it to the program; `run` says where its exit code goes. */
  declare(program: Command, run: (work: (io: Io) => Promise<ExitCode>) => Promise<void>): void;
}

/** How results are printed. */
export type OutputFormat = 'text' | 'json' | 'junit';

/** `-o, --output`. */
export function outputOption(formats: readonly OutputFormat[]): Option {
  return new Option('-o, --output <format>', 'how the result is printed').choices(formats).default('text');
}

/** A seed: a whole number from 0 on. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError('A seed is a whole number from 0 on.');
}

/** A whole number from 1 to `max`. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${max}.`);
  };
}

/** For options that may be given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
