import type { ClusterRole, PolicyRule, Role } from '../../../api/generated/types.ts';
import { RBAC_GROUP } from '../../../api/rbac.ts';
import type { KubectlContext } from '../../context.ts';
import { findKind, kindFor } from '../../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Flag, ParsedArgs, Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

const API_VERSION = `${RBAC_GROUP}/v1`;
const VERBS: ReadonlySet<string> = new Set([
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
]);
const URL_VERBS: ReadonlySet<string> = new Set([
  '*',
  'get',
  'post',
  'put',
  'delete',
  'patch',
  'head',
  'options',
]);
/** Verbs that only a few resources know. */
const SPECIAL: ReadonlyMap<string, readonly string[]> = new Map([
  ['use', ['policy podsecuritypolicies', 'extensions podsecuritypolicies']],
  ['bind', [`${RBAC_GROUP} roles`, `${RBAC_GROUP} clusterroles`]],
  ['escalate', [`${RBAC_GROUP} roles`, `${RBAC_GROUP} clusterroles`]],
  ['impersonate', [' users', ' serviceaccounts', ' groups', 'authentication.k8s.io userextras']],
]);

const RULE_FLAGS: readonly Flag[] = [
  { name: 'verb', type: 'strings', usage: 'Verb that applies to the resources contained in the rule' },
  { name: 'resource', type: 'strings', usage: 'Resource that the rule applies to' },
  {
    name: 'resource-name',
    type: 'array',
    usage: 'Resource in the white list that the rule applies to, repeat this flag for multiple items',
  },
];

/** A resource as `--resource` names it. */
interface Named {
  readonly resource: string;
  readonly group: string;
  readonly subresource: string;
}

function readResources(texts: readonly string[]): readonly Named[] {
  const named: Named[] = [];
  for (const text of texts) {
    const slash = text.indexOf('/');
    const before = slash < 0 ? text : text.slice(0, slash);
    const dot = before.indexOf('.');
    const resource = dot < 0 ? before : before.slice(0, dot);
    const each = {
      resource,
      group: dot < 0 ? '' : before.slice(dot + 1),
      subresource: slash < 0 ? '' : text.slice(slash + 1),
    };
    if (resource === '*' && dot < 0 && slash < 0) return [each];
    named.push(each);
  }
  return named;
}

/** `rs.apps` and the like as the server spells them. */
function resolved(
  context: KubectlContext,
  { resource, group }: Named,
): { readonly group: string; readonly resource: string } {
  const kind = findKind(context, group === '' ? resource : `${resource}.${group}`);
  return kind === undefined ? { group, resource } : { group: kind.group, resource: kind.plural };
}

function checkVerbs(context: KubectlContext, verbs: readonly string[], known: ReadonlySet<string>): void {
  for (const verb of verbs)
    if (!known.has(verb)) context.stdio.err(`Warning: '${verb}' is not a standard resource verb\n`);
}

function checkResources(
  context: KubectlContext,
  named: readonly Named[],
  verbs: readonly string[],
): Failure | undefined {
  for (const each of named) {
    if (each.resource === '') return failure('resource must be specified if apiGroup/subresource specified');
    if (each.resource === '*') return undefined;
    const found = kindFor(context, each.group === '' ? each.resource : `${each.resource}.${each.group}`);
    const { group, resource } = resolved(context, each);
    let known = !isFailed(found);
    for (const verb of verbs) {
      const special = SPECIAL.get(verb);
      if (special === undefined) continue;
      if (!special.includes(`${group} ${resource}`))
        return failure(`can not perform '${verb}' on '${resource}' in group '${group}'`);
      known = true;
    }
    if (!known && isFailed(found)) return found;
  }
  return undefined;
}

/** One rule for each API group, the groups sorted. */
function rulesOf(
  context: KubectlContext,
  named: readonly Named[],
  verbs: readonly string[],
  names: readonly string[],
): PolicyRule[] {
  const groups = new Map<string, string[]>();
  for (const each of named) {
    const { group, resource } = resolved(context, each);
    const whole = each.subresource === '' ? resource : `${resource}/${each.subresource}`;
    const list = groups.get(group) ?? [];
    if (!list.includes(whole)) list.push(whole);
    groups.set(group, list);
  }
  return [...groups.keys()].sort().map((group) => ({
    apiGroups: [group],
    ...(names.length === 0 ? {} : { resourceNames: names }),
    resources: groups.get(group) ?? [],
    verbs,
  }));
}

function verbsOf(args: ParsedArgs): readonly string[] {
  const verbs = args.strings('verb');
  return verbs.includes('*') ? ['*'] : [...new Set(verbs)];
}

