import type { Pod } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { keyOf, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import type { Journal } from './journal.ts';
import { CONFIG_HASH, CONFIG_MIRROR, podRef } from './podtext.ts';

const RETRY_MS = 10_000;

export interface MirrorPodsOptions {
  readonly process: Process;
  readonly client: Client;
  readonly journal: Journal;
  readonly nodeName: string;
  /** Undefined until the node is registered: mirror pods belong to it. */
  readonly nodeUID: () => string | undefined;
  /** True once the API server's pods are known: before that nothing can be said to be missing. */
  readonly ready: () => boolean;
}

/** Shows static pods to users of the API as mirror pods (pkg/kubelet/pod/mirror_client.go). */
export class MirrorPods {
  readonly #options: MirrorPodsOptions;
  /** `namespace/name` -> the static pod, and what the API server has under its name. */
  readonly #static = new Map<string, Pod>();
  readonly #mirrors = new Map<string, Pod>();
  #retry: ProcessTimer | undefined;

  constructor(options: MirrorPodsOptions) {
    this.#options = options;
  }

  /** The mirror pod of a static pod, if there is one that mirrors this very pod. */
  mirrorOf(pod: Pod): Pod | undefined {
    const mirror = this.#mirrors.get(keyOf(pod));
    return mirror !== undefined && mirrors(mirror, pod) ? mirror : undefined;
  }

  /** The static pod that a mirror pod shows. */
  staticOf(mirror: Pod): Pod | undefined {
    const pod = this.#static.get(keyOf(mirror));
    return pod !== undefined && mirrors(mirror, pod) ? pod : undefined;
  }

  setStatic(pod: Pod): void {
    this.#static.set(keyOf(pod), pod);
    this.#reconcile(keyOf(pod));
  }

  removeStatic(pod: Pod): void {
    const key = keyOf(pod);
    if (this.#static.get(key) === pod) this.#static.delete(key);
    this.#reconcile(key);
  }

  setMirror(pod: Pod): void {
    this.#mirrors.set(keyOf(pod), pod);
    this.#reconcile(keyOf(pod));
  }

  removeMirror(pod: Pod): void {
    this.#mirrors.delete(keyOf(pod));
    this.#reconcile(keyOf(pod));
  }

  /** Looks at all of them again: the node has been registered, or the API server's pods are known now. */
  reconcileAll(): void {
    for (const key of new Set([...this.#static.keys(), ...this.#mirrors.keys()])) this.#reconcile(key);
  }

  #reconcile(key: string): void {
    const { nodeUID, ready } = this.#options;
    const uid = nodeUID();
    if (uid === undefined || !ready()) return;
    const [pod, mirror] = [this.#static.get(key), this.#mirrors.get(key)];
    const stale =
      mirror !== undefined &&
      (pod === undefined || !mirrors(mirror, pod) || mirror.metadata.deletionTimestamp !== undefined);
    if (stale) this.#delete(mirror);
    else if (pod !== undefined && mirror === undefined) this.#create(pod, uid);
  }

  #create(pod: Pod, nodeUID: string): void {
    const { client, journal, nodeName } = this.#options;
    const { uid, generation, ...metadata } = pod.metadata;
    const annotations = {
      ...metadata.annotations,
      [CONFIG_MIRROR]: metadata.annotations?.[CONFIG_HASH] ?? '',
    };
    const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUID, controller: true };
    const mirror: Pod = { ...pod, metadata: { ...metadata, annotations, ownerReferences: [owner] } };
    const result = client.create(podKind, mirror);
    if (result.ok || isAlreadyExists(result.status)) return;
    journal.error(
      'kubelet.go',
      `"Failed creating a mirror pod" err=${JSON.stringify(result.status.message ?? '')} pod="${podRef(pod)}"`,
    );
    this.#retryLater();
  }

  #delete(mirror: Pod): void {
    const { client, journal } = this.#options;
    journal.info(
      'mirror_client.go',
      `"Deleting a mirror pod" pod="${podRef(mirror)}" podUID="${uidOf(mirror)}"`,
    );
    const result = client.delete(podKind, nameOf(mirror), namespaceOf(mirror), {
      gracePeriodSeconds: 0,
      preconditions: { uid: uidOf(mirror) },
    });
    if (!result.ok && !isNotFound(result.status) && !isConflict(result.status)) this.#retryLater();
  }

  #retryLater(): void {
    this.#retry ??= this.#options.process.after(RETRY_MS, () => {
      this.#retry = undefined;
      this.reconcileAll();
    });
  }
}

function mirrors(mirror: Pod, pod: Pod): boolean {
  return mirror.metadata.annotations?.[CONFIG_MIRROR] === pod.metadata.annotations?.[CONFIG_HASH];
}
