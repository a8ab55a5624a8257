import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '../api/generated/types.ts';
import { persistentVolume as volumeKind } from '../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { storageClass as classKind, NO_PROVISIONER } from '../api/kinds/storageclass.ts';
import { isTerminating, keyOf, makeKey, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { findMatchingVolume } from '../api/volumematch.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  claimNameOf,
  hasAnnotation,
  reachableFrom,
  SELECTED_NODE,
} from '../api/volumes.ts';
import { valueOf as wholeOf } from '../apimachinery/quantity.ts';
import type { Informer } from '../client/informer.ts';
import { Latest } from '../client/latest.ts';
import { Action } from './events.ts';
import type { Handle } from './framework.ts';

/** The claims of a pod, by what has to be done about them. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Not bound, and not the scheduler's to bind. */
  readonly immediate: readonly PersistentVolumeClaim[];
  /** Not bound; they wait for the pod's node. */
  readonly delayed: readonly PersistentVolumeClaim[];
}

/** What would be bound and made if the pod went to one node. */
export interface Provisional {
  readonly static: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[];
  /** Claims for which a volume is made there. */
  readonly dynamic: readonly PersistentVolumeClaim[];
  /** The node written to the claims; set when the pod is assumed. */
  node: string;
}

/** Why not: a volume is out of reach; a volume does not exist; nothing fits and nothing can be made. */
export type Refusal = 'conflict' | 'gone' | 'nothing';

/** The claims and volumes as the scheduler knows and assumes them (plugins/volumebinding/binder.go). */
export class VolumeBinder {
  readonly #handle: Handle;
  readonly #claims: Latest<PersistentVolumeClaim>;
  readonly #volumes: Latest<PersistentVolume>;
  readonly #classes: Informer<StorageClass>;
  /** Names of volumes that are promised to claims, and not known to be taken yet. */
  readonly #promised = new Map<string, string>();

