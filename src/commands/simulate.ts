import type { SimulateOptions } from './runscenarios.ts';
import { outputOption, parseSeed, type Subcommand } from './subcommand.ts';

/** `shipshape simulate`. */
export const simulate: Subcommand = {
  name: 'simulate',
  declare(program, run) {
    program
      .command('simulate')
      .description('run scenarios: does the cluster do what they expect?')
      .argument('<file...>', 'scenario files; a folder of them; - for standard input')
      .option('--seed <n>', "decides everything that is left to chance; default: the file's, or 1", parseSeed)
      .addOption(outputOption(['text', 'json', 'junit']))
      .addHelpText(
        'after',
        `
With -o json: {"ok", "scenarios": [{"file", "name", "ok", "seed", "problem", "results": [{"kind":
"step"|"expect", "index", "ok", "at" (ms), "wanted", "got"}], "stateHash"}]}.`,
      )
      .action((files: string[], _, command) =>
        run(async (io) => {
          const { runScenarios } = await import('./runscenarios.ts');
          return runScenarios(io, files, command.optsWithGlobals() as SimulateOptions);
        }),
      );
  },
};
