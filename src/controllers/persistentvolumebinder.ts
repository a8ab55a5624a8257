import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../api/generated/types.ts';
import { persistentVolume as volumeKind } from '../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { storageClass as classKind } from '../api/kinds/storageclass.ts';
import { isTerminating, keyOf, makeKey, nameOf, uidOf } from '../api/object.ts';
import { findMatchingVolume, mismatch } from '../api/volumematch.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  hasAnnotation,
  isBoundToClaim,
  PROVISIONED_BY,
  SELECTED_NODE,
} from '../api/volumes.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { Latest } from '../client/latest.ts';
import type { EventRecorder } from '../client/recorder.ts';
import { BindingWriter } from './bindingwriter.ts';
import { CLAIM_INDEX, claimIndex } from './claimusers.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const NAME = 'persistentvolume-binder-controller';
const ACCOUNT = 'persistent-volume-binder';
/** --pvclaimbinder-sync-period */
const RESYNC_MS = 15_000;

/**
 * Binds claims to volumes, asks for volumes to be made where none fits, and says what becomes of a
 * volume whose claim is gone (pkg/controller/volume/persistentvolume/pv_controller.go).
 */
class PersistentVolumeBinder {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #claimInformer: Informer<PersistentVolumeClaim>;
  readonly #volumeInformer: Informer<PersistentVolume>;
  readonly #claims: Latest<PersistentVolumeClaim>;
  readonly #volumes: Latest<PersistentVolume>;
  readonly #classes: Informer<StorageClass>;
  readonly #pods: Informer<Pod>;
  readonly #writer: BindingWriter;
  readonly #claimLoop: Controller;
  readonly #volumeLoop: Controller;

