import type { Pod, PodCondition, PodStatus } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { isTerminalPhase } from '../api/podstatus.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { isConflict, isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import type { Process, ProcessTimer } from '../sim/process.ts';
import { KUBELET_CONDITIONS } from './conditions.ts';
import type { Journal } from './journal.ts';
import { isStaticPod, podRef } from './podtext.ts';

interface Entry {
  pod: Pod;
  status: PodStatus;
  /** The newest state of the API object known here. */
  api: Pod | undefined;
  dirty: boolean;
  /** Nothing of the pod is left on this node: its object may go. */
  finished: boolean;
  deleted: boolean;
}

export interface StatusManagerOptions {
  readonly process: Process;
  readonly client: Client;
  readonly journal: Journal;
  /** The mirror pod of a static pod, as the API server has it. */
  readonly mirrorOf: (pod: Pod) => Pod | undefined;
}

/** How long a new status waits for others, so that a burst of changes is one write, ms. */
const WRITE_DELAY_MS = 5;
/** After a failed write everything is tried again at this pace, ms (syncPeriod). */
const RETRY_MS = 10_000;

/**
 * The truth about pod statuses on this node, and the only one who writes them (status_manager.go). It
 * writes when a status changes, keeps what cannot be written until the API server is back, and at the
 * end of a pod's life deletes its object.
 */
export class StatusManager {
  readonly #options: StatusManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #dirty = new Set<string>();
  #timer: ProcessTimer | undefined;
  #retry: ProcessTimer | undefined;

  constructor(options: StatusManagerOptions) {
    this.#options = options;
  }

  /** The last status of the pod, written or not; undefined when this kubelet has not computed one. */
  get(podUID: string): PodStatus | undefined {
    return this.#entries.get(podUID)?.status;
  }

  /** Sets a pod's status and has it written if it changed. */
  set(pod: Pod, status: PodStatus): void {
    const uid = uidOf(pod);
    const entry = this.#entries.get(uid);
    if (entry === undefined) {
      const api = isStaticPod(pod) ? undefined : pod;
      this.#entries.set(uid, { pod, status, api, dirty: false, finished: false, deleted: false });
    } else {
      entry.pod = pod;
      if (deepEqual(entry.status, status)) return;
      entry.status = status;
    }
    this.#mark(uid);
  }

  /** Nothing of the pod is left here: once its status is written, an object that is being deleted may go. */
  finish(podUID: string): void {
    const entry = this.#entries.get(podUID);
    if (entry === undefined) return;
    entry.finished = true;
    this.#mark(podUID);
  }

  /** Takes note of the API object; what others changed of the kubelet's part is set right again. */
  observe(podUID: string, api: Pod): void {
    const entry = this.#entries.get(podUID);
    if (entry === undefined) return;
    const known = entry.api;
    if (known !== undefined && uidOf(known) === uidOf(api) && revisionOf(known) >= revisionOf(api)) return;
    entry.api = api;
    const deletable = entry.finished && !entry.deleted && api.metadata.deletionTimestamp !== undefined;
    if (deletable || !deepEqual(api.status, mergeStatus(api.status, entry.status))) this.#mark(podUID);
  }

  remove(podUID: string): void {
    this.#entries.delete(podUID);
    this.#dirty.delete(podUID);
  }

