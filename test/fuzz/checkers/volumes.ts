import type {
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttachment,
} from '../../../src/api/generated/types.ts';
import { persistentVolume as volumeKind } from '../../../src/api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../../../src/api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { volumeAttachment as attachmentKind } from '../../../src/api/kinds/volumeattachment.ts';
import { keyOf, makeKey, nameOf, namespaceOf, uidOf } from '../../../src/api/object.ts';
import { claimNamesOf } from '../../../src/api/volumes.ts';
import type { Checker } from '../checker.ts';

/** Invariant 39: a volume is one claim's; a disk is on one node at a time; what is used is not deleted. */
export const volumes: Checker = {
  name: 'a volume belongs to one claim, and is on one node',
  open({ cluster }, { fail, saw }) {
    /** Volume -> the claim uid that it was bound to. */
    const owner = new Map<string, string>();
    /** Volume -> attachment -> node. */
    const attached = new Map<string, Map<string, string>>();
    return {
      commit({ key, value, previous }) {
        const object = value ?? previous?.value;
        if (
          value?.kind === podKind.kind &&
          isBound(value as Pod) &&
          !isBound(previous?.value as Pod | undefined)
        )
          alone(key, value as Pod);
        if (object?.kind === volumeKind.kind) {
          const volume = object as PersistentVolume;
          const uid = volume.spec.claimRef?.uid ?? '';
          const before = owner.get(uidOf(volume));
          if (value !== undefined && volume.status?.phase === 'Bound' && uid !== '') {
            if (before !== undefined && before !== uid)
              fail(`${key} went from claim ${before} to ${uid} while bound`);
            owner.set(uidOf(volume), uid);
            saw();
          } else if (value === undefined || uid === '') owner.delete(uidOf(volume));
        } else if (object?.kind === claimKind.kind && value === undefined) {
          const claim = object as PersistentVolumeClaim;
          const user = cluster
            .objects(podKind, namespaceOf(claim))
            .find(
              (pod) =>
                isRunning(pod.status?.phase) &&
                pod.spec.nodeName !== undefined &&
                claimNamesOf(pod).includes(nameOf(claim)),
            );
          if (
            user !== undefined &&
            Date.parse(user.metadata.creationTimestamp ?? '') <
              Date.parse(claim.metadata.deletionTimestamp ?? '')
          )
            fail(`claim ${keyOf(claim)} is gone while pod ${nameOf(user)} uses it`);
        } else if (object?.kind === attachmentKind.kind) {
          const { spec } = object as VolumeAttachment;
          const name = spec.source.persistentVolumeName ?? '';
          const places = attached.get(name) ?? new Map<string, string>();
          attached.set(name, places);
          if (value === undefined) places.delete(key);
          else places.set(key, spec.nodeName);
          if (new Set(places.values()).size > 1)
            fail(`volume ${name} is attached to ${[...new Set(places.values())].join(' and ')}`);
          saw();
        }
      },
      *unsettled() {
        for (const claim of cluster.objects(claimKind)) {
          if (claim.status?.phase !== 'Bound') continue;
          const volume = cluster.get(volumeKind, '', claim.spec.volumeName ?? '');
          const ref = volume?.spec.claimRef;
          if (makeKey(ref?.namespace, ref?.name ?? '') !== keyOf(claim) || ref?.uid !== uidOf(claim))
            yield `claim ${keyOf(claim)} says it has ${claim.spec.volumeName}, which does not say so`;
        }
        for (const volume of cluster.objects(volumeKind)) {
          const made = volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== undefined;
          if (
            made &&
            volume.status?.phase === 'Released' &&
            volume.spec.persistentVolumeReclaimPolicy === 'Delete'
          )
            yield `volume ${nameOf(volume)} is released and should be deleted`;
        }
      },
    };

    /** A claim that is one pod's alone is in no other pod that runs, or is about to. */
    function alone(key: string, pod: Pod): void {
      for (const name of claimNamesOf(pod)) {
        const claim = cluster.get(claimKind, namespaceOf(pod), name);
        if (claim?.spec.accessModes?.includes('ReadWriteOncePod') !== true) continue;
        const other = cluster
          .objects(podKind, namespaceOf(pod))
          .find(
            (each) =>
              uidOf(each) !== uidOf(pod) &&
              isBound(each) &&
              isRunning(each.status?.phase) &&
              claimNamesOf(each).includes(name),
          );
        if (other !== undefined)
          fail(`${key}: bound with claim ${name}, which ${nameOf(other)} has for itself`);
        saw();
      }
    }
  },
};

function isBound(pod: Pod | undefined): boolean {
  return (pod?.spec.nodeName ?? '') !== '';
}

function isRunning(phase: string | undefined): boolean {
  return phase === 'Pending' || phase === 'Running';
}
