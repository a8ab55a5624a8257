import type {
  PolicyRule,
  SelfSubjectAccessReview,
  SelfSubjectReview,
  SelfSubjectRulesReview,
  SubjectRulesReviewStatus,
} from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { builtin, findKind } from '../discovery.ts';
import { type Failure, fail, isFailed } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, namespaceFor, PRINT_FLAGS } from '../flagsets.ts';
import { group } from '../group.ts';
import { printerFor } from '../printers/output.ts';
import { align, TABLE_LAYOUT } from '../printers/tabwriter.ts';
import { createObject } from '../requests.ts';
import { RULE_HEADERS, ruleRows } from '../rules.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { reconcile } from './reconcile.ts';

const AUTHORIZATION = 'authorization.k8s.io/v1';
const VERBS: ReadonlySet<string> = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  ),
);
const PATH_VERBS: ReadonlySet<string> = new Set('get put post head options delete patch *'.split(' '));
/** Resources that no discovery knows of: whom one may impersonate. */
const UNDISCOVERED: ReadonlySet<string> = new Set(['users', 'groups']);

/** Sends a review and gives it back with its status. */
function ask<T extends KubeObject>(
  context: KubectlContext,
  plural: string,
  body: object,
): { readonly object: T } | Failure {
  const answered = createObject(context, builtin(plural), '', body, {});
  return isFailed(answered) ? answered : { object: answered.object as T };
}

const canI: Verb = {
  name: 'can-i',
  short: 'Check whether an action is allowed',
  usage: 'kubectl auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  examples: `  # May I create pods in any namespace?
  kubectl auth can-i create pods --all-namespaces

  # May a service account list pods?
  kubectl auth can-i list pods --as=system:serviceaccount:dev:foo -n prod

  # What may I do here?
  kubectl auth can-i --list`,
  flags: [
    ALL_NAMESPACES_FLAG,
    { name: 'list', type: 'bool', usage: 'If true, prints all allowed actions' },
    {
      name: 'no-headers',
      type: 'bool',
      usage: 'If true, prints allowed actions without headers',
    },
    {
      name: 'quiet',
      shorthand: 'q',
      type: 'bool',
      usage: 'If true, suppress output and just return the exit code',
    },
    { name: 'subresource', type: 'string', usage: 'SubResource such as pod/log or deployment/scale' },
  ],
  run: atOnce((context, args) =>
    args.bool('list') ? listAccess(context, args) : checkAccess(context, args),
  ),
};

function warn(context: KubectlContext, text: string): void {
  context.stdio.err(`Warning: ${text}\n`);
}

function checkAccess(context: KubectlContext, args: ParsedArgs): number {
  const [verb, what] = args.args;
  if (args.args.length !== 2 || verb === undefined || what === undefined)
    return fail(
      context,
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  if (args.bool('no-headers')) return fail(context, '--no-headers cannot be set without --list specified');
  if (what.startsWith('/') && args.string('subresource') !== '')
    return fail(context, '--subresource can not be used with NonResourceURL');
  const spec = what.startsWith('/')
    ? pathQuestion(context, verb, what)
    : resourceQuestion(context, args, verb, what);
  const body = { apiVersion: AUTHORIZATION, kind: 'SelfSubjectAccessReview', metadata: {}, spec };
  const answered = ask<SelfSubjectAccessReview>(context, 'selfsubjectaccessreviews', body);
  if (isFailed(answered)) return fail(context, answered.failure);
  const { allowed = false, reason = '', evaluationError = '' } = answered.object.status ?? {};
  if (!args.bool('quiet')) {
    const why = [reason, evaluationError].filter((text) => text !== '').map((text) => ` - ${text}`);
    context.stdio.out(allowed ? 'yes\n' : `no${why.join('')}\n`);
  }
  return allowed ? 0 : 1;
}

function pathQuestion(context: KubectlContext, verb: string, path: string): SelfSubjectAccessReview['spec'] {
  if (!PATH_VERBS.has(verb)) warn(context, `verb '${verb}' is not a known verb\n`);
  return { nonResourceAttributes: { path, verb } };
}

function resourceQuestion(
  context: KubectlContext,
  args: ParsedArgs,
  verb: string,
  what: string,
): SelfSubjectAccessReview['spec'] {
  const slash = what.indexOf('/');
  const typed = slash < 0 ? what : what.slice(0, slash);
  const name = slash < 0 ? '' : what.slice(slash + 1);
  const everywhere = args.bool('all-namespaces');
  const kind = typed === '*' ? undefined : findKind(context, typed);
  const dot = typed.indexOf('.');
  if (kind === undefined && typed !== '*' && !UNDISCOVERED.has(typed.toLowerCase())) {
    const [resource, where] =
      dot < 0 ? [typed, ''] : [typed.slice(0, dot), ` in group '${typed.slice(dot + 1)}'`];
    warn(context, `the server doesn't have a resource type '${resource.toLowerCase()}'${where}\n`);
  }
  if (kind !== undefined && !everywhere && !kind.namespaced) {
    const where = kind.group === '' ? '' : ` in group '${kind.group}'`;
    warn(context, `resource '${kind.plural}' is not namespace scoped${where}\n`);
  }
  if (!VERBS.has(verb)) warn(context, `verb '${verb}' is not a known verb\n`);
  const subresource = args.string('subresource');
  return {
    resourceAttributes: {
      ...(everywhere ? {} : { namespace: namespaceFor(context, args) }),
      verb,
      group: kind?.group ?? '',
      resource: kind?.plural ?? typed,
      ...(subresource === '' ? {} : { subresource }),
      ...(name === '' ? {} : { name }),
    },
  };
}