  constructor(context: ControllerContext) {
    const { process, informers } = context;
    this.#client = context.clientFor(ACCOUNT);
    this.#recorder = context.recorderFor('persistentvolume-controller', this.#client);
    this.#claimInformer = informers.informer(claimKind);
    this.#volumeInformer = informers.informer(volumeKind);
    this.#classes = informers.informer(classKind);
    this.#pods = informers.informer(podKind);
    this.#pods.addIndex(CLAIM_INDEX, claimIndex);
    this.#claims = new Latest(this.#claimInformer);
    this.#volumes = new Latest(this.#volumeInformer);
    this.#writer = new BindingWriter(process, this.#client, this.#recorder, this.#claims, this.#volumes);
    const shared = {
      process,
      client: this.#client,
      ready: () =>
        this.#claimInformer.synced &&
        this.#volumeInformer.synced &&
        this.#classes.synced &&
        this.#pods.synced,
      workers: 1,
    };
    this.#claimLoop = new Controller({ ...shared, reconcile: (key) => this.#syncClaim(key) });
    this.#volumeLoop = new Controller({ ...shared, reconcile: (key) => this.#syncVolume(key) });
    this.#claimInformer.addHandler({
      add: (claim) => this.#claimLoop.enqueue(claim),
      update: (_, claim) => this.#claimLoop.enqueue(claim),
      delete: (claim) => {
        const { volumeName = '' } = claim.spec;
        if (volumeName !== '') this.#volumeLoop.queue.add(volumeName, 0);
      },
    });
    this.#volumeInformer.addHandler({
      add: (volume) => this.#volumeLoop.enqueue(volume),
      update: (_, volume) => this.#volumeLoop.enqueue(volume),
      delete: (volume) => {
        const ref = volume.spec.claimRef;
        if (ref !== undefined) this.#claimLoop.queue.add(makeKey(ref.namespace, ref.name ?? ''), 0);
      },
    });
    process.every(RESYNC_MS, () => this.#resync());
  }

  /** What is bound needs no second look; all else is looked at again and again. */
  #resync(): void {
    for (const claim of this.#claimInformer.list())
      if (claim.status?.phase !== 'Bound') this.#claimLoop.enqueue(claim);
    for (const volume of this.#volumeInformer.list())
      if (volume.status?.phase !== 'Bound') this.#volumeLoop.enqueue(volume);
  }

  #syncClaim(key: string): ReconcileResult {
    const claim = this.#claims.get(key);
    if (claim === undefined) return DONE;
    return hasAnnotation(claim, BIND_COMPLETED) ? this.#syncBound(claim) : this.#syncUnbound(claim);
  }

  #syncUnbound(claim: PersistentVolumeClaim): ReconcileResult {
    const { volumeName = '' } = claim.spec;
    if (volumeName !== '') return this.#syncNamed(claim, volumeName);
    const delay = this.#waitsForConsumer(claim);
    const volume = findMatchingVolume(claim, this.#volumes.list(), { delay });
    if (volume !== undefined) return this.#writer.bind(volume, claim);
    const className = claim.spec.storageClassName ?? '';
    if (isTerminating(claim)) return this.#writer.claimPhase(claim, 'Pending');
    if (delay) this.#tellWhyItWaits(claim);
    else if (className !== '') {
      const asked = this.#provision(claim, className);
      if (asked.type !== 'done') return asked;
    } else {
      const text = 'no persistent volumes available for this claim and no storage class is set';
      this.#recorder.event(claim, 'Normal', 'FailedBinding', text);
    }
    return this.#writer.claimPhase(claim, 'Pending');
  }

  /** The claim names its volume: it waits for that one. */
  #syncNamed(claim: PersistentVolumeClaim, name: string): ReconcileResult {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return this.#writer.claimPhase(claim, 'Pending');
    if (volume.spec.claimRef === undefined || isBoundToClaim(volume, claim)) {
      const why = volume.spec.claimRef === undefined ? mismatch(volume, claim) : undefined;
      if (why === undefined) return this.#writer.bind(volume, claim);
      const text = `Cannot bind to requested volume "${name}": ${why}`;
      this.#recorder.event(claim, 'Warning', 'VolumeMismatch', text);
      return this.#writer.claimPhase(claim, 'Pending');
    }
    if (!hasAnnotation(claim, BOUND_BY_CONTROLLER)) {
      const ref = volume.spec.claimRef;
      const text = `volume "${name}" already bound to a different claim.`;
      if ((ref.uid ?? '') !== '') this.#recorder.event(claim, 'Warning', 'FailedBinding', text);
      return this.#writer.claimPhase(claim, 'Pending');
    }
    return retry(`invalid binding of claim "${keyOf(claim)}" to volume "${name}"`);
  }

  #syncBound(claim: PersistentVolumeClaim): ReconcileResult {
    const { volumeName = '' } = claim.spec;
    if (volumeName === '')
      return this.#writer.lost(
        claim,
        'ClaimLost',
        'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
      );
    const volume = this.#volumes.get(volumeName);
    if (volume === undefined)
      return this.#writer.lost(
        claim,
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      );
    if (volume.spec.claimRef === undefined || volume.spec.claimRef.uid === uidOf(claim))
      return this.#writer.bind(volume, claim);
    return this.#writer.lost(
      claim,
      'ClaimMisbound',
      'Two claims are bound to the same volume, this one is bound incorrectly',
    );
  }

  /** Whether binding is the scheduler's to begin, and it has not begun. */
  #waitsForConsumer(claim: PersistentVolumeClaim): boolean {
    if (hasAnnotation(claim, SELECTED_NODE)) return false;
    const name = claim.spec.storageClassName ?? '';
    return name !== '' && this.#classes.get(name)?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  #tellWhyItWaits(claim: PersistentVolumeClaim): void {
    const waiting = this.#pods
      .byIndex(CLAIM_INDEX, keyOf(claim))
      .filter((pod) => (pod.spec.nodeName ?? '') === '' && pod.status?.phase !== 'Succeeded')
      .map(nameOf);
    if (waiting.length === 0) {
      const text = 'waiting for first consumer to be created before binding';
      this.#recorder.event(claim, 'Normal', 'WaitForFirstConsumer', text);
    } else {
      const who = waiting.length === 1 ? `pod ${waiting[0]}` : `pods ${waiting.join(',')}`;
      this.#recorder.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for ${who} to be scheduled`);
    }
  }

  #provision(claim: PersistentVolumeClaim, className: string): ReconcileResult {
    const found = this.#classes.get(className);
    if (found === undefined) {
      const text = `storageclass.storage.k8s.io "${className}" not found`;
      this.#recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      return DONE;
    }
    return this.#writer.askForVolume(claim, found);
  }

  #syncVolume(name: string): ReconcileResult {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return DONE;
    const ref = volume.spec.claimRef;
    if (ref === undefined) return this.#writer.volumePhase(volume, 'Available');
    const key = makeKey(ref.namespace, ref.name ?? '');
    const named = this.#claims.get(key);
    if ((ref.uid ?? '') === '') {
      if (named !== undefined) this.#claimLoop.enqueue(named);
      return this.#writer.volumePhase(volume, 'Available');
    }
    const gone = volume.status?.phase === 'Released' || volume.status?.phase === 'Failed';
    const known = named !== undefined && uidOf(named) === ref.uid ? named : undefined;
    const claim = known ?? (gone ? undefined : this.#fresh(ref, key));
    if (claim === undefined) return this.#release(volume);
    const { volumeName = '' } = claim.spec;
    if (volumeName === '') {
      this.#claimLoop.enqueue(claim);
      return DONE;
    }
    if (volumeName === name) return this.#writer.volumePhase(volume, 'Bound');
    if (hasAnnotation(volume, PROVISIONED_BY) && volume.spec.persistentVolumeReclaimPolicy === 'Delete')
      return this.#release(volume);
    return this.#writer.unbind(volume);
  }

  /** The cache may be behind: before a volume is given up, the server is asked. */
  #fresh(
    ref: NonNullable<PersistentVolume['spec']['claimRef']>,
    key: string,
  ): PersistentVolumeClaim | undefined {
    const found = this.#client.get(claimKind, ref.name ?? '', ref.namespace ?? '');
    if (!found.ok || uidOf(found.value) !== ref.uid) return undefined;
    return this.#claims.get(key) ?? found.value;
  }

  #release(volume: PersistentVolume): ReconcileResult {
    const phase = volume.status?.phase;
    if (phase !== 'Released' && phase !== 'Failed') {
      const released = this.#writer.volumePhase(volume, 'Released');
      if (released.type !== 'done') return released;
    }
    return this.#writer.reclaim(this.#volumes.get(nameOf(volume)) ?? volume);
  }
}

export const persistentVolumeBinder: ControllerDefinition = {
  name: NAME,
  start: (context) => void new PersistentVolumeBinder(context),
};
