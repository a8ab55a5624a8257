import type { KindDefinition } from '../api/kind.ts';

/** Where every object lies in etcd. */
export const REGISTRY = '/registry/';

/** Resources that upstream files under another word than their plural, for historical reasons. */
const FOLDERS: Readonly<Record<string, string>> = {
  endpoints: 'services/endpoints',
  ingresses: 'ingress',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  services: 'services/specs',
};

/** Groups whose resources lie under their plain plural; others, like custom ones, under `<group>/<plural>`. */
const PLAIN_GROUPS: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/**
 * The prefix of a resource's keys in etcd, with its closing slash, as upstream lays them out:
 * `/registry/pods/`, `/registry/minions/`, `/registry/services/specs/`.
 */
export function storagePrefix(kind: Pick<KindDefinition, 'group' | 'plural' | 'custom'>): string {
  if (kind.custom !== undefined || !PLAIN_GROUPS.has(kind.group))
    return `${REGISTRY}${kind.group}/${kind.plural}/`;
  const folder = kind.group === '' || kind.group === 'networking.k8s.io' ? FOLDERS[kind.plural] : undefined;
  return `${REGISTRY}${folder ?? kind.plural}/`;
}

/** The key of an object: `/registry/pods/default/web`, or without namespace for cluster-scoped kinds. */
export function storageKey(
  kind: Pick<KindDefinition, 'group' | 'plural' | 'custom'>,
  namespace: string,
  name: string,
): string {
  return joinKey(storagePrefix(kind), namespace, name);
}

/** The key under a resource's prefix. */
export function joinKey(prefix: string, namespace: string, name: string): string {
  return namespace === '' ? prefix + name : `${prefix + namespace}/${name}`;
}
