import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/generated/types.ts';
import { persistentVolume as volumeKind } from '../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../api/kinds/persistentvolumeclaim.ts';
import { keyOf, nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import {
  BETA_STORAGE_PROVISIONER,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  hasAnnotation,
  isBoundToClaim,
  PROVISIONED_BY,
  STORAGE_PROVISIONER,
} from '../api/volumes.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Client, Result } from '../client/client.ts';
import { DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Latest } from '../client/latest.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';

/** The writes of the volume binder: each leaves the object as it is when it already says so. */
export class BindingWriter {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #claims: Latest<PersistentVolumeClaim>;
  readonly #volumes: Latest<PersistentVolume>;

  constructor(
    clock: Clock,
    client: Client,
    recorder: EventRecorder,
    claims: Latest<PersistentVolumeClaim>,
    volumes: Latest<PersistentVolume>,
  ) {
    this.#clock = clock;
    this.#client = client;
    this.#recorder = recorder;
    this.#claims = claims;
    this.#volumes = volumes;
  }

  /** Binds both to each other: the volume first, so that no other claim can take it meanwhile. */
  bind(volume: PersistentVolume, claim: PersistentVolumeClaim): ReconcileResult {
    const named = this.#claimOnVolume(volume, claim);
    if (!named.ok) return failed(named.status);
    const phase = this.volumePhase(named.value, 'Bound');
    if (phase.type !== 'done') return phase;
    const bound = this.#volumeOnClaim(named.value, claim);
    return bound.ok ? this.#claimBound(named.value, bound.value) : failed(bound.status);
  }

  #claimOnVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Result<PersistentVolume> {
    const ref = volume.spec.claimRef;
    if (ref !== undefined && ref.uid === uidOf(claim) && isBoundToClaim(volume, claim)) return as(volume);
    // Who named the claim without its uid was a person: then the binding stays theirs.
    const ours = ref === undefined ? { [BOUND_BY_CONTROLLER]: 'yes' } : {};
    const annotations = { ...volume.metadata.annotations, ...ours };
    return this.#updateVolume({
      ...volume,
      metadata: { ...volume.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: { ...volume.spec, claimRef: referenceTo(claim) },
    });
  }

  #volumeOnClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): Result<PersistentVolumeClaim> {
    const named = (claim.spec.volumeName ?? '') !== '';
    if (named && hasAnnotation(claim, BIND_COMPLETED)) return as(claim);
    const annotations = {
      ...claim.metadata.annotations,
      ...(named ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }),
      [BIND_COMPLETED]: 'yes',
    };
    const result = this.#client.update(claimKind, {
      ...claim,
      metadata: { ...claim.metadata, annotations },
      spec: { ...claim.spec, volumeName: nameOf(volume) },
    });
    if (result.ok) this.#claims.wrote(result.value);
    return result;
  }

  #claimBound(volume: PersistentVolume, claim: PersistentVolumeClaim): ReconcileResult {
    const { accessModes } = volume.spec;
    const before = claim.status ?? {};
    // A volume that grows shows on the claim when it has grown: that is the resizer's to say.
    const capacity =
      before.phase === 'Bound' && before.capacity !== undefined ? before.capacity : volume.spec.capacity;
    const status = {
      ...before,
      phase: 'Bound',
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(capacity === undefined ? {} : { capacity }),
    };
    return semanticEqual(status, before) ? DONE : this.#updateClaimStatus({ ...claim, status });
  }

  claimPhase(claim: PersistentVolumeClaim, phase: string): ReconcileResult {
    if (claim.status?.phase === phase) return DONE;
    return this.#updateClaimStatus({ ...claim, status: { ...claim.status, phase } });
  }

  /** The claim has lost its volume, for good. */
  lost(claim: PersistentVolumeClaim, reason: string, text: string): ReconcileResult {
    if (claim.status?.phase === 'Lost') return DONE;
    const { capacity: _c, accessModes: _a, ...status } = claim.status ?? {};
    const result = this.#updateClaimStatus({ ...claim, status: { ...status, phase: 'Lost' } });
    if (result.type === 'done') this.#recorder.event(claim, 'Warning', reason, text);
    return result;
  }

  volumePhase(volume: PersistentVolume, phase: string, message?: string): ReconcileResult {
    if (volume.status?.phase === phase) return DONE;
    const latest = this.#volumes.get(nameOf(volume));
    const base = latest !== undefined && revisionOf(latest) > revisionOf(volume) ? latest : volume;
    const status = {
      phase,
      ...(message === undefined ? {} : { message }),
      lastPhaseTransitionTime: formatTime(this.#clock.now()),
    };
    const result = this.#client.updateStatus(volumeKind, { ...base, status });
    if (!result.ok) return failed(result.status);
    this.#volumes.wrote(result.value);
    return DONE;
  }

  /** The volume was bound to a claim that took another one: it is free again. */
  unbind(volume: PersistentVolume): ReconcileResult {
    const { claimRef, ...spec } = volume.spec;
    if (claimRef === undefined) return DONE;
    const { [BOUND_BY_CONTROLLER]: ours, ...annotations } = volume.metadata.annotations ?? {};
    const { uid: _, ...named } = claimRef;
    const result = this.#updateVolume({
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: ours === undefined ? { ...spec, claimRef: named } : spec,
    });
    return result.ok ? this.volumePhase(result.value, 'Available') : failed(result.status);
  }

  /** What becomes of a volume whose claim is gone. Volumes made by a provisioner are deleted by it. */
  reclaim(volume: PersistentVolume): ReconcileResult {
    const policy = volume.spec.persistentVolumeReclaimPolicy;
    if (policy === 'Retain' || hasAnnotation(volume, PROVISIONED_BY) || volume.status?.phase === 'Failed')
      return DONE;
    const path = volume.spec.hostPath?.path;
    const text =
      policy === 'Recycle'
        ? 'No recycler plugin found for the volume!'
        : path === undefined
          ? 'error getting deleter volume plugin for volume "' +
            nameOf(volume) +
            '": no deletable volume plugin matched'
          : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
    const result = this.volumePhase(volume, 'Failed', text);
    const reason = policy === 'Recycle' ? 'VolumeFailedRecycle' : 'VolumeFailedDelete';
    if (result.type === 'done') this.#recorder.event(volume, 'Warning', reason, text);
    return result;
  }

  /** Notes on the claim who is to make its volume. */
  askForVolume(claim: PersistentVolumeClaim, { provisioner }: StorageClass): ReconcileResult {
    if (provisioner.startsWith('kubernetes.io/')) {
      const text = `no volume plugin matched name: ${provisioner}`;
      this.#recorder.event(claim, 'Warning', 'ProvisioningFailed', text);
      return DONE;
    }
    if (claim.metadata.annotations?.[STORAGE_PROVISIONER] !== provisioner) {
      const annotations = {
        ...claim.metadata.annotations,
        [BETA_STORAGE_PROVISIONER]: provisioner,
        [STORAGE_PROVISIONER]: provisioner,
      };
      const result = this.#client.update(claimKind, {
        ...claim,
        metadata: { ...claim.metadata, annotations },
      });
      if (!result.ok) return failed(result.status);
      this.#claims.wrote(result.value);
    }
    const text = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    this.#recorder.event(claim, 'Normal', 'ExternalProvisioning', text);
    return DONE;
  }

  #updateVolume(volume: PersistentVolume): Result<PersistentVolume> {
    const result = this.#client.update(volumeKind, volume);
    if (result.ok) this.#volumes.wrote(result.value);
    return result;
  }

  #updateClaimStatus(claim: PersistentVolumeClaim): ReconcileResult {
    const latest = this.#claims.get(keyOf(claim));
    const base = latest !== undefined && revisionOf(latest) > revisionOf(claim) ? latest : claim;
    const result = this.#client.updateStatus(claimKind, { ...base, status: claim.status ?? {} });
    if (!result.ok) return failed(result.status);
    this.#claims.wrote(result.value);
    return DONE;
  }
}

/** What is so already. */
function as<T>(value: T): Result<T> {
  return { ok: true, value, warnings: NO_WARNINGS };
}

const NO_WARNINGS: readonly string[] = Object.freeze([]);

/** What is gone needs no more work. */
function failed(status: Status): ReconcileResult {
  return isNotFound(status) ? DONE : retry(status);
}

function referenceTo(claim: PersistentVolumeClaim): NonNullable<PersistentVolume['spec']['claimRef']> {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace: namespaceOf(claim),
    name: nameOf(claim),
    uid: uidOf(claim),
    resourceVersion: claim.metadata.resourceVersion ?? '',
  };
}
