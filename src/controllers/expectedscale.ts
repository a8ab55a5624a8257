import type {
  Deployment,
  Pod,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from '../api/generated/types.ts';
import { qualifiedResource } from '../api/kind.ts';
import { kindByGVK } from '../api/kinds/registry.ts';
import { controllerOf, type KubeObject, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import type { Informer } from '../client/informer.ts';

/** Those whose size says how many pods there should be. */
export interface ScaleSources {
  readonly deployments: Informer<Deployment>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly replicationControllers: Informer<ReplicationController>;
  readonly statefulSets: Informer<StatefulSet>;
}

/** How many pods the controllers of some pods want, and which pods have no controller. */
export interface ExpectedScale {
  readonly count: number;
  readonly unmanaged: readonly string[];
}

interface Scaled {
  readonly uid: string;
  readonly replicas: number;
}

/** The sizes of all controllers of the pods, each once (getExpectedScale); or why they are not known. */
export function expectedScale(
  pods: readonly Pod[],
  sources: ScaleSources,
): ExpectedScale | { readonly error: string } {
  const scales = new Map<string, number>();
  const unmanaged: string[] = [];
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) {
      unmanaged.push(nameOf(pod));
      continue;
    }
    if (scales.has(owner.uid)) continue;
    const found = scaleOf(owner.apiVersion, owner.kind, namespaceOf(pod), owner.name, sources);
    if (found !== undefined && 'error' in found) return found;
    // An owner that was replaced by another of its name has no size any more.
    if (found === undefined || found.uid !== owner.uid)
      return { error: `found no controllers for pod "${nameOf(pod)}"` };
    scales.set(owner.uid, found.replicas);
  }
  let count = 0;
  for (const scale of scales.values()) count += scale;
  return { count, unmanaged };
}

function scaleOf(
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  sources: ScaleSources,
): Scaled | { readonly error: string } | undefined {
  const key = `${namespace}/${name}`;
  switch (kind) {
    case 'ReplicaSet':
      return sizeOfReplicaSet(sources.replicaSets.get(key), namespace, sources);
    case 'StatefulSet':
      return sizeOf(sources.statefulSets.get(key));
    case 'ReplicationController':
      return sizeOf(sources.replicationControllers.get(key));
    default: {
      const known = kindByGVK(apiVersion, kind);
      const resource = known === undefined ? kind : qualifiedResource(known);
      return { error: `${resource} does not implement the scale subresource` };
    }
  }
}

/** A ReplicaSet of a Deployment counts as much as the Deployment: during a rollout there are several. */
function sizeOfReplicaSet(
  set: ReplicaSet | undefined,
  namespace: string,
  sources: ScaleSources,
): Scaled | undefined {
  const own = sizeOf(set);
  const owner = set === undefined ? undefined : controllerOf(set);
  if (own === undefined || owner?.kind !== 'Deployment') return own;
  const deployment = sizeOf(sources.deployments.get(`${namespace}/${owner.name}`));
  return deployment?.uid === owner.uid ? { uid: own.uid, replicas: deployment.replicas } : own;
}

function sizeOf(
  object: (KubeObject & { readonly spec: { readonly replicas?: number } }) | undefined,
): Scaled | undefined {
  return object === undefined ? undefined : { uid: uidOf(object), replicas: object.spec.replicas ?? 1 };
}