  constructor(handle: Handle) {
    this.#handle = handle;
    const claims = handle.informers.informer(claimKind);
    const volumes = handle.informers.informer(volumeKind);
    this.#claims = new Latest(claims);
    this.#volumes = new Latest(volumes);
    this.#classes = handle.informers.informer(classKind);
    claims.addHandler({
      add: (after) => handle.happened({ resource: 'PersistentVolumeClaim', action: Action.add, after }),
      update: (before, after) =>
        handle.happened({ resource: 'PersistentVolumeClaim', action: Action.update, before, after }),
      delete: (before) =>
        handle.happened({ resource: 'PersistentVolumeClaim', action: Action.delete, before }),
    });
    volumes.addHandler({
      add: (after) => handle.happened({ resource: 'PersistentVolume', action: Action.add, after }),
      update: (before, after) =>
        handle.happened({ resource: 'PersistentVolume', action: Action.update, before, after }),
    });
    this.#classes.addHandler({
      add: (after) => handle.happened({ resource: 'StorageClass', action: Action.add, after }),
    });
  }

  /** The claims of a pod; a text when one of them keeps the pod from running anywhere. */
  claimsOf(pod: Pod): PodClaims | string {
    const bound: PersistentVolumeClaim[] = [];
    const immediate: PersistentVolumeClaim[] = [];
    const delayed: PersistentVolumeClaim[] = [];
    for (const volume of pod.spec.volumes ?? []) {
      const name = claimNameOf(pod, volume);
      if (name === undefined) continue;
      const claim = this.#claims.get(makeKey(namespaceOf(pod), name));
      if (claim === undefined)
        return volume.ephemeral === undefined
          ? `persistentvolumeclaim "${name}" not found`
          : `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`;
      const problem = unusable(claim, pod, volume.ephemeral !== undefined);
      if (problem !== undefined) return problem;
      if ((claim.spec.volumeName ?? '') !== '' && hasAnnotation(claim, BIND_COMPLETED)) bound.push(claim);
      else if ((claim.spec.volumeName ?? '') === '' && this.#isDelayed(claim)) delayed.push(claim);
      else immediate.push(claim);
    }
    return { bound, immediate, delayed };
  }

  #isDelayed(claim: PersistentVolumeClaim): boolean {
    const found = this.#classes.get(claim.spec.storageClassName ?? '');
    return found?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  /** What would have to be done for the pod to run on the node (FindPodVolumes). */
  decide({ bound, delayed }: PodClaims, node: Node): Provisional | Refusal {
    for (const claim of bound) {
      const volume = this.#volumes.get(claim.spec.volumeName ?? '');
      if (volume === undefined) return 'gone';
      if (!reachableFrom(volume, node)) return 'conflict';
    }
    const taken: { volume: PersistentVolume; claim: PersistentVolumeClaim }[] = [];
    const dynamic: PersistentVolumeClaim[] = [];
    const excluded = new Set(this.#promised.keys());
    for (const claim of [...delayed].sort(bySize)) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined) {
        // An earlier attempt has begun: it is completed where it was begun.
        if (selected !== nameOf(node)) return 'conflict';
        dynamic.push(claim);
        continue;
      }
      const volume = findMatchingVolume(claim, this.#volumes.list(), { node, excluded });
      if (volume !== undefined) {
        excluded.add(nameOf(volume));
        taken.push({ volume, claim });
      } else if (this.#canProvision(claim, node)) dynamic.push(claim);
      else return 'nothing';
    }
    return { static: taken, dynamic, node: '' };
  }

  #canProvision(claim: PersistentVolumeClaim, node: Node): boolean {
    const found = this.#classes.get(claim.spec.storageClassName ?? '');
    if (found === undefined || found.provisioner === '' || found.provisioner === NO_PROVISIONER) return false;
    const terms = found.allowedTopologies ?? [];
    if (terms.length === 0) return true;
    const labels = node.metadata.labels ?? {};
    return terms.some((term) =>
      (term.matchLabelExpressions ?? []).every(({ key, values }) => values.includes(labels[key] ?? '')),
    );
  }

  /** Holds the decision true for the pods that come next. */
  assume(decision: Provisional, node: string): void {
    decision.node = node;
    for (const { volume, claim } of decision.static) this.#promised.set(nameOf(volume), keyOf(claim));
  }

  revert(decision: Provisional): void {
    for (const { volume } of decision.static) this.#promised.delete(nameOf(volume));
  }

  /** Writes the decision down; the binder and the provisioner do the rest. Returns why not, if not. */
  write(decision: Provisional): string | undefined {
    const { client } = this.#handle;
    for (const { volume, claim } of decision.static) {
      const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
      const claimRef = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: nameOf(claim),
        namespace: namespaceOf(claim),
        uid: uidOf(claim),
      };
      const result = client.update(volumeKind, {
        ...volume,
        metadata: { ...volume.metadata, annotations },
        spec: { ...volume.spec, claimRef },
      });
      if (!result.ok) return result.status.message ?? '';
      this.#volumes.wrote(result.value);
      this.#promised.delete(nameOf(volume));
    }
    for (const claim of decision.dynamic) {
      if (claim.metadata.annotations?.[SELECTED_NODE] === decision.node) continue;
      const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: decision.node };
      const result = client.update(claimKind, { ...claim, metadata: { ...claim.metadata, annotations } });
      if (!result.ok) return result.status.message ?? '';
      this.#claims.wrote(result.value);
    }
    return undefined;
  }

  /** Whether all claims are bound by now; a text when they will not be (checkBindings). */
  isBound({ delayed }: PodClaims, decision: Provisional, node: string): boolean | string {
    const home = this.#handle.cache.node(node)?.node;
    if (home === undefined) return `node "${node}" not found`;
    for (const { name, namespace } of delayed.map(({ metadata }) => metadata)) {
      const claim = this.#claims.get(makeKey(namespace, name ?? ''));
      if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
      const wasDynamic = decision.dynamic.some((other) => nameOf(other) === name);
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (wasDynamic && selected !== node) return `provisioning failed for PVC "${name}"`;
      const volume = this.#volumes.get(claim.spec.volumeName ?? '');
      if (volume !== undefined && !reachableFrom(volume, home))
        return `pv "${nameOf(volume)}" node affinity doesn't match node "${node}"`;
      if (volume === undefined || !hasAnnotation(claim, BIND_COMPLETED)) return false;
    }
    return true;
  }
}

/** What keeps a claim from being used by a pod at all (podHasPVCs). */
function unusable(claim: PersistentVolumeClaim, pod: Pod, ephemeral: boolean): string | undefined {
  const name = nameOf(claim);
  if (claim.status?.phase === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`;
  if (isTerminating(claim)) return `persistentvolumeclaim "${name}" is being deleted`;
  if (ephemeral && claim.metadata.ownerReferences?.some(({ uid }) => uid === uidOf(pod)) !== true)
    return `PVC ${keyOf(claim)} was not created for pod ${keyOf(pod)} (pod is not owner)`;
  return undefined;
}

/** Small claims choose first, so that large volumes are left for large ones. */
function bySize(a: PersistentVolumeClaim, b: PersistentVolumeClaim): number {
  return wholeOf(a.spec.resources?.requests?.storage) - wholeOf(b.spec.resources?.requests?.storage);
}
