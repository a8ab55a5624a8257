import { type KubeObject, nameOf } from '../../api/object.ts';
import { waitsFor } from '../../cluster/waits/waitsfor.ts';
import { describeDecision } from '../../scheduler/decision.ts';
import { type CommandContext, immediately, type ShellCommand, usageError } from '../command.ts';
import { table } from '../table.ts';

/** How an object came to be as it is and what it waits for, from what was recorded; for pods also the crane's last decision. */
export const whyCommand: ShellCommand = {
  name: 'why',
  summary: 'how an object came to be as it is, step by step',
  usage: 'why TYPE/NAME | why TYPE NAME [-n NAMESPACE]',
  where: 'harbour',
  run: (context, args) => immediately(() => run(context, args)),
  complete: ({ cluster, config }, args) => {
    const last = args.at(-1) ?? '';
    const slash = last.indexOf('/');
    const kind = cluster.kinds.byName(slash < 0 ? (args[0] ?? '') : last.slice(0, slash));
    if (kind === undefined) return ['pod/', 'deployment/', 'replicaset/', 'service/', 'node/'];
    const names = cluster.objects(kind, kind.namespaced ? config.settings.namespace : undefined).map(nameOf);
    return slash < 0 ? names : names.map((name) => `${last.slice(0, slash)}/${name}`);
  },
};

function run(context: CommandContext, args: readonly string[]): number {
  const { cluster, config, stdio, words: ours } = context;
  const words: string[] = [];
  let namespace = config.settings.namespace;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '-n' || word === '--namespace') namespace = args[++i] ?? namespace;
    else if (word.startsWith('-n=') || word.startsWith('--namespace='))
      namespace = word.slice(word.indexOf('=') + 1);
    else if (word.startsWith('-')) return usageError(context, whyCommand, `unknown flag: ${word}`);
    else words.push(word);
  }
  const [type, name] = words.length === 1 ? splitOnce(words[0] as string) : [words[0], words[1]];
  if (type === undefined || name === undefined || name === '' || words.length > 2)
    return usageError(context, whyCommand, 'name one object, as in: why pod/web');
  const kind = cluster.kinds.byName(type);
  if (kind === undefined) {
    stdio.err(`error: the server doesn't have a resource type "${type}"\n`);
    return 1;
  }
  const lines = cluster.why(kind, kind.namespaced ? namespace : '', name, { words: ours });
  if (lines.length === 0) {
    const told = ours.noRecord(kind.singular, name, kind.namespaced ? namespace : undefined);
    stdio.err(`${told}\n`);
    return 1;
  }
  const start = cluster.sim.startTime;
  const rows = lines.map((line) => [
    clockText(line.time - start),
    String(line.revision),
    line.trigger === 0 ? '-' : String(line.trigger),
    line.component,
    line.text,
  ]);
  stdio.out(table(ours.headings.lines, rows));
  if (kind.plural === 'pods') decision(context, namespace, name);
  const object = cluster.get(kind, kind.namespaced ? namespace : '', name);
  if (object !== undefined) waits(context, object);
  return 0;
}

/** What it is that the object is not yet as it should be. */
function waits({ cluster, stdio, words }: CommandContext, object: KubeObject): void {
  const found = waitsFor(cluster, object, words.waits);
  if (found.length === 0) return;
  stdio.out(`\n${words.waits.heading}\n`);
  for (const { text, look } of found)
    stdio.out(`- ${text}\n${look === undefined ? '' : `  ${words.waits.look(look)}\n`}`);
}

function decision(context: CommandContext, namespace: string, name: string): void {
  const record = context.cluster.decisionFor(namespace, name);
  if (record === undefined) return;
  const { words } = context;
  const { summary, rows, omitted } = describeDecision(record, words.decision);
  context.stdio.out(`\n${summary}\n`);
  if (rows.length === 0) return;
  const cells = rows.map((row) => [
    `${row.chosen ? '*' : ' '} ${row.node}`,
    row.rejectedBy === undefined ? words.fits : words.rejectedBy(row.rejectedBy),
    row.rejectedBy === undefined ? String(row.total ?? '') : row.reasons.join('; '),
    row.scores.map((score) => `${score.plugin} ${score.weighted}`).join(', '),
  ]);
  const [node, ...headings] = words.headings.decision;
  context.stdio.out(table([`  ${node}`, ...headings], cells));
  if (omitted > 0) context.stdio.out(`${words.notShown(omitted)}\n`);
}

function splitOnce(text: string): [string, string | undefined] {
  const slash = text.indexOf('/');
  return slash < 0 ? [text, undefined] : [text.slice(0, slash), text.slice(slash + 1)];
}

/** 00:01:42.250 */
function clockText(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString().slice(11, 23);
}