function listAccess(context: KubectlContext, args: ParsedArgs): number {
  if (args.args.length > 0) return fail(context, 'list option must be specified with no arguments');
  if (args.bool('quiet') || args.bool('all-namespaces') || args.string('subresource') !== '')
    return fail(
      context,
      "list option can't be specified with neither quiet, all-namespaces nor subresource options",
    );
  const spec = { namespace: namespaceFor(context, args) };
  const body = { apiVersion: AUTHORIZATION, kind: 'SelfSubjectRulesReview', metadata: {}, spec };
  const answered = ask<SelfSubjectRulesReview>(context, 'selfsubjectrulesreviews', body);
  if (isFailed(answered)) return fail(context, answered.failure);
  const { status } = answered.object;
  if (status?.incomplete === true)
    warn(context, `the list may be incomplete: ${status.evaluationError ?? ''}`);
  const rows = ruleRows(rulesOf(status));
  const lines = (args.bool('no-headers') ? rows : [RULE_HEADERS, ...rows]).map(
    (row) => `${row.join('\t')}\n`,
  );
  context.stdio.out(align(lines.join(''), TABLE_LAYOUT));
  return 0;
}

function rulesOf(status: SubjectRulesReviewStatus | undefined): readonly PolicyRule[] {
  return [...(status?.resourceRules ?? []), ...(status?.nonResourceRules ?? [])];
}

const whoAmI: Verb = {
  name: 'whoami',
  short: 'Experimental: Check self subject attributes',
  usage: 'kubectl auth whoami',
  flags: PRINT_FLAGS,
  run: atOnce((context, args) => {
    const printer = printerFor(context, args);
    if (printer !== undefined && isFailed(printer)) return fail(context, printer.failure);
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
    const answered = ask<SelfSubjectReview>(context, 'selfsubjectreviews', body);
    if (isFailed(answered)) return fail(context, answered.failure);
    if (printer !== undefined) {
      const printed = printer.print(
        [{ kind: builtin('selfsubjectreviews'), object: answered.object }],
        false,
      );
      if (typeof printed !== 'string') return fail(context, printed.failure);
      context.stdio.out(printed);
      return 0;
    }
    const { username = '', uid = '', groups = [], extra = {} } = answered.object.status?.userInfo ?? {};
    const rows = [
      ['ATTRIBUTE', 'VALUE'],
      ['Username', username],
      ...(uid === '' ? [] : [['UID', uid]]),
      ...(groups.length === 0 ? [] : [['Groups', `[${groups.join(' ')}]`]]),
      ...Object.keys(extra)
        .sort()
        .map((key) => [`Extra: ${key}`, `[${(extra[key] ?? []).join(' ')}]`]),
    ];
    context.stdio.out(align(rows.map((row) => `${row.join('\t')}\n`).join(''), TABLE_LAYOUT));
    return 0;
  }),
};

/** `kubectl auth` (pkg/cmd/auth). */
export const auth: Verb = group({
  name: 'auth',
  short: 'Inspect authorization',
  usage: 'kubectl auth SUBCOMMAND',
  subcommands: [canI, reconcile, whoAmI],
});
