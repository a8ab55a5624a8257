import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { persistentVolume as volumeKind } from '../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, type KubeObject, makeKey, namespaceOf, withoutFinalizer } from '../api/object.ts';
import { claimNamesOf, PV_PROTECTION, PVC_PROTECTION } from '../api/volumes.ts';
import { isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import { CLAIM_INDEX, claimIndex, holdsClaims } from './claimusers.ts';
import type { ControllerDefinition } from './context.ts';

/** Takes a finalizer off an object that nobody uses any more. */
function letGo<T extends KubeObject>(
  client: Client,
  kind: KindDefinition<T>,
  object: T,
  finalizer: string,
): ReconcileResult {
  const metadata = withoutFinalizer(object.metadata, finalizer);
  const result = client.update(kind, { ...object, metadata });
  return result.ok || isNotFound(result.status) ? DONE : retry(result.status);
}

function isHeld(object: KubeObject | undefined, finalizer: string): boolean {
  return (
    object !== undefined && isTerminating(object) && object.metadata.finalizers?.includes(finalizer) === true
  );
}

/** A deleted claim stays until the last pod that uses it has ended (pkg/controller/volume/pvcprotection). */
export const pvcProtection: ControllerDefinition = {
  name: 'persistentvolumeclaim-protection-controller',
  start(context) {
    const client = context.clientFor('pvc-protection-controller');
    const claims = context.informers.informer(claimKind);
    const pods = context.informers.informer(podKind);
    pods.addIndex(CLAIM_INDEX, claimIndex);
    const loop = new Controller({
      process: context.process,
      client,
      ready: () => claims.synced && pods.synced,
      reconcile(key) {
        const claim = claims.get(key) as PersistentVolumeClaim;
        if (!isHeld(claim, PVC_PROTECTION)) return DONE;
        if (pods.byIndex(CLAIM_INDEX, key).some(holdsClaims)) return DONE;
        return letGo(client, claimKind, claim, PVC_PROTECTION);
      },
    });
    const enqueue = (claim: PersistentVolumeClaim): void => {
      if (isTerminating(claim)) loop.enqueue(claim);
    };
    claims.addHandler({ add: enqueue, update: (_, claim) => enqueue(claim) });
    const podLeft = (pod: Pod): void => {
      for (const name of claimNamesOf(pod)) loop.queue.add(makeKey(namespaceOf(pod), name), 0);
    };
    pods.addHandler({ update: (_, pod) => (holdsClaims(pod) ? undefined : podLeft(pod)), delete: podLeft });
  },
};

/** A deleted volume stays while it is bound (pkg/controller/volume/pvprotection). */
export const pvProtection: ControllerDefinition = {
  name: 'persistentvolume-protection-controller',
  start(context) {
    const client = context.clientFor('pv-protection-controller');
    const volumes = context.informers.informer(volumeKind);
    const loop = new Controller({
      process: context.process,
      client,
      ready: () => volumes.synced,
      reconcile(key) {
        const volume = volumes.get(key) as PersistentVolume;
        if (!isHeld(volume, PV_PROTECTION) || volume.status?.phase === 'Bound') return DONE;
        return letGo(client, volumeKind, volume, PV_PROTECTION);
      },
    });
    const enqueue = (volume: PersistentVolume): void => {
      if (isTerminating(volume)) loop.enqueue(volume);
    };
    volumes.addHandler({ add: enqueue, update: (_, volume) => enqueue(volume) });
  },
};
