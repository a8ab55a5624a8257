import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { KubectlContext } from './context.ts';
import { allKinds, builtin, findKind } from './discovery.ts';
import { type FlagSet, firstPositional, flagSet, parseFlags } from './flags.ts';
import { GLOBAL_FLAGS, namespaceFor } from './flagsets.ts';
import { podSpecOf } from './podtemplates.ts';
import type { Flag, ParsedArgs, Verb } from './verb.ts';
import { verbs } from './verbs/registry.ts';

const FORMATS = ['custom-columns=', 'go-template=', 'json', 'jsonpath=', 'kyaml', 'name', 'wide', 'yaml'];
const POD_VERBS: ReadonlySet<string> = new Set(['attach', 'exec', 'logs']);
const NODE_VERBS: ReadonlySet<string> = new Set(['cordon', 'drain', 'uncordon']);
/** Verbs whose positional arguments are not resources. */
const OTHER_VERBS: ReadonlySet<string> = new Set([
  'api-resources',
  'api-versions',
  'cluster-info',
  'config',
  'create',
  'run',
  'version',
]);

/**
 * What Tab offers for the last word of a command line (without `kubectl`; empty for a new word): whole
 * words to put in its place, sorted.
 */
export function completions(context: KubectlContext, argv: readonly string[]): readonly string[] {
  const word = argv.at(-1) ?? '';
  const before = argv.slice(0, -1);
  return [...new Set(candidates(context, before, word))].filter((c) => c.startsWith(word)).sort();
}

function candidates(context: KubectlContext, before: readonly string[], word: string): readonly string[] {
  const globals = flagSet(GLOBAL_FLAGS);
  const at = firstPositional(globals, before);
  if (at < 0) {
    const flag = awaitingFlag(globals, before);
    if (flag !== undefined) return valuesOf(context, flag, undefined, '');
    return word.startsWith('-') ? flagNames(globals) : [...verbs.map((verb) => verb.name), 'help', 'options'];
  }
  let among: readonly Verb[] = verbs;
  let words = before;
  let verb: Verb | undefined;
  let flags = globals;
  for (let index = at; index >= 0; ) {
    const name = words[index];
    const found = among.find(
      (v) => v.name === name || (name !== undefined && v.aliases?.includes(name) === true),
    );
    if (found === undefined) break;
    verb = found;
    words = words.toSpliced(index, 1);
    flags = flagSet([...found.flags, ...GLOBAL_FLAGS]);
    among = found.subcommands ?? [];
    index = among.length === 0 ? -1 : firstPositional(flags, words);
  }
  if (verb === undefined) return before[at] === 'help' ? verbs.map((v) => v.name) : [];
  return wordsOf(context, verb, flags, words, word, among);
}

function wordsOf(
  context: KubectlContext,
  verb: Verb,
  flags: FlagSet,
  words: readonly string[],
  word: string,
  subcommands: readonly Verb[],
): readonly string[] {
  const flag = awaitingFlag(flags, words);
  const parsed = parseFlags(flags, flag === undefined ? words : words.slice(0, -1));
  const args = 'error' in parsed ? undefined : parsed;
  if (flag !== undefined) return valuesOf(context, flag, args, word);
  const equals = /^(--[^=]+)=(.*)$/s.exec(word);
  if (equals !== null) {
    const named = flags.byName.get((equals[1] as string).slice(2));
    if (named === undefined) return [];
    return valuesOf(context, named, args, equals[2] as string).map((value) => `${equals[1]}=${value}`);
  }
  if (word.startsWith('-')) return flagNames(flags);
  if (subcommands.length > 0 && (args?.args.length ?? 0) === 0) return subcommands.map((v) => v.name);
  return args === undefined ? [] : positionals(context, verb, args, word);
}

