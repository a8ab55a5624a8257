import type { Deployment, PodTemplateSpec, ReplicaSet } from '../api/generated/types.ts';
import { controllerOf, type KubeObject } from '../api/object.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import type { KubectlContext } from './context.ts';
import { builtin } from './discovery.ts';

/** The label that tells a deployment's ReplicaSets apart. */
const HASH = 'pod-template-hash';
/** Which rollout a ReplicaSet belongs to. */
export const REVISION = 'deployment.kubernetes.io/revision';
/** Why a rollout was made, in the player's words. */
export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** The ReplicaSets that a deployment owns, by age. */
export interface ReplicaSets {
  readonly all: readonly ReplicaSet[];
  /** Those of former templates that still have pods wanted or running. */
  readonly old: readonly ReplicaSet[];
  /** The one of the present template. */
  readonly current: ReplicaSet | undefined;
}

/** Finds a deployment's ReplicaSets (deploymentutil.GetAllReplicaSets). */
export function replicaSetsOf(context: KubectlContext, deployment: Deployment): ReplicaSets {
  const { namespace, uid } = deployment.metadata;
  const list = context.client.list<KubeObject>(
    builtin('replicasets'),
    namespace === undefined ? {} : { namespace },
  );
  const items = list.ok ? (list.value.items as unknown as readonly ReplicaSet[]) : [];
  const all = items.filter((rs) => controllerOf(rs)?.uid === uid).sort((a, b) => compareAge(a, b));
  const template = deployment.spec?.template;
  const current = all.find((rs) => deepEqual(withoutHash(rs.spec?.template), template));
  return { all, current, old: all.filter((rs) => rs !== current && (rs.spec?.replicas ?? 0) > 0) };
}

function compareAge(a: ReplicaSet, b: ReplicaSet): number {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/** A ReplicaSet's template without the label that the deployment controller added. */
export function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  const labels = template?.metadata?.labels;
  if (template === undefined || labels === undefined || !Object.hasOwn(labels, HASH)) return template;
  const { [HASH]: _, ...rest } = labels;
  return { ...template, metadata: { ...template.metadata, labels: rest } };
}

/** The number of a rollout; 0 where none is noted. */
export function revisionNumber(object: KubeObject): number {
  const annotations = object.metadata.annotations;
  const text =
    annotations !== undefined && Object.hasOwn(annotations, REVISION) ? annotations[REVISION] : undefined;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
}
