import type { CommonOptions } from './style.ts';
import { outputOption, type Subcommand } from './subcommand.ts';

/** `shipshape levels`. */
export const levels: Subcommand = {
  name: 'levels',
  declare(program, run) {
    program
      .command('levels')
      .description('list the levels and your progress')
      .addOption(outputOption(['text', 'json']))
      .addHelpText(
        'after',
        `
With -o json: {"levels": [{"id", "number", "chapter", "title": {"en", "ko"}, "idea": {"en", "ko"},
"teaches": [], "won", "stars": [won, within par Service, within par Cargo and Helm], "best":
{"service", "cargo", "helm"}}]}; "best" is there once the level was won.`,
      )
      .action((_, command) =>
        run(async (io) => {
          const { listLevels } = await import('./listlevels.ts');
          return listLevels(io, command.optsWithGlobals() as CommonOptions & { output: 'text' | 'json' });
        }),
      );
  },
};
