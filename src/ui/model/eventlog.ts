import type { Event } from '../../api/generated/types.ts';
import { type KubeObject, keyOf, nameOf } from '../../api/object.ts';
import { parseTime } from '../../apimachinery/time.ts';

/** An event as it is listed. */
export interface EventLine {
  readonly key: string;
  /** ms since the epoch: when it last occurred. */
  readonly time: number;
  readonly component: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly warning: boolean;
}

const KEPT = 500;

/** The last few hundred events in the order in which they arrived; one that recurs moves to the end. */
export class EventLog {
  readonly #lines = new Map<string, EventLine>();
  #list: readonly EventLine[] | undefined;

  /** The events there are at the beginning. */
  load(objects: readonly KubeObject[]): void {
    const lines = objects.map(lineOf).sort((a, b) => a.time - b.time);
    for (const line of lines.slice(-KEPT)) this.#put(line);
  }

  /** An event that was written. */
  add(object: KubeObject): void {
    this.#put(lineOf(object));
  }

  /** Oldest first; the same list while nothing was added. */
  get lines(): readonly EventLine[] {
    this.#list ??= [...this.#lines.values()];
    return this.#list;
  }

  #put(line: EventLine): void {
    this.#lines.delete(line.key);
    this.#lines.set(line.key, line);
    this.#list = undefined;
    if (this.#lines.size <= KEPT) return;
    const oldest = this.#lines.keys().next();
    if (oldest.done !== true) this.#lines.delete(oldest.value);
  }
}

function lineOf(object: KubeObject): EventLine {
  const event = object as Event & KubeObject;
  const { involvedObject, series } = event;
  const time =
    series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  return {
    key: keyOf(object),
    time: parseTime(time ?? '') ?? 0,
    component: event.source?.component ?? event.reportingComponent ?? '',
    kind: involvedObject.kind ?? '',
    name: involvedObject.name ?? nameOf(object),
    namespace: involvedObject.namespace ?? '',
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: series?.count ?? event.count ?? 1,
    warning: event.type === 'Warning',
  };
}
