import { type CommandContext, immediately, type ShellCommand } from '../command.ts';
import { table } from '../table.ts';

/** Lists what can be typed here. */
export const help: ShellCommand = {
  name: 'help',
  summary: 'what can be typed here',
  usage: 'help',
  where: 'anywhere',
  run: (context) => immediately(() => run(context)),
};

function run(context: CommandContext): number {
  const here = context.commands.filter(({ where }) => where === 'anywhere' || where === context.place.kind);
  const names = here.map(({ name, aliases = [], summary, usage }) => [
    [name, ...aliases].join(', '),
    summary,
    usage,
  ]);
  context.stdio.out(table(['COMMAND', 'WHAT IT DOES', 'USAGE'], names));
  context.stdio.out(
    '\nand the everyday ones: ls, cat, echo, grep, awk, sed, sort, head, tail, wc, diff, base64, find, xargs,\nvi, watch, curl, wget, nslookup, sleep, date\n',
  );
  return 0;
}
