import type { PersistentVolumeClaim, Pod, Volume } from '../api/generated/types.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, makeKey, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { isAlreadyExists } from '../apimachinery/status.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { ControllerDefinition } from './context.ts';

/** Makes the claims of pods' generic ephemeral volumes; they go with the pod (pkg/controller/volume/ephemeral). */
export const ephemeralVolume: ControllerDefinition = {
  name: 'ephemeral-volume-controller',
  start(context) {
    const client = context.clientFor('ephemeral-volume-controller');
    const recorder = context.recorderFor('ephemeral_volume', client);
    const pods = context.informers.informer(podKind);
    const claims = context.informers.informer(claimKind);
    const make = (pod: Pod, volume: Volume): ReconcileResult => {
      const claim = claimOf(pod, volume);
      const known = claims.get(makeKey(namespaceOf(pod), nameOf(claim)));
      if (known !== undefined) {
        if (known.metadata.ownerReferences?.some(({ uid }) => uid === uidOf(pod)) === true) return DONE;
        const text = `PVC ${makeKey(namespaceOf(pod), nameOf(claim))} was not created for pod ${makeKey(namespaceOf(pod), nameOf(pod))} (pod is not owner)`;
        return retry(text);
      }
      const made = client.create(claimKind, claim);
      if (made.ok || isAlreadyExists(made.status)) return DONE;
      const text = `ephemeral volume controller failed to create PVC ${nameOf(claim)}: ${made.status.message ?? ''}`;
      recorder.event(pod, 'Warning', 'EphemeralVolumeCreateFailed', text);
      return retry(made.status);
    };
    const loop = new Controller({
      process: context.process,
      client,
      ready: () => pods.synced && claims.synced,
      reconcile(key) {
        const pod = pods.get(key);
        if (pod === undefined || isTerminating(pod)) return DONE;
        for (const volume of pod.spec.volumes ?? []) {
          if (volume.ephemeral === undefined) continue;
          const result = make(pod, volume);
          if (result.type !== 'done') return result;
        }
        return DONE;
      },
    });
    pods.addHandler({
      add: (pod) => {
        if (pod.spec.volumes?.some((volume) => volume.ephemeral !== undefined) === true) loop.enqueue(pod);
      },
    });
    claims.addHandler({
      delete: (claim) => {
        for (const { kind, name } of claim.metadata.ownerReferences ?? [])
          if (kind === 'Pod') loop.queue.add(makeKey(namespaceOf(claim), name), 0);
      },
    });
  },
};

function claimOf(pod: Pod, volume: Volume): PersistentVolumeClaim {
  const template = volume.ephemeral?.volumeClaimTemplate;
  const { labels, annotations } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${nameOf(pod)}-${volume.name}`,
      namespace: namespaceOf(pod),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          name: nameOf(pod),
          uid: uidOf(pod),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: template?.spec ?? {},
  };
}