  #mark(uid: string): void {
    this.#dirty.add(uid);
    this.#timer ??= this.#options.process.after(WRITE_DELAY_MS, () => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    for (const uid of [...this.#dirty]) {
      const entry = this.#entries.get(uid);
      if (entry === undefined || this.#write(entry)) this.#dirty.delete(uid);
    }
    if (this.#dirty.size > 0)
      this.#retry ??= this.#options.process.after(RETRY_MS, () => {
        this.#retry = undefined;
        this.#flush();
      });
  }

  /** True: written, or there is nothing (any more) to write to. */
  #write(entry: Entry): boolean {
    const { client, mirrorOf } = this.#options;
    if (isStaticPod(entry.pod)) entry.api = newer(entry.api, mirrorOf(entry.pod));
    if (entry.api === undefined) return true;
    client.setCause({ component: client.component, trigger: revisionOf(entry.pod) });
    const written = this.#update(entry, entry.api, true) && this.#deleteFinished(entry);
    client.setCause();
    return written;
  }

  #update(entry: Entry, api: Pod, again: boolean): boolean {
    const { client, journal } = this.#options;
    const status = mergeStatus(api.status, entry.status);
    if (deepEqual(api.status, status)) return true;
    const result = client.updateStatus(podKind, { ...api, status });
    if (result.ok) {
      entry.api = result.value;
      return true;
    }
    if (isNotFound(result.status)) return true;
    if (again && isConflict(result.status)) {
      const fresh = client.get(podKind, nameOf(api), namespaceOf(api));
      if (!fresh.ok) return isNotFound(fresh.status);
      if (uidOf(fresh.value) !== uidOf(api)) return true;
      entry.api = fresh.value;
      return this.#update(entry, fresh.value, false);
    }
    journal.error(
      'status_manager.go',
      `"Failed to update status for pod" pod="${podRef(entry.pod)}" err=${JSON.stringify(result.status.message ?? '')}`,
    );
    return false;
  }

  #deleteFinished(entry: Entry): boolean {
    const { api } = entry;
    if (
      !entry.finished ||
      entry.deleted ||
      api?.metadata.deletionTimestamp === undefined ||
      isStaticPod(entry.pod)
    )
      return true;
    const { client, journal } = this.#options;
    const result = client.delete(podKind, nameOf(api), namespaceOf(api), {
      gracePeriodSeconds: 0,
      preconditions: { uid: uidOf(api) },
    });
    if (result.ok || isNotFound(result.status) || (isConflict(result.status) && this.#isReplaced(api))) {
      entry.deleted = true;
      return true;
    }
    journal.error(
      'status_manager.go',
      `"Failed to delete status for pod" pod="${podRef(entry.pod)}" err=${JSON.stringify(result.status.message ?? '')}`,
    );
    return false;
  }

  /** Whether the pod's name belongs to another pod by now, or to none: a conflict may have other reasons. */
  #isReplaced(pod: Pod): boolean {
    const found = this.#options.client.get(podKind, nameOf(pod), namespaceOf(pod));
    return found.ok ? uidOf(found.value) !== uidOf(pod) : isNotFound(found.status);
  }
}

function newer(known: Pod | undefined, seen: Pod | undefined): Pod | undefined {
  if (known === undefined || seen === undefined) return seen;
  return uidOf(known) === uidOf(seen) && revisionOf(known) > revisionOf(seen) ? known : seen;
}

/** Of a DisruptionTarget that is the kubelet's and not somebody else's. */
const DISRUPTED_HERE = 'TerminationByKubelet';

/** The kubelet's status with what belongs to others: their conditions, and a terminal phase that was reached. */
export function mergeStatus(api: PodStatus | undefined, mine: PodStatus): PodStatus {
  const { resourceClaimStatuses, phase } = api ?? {};
  const standing = isTerminalPhase(phase) && phase !== mine.phase;
  const seen = api?.conditions ?? NONE;
  const given = mine.conditions ?? NONE;
  // Of most pods nobody else says anything: then the kubelet's status is the object's, and not copied.
  const allOwn = seen.every(isKubelets) && given.every(isOwn);
  if (allOwn && !standing && resourceClaimStatuses === undefined && mine.conditions !== undefined)
    return mine;
  const own = given.filter(isOwn);
  const others = seen.filter(
    (condition) => !isKubelets(condition) && !own.some(({ type }) => type === condition.type),
  );
  const conditions = others.concat(own);
  return {
    ...mine,
    ...(standing && phase !== undefined ? { phase } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(resourceClaimStatuses === undefined ? {} : { resourceClaimStatuses }),
  };
}

const NONE: readonly PodCondition[] = Object.freeze([]);

/** Of a type that only kubelets write. */
function isKubelets({ type }: PodCondition): boolean {
  return KUBELET_CONDITIONS.has(type);
}

function isOwn(condition: PodCondition): boolean {
  return isKubelets(condition) || condition.reason === DISRUPTED_HERE;
}
