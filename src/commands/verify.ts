import { outputOption, parseCount, type Subcommand } from './subcommand.ts';
import type { VerifyCommandOptions } from './verifylevels.ts';

/** `shipshape verify`. */
export const verify: Subcommand = {
  name: 'verify',
  declare(program, run) {
    program
      .command('verify')
      .description('check levels: valid, solvable, and not by doing nothing')
      .argument(
        '[dir...]',
        'folders of levels, or of one level, or its level.yaml; default: the levels of the game',
      )
      .option('--seeds <n>', 'seeds that each solution is played on', parseCount(10_000), 20)
      .addOption(outputOption(['text', 'json', 'junit']))
      .addHelpText(
        'after',
        `
Each level must be valid and have all texts in each language; doing nothing must not win it; each
wrong attempt must fail at its goal; each solution must win on every seed; and a seed must give the
same revisions a second time.

With -o json: {"ok", "problems": [], "levels": [{"level", "ok", "findings": [{"check", "subject", "seed",
"ok", "detail"}], "scores": [{"service", "cargo", "helm"}]}]}; "scores" are those of the first solution.`,
      )
      .action((folders: string[], _, command) =>
        run(async (io) => {
          const { verifyLevels } = await import('./verifylevels.ts');
          return verifyLevels(io, folders, command.optsWithGlobals() as VerifyCommandOptions);
        }),
      );
  },
};
