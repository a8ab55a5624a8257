import type { ClusterRole, ClusterRoleBinding, PolicyRule, Subject } from '../../../api/generated/types.ts';
import { RBAC_GROUP } from '../../../api/rbac.ts';
import { deepFreeze } from '../../../apimachinery/freeze.ts';

/** How the server's own roles are written down: lists are words, the core group is `-`. */

const API_VERSION = `${RBAC_GROUP}/v1`;
/** The server puts roles with this annotation right when it starts. */
const AUTOUPDATE = Object.freeze({ 'rbac.authorization.kubernetes.io/autoupdate': 'true' });
const BOOTSTRAPPING = Object.freeze({ 'kubernetes.io/bootstrapping': 'rbac-defaults' });

export const READ = 'get list watch';
export const WRITE = 'create delete deletecollection patch update';

function words(text: string): readonly string[] {
  return text.split(' ');
}

/** `rule('get list', '- apps', 'pods deployments')`; `names` narrows it. Lists are sorted, as upstream's are. */
export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  return deepFreeze({
    verbs: words(verbs).toSorted(),
    apiGroups: words(groups)
      .map((group) => (group === '-' ? '' : group))
      .toSorted(),
    resources: words(resources).toSorted(),
    ...(names === undefined ? {} : { resourceNames: words(names).toSorted() }),
  });
}

/** A rule about paths. */
export function urls(verbs: string, paths: string): PolicyRule {
  return deepFreeze({ verbs: words(verbs), nonResourceURLs: words(paths).toSorted() });
}

/** Everybody who records events needs this one. */
export const EVENTS: PolicyRule = rule('create patch update', '- events.k8s.io', 'events');

/** A ClusterRole of the server's own. */
export function clusterRole(
  name: string,
  rules: readonly PolicyRule[],
  labels?: Readonly<Record<string, string>>,
): ClusterRole {
  return deepFreeze({
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: { name, annotations: AUTOUPDATE, labels: { ...BOOTSTRAPPING, ...labels } },
    rules,
  });
}

/** The label by which a role becomes part of another: `admin`, `edit` or `view`. */
export function partOf(role: 'admin' | 'edit' | 'view'): Readonly<Record<string, string>> {
  return { [`${RBAC_GROUP}/aggregate-to-${role}`]: 'true' };
}

/** A ClusterRole whose rules are those of all roles with a label. */
export function aggregate(
  role: 'admin' | 'edit' | 'view',
  labels?: Readonly<Record<string, string>>,
): ClusterRole {
  const { rules: _, ...rest } = clusterRole(role, [], labels);
  return deepFreeze({ ...rest, aggregationRule: { clusterRoleSelectors: [{ matchLabels: partOf(role) }] } });
}

/** Binds a ClusterRole of the same name to `Group:x`, `User:y` or `ServiceAccount:namespace/name`. */
export function binding(role: string, ...subjects: readonly string[]): ClusterRoleBinding {
  return deepFreeze({
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: { name: role, annotations: AUTOUPDATE, labels: BOOTSTRAPPING },
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role },
    ...(subjects.length === 0 ? {} : { subjects: subjects.map(subject) }),
  });
}

/** A subject in short: `Group:system:nodes`, `ServiceAccount:kube-system/coredns`. */
export function subject(text: string): Subject {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (kind !== 'ServiceAccount') return { apiGroup: RBAC_GROUP, kind, name: rest };
  const [namespace = '', name = ''] = rest.split('/');
  return { kind, namespace, name };
}
