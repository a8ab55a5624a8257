import type { SelfSubjectAccessReview } from '../api/generated/types.ts';
import type { Impersonation } from '../api/request.ts';
import { forbidden, type Status } from '../apimachinery/status.ts';
import type { Program } from '../sim/program.ts';
import { completions } from './completions.ts';
import type { KubectlContext } from './context.ts';
import { builtin } from './discovery.ts';
import { type Failure, fail, failure, isFailed, messageOf } from './errors.ts';
import { type FlagSet, firstPositional, flagSet, parseFlags } from './flags.ts';
import { GLOBAL_FLAGS, REFUSED_GLOBAL_FLAGS } from './flagsets.ts';
import { helpText, optionsText, overview } from './help.ts';
import { createObject } from './requests.ts';
import { signIn } from './signin.ts';
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
  const settled = settle(context, args, found.verb);
  if (isFailed(settled)) return fail(context, settled.failure);
  if (!LOCAL_VERBS.has(verb.name) && settled.config.server !== context.config.file.origin)
    return fail(settled, unreachable(settled.config.server));
  const caller = LOCAL_VERBS.has(verb.name) ? settled : signedIn(settled, args, found.verb);
  if (isFailed(caller)) return fail(context, caller.failure);
  return yield* found.verb.run(caller, args);
}

/** Verbs that ask no server. */
const LOCAL_VERBS: ReadonlySet<string> = new Set(['config', 'kustomize', 'plugin']);

/** What a server that is not there answers: nothing. */
function unreachable(server: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code: 0,
    reason: 'ConnectionRefused' as 'Timeout',
    message: `dial tcp ${server.replace(/^https?:\/\//, '')}: connect: connection refused`,
  };
}

/** The same context with a client that makes requests as whom the kubeconfig and the flags say. */
function signedIn(context: KubectlContext, args: ParsedArgs, verb: Verb): KubectlContext | Failure {
  const token = owns(verb, 'token') ? '' : args.string('token');
  const self = signIn(context, token);
  if (self !== undefined && isFailed(self)) return self;
  const signed = self === undefined ? context : { ...context, client: context.client.impersonating(self) };
  const as = impersonationOf(args);
  if (as === undefined) return signed;
  const refused = self === undefined ? undefined : mayImpersonate(signed, self.user, as.user);
  return refused ?? { ...context, client: context.client.impersonating(as) };
}

/** The refusal of somebody who may not be taken for another. */
function mayImpersonate(context: KubectlContext, user: string, other: string): Failure | undefined {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes: { verb: 'impersonate', resource: 'users', name: other } },
  };
  const answered = createObject(context, builtin('selfsubjectaccessreviews'), '', body, {});
  if (isFailed(answered)) return answered;
  const { status } = answered.object as unknown as SelfSubjectAccessReview;
  if (status?.allowed === true) return undefined;
  const why = `User "${user}" cannot impersonate resource "users" in API group "" at the cluster scope`;
  return failure(forbidden({ group: '', resource: 'users' }, other, why));
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
  ['completion', 'Tab completes here without it'],
  ['proxy', 'try kubectl get --raw, or kubectl port-forward for what runs in a pod'],
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

/** Whether a verb has taken a global flag for itself. */
function owns(verb: Verb, flag: string): boolean {
  return verb.flags.some(({ name }) => name === flag);
}

/** Checks the flags that every verb takes; the context with the settings that they and the kubeconfig make, or why there are none. */
function settle(context: KubectlContext, args: ParsedArgs, verb: Verb): KubectlContext | Failure {
  for (const { name } of REFUSED_GLOBAL_FLAGS)
    if (!owns(verb, name) && args.given(name)) return failure(`--${name} is not supported here`);
  const flag = (name: string): string => (owns(verb, name) ? '' : args.string(name));
  const config = context.config.file.select({
    context: flag('context'),
    cluster: flag('cluster'),
    user: flag('user'),
    server: flag('server'),
  });
  if (typeof config === 'string') return failure(config);
  if (args.string('as') === '' && (args.given('as-group') || args.given('as-uid')))
    return failure(
      `invalid configuration: requesting uid, groups or user-extra for ${config.user} without impersonating a user`,
    );
  if (args.int('v') > 0)
    context.stdio.err(`Warning: -v=${args.int('v')} has no effect: requests are not logged here\n`);
  return { ...context, config };
}
