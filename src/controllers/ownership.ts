import type { OwnerReference, Pod } from '../api/generated/types.ts';
import { apiVersionOf, type KindDefinition } from '../api/kind.ts';
import { controllerOf, isTerminating, type KubeObject, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import type { Labels, Selector } from '../apimachinery/labels.ts';
import { isInvalid, isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';

/** The value under which objects without a controller are filed: `orphan/<namespace>`. */
const ORPHANS = 'orphan/';

/** The informer index that files objects by their controller's uid, and orphans by namespace. */
export const CONTROLLER_INDEX = 'controller';

/** The index function of CONTROLLER_INDEX. */
export function controllerIndex(object: KubeObject): readonly string[] {
  return [controllerOf(object)?.uid ?? `${ORPHANS}${namespaceOf(object)}`];
}

/** The index value of the orphans of a namespace. */
export function orphansOf(namespace: string): string {
  return `${ORPHANS}${namespace}`;
}

/** The informer index that files objects by namespace. */
export const NAMESPACE_INDEX = 'namespace';

/** The index function of NAMESPACE_INDEX. */
export function namespaceIndex(object: KubeObject): readonly string[] {
  return [namespaceOf(object)];
}

/** The reference that makes `owner` the controller of a dependent (metav1.NewControllerRef). */
export function newControllerRef(kind: KindDefinition, owner: KubeObject): OwnerReference {
  return Object.freeze({
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  });
}

/** What a controller needs to claim dependents of kind T. */
export interface ClaimOptions<T extends KubeObject> {
  readonly client: Client;
  /** The owner as the cache shows it. */
  readonly owner: KubeObject;
  readonly ownerKind: KindDefinition;
  readonly dependentKind: KindDefinition<T>;
  readonly selector: Selector;
  /** Dependents that have this owner as controller, and orphans of the namespace. */
  readonly candidates: readonly T[];
  /** Finalizers that an orphan gets when it is adopted. */
  readonly finalizers?: readonly string[];
}

/**
 * Sorts out who belongs to an owner (controller_ref_manager.go): keeps what it controls and its
 * selector matches, releases what no longer matches, adopts matching orphans. Adoption first asks
 * the server whether the owner still exists with the same uid and is not being deleted.
 */
export function claim<T extends KubeObject>(options: ClaimOptions<T>): T[] {
  const { owner, candidates } = options;
  const matches = remembering(options.selector);
  const claimed: T[] = [];
  let mayAdopt: boolean | undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller !== undefined) {
      if (controller.uid !== uidOf(owner)) continue;
      if (matches(object.metadata.labels)) claimed.push(object);
      else if (!isTerminating(owner)) release(options, object);
      continue;
    }
    if (isTerminating(owner) || isTerminating(object) || !matches(object.metadata.labels)) continue;
    mayAdopt ??= ownerStillStands(options);
    if (!mayAdopt) continue;
    const adopted = adopt(options, object);
    if (adopted !== undefined) claimed.push(adopted);
  }
  return claimed;
}

/** A selector that remembers its last answer: pods of one template share their labels. */
function remembering(selector: Selector): (labels: Labels) => boolean {
  let last: Labels;
  let answer: boolean | undefined;
  return (labels) => {
    if (answer === undefined || labels !== last) {
      last = labels;
      answer = selector.matches(labels);
    }
    return answer;
  };
}

function ownerStillStands<T extends KubeObject>(options: ClaimOptions<T>): boolean {
  const { client, ownerKind, owner } = options;
  const fresh = client.get(ownerKind, nameOf(owner), namespaceOf(owner));
  return fresh.ok && uidOf(fresh.value) === uidOf(owner) && !isTerminating(fresh.value);
}

function adopt<T extends KubeObject>(options: ClaimOptions<T>, object: T): T | undefined {
  const reference = newControllerRef(options.ownerKind, options.owner);
  const { finalizers = [] } = options;
  const patch = {
    metadata: {
      ownerReferences: [reference],
      uid: uidOf(object),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  };
  const kind = options.dependentKind;
  const result = options.client.patch(kind, nameOf(object), namespaceOf(object), 'strategic', patch);
  return result.ok ? result.value : undefined;
}

function release<T extends KubeObject>(options: ClaimOptions<T>, object: T): void {
  const patch = {
    metadata: { uid: uidOf(object), ownerReferences: [{ $patch: 'delete', uid: uidOf(options.owner) }] },
  };
  const kind = options.dependentKind;
  const result = options.client.patch(kind, nameOf(object), namespaceOf(object), 'strategic', patch);
  // Gone, or no longer ours: both are what was wanted. Anything else comes back with the next sync.
  if (!result.ok && !isNotFound(result.status) && !isInvalid(result.status)) return;
}

/** Succeeded, failed or being deleted pods do not count as replicas (controller.IsPodActive). */
export function isPodActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && !isTerminating(pod);
}

/** Whether the pod's Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** The pod's Ready condition. */
export function readyCondition(
  pod: Pod,
): NonNullable<NonNullable<Pod['status']>['conditions']>[number] | undefined {
  const conditions = pod.status?.conditions;
  if (conditions === undefined) return undefined;
  return conditions.find(({ type }) => type === 'Ready');
}
