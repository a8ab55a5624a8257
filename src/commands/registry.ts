import { doctor } from './doctor.ts';
import { levels } from './levels.ts';
import { play } from './play.ts';
import { run } from './run.ts';
import { simulate } from './simulate.ts';
import type { Subcommand } from './subcommand.ts';
import { verify } from './verify.ts';

/** Every subcommand, sorted by name. */
export const subcommands: readonly Subcommand[] = [doctor, levels, play, run, simulate, verify];
