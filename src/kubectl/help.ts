import { GLOBAL_FLAGS } from './flagsets.ts';
import type { Flag, Verb } from './verb.ts';

/** The groups of `kubectl --help`, in upstream's order (pkg/cmd/cmd.go). */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Basic Commands (Beginner):', ['create', 'expose', 'run', 'set']],
  ['Basic Commands (Intermediate):', ['explain', 'get', 'edit', 'delete']],
  ['Deploy Commands:', ['rollout', 'scale', 'autoscale']],
  [
    'Cluster Management Commands:',
    ['certificate', 'cluster-info', 'top', 'cordon', 'uncordon', 'drain', 'taint'],
  ],
  [
    'Troubleshooting and Debugging Commands:',
    ['describe', 'logs', 'attach', 'exec', 'port-forward', 'proxy', 'cp', 'auth', 'debug', 'events'],
  ],
  ['Advanced Commands:', ['diff', 'apply', 'patch', 'replace', 'wait', 'kustomize']],
  ['Settings Commands:', ['label', 'annotate', 'completion']],
];

/** `kubectl` and `kubectl --help`: every verb with its line. */
export function overview(verbs: readonly Verb[]): string {
  const grouped = new Set(GROUPS.flatMap(([, names]) => names));
  const sections = GROUPS.map(([title, names]): readonly [string, readonly Verb[]] => [
    title,
    names.flatMap((name) => verbs.filter((verb) => verb.name === name)),
  ]);
  sections.push(['Other Commands:', verbs.filter((verb) => !grouped.has(verb.name))]);
  const width = nameWidth(verbs);
  return `kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/

${sections
  .filter(([, among]) => among.length > 0)
  .map(([title, among]) => `${title}\n${commandLines(among, width)}`)
  .join('\n\n')}

Usage:
  kubectl [flags] [options]

Use "kubectl <command> --help" for more information about a given command.
Use "kubectl options" for a list of global command-line options (applies to all commands).
`;
}

/** `kubectl get --help`. */
export function helpText(verb: Verb, path: string): string {
  const parts = [verb.long ?? `${verb.short}.`];
  if (verb.aliases !== undefined) parts.push(`Aliases:\n${[verb.name, ...verb.aliases].join(', ')}`);
  if (verb.examples !== undefined) parts.push(`Examples:\n${verb.examples}`);
  if (verb.subcommands !== undefined) parts.push(`Available Commands:\n${commandLines(verb.subcommands)}`);
  if (verb.flags.length > 0) parts.push(`Options:\n${flagLines(verb.flags)}`);
  parts.push(`Usage:\n  ${verb.usage}`);
  if (verb.subcommands !== undefined)
    parts.push(`Use "${path} <command> --help" for more information about a given command.`);
  parts.push('Use "kubectl options" for a list of global command-line options (applies to all commands).');
  return `${parts.join('\n\n')}\n`;
}

/** `kubectl options`. */
export function optionsText(): string {
  return `The following options can be passed to any command:\n\n${flagLines(GLOBAL_FLAGS)}\n`;
}

function nameWidth(verbs: readonly Verb[]): number {
  return Math.max(11, ...verbs.map((verb) => verb.name.length)) + 3;
}

function commandLines(verbs: readonly Verb[], width = nameWidth(verbs)): string {
  return verbs.map((verb) => `  ${verb.name.padEnd(width)}${verb.short}`).join('\n');
}

function flagLines(flags: readonly Flag[]): string {
  const sorted = [...flags].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sorted.map((flag) => `${flagHead(flag)}\n\t${flag.usage}`).join('\n\n');
}

function flagHead(flag: Flag): string {
  const head = flag.shorthand === undefined ? `    --${flag.name}` : `    -${flag.shorthand}, --${flag.name}`;
  return `${head}=${defaultText(flag)}:`;
}

function defaultText(flag: Flag): string {
  switch (flag.type) {
    case 'string':
      return `'${flag.default ?? ''}'`;
    case 'bool':
      return String(flag.default ?? false);
    case 'int':
      return String(flag.default ?? 0);
    case 'duration':
      return flag.default === undefined ? '0s' : String(flag.default);
    case 'strings':
    case 'array':
      return '[]';
  }
}
