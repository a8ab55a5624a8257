import { attachmentName, isAttachable, isShared } from '../api/attachment.ts';
import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttachment,
} from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { persistentVolume as volumeKind } from '../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { volumeAttachment as attachmentKind } from '../api/kinds/volumeattachment.ts';
import { makeKey, nameOf, namespaceOf } from '../api/object.ts';
import { claimNamesOf } from '../api/volumes.ts';
import { isAlreadyExists, isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import { CLAIM_INDEX, claimIndex, holdsClaims } from './claimusers.ts';
import type { Cloud } from './cloud.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const ACCOUNT = 'attachdetach-controller';
const ATTACHER = 'shipshape-storage';
/** What attaching and detaching take, ms. */
const ATTACH_MS = 1500;
const DETACH_MS = 1000;
/** A node that does not answer keeps its disks for this long (maxWaitForUnmountDuration), ms. */
const UNHEALTHY_MS = 360_000;
/** How often a volume that another node holds is tried again, ms. */
const RETRY_MS = 10_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/**
 * Attaches disks to the nodes whose pods use them and detaches them where none does: never to a
 * second node before the first has let go (pkg/controller/volume/attachdetach, external-attacher).
 */
class AttachDetach {
  readonly #client: Client;
  /** The storage's own attacher says what is attached. */
  readonly #attacher: Client;
  readonly #recorder: EventRecorder;
  readonly #cloud: Cloud;
  readonly #now: () => number;
  readonly #pods: Informer<Pod>;
  readonly #claims: Informer<PersistentVolumeClaim>;
  readonly #volumes: Informer<PersistentVolume>;
  readonly #nodes: Informer<Node>;
  readonly #attachments: Informer<VolumeAttachment>;
  readonly #loop: Controller;
  /** Attachment name -> since when nobody needs it. */
  readonly #idle = new Map<string, number>();
  /** Attachment name -> when its disk will be attached. */
  readonly #attaching = new Map<string, number>();

  constructor(context: ControllerContext, cloud: Cloud) {
    const { process, informers } = context;
    this.#client = context.clientFor(ACCOUNT);
    this.#attacher = context.clientFor(ATTACHER);
    this.#recorder = context.recorderFor(ACCOUNT, this.#client);
    this.#cloud = cloud;
    this.#now = () => process.now();
    this.#pods = informers.informer(podKind);
    this.#claims = informers.informer(claimKind);
    this.#volumes = informers.informer(volumeKind);
    this.#nodes = informers.informer(nodeKind);
    this.#attachments = informers.informer(attachmentKind);
    this.#pods.addIndex(CLAIM_INDEX, claimIndex);
    const informed = [this.#pods, this.#claims, this.#volumes, this.#nodes, this.#attachments];
    this.#loop = new Controller({
      process,
      client: this.#client,
      ready: () => informed.every(({ synced }) => synced),
      reconcile: (name) => this.#sync(name),
    });
    this.#watch();
  }

  #watch(): void {
    const pod = (object: Pod): void => {
      for (const name of claimNamesOf(object)) {
        const claim = this.#claims.get(makeKey(namespaceOf(object), name));
        if (claim?.spec.volumeName !== undefined) this.#loop.queue.add(claim.spec.volumeName, 0);
      }
    };
    this.#pods.addHandler({ add: pod, update: (_, next) => pod(next), delete: pod });
    this.#claims.addHandler({
      update: (_, claim) => this.#loop.queue.add(claim.spec.volumeName ?? '', 0),
    });
    this.#volumes.addHandler({ add: (volume) => this.#loop.enqueue(volume) });
    const attachment = ({ spec }: VolumeAttachment): void =>
      this.#loop.queue.add(spec.source.persistentVolumeName ?? '', 0);
    this.#attachments.addHandler({
      add: attachment,
      update: (_, next) => attachment(next),
      delete: attachment,
    });
    this.#nodes.addHandler({
      update: (_, node) => this.#nodeChanged(node),
      delete: (node) => this.#nodeChanged(node),
    });
  }

  #nodeChanged(node: Node): void {
    for (const { spec } of this.#attachments.list())
      if (spec.nodeName === nameOf(node)) this.#loop.queue.add(spec.source.persistentVolumeName ?? '', 0);
  }

  #sync(name: string): ReconcileResult {
    const volume = this.#volumes.get(name);
    const attachments = [...this.#attachments.list()].filter(
      (a) => a.spec.source.persistentVolumeName === name,
    );
    const users = volume === undefined || !isAttachable(volume) ? [] : this.#usersOf(volume);
    let again = 0;
    const later = (ms: number): void => {
      if (ms > 0) again = again === 0 ? ms : Math.min(again, ms);
    };
    for (const attachment of attachments) {
      const result = this.#tend(attachment, users);
      if (typeof result !== 'number') return result;
      later(result);
    }
    if (volume !== undefined) {
      for (const node of new Set(users.map(({ spec }) => spec.nodeName ?? ''))) {
        const result = this.#want(volume, node, users, attachments);
        if (typeof result !== 'number') return result;
        later(result);
      }
    }
    return again === 0 ? DONE : requeueAfter(again);
  }

  #usersOf(volume: PersistentVolume): Pod[] {
    const ref = volume.spec.claimRef;
    if (ref === undefined) return [];
    const key = makeKey(ref.namespace, ref.name ?? '');
    if (this.#claims.get(key)?.spec.volumeName !== nameOf(volume)) return [];
    return this.#pods.byIndex(CLAIM_INDEX, key).filter(holdsClaims);
  }

  /** Completes an attachment that is wanted, removes one that is not. Returns how long to wait, ms, or 0. */
  #tend(attachment: VolumeAttachment, users: readonly Pod[]): number | ReconcileResult {
    const name = nameOf(attachment);
    const { nodeName } = attachment.spec;
    const here = users.filter(({ spec }) => spec.nodeName === nodeName);
    if (here.length === 0) return this.#detach(attachment);
    this.#idle.delete(name);
    if (attachment.status?.attached === true) return 0;
    const due = this.#attaching.get(name);
    if (due === undefined) this.#attaching.set(name, this.#now() + ATTACH_MS);
    if (due === undefined || due > this.#now()) return due === undefined ? ATTACH_MS : due - this.#now();
    this.#attaching.delete(name);
    return this.#attach(attachment, here);
  }

  #attach(attachment: VolumeAttachment, pods: readonly Pod[]): number | ReconcileResult {
    const { nodeName, source } = attachment.spec;
    const volume = this.#volumes.get(source.persistentVolumeName ?? '');
    const problem = this.#cloud.attachDisk(volume?.spec.csi?.volumeHandle ?? '', nodeName);
    if (problem !== undefined) {
      const text = `AttachVolume.Attach failed for volume "${source.persistentVolumeName ?? ''}" : ${problem}`;
      for (const pod of pods) this.#recorder.event(pod, 'Warning', 'FailedAttachVolume', text);
      return RETRY_MS;
    }
    this.#attacher.setCause(this.#client.cause);
    const done = this.#attacher.updateStatus(attachmentKind, { ...attachment, status: { attached: true } });
    if (!done.ok) return isNotFound(done.status) ? 0 : retry(done.status);
    const text = `AttachVolume.Attach succeeded for volume "${source.persistentVolumeName ?? ''}" `;
    for (const pod of pods) this.#recorder.event(pod, 'Normal', 'SuccessfulAttachVolume', text);
    return 0;
  }

  #detach(attachment: VolumeAttachment): number | ReconcileResult {
    const name = nameOf(attachment);
    const since = this.#idle.get(name) ?? this.#now();
    this.#idle.set(name, since);
    this.#attaching.delete(name);
    const due = since + (this.#answers(attachment.spec.nodeName) ? DETACH_MS : UNHEALTHY_MS);
    if (due > this.#now()) return due - this.#now();
    const { spec } = attachment;
    const volume = this.#volumes.get(spec.source.persistentVolumeName ?? '');
    const handle = volume?.spec.csi?.volumeHandle;
    const problem = handle === undefined ? undefined : this.#cloud.detachDisk(handle, spec.nodeName);
    if (problem !== undefined) return RETRY_MS;
    const deleted = this.#client.delete(attachmentKind, name, undefined);
    if (!deleted.ok && !isNotFound(deleted.status)) return retry(deleted.status);
    this.#idle.delete(name);
    return 0;
  }

  /** Whether the node has let go, or is known to be off for good. */
  #answers(name: string): boolean {
    const node = this.#nodes.get(name);
    if (node === undefined) return true;
    if (node.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true) return true;
    return node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
  }

  /** Orders that a volume be attached to a node, unless another one holds it. */
  #want(
    volume: PersistentVolume,
    node: string,
    users: readonly Pod[],
    attachments: readonly VolumeAttachment[],
  ): number | ReconcileResult {
    if (attachments.some(({ spec }) => spec.nodeName === node)) return 0;
    if (attachments.length > 0 && !isShared(volume)) {
      this.#tellMultiAttach(volume, node, users);
      return RETRY_MS;
    }
    // The cache may not know yet of what was ordered a moment ago, or by a predecessor: the server does.
    const known = isShared(volume) ? undefined : this.#client.list(attachmentKind);
    if (known !== undefined && !known.ok) return retry(known.status);
    if (known?.value.items.some(({ spec }) => spec.source.persistentVolumeName === nameOf(volume)) === true)
      return RETRY_MS;
    const { driver = '', volumeHandle = '' } = volume.spec.csi ?? {};
    const made = this.#client.create(attachmentKind, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentName(driver, volumeHandle, node) },
      spec: { attacher: driver, nodeName: node, source: { persistentVolumeName: nameOf(volume) } },
    });
    return made.ok || isAlreadyExists(made.status) ? 0 : retry(made.status);
  }

  #tellMultiAttach(volume: PersistentVolume, node: string, users: readonly Pod[]): void {
    const elsewhere = users.filter(({ spec }) => spec.nodeName !== node);
    for (const pod of users) {
      if (pod.spec.nodeName !== node) continue;
      const known = elsewhere.filter((other) => namespaceOf(other) === namespaceOf(pod)).map(nameOf);
      const others = elsewhere.length - known.length;
      const by =
        known.length === 0 && others === 0
          ? "Volume is already exclusively attached to one node and can't be attached to another"
          : known.length === 0
            ? `Volume is already used by ${others} pod(s) in different namespaces`
            : `Volume is already used by pod(s) ${known.join(', ')}${others === 0 ? '' : ` and ${others} pod(s) in different namespaces`}`;
      const text = `Multi-Attach error for volume "${nameOf(volume)}" ${by}`;
      this.#recorder.event(pod, 'Warning', 'FailedAttachVolume', text);
    }
  }
}

export const attachDetach: ControllerDefinition = {
  name: 'persistentvolume-attach-detach-controller',
  start(context) {
    if (context.cloud !== undefined) new AttachDetach(context, context.cloud);
  },
};
