import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { persistentVolume as volumeKind } from '../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { storageClass as classKind } from '../api/kinds/storageclass.ts';
import { volumeAttachment as attachmentKind } from '../api/kinds/volumeattachment.ts';
import { isTerminating, nameOf, uidOf } from '../api/object.ts';
import { PROVISIONED_BY, SELECTED_NODE, STORAGE_PROVISIONER } from '../api/volumes.ts';
import { valueOf as wholeOf } from '../apimachinery/quantity.ts';
import { isAlreadyExists, isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Cloud } from './cloud.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { DISK_DRIVER, LOCAL_PROVISIONER, volumeFor } from './newvolume.ts';

const ACCOUNT = 'shipshape-storage';
/** What making a volume takes, ms: a helper pod's run, or a storage system's answer. */
const PROVISION_MS = 2000;
const RESIZE_MS = 2000;
const RETRY_MS = 5000;

/**
 * The provisioners of the simulated storage: they make, grow and delete volumes, as an external
 * provisioner and resizer do (sig-storage-lib-external-provisioner, external-resizer).
 */
class Provisioner {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #cloud: Cloud;
  readonly #now: () => number;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes: Informer<PersistentVolume>;
  readonly #classes: Informer<StorageClass>;
  readonly #nodes: Informer<Node>;
  readonly #attachments: Informer<VolumeAttachment>;
  /** Claim uid -> when its volume, or its growth, is done. */
  readonly #due = new Map<string, number>();

