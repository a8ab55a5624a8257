import type {
  Deployment,
  DeploymentCondition,
  DeploymentStatus,
  Pod,
  ReplicaSet,
} from '../api/generated/types.ts';
import { deployment as deploymentKind } from '../api/kinds/deployment.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/replicaset.ts';
import { controllerOf, isTerminating, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { isAlreadyExists, isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { EventRecorder } from '../client/recorder.ts';
import {
  isScalingEvent,
  newSetSize,
  proportionalSizes,
  type Resize,
  scaleDownOld,
  scalingMessage,
} from './deploymentscale.ts';
import {
  calculateStatus,
  newCondition,
  type RolloutState,
  rolloutStatus,
  timeToDeadline,
} from './deploymentstatus.ts';
import {
  actualReplicas,
  byCreation,
  conditionOf,
  fenceposts,
  findNewReplicaSet,
  hasProgressDeadline,
  isActiveSet,
  isComplete,
  isRollingUpdate,
  isSameSet,
  newSetAnnotations,
  POD_TEMPLATE_HASH,
  REVISION,
  replicasOf,
  revisionNumber,
  sameTemplate,
  setCondition,
  sizeAnnotations,
  templateHash,
} from './deploymentutil.ts';
import { nonZero } from './nonzero.ts';
import { newControllerRef } from './ownership.ts';
import { isNamespaceTerminating } from './podcontrol.ts';

export interface RolloutOptions {
  readonly deployment: Deployment;
  /** The sets that belong to it. */
  readonly sets: readonly ReplicaSet[];
  readonly client: Client;
  readonly recorder: EventRecorder;
  /** ms since the epoch. */
  readonly now: number;
  readonly podsOf: (set: ReplicaSet) => readonly Pod[];
  /** Called when a set was made: until the cache shows it, its pods would be counted short. */
  readonly made: () => void;
}

/** A refusal by the API server ends the sync; the queue tries again. */
class Refused {
  readonly status: Status;
  constructor(status: Status) {
    this.status = status;
  }
}

/**
 * One sync of one Deployment (syncDeployment and sync.go, rolling.go, recreate.go, progress.go). It
 * takes one step at a time: after any change of a set's size it writes the status and waits to be
 * called again when the caches show the effect.
 */
export class Rollout {
  #deployment: Deployment;
  #sets: ReplicaSet[];
  #conditions: readonly DeploymentCondition[];
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #now: number;
  readonly #podsOf: (set: ReplicaSet) => readonly Pod[];
  readonly #made: () => void;

  constructor(options: RolloutOptions) {
    this.#deployment = options.deployment;
    this.#conditions = options.deployment.status?.conditions ?? [];
    this.#sets = [...options.sets];
    this.#client = options.client;
    this.#recorder = options.recorder;
    this.#now = options.now;
    this.#podsOf = options.podsOf;
    this.#made = options.made;
  }

  sync(): ReconcileResult {
    const ended = this.#step();
    return ended instanceof Refused ? retry(ended.status) : ended;
  }

  #step(): ReconcileResult | Refused {
    if (isTerminating(this.#deployment)) return this.#writePlainStatus();
    this.#markPaused();
    if (this.#deployment.spec.paused === true || isScalingEvent(this.#deployment, this.#sets))
      return this.#scaleOnly();
    return isRollingUpdate(this.#deployment) ? this.#rolling() : this.#recreate();
  }

  /** Paused, or the number of replicas was changed: sizes only, no rollout. */
  #scaleOnly(): ReconcileResult | Refused {
    const found = this.#newSet(false);
    if (found instanceof Refused) return found;
    const old = this.#old(found);
    for (const { set, size } of proportionalSizes(this.#deployment, found, old)) {
      const refused = this.#resize(set, size);
      if (refused instanceof Refused) return refused;
    }
    if (this.#deployment.spec.paused === true) this.#cleanup();
    return this.#writePlainStatus();
  }

  #rolling(): ReconcileResult | Refused {
    const newSet = this.#newSet(true);
    if (newSet instanceof Refused) return newSet;
    if (newSet !== undefined) {
      const wanted = replicasOf(this.#deployment);
      const size =
        replicasOf(newSet) > wanted ? wanted : newSetSize(this.#deployment, this.#sets, replicasOf(newSet));
      if (size !== replicasOf(newSet)) {
        const resized = this.#resize(newSet, size);
        return resized instanceof Refused ? resized : this.#writeRolloutStatus();
      }
    }
    const steps = scaleDownOld(this.#deployment, newSet, this.#old(newSet).filter(isActiveSet));
    if (steps.length > 0) return this.#resizeAll(steps);
    if (isComplete(this.#deployment, calculateStatus(this.#state()))) this.#cleanup();
    return this.#writeRolloutStatus();
  }

  #recreate(): ReconcileResult | Refused {
    const existing = this.#newSet(false);
    if (existing instanceof Refused) return existing;
    const old = this.#old(existing);
    const steps = old.filter(isActiveSet).map((set) => ({ set, size: 0 }));
    if (steps.length > 0) return this.#resizeAll(steps);
    if (this.#oldPodsRun(old)) return this.#writeRolloutStatus();
    const newSet = existing ?? this.#newSet(true);
    if (newSet instanceof Refused) return newSet;
    if (newSet !== undefined) {
      const resized = this.#resize(newSet, replicasOf(this.#deployment));
      if (resized instanceof Refused) return resized;
    }
    if (isComplete(this.#deployment, calculateStatus(this.#state()))) this.#cleanup();
    return this.#writeRolloutStatus();
  }

  #resizeAll(steps: readonly Resize[]): ReconcileResult | Refused {
    for (const { set, size } of steps) {
      // An earlier step may have written the same set.
      const current = this.#sets.find((other) => isSameSet(set, other)) ?? set;
      const refused = this.#resize(current, size);
      if (refused instanceof Refused) return refused;
    }
    return this.#writeRolloutStatus();
  }

  /** Any old pod that has not come to an end keeps a Recreate waiting, terminating ones included. */
  #oldPodsRun(old: readonly ReplicaSet[]): boolean {
    if (actualReplicas(old) > 0) return true;
    return old.some((set) =>
      this.#podsOf(set).some((pod) => pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded'),
    );
  }

  #old(newSet: ReplicaSet | undefined): ReplicaSet[] {
    return this.#sets.filter((set) => !isSameSet(newSet, set));
  }

  /** Finds the set of the current template, bringing its annotations up to date, or creates it (getNewReplicaSet). */
  #newSet(create: boolean): ReplicaSet | undefined | Refused {
    const existing = findNewReplicaSet(this.#deployment, this.#sets);
    const highest = Math.max(0, ...this.#old(existing).map(revisionNumber));
    const revision = highest + 1;
    if (existing !== undefined) return this.#refresh(existing, revision);
    return create ? this.#create(revision) : undefined;
  }

  #refresh(set: ReplicaSet, revision: number): ReplicaSet | Refused {
    const current = set.metadata.annotations ?? {};
    const annotations = newSetAnnotations(this.#deployment, current, revision, true);
    const { minReadySeconds = 0 } = this.#deployment.spec;
    const { minReadySeconds: before = 0, ...spec } = set.spec;
    let fresh = set;
    if (annotations !== current || before !== minReadySeconds) {
      const updated = this.#client.update(replicaSetKind, {
        ...set,
        metadata: { ...set.metadata, annotations },
        spec: { ...spec, ...nonZero({ minReadySeconds }) },
      });
      if (!updated.ok) return new Refused(updated.status);
      fresh = updated.value;
      this.#replace(fresh);
    }
    if (
      hasProgressDeadline(this.#deployment) &&
      conditionOf({ conditions: this.#conditions }, 'Progressing') === undefined
    )
      this.#progress('True', 'FoundNewReplicaSet', `Found new replica set "${nameOf(fresh)}"`);
    return this.#note(fresh.metadata.annotations?.[REVISION] ?? '') ?? fresh;
  }

  #create(revision: number): ReplicaSet | Refused {
    const deployment = this.#deployment;
    const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount);
    const { template, selector } = deployment.spec;
    const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
    const size = newSetSize(deployment, this.#sets, 0);
    const wanted: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${nameOf(deployment)}-${hash}`,
        namespace: namespaceOf(deployment),
        labels,
        annotations: newSetAnnotations(deployment, {}, revision, false),
        ownerReferences: [newControllerRef(deploymentKind, deployment)],
      },
      spec: {
        replicas: size,
        ...nonZero({ minReadySeconds: deployment.spec.minReadySeconds ?? 0 }),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
    const created = this.#client.create(replicaSetKind, wanted);
    if (!created.ok) return this.#createRefused(wanted, created.status);
    this.#made();
    if (size > 0)
      this.#recorder.event(deployment, 'Normal', 'ScalingReplicaSet', scalingMessage(created.value, 0, size));
    this.#sets.push(created.value);
    if (hasProgressDeadline(deployment))
      this.#progress('True', 'NewReplicaSetCreated', `Created new replica set "${nameOf(created.value)}"`);
    return this.#note(String(revision)) ?? created.value;
  }

  /** The name is taken: by our own set that the cache does not show yet, or by a hash collision. */
  #createRefused(wanted: ReplicaSet, status: Status): ReplicaSet | Refused {
    if (isAlreadyExists(status)) {
      const existing = this.#client.get(replicaSetKind, nameOf(wanted), namespaceOf(wanted));
      if (!existing.ok) return new Refused(existing.status);
      const owned = controllerOf(existing.value)?.uid === uidOf(this.#deployment);
      if (owned && sameTemplate(existing.value.spec.template, this.#deployment.spec.template)) {
        this.#sets.push(existing.value);
        return existing.value;
      }
      const collisionCount = (this.#deployment.status?.collisionCount ?? 0) + 1;
      const bumped = this.#client.updateStatus(deploymentKind, {
        ...this.#deployment,
        status: { ...this.#deployment.status, collisionCount },
      });
      return new Refused(bumped.ok ? status : bumped.status);
    }
    // A namespace that is going away refuses everything; that is no news.
    if (isNamespaceTerminating(status)) return new Refused(status);
    const message = `Failed to create new replica set "${nameOf(wanted)}": ${status.message}`;
    if (hasProgressDeadline(this.#deployment)) {
      this.#progress('False', 'ReplicaSetCreateError', message);
      this.#writeStatus({ ...this.#deployment.status, conditions: this.#conditions });
    }
    this.#recorder.event(this.#deployment, 'Warning', 'ReplicaSetCreateError', message);
    return new Refused(status);
  }

  /**
   * Writes the conditions, and the revision of the newest set into the annotations, where
   * `rollout history` looks. Through the status, so that this is no new generation of the Deployment.
   */
  #note(revision: string): Refused | undefined {
    const { metadata, status } = this.#deployment;
    const noted = metadata.annotations?.[REVISION] === revision;
    if (noted && semanticEqual(status?.conditions, this.#conditions)) return undefined;
    const annotations = { ...metadata.annotations, [REVISION]: revision };
    const updated = this.#client.updateStatus(deploymentKind, {
      ...this.#deployment,
      metadata: noted ? metadata : { ...metadata, annotations },
      status: { ...status, conditions: this.#conditions },
    });
    if (!updated.ok) return new Refused(updated.status);
    this.#deployment = updated.value;
    return undefined;
  }

  #resize(set: ReplicaSet, size: number): ReplicaSet | Refused {
    const replicas = replicasOf(this.#deployment);
    const annotations = sizeAnnotations(set, replicas, replicas + fenceposts(this.#deployment).maxSurge);
    const before = replicasOf(set);
    if (size === before && annotations === set.metadata.annotations) return set;
    const updated = this.#client.update(replicaSetKind, {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, replicas: size },
    });
    if (!updated.ok) return new Refused(updated.status);
    this.#replace(updated.value);
    if (size !== before)
      this.#recorder.event(
        this.#deployment,
        'Normal',
        'ScalingReplicaSet',
        scalingMessage(set, before, size),
      );
    return updated.value;
  }

  #replace(set: ReplicaSet): void {
    this.#sets = this.#sets.map((other) => (isSameSet(other, set) ? set : other));
  }

  /** Deletes the oldest empty sets beyond revisionHistoryLimit (cleanupDeployment). */
  #cleanup(): void {
    const limit = this.#deployment.spec.revisionHistoryLimit ?? 10;
    const current = findNewReplicaSet(this.#deployment, this.#sets);
    const old = this.#old(current).filter((set) => !isTerminating(set));
    const surplus = old.length - limit;
    if (surplus <= 0) return;
    old.sort((a, b) => revisionNumber(a) - revisionNumber(b) || byCreation(a, b));
    for (const set of old.slice(0, surplus)) {
      const busy = (set.status?.replicas ?? 0) !== 0 || replicasOf(set) !== 0;
      if (busy || (set.metadata.generation ?? 0) > (set.status?.observedGeneration ?? 0)) continue;
      const gone = this.#client.delete(replicaSetKind, nameOf(set), namespaceOf(set));
      if (!gone.ok && !isNotFound(gone.status)) return;
    }
  }

  #markPaused(): void {
    const deployment = this.#deployment;
    if (!hasProgressDeadline(deployment)) return;
    const condition = conditionOf({ conditions: this.#conditions }, 'Progressing');
    if (condition?.reason === 'ProgressDeadlineExceeded') return;
    const wasPaused = condition?.reason === 'DeploymentPaused';
    const paused = deployment.spec.paused === true;
    if (paused && !wasPaused) this.#progress('Unknown', 'DeploymentPaused', 'Deployment is paused');
    else if (!paused && wasPaused) this.#progress('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  }

  #progress(status: string, reason: string, message: string): void {
    this.#conditions = setCondition(
      this.#conditions,
      newCondition(this.#now, 'Progressing', status, reason, message),
    );
  }

  #state(): RolloutState {
    return { deployment: this.#deployment, sets: this.#sets, conditions: this.#conditions, now: this.#now };
  }

  #writePlainStatus(): ReconcileResult | Refused {
    return this.#writeStatus(calculateStatus(this.#state()));
  }

  #writeRolloutStatus(): ReconcileResult | Refused {
    const status = rolloutStatus(this.#state());
    const written = this.#writeStatus(status);
    if (written !== DONE) return written;
    const wait = timeToDeadline(this.#deployment, status, this.#now);
    return wait === undefined ? DONE : requeueAfter(wait);
  }

  #writeStatus(status: DeploymentStatus): ReconcileResult | Refused {
    if (semanticEqual(this.#deployment.status, status)) return DONE;
    const written = this.#client.updateStatus(deploymentKind, { ...this.#deployment, status });
    if (!written.ok) return new Refused(written.status);
    return DONE;
  }
}
