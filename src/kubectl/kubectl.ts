import type { Impersonation } from '../api/request.ts';
import type { Program } from '../sim/program.ts';
import { completions } from './completions.ts';
import type { KubectlContext } from './context.ts';
import { fail, messageOf } from './errors.ts';
import { type FlagSet, firstPositional, flagSet, parseFlags } from './flags.ts';
import { GLOBAL_FLAGS, REFUSED_GLOBAL_FLAGS } from './flagsets.ts';
import { helpText, optionsText, overview } from './help.ts';
import { suggestions } from './suggestions.ts';
import type { Flag, ParsedArgs, Verb } from './verb.ts';
import { verbs } from './verbs/registry.ts';

export { completions, verbs };

/** A verb found on a command line, and what is left of the line. */
export interface FoundVerb {
  readonly verb: Verb;
  /** `kubectl create deployment`. */
  readonly path: string;
  readonly rest: readonly string[];
  readonly flags: FlagSet;
}

const globals = flagSet([...GLOBAL_FLAGS, ...REFUSED_GLOBAL_FLAGS]);

/**
 * kubectl as a program: `argv` is the command line without `kubectl`. The exit code is 0, 1, or that
 * of the command that `exec` and `run` ran.
 */
export function* kubectl(context: KubectlContext, argv: readonly string[]): Program {
  const at = firstPositional(globals, argv);
  if (at < 0) return withoutVerb(context, argv);
  const name = argv[at] as string;
  const rest = argv.toSpliced(at, 1);
  if (name === 'help') return help(context, rest);
  if (name === 'options') {
    context.stdio.out(optionsText());
    return 0;
  }
  const verb = findVerb(verbs, name);
  if (verb === undefined) return unknownCommand(context, name);
  const found = descend(verb, `kubectl ${verb.name}`, rest);
  const absent = absentSubcommand(found);
  if (absent !== undefined) return fail(context, `${found.path} ${absent} is not available here`);
  const args = parseFlags(found.flags, found.rest, found.verb.takesCommand);
  if ('error' in args) {
    const hint = args.suggestion === undefined ? '' : `Did you mean ${args.suggestion}?\n`;
    context.stdio.err(`error: ${args.error}\n${hint}See '${found.path} --help' for usage.\n`);
    return 1;
  }
  if (args.bool('help')) {
    context.stdio.out(helpText(found.verb, found.path));
    return 0;
  }
  const refused = refuseGlobals(context, args, found.verb);
  if (refused !== undefined) return fail(context, refused);
  const as = impersonationOf(args);
  const caller = as === undefined ? context : { ...context, client: context.client.impersonating(as) };
  return yield* found.verb.run(caller, args);
}

/** As whom `--as` and its like want the requests to be made. */
function impersonationOf(args: ParsedArgs): Impersonation | undefined {
  const user = args.string('as');
  if (user === '') return undefined;
  const groups = args.strings('as-group');
  const uid = args.string('as-uid');
  return { user, ...(groups.length === 0 ? {} : { groups }), ...(uid === '' ? {} : { uid }) };
}

/** The verb of a name or alias. */
export function findVerb(among: readonly Verb[], name: string): Verb | undefined {
  return among.find((verb) => verb.name === name || verb.aliases?.includes(name) === true);
}

/** The name of the verb that a command line (without `kubectl`) would run, aliases resolved; undefined for none. */
export function verbNamed(argv: readonly string[]): string | undefined {
  const at = firstPositional(globals, argv);
  const name = at < 0 ? undefined : argv[at];
  return name === undefined ? undefined : (findVerb(verbs, name)?.name ?? name);
}

/** Follows subcommands as far as the line names them. */
export function descend(verb: Verb, path: string, argv: readonly string[]): FoundVerb {
  const flags = flagSet([
    ...verb.flags,
    ...beside(verb, GLOBAL_FLAGS),
    ...beside(verb, REFUSED_GLOBAL_FLAGS),
  ]);
  const at = verb.subcommands === undefined ? -1 : firstPositional(flags, argv);
  const sub = at < 0 ? undefined : findVerb(verb.subcommands ?? [], argv[at] as string);
  return sub === undefined
    ? { verb, path, rest: argv, flags }
    : descend(sub, `${path} ${sub.name}`, argv.toSpliced(at, 1));
}