  constructor(context: ControllerContext, cloud: Cloud) {
    const { process, informers } = context;
    this.#client = context.clientFor(ACCOUNT);
    this.#recorder = context.recorderFor(ACCOUNT, this.#client);
    this.#cloud = cloud;
    this.#now = () => process.now();
    this.#claims = informers.informer(claimKind);
    this.#volumes = informers.informer(volumeKind);
    this.#classes = informers.informer(classKind);
    this.#nodes = informers.informer(nodeKind);
    this.#attachments = informers.informer(attachmentKind);
    const ready = (): boolean =>
      [this.#claims, this.#volumes, this.#classes, this.#nodes, this.#attachments].every(
        ({ synced }) => synced,
      );
    const shared = { process, client: this.#client, ready, baseDelay: RETRY_MS };
    const claimLoop = new Controller({ ...shared, reconcile: (key) => this.#syncClaim(key) });
    const volumeLoop = new Controller({ ...shared, reconcile: (key) => this.#syncVolume(key) });
    this.#claims.addHandler({
      add: (claim) => claimLoop.enqueue(claim),
      update: (_, claim) => claimLoop.enqueue(claim),
      delete: (claim) => void this.#due.delete(uidOf(claim)),
    });
    this.#volumes.addHandler({
      add: (volume) => volumeLoop.enqueue(volume),
      update: (_, volume) => volumeLoop.enqueue(volume),
    });
    this.#attachments.addHandler({
      delete: ({ spec }) => volumeLoop.queue.add(spec.source.persistentVolumeName ?? '', 0),
    });
  }

  #syncClaim(key: string): ReconcileResult {
    const claim = this.#claims.get(key);
    if (claim === undefined || isTerminating(claim)) return DONE;
    if ((claim.spec.volumeName ?? '') !== '') return this.#resize(claim);
    const provisioner = claim.metadata.annotations?.[STORAGE_PROVISIONER];
    const found = this.#classes.get(claim.spec.storageClassName ?? '');
    if ((provisioner !== LOCAL_PROVISIONER && provisioner !== DISK_DRIVER) || found === undefined)
      return DONE;
    const node = claim.metadata.annotations?.[SELECTED_NODE];
    if (found.volumeBindingMode === 'WaitForFirstConsumer' && node === undefined) return DONE;
    if (this.#volumes.get(`pvc-${uidOf(claim)}`) !== undefined) return DONE;
    const text = `External provisioner is provisioning volume for claim "${key}"`;
    return this.#after(claim, PROVISION_MS, 'Provisioning', text) ?? this.#provision(claim, found, node);
  }

  /** Lets the time pass that a piece of work takes; undefined when it has passed. */
  #after(
    claim: PersistentVolumeClaim,
    ms: number,
    reason: string,
    text: string,
  ): ReconcileResult | undefined {
    const due = this.#due.get(uidOf(claim));
    if (due === undefined) {
      this.#recorder.event(claim, 'Normal', reason, text);
      this.#due.set(uidOf(claim), this.#now() + ms);
      return requeueAfter(ms);
    }
    if (due > this.#now()) return requeueAfter(due - this.#now());
    this.#due.delete(uidOf(claim));
    return undefined;
  }

  #provision(
    claim: PersistentVolumeClaim,
    found: StorageClass,
    nodeName: string | undefined,
  ): ReconcileResult {
    const node = nodeName === undefined ? undefined : this.#nodes.get(nodeName);
    const made = volumeFor(claim, found, node, this.#nodes.list());
    const problem =
      typeof made === 'string'
        ? made
        : made.spec.csi === undefined
          ? undefined
          : this.#cloud.createDisk(made.spec.csi.volumeHandle);
    if (typeof made === 'string' || problem !== undefined) return this.#failed(claim, found, String(problem));
    const created = this.#client.create(volumeKind, made);
    if (!created.ok && !isAlreadyExists(created.status)) return retry(created.status);
    const text = `Successfully provisioned volume ${nameOf(made)}`;
    this.#recorder.event(claim, 'Normal', 'ProvisioningSucceeded', text);
    return DONE;
  }

  /** A claim whose node will not do goes back to the scheduler; others are tried again. */
  #failed(claim: PersistentVolumeClaim, found: StorageClass, why: string): ReconcileResult {
    const text = `failed to provision volume with StorageClass "${nameOf(found)}": ${why}`;
    this.#recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
    return requeueAfter(RETRY_MS);
  }

  /** Claims grow where the class allows it and the storage can. */
  #resize(claim: PersistentVolumeClaim): ReconcileResult {
    const { storage } = claim.spec.resources?.requests ?? {};
    const volume = this.#volumes.get(claim.spec.volumeName ?? '');
    if (claim.status?.phase !== 'Bound' || volume === undefined || storage === undefined) return DONE;
    if (wholeOf(storage) <= wholeOf(claim.status.capacity?.storage)) return DONE;
    if (volume.metadata.annotations?.[PROVISIONED_BY] !== DISK_DRIVER) {
      const text = 'waiting for an external controller to expand this PVC';
      this.#recorder.event(claim, 'Normal', 'ExternalExpanding', text);
      return DONE;
    }
    const text = `External resizer is resizing volume ${nameOf(volume)}`;
    return this.#after(claim, RESIZE_MS, 'Resizing', text) ?? this.#grow(claim, volume, storage);
  }

  #grow(claim: PersistentVolumeClaim, volume: PersistentVolume, storage: string): ReconcileResult {
    const capacity = { ...volume.spec.capacity, storage };
    const grown = this.#client.update(volumeKind, { ...volume, spec: { ...volume.spec, capacity } });
    if (!grown.ok) return retry(grown.status);
    const status = { ...claim.status, capacity };
    const shown = this.#client.updateStatus(claimKind, { ...claim, status });
    if (!shown.ok) return retry(shown.status);
    this.#recorder.event(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
    return DONE;
  }

  /** A released volume is deleted, with what is on it, once no machine holds it. */
  #syncVolume(name: string): ReconcileResult {
    const volume = this.#volumes.get(name);
    const by = volume?.metadata.annotations?.[PROVISIONED_BY];
    if (volume === undefined || isTerminating(volume) || (by !== LOCAL_PROVISIONER && by !== DISK_DRIVER))
      return DONE;
    if (volume.status?.phase !== 'Released' || volume.spec.persistentVolumeReclaimPolicy !== 'Delete')
      return DONE;
    for (const { spec } of this.#attachments.list())
      if (spec.source.persistentVolumeName === name) return DONE;
    const problem = this.#destroy(volume);
    if (problem !== undefined) {
      this.#recorder.event(volume, 'Warning', 'VolumeFailedDelete', problem);
      return requeueAfter(RETRY_MS);
    }
    const deleted = this.#client.delete(volumeKind, name, undefined);
    return deleted.ok || isNotFound(deleted.status) ? DONE : retry(deleted.status);
  }

  #destroy(volume: PersistentVolume): string | undefined {
    const { csi, hostPath, nodeAffinity } = volume.spec;
    if (csi !== undefined) return this.#cloud.deleteDisk(csi.volumeHandle);
    const terms = nodeAffinity?.required?.nodeSelectorTerms ?? [];
    for (const node of terms
      .flatMap((term) => term.matchExpressions ?? [])
      .flatMap(({ values = [] }) => values))
      this.#cloud.removeDirectory(node, hostPath?.path ?? '');
    return undefined;
  }
}

export const provisioner: ControllerDefinition = {
  name: 'shipshape-provisioner',
  start(context) {
    if (context.cloud !== undefined) new Provisioner(context, context.cloud);
  },
};
