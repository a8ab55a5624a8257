import type { KindDefinition } from '../../../api/kind.ts';
import { kindByGVK } from '../../../api/kinds/registry.ts';
import { type KubeObject, nameOf, namespaceOf, uidOf } from '../../../api/object.ts';
import { isNotFound, type Status } from '../../../apimachinery/status.ts';
import type { KubectlContext } from '../../context.ts';
import { type Failure, failure, isFailed } from '../../errors.ts';
import { LAST_APPLIED } from '../../lastapplied.ts';
import { deleteObject } from '../../requests.ts';

/** What is pruned when nothing else is said (pkg/util/prune/prune.go). */
const DEFAULT_TYPES: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
];

/** The kinds that `--prune-allowlist` names as `group/version/kind`, or the usual ones. */
export function prunedKinds(allowed: readonly string[]): readonly KindDefinition[] | Failure {
  const types = allowed.length === 0 ? DEFAULT_TYPES : [];
  const kinds = types.flatMap(([apiVersion, kind]) => kindByGVK(apiVersion, kind) ?? []);
  for (const text of allowed) {
    const parts = text.split('/');
    if (parts.length !== 3)
      return failure(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    const [group = '', version = '', name = ''] = parts;
    const apiVersion = group === 'core' ? version : `${group}/${version}`;
    const kind = kindByGVK(apiVersion, name);
    if (kind === undefined) return failure(`no matches for kind "${name}" in version "${apiVersion}"`);
    kinds.push(kind);
  }
  return kinds;
}

export interface Pruning {
  readonly kinds: readonly KindDefinition[];
  /** The namespaces of what was applied. */
  readonly namespaces: ReadonlySet<string>;
  /** The uids of what was applied: these stay. */
  readonly applied: ReadonlySet<string>;
  readonly selector: string;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  /** Seconds; negative for each object's own. */
  readonly gracePeriod: number;
}

/** Deletes what was applied once and is in the files no more; tells of each. */
export function prune(
  context: KubectlContext,
  pruning: Pruning,
  pruned: (kind: KindDefinition, object: KubeObject) => void,
): readonly (Status | string)[] {
  const errors: (Status | string)[] = [];
  const namespaced = pruning.kinds.filter((kind) => kind.namespaced);
  const places: (readonly [namespace: string, kind: KindDefinition])[] = [];
  for (const namespace of pruning.namespaces) for (const kind of namespaced) places.push([namespace, kind]);
  for (const kind of pruning.kinds.filter((each) => !each.namespaced)) places.push(['', kind]);
  for (const [namespace, kind] of places) {
    const list = context.client.list<KubeObject>(kind, {
      ...(namespace === '' ? {} : { namespace }),
      ...(pruning.selector === '' ? {} : { labelSelector: pruning.selector }),
    });
    if (!list.ok) {
      errors.push(list.status);
      continue;
    }
    for (const object of list.value.items) {
      if (object.metadata.annotations?.[LAST_APPLIED] === undefined || pruning.applied.has(uidOf(object)))
        continue;
      const problem = pruning.dryRun === 'client' ? undefined : remove(context, kind, object, pruning);
      if (problem === undefined) pruned(kind, object);
      else errors.push(problem);
    }
  }
  return errors;
}

function remove(
  context: KubectlContext,
  kind: KindDefinition,
  object: KubeObject,
  { propagation, gracePeriod, dryRun }: Pruning,
): Status | string | undefined {
  const gone = deleteObject(context, kind, namespaceOf(object), nameOf(object), {
    propagationPolicy: propagation,
    ...(gracePeriod < 0 ? {} : { gracePeriodSeconds: gracePeriod }),
    ...(dryRun === 'server' ? { dryRun: true } : {}),
  });
  if (!isFailed(gone)) return undefined;
  return typeof gone.failure !== 'string' && isNotFound(gone.failure) ? undefined : gone.failure;
}
