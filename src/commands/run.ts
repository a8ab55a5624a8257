import type { RunOptions } from './runlevel.ts';
import { collect, outputOption, parseSeed, type Subcommand } from './subcommand.ts';

/** `shipshape run`. */
export const run: Subcommand = {
  name: 'run',
  declare(program, execute) {
    program
      .command('run')
      .description('play a level without the screen: won or not?')
      .argument('<level>', 'id or number of a level (see "shipshape levels"), or the folder of one')
      .option('-f, --file <file>', 'manifest to apply at the start; a folder; - for standard input', collect)
      .option('--moves <file>', 'moves to make after that, as the solutions in level.yaml have them')
      .option('--seed <n>', 'decides everything that is left to chance', parseSeed, 1)
      .option('--transcript', 'print what was typed and what came back')
      .addOption(outputOption(['text', 'json', 'junit']))
      .addHelpText(
        'after',
        `
A file of moves is a YAML list, or has one under "moves":
  - {command: kubectl scale deployment web --replicas=3, at: 5s}
  - {apply: web.yaml, wait: 10s}      # the file of that name given with -f, or of the level's solution
  - {answer: ship, after: afloat}     # when the goal "afloat" is met; "text" gives the answer

With -o json: {"level", "seed", "result": "won"|"lost"|"open", "elapsedMs", "goals": [{"id", "type",
"text", "state", "match", "leaves": [{"path", "wanted", "got", "ok"}]}], "score": {"service", "cargo",
"helm", "par", "stars"}, "problem", "revision", "stateHash", "actions": [{"at", "kind", "subject", "line"}],
"transcript"}. An action's "line" is the command that does the same, typed then. Equal level, seed and moves give
an equal stateHash on any machine.`,
      )
      .action((level: string, _, command) =>
        execute(async (io) => {
          const { runLevel } = await import('./runlevel.ts');
          return runLevel(io, level, command.optsWithGlobals() as RunOptions);
        }),
      );
  },
};
