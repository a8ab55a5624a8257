import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, Volume } from './generated/types.ts';
import { compileTerm } from './nodeselector.ts';
import { nameOf, namespaceOf, uidOf } from './object.ts';

/** What those that deal with volumes and claims have in common (component-helpers/storage/volume). */

export const PV_PROTECTION = 'kubernetes.io/pv-protection';
export const PVC_PROTECTION = 'kubernetes.io/pvc-protection';
/** The binding is complete, on a claim. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** The binding was the controller's idea, on a claim or a volume. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** Who made a volume. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** Who is to make the volume of a claim; the beta name comes with it. */
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
/** The node that the scheduler chose, for claims that wait for their first consumer. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

export function hasAnnotation({ metadata }: PersistentVolume | PersistentVolumeClaim, name: string): boolean {
  return metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, name);
}

/** The name of the claim behind a volume of a pod; undefined for volumes without one. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim !== undefined) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral === undefined ? undefined : `${nameOf(pod)}-${volume.name}`;
}

/** The names of all claims that a pod uses; the same empty list for pods without any. */
export function claimNamesOf(pod: Pod): readonly string[] {
  let names: string[] | undefined;
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    if (name === undefined) continue;
    names ??= [];
    names.push(name);
  }
  return names ?? NONE;
}

const NONE: readonly string[] = Object.freeze([]);

/** Whether a volume's claimRef means this claim; one without uid means any claim of the name (IsVolumeBoundToClaim). */
export function isBoundToClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const ref = volume.spec.claimRef;
  if (ref === undefined || ref.name !== nameOf(claim) || ref.namespace !== namespaceOf(claim)) return false;
  return (ref.uid ?? '') === '' || ref.uid === uidOf(claim);
}

/** Whether a node can reach a volume (CheckNodeAffinity). */
export function reachableFrom(volume: PersistentVolume, node: Node): boolean {
  const required = volume.spec.nodeAffinity?.required;
  if (required === undefined) return true;
  return required.nodeSelectorTerms.some((term) => compileTerm(term)?.matches(node) === true);
}
