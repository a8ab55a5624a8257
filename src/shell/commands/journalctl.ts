import type { Machine } from '../../cluster/machine.ts';
import type { JournalEntry } from '../../kubelet/journal.ts';
import type { Program } from '../../sim/program.ts';
import { type CommandContext, type ShellCommand, usageError } from '../command.ts';
import { journalLine } from '../journalline.ts';

/** How often `-f` looks for new lines, ms of virtual time. */
const FOLLOW_MS = 500;
const DEFAULT_FOLLOW_LINES = 10;

interface Options {
  readonly follow: boolean;
  readonly lines: number | undefined;
  readonly unit: string | undefined;
}

/** What the kubelet of a machine wrote. */
export const journalctl: ShellCommand = {
  name: 'journalctl',
  summary: "read the kubelet's log",
  usage: 'journalctl -u kubelet [-f] [-n LINES] [--no-pager]',
  where: 'machine',
  run: (context, args) => run(context, args),
  complete: (_, args) => (args.at(-2) === '-u' ? ['kubelet'] : ['-u', '-f', '-n', '--no-pager']),
};

function* run(context: CommandContext, args: readonly string[]): Program {
  if (context.place.kind !== 'machine') return 1;
  const { machine } = context.place;
  const options = parse(args);
  if (typeof options === 'string') return usageError(context, journalctl, options);
  if (options.unit !== undefined && options.unit !== 'kubelet') {
    context.stdio.out('-- No entries --\n');
    return 0;
  }
  const entries = machine.journal.entries();
  const count = options.lines ?? (options.follow ? DEFAULT_FOLLOW_LINES : entries.length);
  print(context, machine, count === 0 ? [] : entries.slice(-count));
  if (!options.follow) return 0;
  let last = entries.at(-1);
  for (;;) {
    yield { type: 'sleep', ms: FOLLOW_MS };
    const now = machine.journal.entries();
    const fresh = now.slice(last === undefined ? 0 : now.indexOf(last) + 1);
    print(context, machine, fresh);
    last = now.at(-1) ?? last;
  }
}

function print(context: CommandContext, machine: Machine, entries: readonly JournalEntry[]): void {
  for (const entry of entries) context.stdio.out(`${journalLine(machine, entry)}\n`);
}

/** Options that may be written in one word: `-xeu kubelet`. */
const BUNDLE = /^-[fxe]+[un]?$/;

/** Single options, each a word of its own. */
function unbundled(args: readonly string[]): readonly string[] {
  return args.flatMap((word) =>
    word.length > 2 && BUNDLE.test(word) ? [...word.slice(1)].map((letter) => `-${letter}`) : [word],
  );
}

/** The options, or what is wrong with them. */
function parse(words: readonly string[]): Options | string {
  const args = unbundled(words);
  let follow = false;
  let lines: number | undefined;
  let unit: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    const [name, attached] = word.startsWith('--')
      ? word.split('=', 2)
      : [word.slice(0, 2), word.slice(2) || undefined];
    const value = (): string | undefined => attached ?? args[++i];
    switch (name) {
      case '-f':
      case '--follow':
        follow = true;
        break;
      case '-n':
      case '--lines': {
        const number = Number(value());
        if (!Number.isInteger(number) || number < 0) return 'the number of lines must be a whole number';
        lines = number;
        break;
      }
      case '-u':
      case '--unit':
        unit = value()?.replace(/\.service$/, '');
        if (unit === undefined) return 'which unit?';
        break;
      case '-x':
      case '-e':
      case '--pager-end':
      case '--catalog':
      case '--no-pager':
        break;
      default:
        return `unrecognized option '${word}'`;
    }
  }
  return { follow, lines, unit };
}