/** The flag whose value comes next, if the words end with one that needs a value. */
function awaitingFlag(flags: FlagSet, words: readonly string[]): Flag | undefined {
  const last = words.at(-1);
  if (last === undefined || !last.startsWith('-') || last.includes('=')) return undefined;
  const flag = last.startsWith('--')
    ? flags.byName.get(last.slice(2))
    : flags.byShorthand.get(last.at(-1) ?? '');
  return flag === undefined || flag.type === 'bool' || flag.noOptDefault !== undefined ? undefined : flag;
}

function flagNames(flags: FlagSet): readonly string[] {
  return [...flags.byName.keys()].map((name) => `--${name}`);
}

function valuesOf(
  context: KubectlContext,
  flag: Flag,
  args: ParsedArgs | undefined,
  word: string,
): readonly string[] {
  switch (flag.name) {
    case 'namespace':
      return namesOf(context, builtin('namespaces'), '');
    case 'filename':
    case 'from-file':
    case 'from-env-file':
    case 'patch-file':
      return fileNames(context, word);
    case 'output':
      return FORMATS;
    case 'dry-run':
      return ['client', 'none', 'server'];
    case 'container':
    case 'containers':
      return args === undefined ? [] : containerNames(context, args);
    case 'context':
      return [...context.config.file.contexts.keys()];
    default:
      return [];
  }
}

function fileNames(context: KubectlContext, word: string): readonly string[] {
  const slash = word.lastIndexOf('/');
  const folder = slash < 0 ? '' : word.slice(0, slash + 1);
  return (context.files.list(folder === '' ? '.' : folder) ?? []).map((name) => folder + name);
}

function containerNames(context: KubectlContext, args: ParsedArgs): readonly string[] {
  const [first = '', second] = args.args;
  const slash = first.indexOf('/');
  const kind = findKind(context, slash < 0 ? (second === undefined ? 'pods' : first) : first.slice(0, slash));
  if (kind === undefined) return [];
  const name = slash < 0 ? (second ?? first) : first.slice(slash + 1);
  const found = context.client.get<KubeObject>(kind, name, namespaceFor(context, args));
  const spec = found.ok ? podSpecOf(found.value) : undefined;
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map((c) => c.name);
}

function positionals(context: KubectlContext, verb: Verb, args: ParsedArgs, word: string): readonly string[] {
  if (OTHER_VERBS.has(verb.name)) return [];
  const namespace = namespaceFor(context, args);
  if (verb.name === 'cp')
    return [
      ...fileNames(context, word),
      ...namesOf(context, builtin('pods'), namespace).map((name) => `${name}:`),
    ];
  if (NODE_VERBS.has(verb.name)) return namesOf(context, builtin('nodes'), '');
  const slash = word.indexOf('/');
  if (slash >= 0) {
    const kind = findKind(context, word.slice(0, slash));
    return kind === undefined
      ? []
      : namesOf(context, kind, namespace).map((name) => word.slice(0, slash + 1) + name);
  }
  const [type] = args.args;
  if (POD_VERBS.has(verb.name)) return type === undefined ? namesOf(context, builtin('pods'), namespace) : [];
  if (type === undefined) return typeNames(context, word);
  const kind = findKind(context, type);
  return kind === undefined ? [] : namesOf(context, kind, namespace);
}

/** Types by their plural names; short names when the word is one already. */
function typeNames(context: KubectlContext, word: string): readonly string[] {
  const comma = word.lastIndexOf(',') + 1;
  const names = allKinds(context).flatMap((kind) => [
    kind.plural,
    ...kind.shortNames.filter((short) => short === word.slice(comma)),
  ]);
  return ['all', ...names].map((name) => word.slice(0, comma) + name);
}

function namesOf(context: KubectlContext, kind: KindDefinition, namespace: string): readonly string[] {
  const list = context.client.list<KubeObject>(kind, kind.namespaced ? { namespace } : {});
  return list.ok ? list.value.items.map((object) => object.metadata.name ?? '') : [];
}