/** The global flags that a verb has not taken for itself, as `create rolebinding` takes `--user`. */
function beside(verb: Verb, flags: readonly Flag[]): readonly Flag[] {
  return flags.filter(({ name }) => !verb.flags.some((own) => own.name === name));
}

/** The subcommand that the line names and only upstream has. */
function absentSubcommand({ verb, rest, flags }: FoundVerb): string | undefined {
  if (verb.absent === undefined) return undefined;
  const at = firstPositional(flags, rest);
  const name = at < 0 ? undefined : rest[at];
  return name !== undefined && verb.absent.has(name) ? name : undefined;
}

function withoutVerb(context: KubectlContext, argv: readonly string[]): number {
  const args = parseFlags(globals, argv);
  if ('error' in args) {
    context.stdio.err(`error: ${args.error}\nSee 'kubectl --help' for usage.\n`);
    return 1;
  }
  context.stdio.out(overview(verbs));
  return 0;
}

function help(context: KubectlContext, path: readonly string[]): number {
  const [name, ...rest] = path;
  if (name === undefined) {
    context.stdio.out(overview(verbs));
    return 0;
  }
  const verb = findVerb(verbs, name);
  if (verb === undefined) {
    const known = absent(name);
    if (known !== undefined) return fail(context, known);
    // cobra's help command does not fail.
    context.stdio.err(`Unknown help topic [\`${path.join('` `')}\`]\n${overview(verbs)}`);
    return 0;
  }
  const found = descend(verb, `kubectl ${verb.name}`, rest);
  context.stdio.out(helpText(found.verb, found.path));
  return 0;
}

/** Commands of upstream's that there is no use for here: known, so that nobody looks for a typing error. */
const ABSENT: ReadonlyMap<string, string> = new Map([
  ['alpha', ''],
  ['certificate', ''],
  ['completion', 'Tab completes here without it'],
  ['kustomize', ''],
  ['plugin', ''],
  ['port-forward', 'try kubectl exec, or a pod of your own: kubectl run -it --rm tmp --image=busybox'],
  ['proxy', ''],
]);

/** Says that a command of upstream's is not here; undefined where it is none of upstream's either. */
function absent(name: string): string | undefined {
  const instead = ABSENT.get(name);
  if (instead === undefined) return undefined;
  return `kubectl ${name} is not available here${instead === '' ? '' : `: ${instead}`}`;
}

function unknownCommand(context: KubectlContext, name: string): number {
  const known = absent(name);
  if (known !== undefined) return fail(context, known);
  const near = suggestions(
    name,
    verbs.map((verb) => verb.name),
  );
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((n) => `\t${n}`).join('\n')}`;
  context.stdio.err(
    `${messageOf(`unknown command "${name}" for "kubectl"${hint}`, context.config.server)}\n`,
  );
  return 1;
}

/** Checks the flags that every verb takes; a text says why the call cannot be made. */
function refuseGlobals(context: KubectlContext, args: ParsedArgs, verb: Verb): string | undefined {
  for (const flag of beside(verb, REFUSED_GLOBAL_FLAGS))
    if (args.given(flag.name)) return `--${flag.name} is not supported here`;
  const { config } = context;
  if (args.string('as') === '' && (args.given('as-group') || args.given('as-uid')))
    return `invalid configuration: requesting uid, groups or user-extra for ${config.user} without impersonating a user`;
  const name = args.string('context');
  if (name !== '' && name !== config.context) return `context "${name}" does not exist`;
  const cluster = args.string('cluster');
  if (cluster !== '' && cluster !== config.cluster) return `cluster "${cluster}" does not exist`;
  const user = beside(verb, GLOBAL_FLAGS).some(({ name: flag }) => flag === 'user')
    ? args.string('user')
    : '';
  if (user !== '' && user !== config.user) return `auth info "${user}" does not exist`;
  const server = args.string('server');
  if (server !== '' && server !== config.server)
    return `no server at ${server} can be reached from here; this cluster's is ${config.server}`;
  if (args.int('v') > 0)
    context.stdio.err(`Warning: -v=${args.int('v')} has no effect: requests are not logged here\n`);
  return undefined;
}
