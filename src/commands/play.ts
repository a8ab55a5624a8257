import { Option } from 'commander';
import { NODE_SIZES } from '../cluster/nodesizes.ts';
import type { PlayOptions } from './game.ts';
import { parseCount, parseSeed, type Subcommand } from './subcommand.ts';

const MAX_SHIPS = 100;

/** `shipshape play`, which is also what `shipshape` alone does. */
export const play: Subcommand = {
  name: 'play',
  declare(program, run) {
    program
      .command('play', { isDefault: true })
      .description('play in the terminal (what happens without a command)')
      .argument(
        '[level]',
        'id or number of a level to open at once, "sandbox", or a folder of levels to play',
      )
      .option(
        '--seed <n>',
        'decides everything that is left to chance; default: another one each time',
        parseSeed,
      )
      .option('--ships <n>', 'of the sandbox: how many cargo ships; default: 3', parseCount(MAX_SHIPS))
      .addOption(
        new Option('--size <cpu>', 'of the sandbox: the CPUs of each ship; default: 4').choices(
          NODE_SIZES.map(({ cpu }) => cpu),
        ),
      )
      .action((level: string | undefined, _, command) =>
        run(async (io) => {
          const { playGame } = await import('./game.ts');
          const commands = program.commands.map((other) => other.name());
          const version = program.version() ?? '';
          const options = command.optsWithGlobals() as PlayOptions;
          return playGame(io, level, { ...options, version, commands });
        }),
      );
  },
};
