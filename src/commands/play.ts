import type { PlayOptions } from './game.ts';
import { parseSeed, type Subcommand } from './subcommand.ts';

/** `shipshape play`, which is also what `shipshape` alone does. */
export const play: Subcommand = {
  name: 'play',
  declare(program, run) {
    program
      .command('play', { isDefault: true })
      .description('play in the terminal (what happens without a command)')
      .argument('[level]', 'id or number of a level to open at once, or a folder of levels to play')
      .option(
        '--seed <n>',
        'decides everything that is left to chance; default: another one each time',
        parseSeed,
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
