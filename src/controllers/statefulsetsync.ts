import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { isPodTerminal } from '../api/podstatus.ts';
import { isAlreadyExists, isConflict, isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import { nonZero } from './nonzero.ts';
import { isNamespaceTerminating } from './podcontrol.ts';
import { ensureClaims } from './statefulsetclaims.ts';
import {
  allowsBurst,
  isAvailable,
  isRunningAndReady,
  isUnavailable,
  missingIdentity,
  ordinalOf,
  replicasOf,
  revisionFor,
  revisionOfPod,
  startOrdinal,
  statefulPod,
} from './statefulsetpods.ts';
import { ClaimRetention, type FindClaim } from './statefulsetretention.ts';

/** What one sync has to go by. */
export interface SyncOptions {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly set: StatefulSet;
  /** The pods that belong to the set, in whatever state. */
  readonly pods: readonly Pod[];
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisions: number;
  /** ms since the epoch. */
  readonly now: number;
  readonly findClaim: FindClaim;
}

/** Go on with the next pod; wait for something to change; or give up until the next try. */
type Step = 'next' | 'wait' | Status;

/**
 * One sync of one StatefulSet (stateful_set_control.go updateStatefulSet): first every wanted ordinal
 * from the lowest up, then surplus ones from the highest down, then at most one step of an update. In
 * OrderedReady each step waits for the pod of the step before; Parallel waits for an update's pods only.
 */
export class StatefulSetSync {
  readonly #options: SyncOptions;
  readonly #monotonic: boolean;
  /** The wanted ordinals in order; undefined where there is no pod. */
  readonly #replicas: (Pod | undefined)[];
  /** Pods of ordinals that are not wanted, highest first. */
  readonly #condemned: readonly Pod[];
  /** Undefined for a set without claims. */
  readonly #retention: ClaimRetention | undefined;
  /** Pods made in this sync: the cache does not show them yet. */
  readonly #made: Pod[] = [];

  constructor(options: SyncOptions) {
    const { set, pods } = options;
    this.#options = options;
    this.#monotonic = !allowsBurst(set);
    const claims = (set.spec.volumeClaimTemplates ?? []).length > 0;
    this.#retention = claims ? new ClaimRetention(options.client, set, options.findClaim) : undefined;
    this.#replicas = new Array<Pod | undefined>(replicasOf(set)).fill(undefined);
    const condemned: [number, Pod][] = [];
    for (const pod of pods) {
      const ordinal = ordinalOf(set, pod);
      if (ordinal === undefined) continue;
      const place = ordinal - startOrdinal(set);
      if (place >= 0 && place < this.#replicas.length) this.#replicas[place] = pod;
      else condemned.push([ordinal, pod]);
    }
    this.#condemned = condemned.sort(([a], [b]) => b - a).map(([, pod]) => pod);
  }

  /** Acts. Returns the first refusal. */
  run(): Status | undefined {
    const { set } = this.#options;
    if (isTerminating(set)) return undefined;
    const living = this.#all(this.#replicas.length, (i) => this.#living(i));
    if (living !== 'next') return living === 'wait' ? undefined : living;
    const handedOver = this.#handOver();
    if (handedOver !== undefined) return handedOver;
    const unhealthy = this.#firstUnhealthy();
    const condemned = this.#all(this.#condemned.length, (i) => this.#condemn(i, unhealthy));
    if (condemned !== 'next') return condemned === 'wait' ? undefined : condemned;
    return set.spec.updateStrategy?.type === 'OnDelete' ? undefined : this.#rollOut();
  }

  /** The claims of surplus pods come to belong to them where they are to go with them. */
  #handOver(): Status | undefined {
    const { set } = this.#options;
    for (const pod of this.#condemned) {
      const ordinal = ordinalOf(set, pod);
      const refused = ordinal === undefined ? undefined : this.#retention?.settle(ordinal, pod);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /** One after the other while order matters; all of them, whatever becomes of each, when it does not. */
  #all(count: number, step: (i: number) => Step): Step {
    let failure: Status | undefined;
    for (let i = 0; i < count; i++) {
      const result = step(i);
      if (result === 'next' || (result === 'wait' && !this.#monotonic)) continue;
      if (this.#monotonic) return result;
      failure ??= result as Status;
    }
    return failure ?? 'next';
  }

  /** Makes sure that there is a healthy pod in a place (processReplica). */
  #living(place: number): Step {
    const { set, now } = this.#options;
    const ordinal = startOrdinal(set) + place;
    const pod = this.#replicas[place];
    // What an earlier pod of the name takes with it must be gone first.
    if (this.#retention?.isStale(ordinal, pod) === true) return 'wait';
    if (pod === undefined) {
      const refused = this.#create(ordinal);
      return refused ?? (this.#monotonic ? 'wait' : 'next');
    }
    if (isPodTerminal(pod)) {
      // Its successor has the same name: it can come only when this one is gone.
      const refused = isTerminating(pod) ? undefined : this.#delete(pod);
      return refused ?? 'wait';
    }
    if ((pod.status?.phase ?? 'Pending') === 'Pending') {
      const refused = ensureClaims(this.#options.client, this.#options.recorder, set, ordinal);
      if (refused !== undefined) return refused;
    }
    if (this.#monotonic && (isTerminating(pod) || !isAvailable(set, pod, now))) return 'wait';
    return this.#retention?.settle(ordinal, pod) ?? this.#identify(pod, ordinal) ?? 'next';
  }

  #create(ordinal: number): Status | undefined {
    const { client, recorder, set, current, update } = this.#options;
    const refused =
      ensureClaims(client, recorder, set, ordinal) ?? this.#retention?.settle(ordinal, undefined);
    if (refused !== undefined) return refused;
    const pod = statefulPod(set, ordinal, revisionFor(set, ordinal, current, update));
    const created = client.create(podKind, pod);
    const what = `Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`;
    if (created.ok) {
      this.#made.push(created.value);
      recorder.event(set, 'Normal', 'SuccessfulCreate', `Create ${what} successful`);
      return undefined;
    }
    // It is there already, and the cache will show it.
    if (isAlreadyExists(created.status)) return created.status;
    if (isNamespaceTerminating(created.status)) return undefined;
    recorder.event(set, 'Warning', 'FailedCreate', `Create ${what} failed error: ${created.status.message}`);
    return created.status;
  }

  /** Asks for exactly this pod to go: one of the same name that came after it stays. */
  #delete(pod: Pod): Status | undefined {
    const { client, recorder, set } = this.#options;
    const preconditions = { uid: uidOf(pod) };
    const deleted = client.delete(podKind, nameOf(pod), namespaceOf(pod), { preconditions });
    const what = `Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`;
    if (deleted.ok) {
      recorder.event(set, 'Normal', 'SuccessfulDelete', `Delete ${what} successful`);
      return undefined;
    }
    if (isNotFound(deleted.status) || isConflict(deleted.status)) return undefined;
    recorder.event(set, 'Warning', 'FailedDelete', `Delete ${what} failed error: ${deleted.status.message}`);
    return deleted.status;
  }

  /** Puts back the labels of a pod's identity (UpdateStatefulPod). */
  #identify(pod: Pod, ordinal: number): Status | undefined {
    const labels = missingIdentity(pod, ordinal);
    if (labels === undefined) return undefined;
    const { client, recorder, set } = this.#options;
    const patch = { metadata: { uid: uidOf(pod), labels } };
    const patched = client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', patch);
    if (!patched.ok) return patched.status;
    const message = `Update Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)} successful`;
    recorder.event(set, 'Normal', 'SuccessfulUpdate', message);
    return undefined;
  }

  /** The lowest wanted pod that is not well, or else the lowest surplus one. */
  #firstUnhealthy(): Pod | undefined {
    const { set, now } = this.#options;
    const unwell = (pod: Pod | undefined): boolean => isUnavailable(set, pod, now);
    return this.#replicas.find(unwell) ?? this.#condemned.findLast(unwell);
  }

  /** Removes a surplus pod, if nothing below it is in trouble (processCondemned). */
  #condemn(i: number, firstUnhealthy: Pod | undefined): Step {
    const { set, now } = this.#options;
    const pod = this.#condemned[i] as Pod;
    if (isTerminating(pod)) return this.#monotonic ? 'wait' : 'next';
    const well = isRunningAndReady(pod) && isAvailable(set, pod, now);
    if (!well && this.#monotonic && pod !== firstUnhealthy) return 'wait';
    return this.#delete(pod) ?? 'wait';
  }

  /** Deletes the highest pod of an old revision, once all above it are well. */
  #rollOut(): Status | undefined {
    const { set, update, now } = this.#options;
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let place = this.#replicas.length - 1; place >= partition; place--) {
      const pod = this.#replicas[place];
      if (pod === undefined) return undefined;
      if (revisionOfPod(pod) !== nameOf(update) && !isTerminating(pod)) return this.#delete(pod);
      if (isUnavailable(set, pod, now)) return undefined;
    }
    return undefined;
  }

  /** The status as the cache shows the pods, and those just made (updateStatus, completeRollingUpdate). */
  status(): StatefulSetStatus {
    const { set, pods, current, update, now, collisions } = this.#options;
    let [ready, available, currentCount, updatedCount] = [0, 0, 0, 0];
    const all = [...pods, ...this.#made];
    for (const pod of all) {
      if (isRunningAndReady(pod)) ready++;
      if (isAvailable(set, pod, now)) available++;
      if (isTerminating(pod)) continue;
      if (revisionOfPod(pod) === nameOf(current)) currentCount++;
      if (revisionOfPod(pod) === nameOf(update)) updatedCount++;
    }
    const wanted = replicasOf(set);
    const rolled =
      set.spec.updateStrategy?.type !== 'OnDelete' &&
      updatedCount === wanted &&
      ready === wanted &&
      all.length === wanted;
    return {
      observedGeneration: set.metadata.generation ?? 0,
      replicas: all.length,
      availableReplicas: available,
      ...nonZero({
        readyReplicas: ready,
        currentReplicas: rolled ? updatedCount : currentCount,
        updatedReplicas: updatedCount,
      }),
      currentRevision: nameOf(rolled ? update : current),
      updateRevision: nameOf(update),
      collisionCount: collisions,
    };
  }
}