/** `kubectl create role` (pkg/cmd/create/create_role.go). */
export const createRole: Verb = {
  name: 'role',
  short: 'Create a role with single rule',
  usage:
    'kubectl create role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  examples: `  # Create a role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods
  kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods`,
  flags: [...CREATE_FLAGS, ...RULE_FLAGS],
  run: atOnce((context, args) => {
    const name = nameArgument('kubectl create role', args);
    if (isFailed(name)) return fail(context, name.failure);
    const verbs = verbsOf(args);
    if (verbs.length === 0) return fail(context, 'at least one verb must be specified');
    checkVerbs(context, verbs, VERBS);
    const named = readResources(args.strings('resource'));
    if (named.length === 0) return fail(context, 'at least one resource must be specified');
    const wrong = checkResources(context, named, verbs);
    if (wrong !== undefined) return fail(context, wrong.failure);
    const rules = rulesOf(context, named, verbs, [...new Set(args.strings('resource-name'))]);
    const object: Role = { apiVersion: API_VERSION, kind: 'Role', metadata: { name: name.name }, rules };
    return createGenerated(context, args, 'roles', object).code;
  }),
};

/** `kubectl create clusterrole` (pkg/cmd/create/create_clusterrole.go). */
export const createClusterRole: Verb = {
  name: 'clusterrole',
  short: 'Create a cluster role',
  usage:
    'kubectl create clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  examples: `  # Create a cluster role that may read pods
  kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods

  # Create a cluster role that consists of others
  kubectl create clusterrole monitoring --aggregation-rule="rbac.example.com/aggregate-to-monitoring=true"`,
  flags: [
    ...CREATE_FLAGS,
    ...RULE_FLAGS,
    { name: 'non-resource-url', type: 'strings', usage: 'A partial url that user should have access to' },
    {
      name: 'aggregation-rule',
      type: 'strings',
      usage: 'An aggregation label selector for combining ClusterRoles',
    },
  ],
  run: atOnce((context, args) => {
    const name = nameArgument('kubectl create clusterrole', args);
    if (isFailed(name)) return fail(context, name.failure);
    const read = clusterRoleOf(context, args);
    if (isFailed(read)) return fail(context, read.failure);
    const object = { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name: name.name }, ...read };
    return createGenerated(context, args, 'clusterroles', object).code;
  }),
};

function clusterRoleOf(
  context: KubectlContext,
  args: ParsedArgs,
): Pick<ClusterRole, 'rules' | 'aggregationRule'> | Failure {
  const verbs = verbsOf(args);
  const named = readResources(args.strings('resource'));
  const names = [...new Set(args.strings('resource-name'))];
  const urls = [...new Set(args.strings('non-resource-url'))];
  const labels = args.strings('aggregation-rule');
  if (labels.length > 0) {
    if (urls.length > 0 || verbs.length > 0 || named.length > 0 || names.length > 0)
      return failure(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      );
    const pairs = labels.map((label) => label.split('='));
    const wrong = labels.find((_, i) => pairs[i]?.length !== 2 || pairs[i]?.[0] === '');
    if (wrong !== undefined) return failure(`invalid key value pair ${wrong}`);
    const matchLabels = Object.fromEntries(pairs.map(([key = '', value = '']) => [key, value]));
    // Go writes the rules that it has none of as null.
    const rules = null as unknown as readonly PolicyRule[];
    return { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, rules };
  }
  if (verbs.length === 0) return failure('at least one verb must be specified');
  if (named.length === 0) {
    if (names.length > 0)
      return failure('one or more resources must be specified if resource names are given');
    if (urls.length === 0) return failure('one of resource or nonResourceURL must be specified');
  } else {
    checkVerbs(context, verbs, VERBS);
    const wrong = checkResources(context, named, verbs);
    if (wrong !== undefined) return wrong;
  }
  const problem = checkUrls(context, urls, verbs);
  if (problem !== undefined) return problem;
  const rules = rulesOf(context, named, verbs, names);
  return { rules: urls.length === 0 ? rules : [...rules, { nonResourceURLs: urls, verbs }] };
}

function checkUrls(
  context: KubectlContext,
  urls: readonly string[],
  verbs: readonly string[],
): Failure | undefined {
  if (urls.length === 0) return undefined;
  for (const verb of verbs)
    if (!URL_VERBS.has(verb)) context.stdio.err(`Warning: '${verb}' is not a standard nonResourceURL verb\n`);
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) return failure(`nonResourceURL should start with /`);
    if (url.slice(0, -1).includes('*'))
      return failure("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
  return undefined;
}
