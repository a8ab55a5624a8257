import type { ClusterRole, PolicyRule, RoleBinding, Subject } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { uncovered } from '../../api/rbac.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import { goPrint } from '../../apimachinery/gostring.ts';
import { isNotFound, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, fail, isFailed } from '../errors.ts';
import {
  DRY_RUN_FLAG,
  type DryRun,
  dryRunOf,
  dryRunSuffix,
  FILENAME_FLAGS,
  namesFiles,
  PRINT_FLAGS,
} from '../flagsets.ts';
import { resultPrinter } from '../printers/output.ts';
import { createObject, deleteObject, getObject, replaceObject } from '../requests.ts';
import { type ObjectInfo, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

const ROLES: ReadonlySet<string> = new Set(['roles', 'clusterroles']);
const BINDINGS: ReadonlySet<string> = new Set(['rolebindings', 'clusterrolebindings']);
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

/** What was done to one object, and what to tell of it. */
interface Reconciled {
  readonly object: KubeObject;
  readonly notes: readonly string[];
}

/** `kubectl auth reconcile` (pkg/cmd/auth/reconcile.go, component-helpers auth/rbac/reconciliation). */
export const reconcile: Verb = {
  name: 'reconcile',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  usage: 'kubectl auth reconcile -f FILENAME',
  examples: `  # Reconcile RBAC resources from a file
  kubectl auth reconcile -f my-rbac-rules.yaml`,
  flags: [
    ...FILENAME_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    {
      name: 'remove-extra-permissions',
      type: 'bool',
      usage: 'If true, removes extra permissions added to roles',
    },
    {
      name: 'remove-extra-subjects',
      type: 'bool',
      usage: 'If true, removes extra subjects added to rolebindings',
    },
  ],
  run: atOnce((context, args) => {
    if (args.args.length > 0) return fail(context, 'no arguments are allowed');
    if (!namesFiles(args)) return fail(context, 'must specify one of -f and -k');
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const printer = resultPrinter(context, args);
    if (isFailed(printer)) return fail(context, printer.failure);
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const errors: (Status | string)[] = [...resolved.errors];
    for (const info of resolved.infos as readonly ObjectInfo[]) {
      const done = reconcileOne(context, args, info, dry.dryRun);
      if (isFailed(done)) {
        errors.push(done.failure);
        continue;
      }
      const problem = printer.print(info.kind, done.object, `reconciled${dryRunSuffix(dry.dryRun)}`);
      if (problem !== undefined) errors.push(problem);
      for (const note of done.notes) context.stdio.err(`\t${note}\n`);
    }
    return fail(context, ...errors);
  }),
};

function reconcileOne(
  context: KubectlContext,
  args: ParsedArgs,
  info: ObjectInfo,
  dryRun: DryRun,
): Reconciled | Failure {
  const { kind, namespace, name, object } = info;
  if (!ROLES.has(kind.plural) && !BINDINGS.has(kind.plural))
    return { failure: `only rbac.authorization.k8s.io/v1 is supported: not *${kind.version}.${kind.kind}` };
  const options = { fieldManager: 'kubectl-auth', ...(dryRun === 'server' ? { dryRun: true } : {}) };
  const live = getObject(context, kind, namespace, name);
  if (isFailed(live)) {
    if (typeof live.failure === 'string' || !isNotFound(live.failure)) return live;
    const created =
      dryRun === 'client' ? { object } : createObject(context, kind, namespace, object, options);
    if (isFailed(created)) return created;
    const whole = ROLES.has(kind.plural) ? missingRules([], object) : missingSubjects([], object);
    return { object: created.object, notes: ['reconciliation required create', ...whole] };
  }
  const before = live.object;
  const isProtected = before.metadata.annotations?.[AUTOUPDATE] === 'false';
  const caveat = isProtected ? `, but object opted out (${AUTOUPDATE}: false)` : '';
  const { next, notes, anew } = ROLES.has(kind.plural)
    ? nextRole(args, before as ClusterRole, object as ClusterRole)
    : nextBinding(args, before as KubeObject as RoleBinding, object as KubeObject as RoleBinding);
  if (deepEqual(next, before)) return { object: before, notes: [] };
  const told = [`reconciliation required ${anew ? 'recreate' : 'update'}${caveat}`, ...notes];
  if (isProtected || dryRun === 'client') return { object: isProtected ? before : next, notes: told };
  if (anew && dryRun === 'none') {
    const gone = deleteObject(context, kind, namespace, name, {});
    if (isFailed(gone)) return gone;
    const created = createObject(context, kind, namespace, object, options);
    return isFailed(created) ? created : { object: created.object, notes: told };
  }
  const written = replaceObject(context, kind, namespace, name, next, options);
  return isFailed(written) ? written : { object: written.object, notes: told };
}

interface Next {
  readonly next: KubeObject;
  readonly notes: readonly string[];
  /** True where the object must be made anew: a binding for another role. */
  readonly anew: boolean;
}

function nextRole(args: ParsedArgs, before: ClusterRole, wanted: ClusterRole): Next {
  const has = before.rules ?? [];
  const wants = wanted.rules ?? [];
  const missing = uncovered(has, wants);
  const extra = uncovered(wants, has);
  const remove = args.bool('remove-extra-permissions') && extra.length > 0;
  const rules = remove ? wants : missing.length === 0 ? has : [...has, ...missing];
  return {
    next: { ...merged(before, wanted), rules } as KubeObject,
    notes: [
      ...listed('missing rules added', missing.map(ruleText)),
      ...(remove ? listed('extra rules removed', extra.map(ruleText)) : []),
    ],
    anew: false,
  };
}

function nextBinding(args: ParsedArgs, before: RoleBinding, wanted: RoleBinding): Next {
  const has = before.subjects ?? [];
  const wants = wanted.subjects ?? [];
  const lacks = (list: readonly Subject[], all: readonly Subject[]): readonly Subject[] =>
    all.filter((subject) => !list.some((known) => deepEqual(known, subject)));
  const missing = lacks(has, wants);
  const extra = lacks(wants, has);
  const remove = args.bool('remove-extra-subjects') && extra.length > 0;
  const subjects = remove ? wants : missing.length === 0 ? has : [...has, ...missing];
  return {
    next: { ...merged(before, wanted), roleRef: wanted.roleRef, subjects } as unknown as KubeObject,
    notes: [
      ...listed('missing subjects added', missing.map(subjectText)),
      ...(remove ? listed('extra subjects removed', extra.map(subjectText)) : []),
    ],
    anew: before.roleRef.kind !== wanted.roleRef.kind || before.roleRef.name !== wanted.roleRef.name,
  };
}

/** The live object with the labels and annotations of the file. */
function merged<T extends KubeObject>(before: T, wanted: T): T {
  const both = (key: 'labels' | 'annotations'): object =>
    wanted.metadata[key] === undefined ? {} : { [key]: { ...before.metadata[key], ...wanted.metadata[key] } };
  return { ...before, metadata: { ...before.metadata, ...both('labels'), ...both('annotations') } };
}

function missingRules(has: readonly PolicyRule[], object: KubeObject): readonly string[] {
  return listed('missing rules added', uncovered(has, (object as ClusterRole).rules ?? []).map(ruleText));
}

function missingSubjects(_: readonly Subject[], object: KubeObject): readonly string[] {
  return listed('missing subjects added', ((object as RoleBinding).subjects ?? []).map(subjectText));
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `\t${line}`)];
}

/** `%+v` of a rule. */
function ruleText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const list = (values: readonly string[] = []): string => goPrint(values);
  return `{Verbs:${list(verbs)} APIGroups:${list(apiGroups)} Resources:${list(resources)} ResourceNames:${list(resourceNames)} NonResourceURLs:${list(nonResourceURLs)}}`;
}

function subjectText({ kind, apiGroup = '', name, namespace = '' }: Subject): string {
  return `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
}
