import { type Quantity, quantityFromValue } from '../../apimachinery/quantity.ts';
import type {
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
  Service,
} from '../generated/types.ts';
import { type KindDefinition, qualifiedResource } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { quantityOf } from './amounts.ts';
import { podMatchesScope, podUsage } from './podusage.ts';

const ONE = quantityFromValue(1);
const ZERO = quantityFromValue(0);
/** Resources whose plain name is a quota of its own, beside `count/<resource>` (evaluator/core/registry.go). */
const COUNTED_BY_NAME: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';

/** The names under which a quota may count objects of a kind; a name that ends in `*` stands for all that begin so. */
export function isTracked(kind: KindDefinition, name: string): boolean {
  const resource = qualifiedResource(kind);
  if (name === `count/${resource}`) return true;
  if (kind.group !== '') return false;
  if (COUNTED_BY_NAME.has(kind.plural) && name === kind.plural) return true;
  switch (kind.plural) {
    case 'pods':
      return isPodResource(name);
    case 'services':
      return name === 'services.nodeports' || name === 'services.loadbalancers';
    case 'persistentvolumeclaims':
      return name === 'requests.storage' || name.includes(CLASS_SUFFIX);
    default:
      return false;
  }
}

function isPodResource(name: string): boolean {
  if (name === 'requests.storage' || name.startsWith('count/') || name.includes(CLASS_SUFFIX)) return false;
  return (
    ['pods', 'cpu', 'memory', 'ephemeral-storage'].includes(name) ||
    /^(requests\.|limits\.|hugepages-)/.test(name)
  );
}

/** What an object uses of a quota (pkg/quota/v1/evaluator/core). `now` in ms. */
export function usageOf(kind: KindDefinition, object: KubeObject, now: number): Map<string, Quantity> {
  if (kind.group === '' && kind.plural === 'pods') return podUsage(object as Pod, now);
  const usage = new Map([[`count/${qualifiedResource(kind)}`, ONE]]);
  if (kind.group !== '') return usage;
  if (COUNTED_BY_NAME.has(kind.plural)) usage.set(kind.plural, ONE);
  if (kind.plural === 'services') addService(usage, object as Service);
  if (kind.plural === 'persistentvolumeclaims') addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

function addService(usage: Map<string, Quantity>, { spec }: Service): void {
  const ports = spec?.ports ?? [];
  const isBalanced = spec?.type === 'LoadBalancer';
  const withNodePort = ports.filter(({ nodePort }) => (nodePort ?? 0) !== 0).length;
  let nodePorts = spec?.type === 'NodePort' ? ports.length : 0;
  if (isBalanced) nodePorts = spec?.allocateLoadBalancerNodePorts === false ? withNodePort : ports.length;
  usage.set('services.nodeports', quantityFromValue(nodePorts));
  usage.set('services.loadbalancers', isBalanced ? ONE : ZERO);
}

function addClaim(usage: Map<string, Quantity>, { metadata, spec }: PersistentVolumeClaim): void {
  const wanted = spec?.resources?.requests?.storage;
  if (wanted !== undefined) usage.set('requests.storage', quantityOf(wanted));
  const name =
    metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  if (name === '') return;
  usage.set(`${name}${CLASS_SUFFIX}persistentvolumeclaims`, ONE);
  if (wanted !== undefined) usage.set(`${name}${CLASS_SUFFIX}requests.storage`, quantityOf(wanted));
}

/** The scopes of a quota, those of its list as requirements. */
export function scopesOf(quota: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  return [
    ...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ];
}

/** Whether a quota counts an object: it tracks something of its kind, and every scope means it. */
export function matchesQuota(kind: KindDefinition, quota: ResourceQuota, object: KubeObject): boolean {
  if (!Object.keys(quota.spec?.hard ?? {}).some((name) => isTracked(kind, name))) return false;
  const scopes = scopesOf(quota);
  if (scopes.length === 0) return true;
  // Scopes speak of pods; what they cannot judge they do not mean.
  if (kind.group !== '' || kind.plural !== 'pods') return false;
  return scopes.every((scope) => podMatchesScope(object as Pod, scope));
}
