import { kindByGVK, kinds } from '../../api/kinds/registry.ts';

/** What kustomize knows a resource by (kyaml pkg/resid). */
export interface ResId {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** A pattern for the type of a resource: what is undefined matches anything. */
export interface GvkPattern {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** Kinds of Kubernetes that belong to no namespace and that this cluster does not have. */
const OTHER_CLUSTER_KINDS: ReadonlySet<string> = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CustomResourceDefinition',
  'FlowSchema',
  'MutatingWebhookConfiguration',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** Whether resources of the type belong to no namespace; what nobody knows is taken to belong to one. */
export function isClusterScoped(id: Pick<ResId, 'group' | 'version' | 'kind'>): boolean {
  const apiVersion = id.group === '' ? id.version : `${id.group}/${id.version}`;
  const known =
    kindByGVK(apiVersion, id.kind) ?? kinds.find(({ kind, group }) => kind === id.kind && group === id.group);
  return known === undefined ? OTHER_CLUSTER_KINDS.has(id.kind) : !known.namespaced;
}

/** `Deployment.v1.apps`, with `[noGrp]` and its like for what is missing. */
export function gvkText(id: GvkPattern): string {
  return `${id.kind || '[noKind]'}.${id.version || '[noVer]'}.${id.group || '[noGrp]'}`;
}

/** `Deployment.v1.apps/web.[noNs]`. */
export function idText(id: ResId): string {
  return `${gvkText(id)}/${id.name || '[noName]'}.${id.namespace || '[noNs]'}`;
}

/** The namespace a resource ends up in; the same for all that belong to none. */
export function effectiveNamespace(id: ResId): string {
  if (isClusterScoped(id)) return '_non_namespaceable_';
  return id.namespace === '' ? 'default' : id.namespace;
}

/** Whether two ids mean the same resource. */
export function sameId(a: ResId, b: ResId): boolean {
  return (
    a.name === b.name &&
    a.kind === b.kind &&
    a.group === b.group &&
    a.version === b.version &&
    effectiveNamespace(a) === effectiveNamespace(b)
  );
}

/** Whether a type fits a pattern. */
export function isSelected(id: ResId, pattern: GvkPattern): boolean {
  return (
    (!pattern.group || pattern.group === id.group) &&
    (!pattern.version || pattern.version === id.version) &&
    (!pattern.kind || pattern.kind === id.kind)
  );
}
