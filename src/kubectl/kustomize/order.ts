import { gvkText, type ResId } from './resid.ts';
import type { Resource } from './resource.ts';

/** Kinds that come first and last when nothing else is said (api/internal/builtins/SortOrderTransformer.go). */
export const ORDER_FIRST: readonly string[] = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
export const ORDER_LAST: readonly string[] = [
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

/** The resources by kind, then by type, namespace and name. */
export function legacyOrder(
  resources: readonly Resource[],
  first: readonly string[],
  last: readonly string[],
): Resource[] {
  const ranks = new Map<string, number>();
  for (const [i, kind] of first.entries()) ranks.set(kind, i - first.length);
  for (const [i, kind] of last.entries()) ranks.set(kind, i + 1);
  const keyed = resources.map((resource) => {
    const { id } = resource;
    return { resource, rank: ranks.get(id.kind) ?? 0, type: typeKey(id), key: idKey(id) };
  });
  keyed.sort((a, b) => a.rank - b.rank || compare(a.type, b.type) || compare(a.key, b.key));
  return keyed.map(({ resource }) => resource);
}

function typeKey(id: ResId): string {
  return `${id.group || '~G'}_${id.version || '~V'}_${id.kind || '~K'}`;
}

function idKey(id: ResId): string {
  return `${gvkText(id)}|${id.namespace || '~X'}|${id.name || '~N'}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
