import { GLOBAL_FLAGS } from './flagsets.ts';
import type { Flag, Verb } from './verb.ts';

/** `kubectl` and `kubectl --help`: every verb with its line. */
export function overview(verbs: readonly Verb[]): string {
  return `kubectl controls the Kubernetes cluster manager.

Commands:
${commandLines(verbs)}

Usage:
  kubectl [flags] [options]

Use "kubectl <command> --help" for more information about a given command.
Use "kubectl options" for a list of global command-line options (applies to all commands).
`;
}

/** `kubectl get --help`. */
export function helpText(verb: Verb, path: string): string {
  const parts = [`${verb.short}.`];
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

function commandLines(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length)) + 1;
  return verbs.map((verb) => `  ${verb.name.padEnd(width)} ${verb.short}`).join('\n');
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
