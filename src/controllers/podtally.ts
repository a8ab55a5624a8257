import type { Pod } from '../api/generated/types.ts';
import { controllerOf, isTerminating } from '../api/object.ts';
import type { Labels, Selector } from '../apimachinery/labels.ts';
import { isPodActive, isPodReady } from './ownership.ts';

/** How many pods of an owner are in which state. */
export interface PodCounts {
  /** Active pods that the owner's selector matches. */
  readonly active: number;
  readonly terminating: number;
  /** Of the active ones: those that are ready, and those with all labels of the template. */
  readonly ready: number;
  readonly labeled: number;
  /** Active pods that the owner controls although its selector does not match them. */
  readonly strangers: number;
}

/** What counts for one owner, and the counts as of the last event. */
interface Tally {
  readonly selector: Selector;
  readonly labels: Labels;
  readonly counts: { -readonly [K in keyof PodCounts]: PodCounts[K] };
}

/**
 * Counts the pods of owners as they come, change and go: an owner of a hundred thousand pods is looked at
 * with every change of any of them, and what has not changed need not be looked at again.
 */
export class PodTally {
  /** By the owner's uid. */
  readonly #tallies = new Map<string, Tally>();
  readonly #podsOf: (uid: string) => readonly Pod[];

  /** `podsOf` lists the pods that an owner controls. It must be told of every change of what it lists. */
  constructor(podsOf: (uid: string) => readonly Pod[]) {
    this.#podsOf = podsOf;
  }

  /** The counts of an owner with this selector, whose template has these labels. */
  of(uid: string, selector: Selector, labels: Labels): PodCounts {
    const known = this.#tallies.get(uid);
    if (known?.selector === selector && known.labels === labels) return known.counts;
    const counts = { active: 0, terminating: 0, ready: 0, labeled: 0, strangers: 0 };
    const tally: Tally = { selector, labels, counts };
    for (const pod of this.#podsOf(uid)) count(tally, pod, 1);
    this.#tallies.set(uid, tally);
    return counts;
  }

  added(pod: Pod): void {
    this.#count(pod, 1);
  }

  updated(old: Pod, pod: Pod): void {
    this.#count(old, -1);
    this.#count(pod, 1);
  }

  /** The last state of a deleted pod need not be the one that was counted: its owner's pods are counted anew. */
  deleted(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner !== undefined) this.#tallies.delete(owner.uid);
  }

  forget(uid: string): void {
    this.#tallies.delete(uid);
  }

  #count(pod: Pod, step: 1 | -1): void {
    const owner = controllerOf(pod);
    const tally = owner === undefined ? undefined : this.#tallies.get(owner.uid);
    if (tally !== undefined) count(tally, pod, step);
  }
}

function count({ selector, labels, counts }: Tally, pod: Pod, step: 1 | -1): void {
  if (!isPodActive(pod)) {
    const { phase } = pod.status ?? {};
    if (isTerminating(pod) && phase !== 'Succeeded' && phase !== 'Failed') counts.terminating += step;
    return;
  }
  if (!selector.matches(pod.metadata.labels)) {
    counts.strangers += step;
    return;
  }
  counts.active += step;
  if (hasAll(pod.metadata.labels, labels)) counts.labeled += step;
  if (isPodReady(pod)) counts.ready += step;
}

/** Whether an object's labels include all that are wanted. */
export function hasAll(actual: Labels, wanted: Labels): boolean {
  if (wanted === undefined || wanted === actual) return true;
  return Object.entries(wanted).every(([label, value]) => actual?.[label] === value);
}
