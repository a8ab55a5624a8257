import type { CommonOptions } from './style.ts';
import { outputOption, type Subcommand } from './subcommand.ts';

/** `shipshape doctor`. */
export const doctor: Subcommand = {
  name: 'doctor',
  declare(program, run) {
    program
      .command('doctor')
      .description('check this machine: what would keep the game from running well?')
      .addOption(outputOption(['text', 'json']))
      .addHelpText(
        'after',
        `
With -o json: {"ok", "checks": [{"name", "result": "ok"|"note"|"bad", "detail", "fix"}]}. A note does not keep
the game from running; with a bad check the exit status is 1.`,
      )
      .action((_, command) =>
        run(async (io) => {
          const { runDoctor } = await import('./checkup.ts');
          return runDoctor(io, command.optsWithGlobals() as CommonOptions & { output: 'text' | 'json' });
        }),
      );
  },
};
