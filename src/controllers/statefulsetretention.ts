import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../api/generated/types.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/statefulset.ts';
import { makeKey, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { newControllerRef } from './ownership.ts';
import { claimName, replicasOf, startOrdinal } from './statefulsetpods.ts';

/** A claim by `namespace/name`. */
export type FindClaim = (key: string) => PersistentVolumeClaim | undefined;

/**
 * Who owns the claims of a StatefulSet's pods (persistentVolumeClaimRetentionPolicy): the garbage collector does
 * the rest. Where claims go with the set, the set owns them; where they go when it is scaled down, the
 * pod that is going does (pkg/controller/statefulset/stateful_set_utils.go claimOwnerMatchesSetAndPod).
 */
export class ClaimRetention {
  readonly #client: Client;
  readonly #set: StatefulSet;
  readonly #find: FindClaim;

  /** `find` looks into a cache: a claim that was just made is seen to the next time. */
  constructor(client: Client, set: StatefulSet, find: FindClaim) {
    this.#client = client;
    this.#set = set;
    this.#find = find;
  }

  /** Gives the claims of an ordinal the owners they are to have. `pod` is undefined before it is made. */
  settle(ordinal: number, pod: Pod | undefined): Status | undefined {
    for (const claim of this.#claims(ordinal)) {
      const owners = this.#ownersOf(claim, ordinal, pod);
      if (owners === undefined) continue;
      const { ownerReferences: _, ...metadata } = claim.metadata;
      const next = {
        ...claim,
        metadata: owners.length === 0 ? metadata : { ...metadata, ownerReferences: owners },
      };
      const updated = this.#client.update(claimKind, next);
      if (!updated.ok && !isNotFound(updated.status)) return updated.status;
    }
    return undefined;
  }

  /** Whether a claim still belongs to an earlier pod of the same name, with which it is about to go (PodClaimIsStale). */
  isStale(ordinal: number, pod: Pod | undefined): boolean {
    const { whenScaled } = this.#set.spec.persistentVolumeClaimRetentionPolicy ?? {};
    if (whenScaled !== 'Delete') return false;
    const name = `${nameOf(this.#set)}-${ordinal}`;
    return this.#claims(ordinal).some(({ metadata }) =>
      metadata.ownerReferences?.some(
        (owner) =>
          owner.kind === 'Pod' && owner.name === name && (pod === undefined || owner.uid !== uidOf(pod)),
      ),
    );
  }

  /** The owners a claim is to have; undefined: those that it has. */
  #ownersOf(
    claim: PersistentVolumeClaim,
    ordinal: number,
    pod: Pod | undefined,
  ): readonly OwnerReference[] | undefined {
    const { whenDeleted, whenScaled } = this.#set.spec.persistentVolumeClaimRetentionPolicy ?? {};
    const place = ordinal - startOrdinal(this.#set);
    const surplus = place < 0 || place >= replicasOf(this.#set);
    const goesWithPod = whenScaled === 'Delete' && surplus;
    const goesWithSet = whenDeleted === 'Delete' && !goesWithPod;
    const wanted: OwnerReference[] = [];
    if (goesWithSet) wanted.push(newControllerRef(statefulSetKind, this.#set));
    if (goesWithPod && pod !== undefined) wanted.push(newControllerRef(podKind, pod));
    const has = claim.metadata.ownerReferences ?? [];
    const uids = [uidOf(this.#set), ...(pod === undefined ? [] : [uidOf(pod)])];
    const own = has.filter(({ uid }) => uids.includes(uid));
    const same =
      own.length === wanted.length && wanted.every(({ uid }) => own.some((ref) => ref.uid === uid));
    return same ? undefined : [...has.filter(({ uid }) => !uids.includes(uid)), ...wanted];
  }

  #claims(ordinal: number): readonly PersistentVolumeClaim[] {
    return (this.#set.spec.volumeClaimTemplates ?? []).flatMap((template) => {
      const name = claimName(this.#set, template, ordinal);
      return this.#find(makeKey(namespaceOf(this.#set), name)) ?? [];
    });
  }
}
