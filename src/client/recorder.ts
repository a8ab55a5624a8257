import type { Event, EventSource, ObjectReference } from '../api/generated/types.ts';
import { event as eventKind } from '../api/kinds/event.ts';
import type { KubeObject } from '../api/object.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import type { Clock } from '../sim/clock.ts';
import type { Client } from './client.ts';
import { EventCorrelator, type EventType, type Known } from './correlator.ts';

export type { EventType };

const NO_NAMESPACE = 'default';

export interface RecorderOptions {
  /** `kubelet`, `default-scheduler`, `deployment-controller`: shown in the From column. */
  readonly component: string;
  /** The node, for components that run on one. */
  readonly host?: string;
  /**
   * `count` bumps `count` on repeats as the classic recorder does; `series` writes eventTime and a
   * series as the events.k8s.io recorder does (the scheduler).
   */
  readonly style?: 'count' | 'series';
}

/**
 * Writes Event objects. Equal events become one with a count; more than ten similar ones within ten
 * minutes become one `(combined from similar events)`; a source that will not stop talking about
 * one object is cut off. Events are best effort: a refused one is dropped, as upstream drops it.
 */
export class EventRecorder {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #source: EventSource;
  readonly #options: RecorderOptions;
  readonly #correlator: EventCorrelator;
  /** Times are counted from here, which keeps them small. */
  readonly #began: number;
  #lastStamp = 0;
  #sequence = 0;

  constructor(client: Client, clock: Clock, options: RecorderOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#options = options;
    this.#began = clock.now();
    // The events.k8s.io recorder neither combines nor filters.
    this.#correlator = new EventCorrelator(options.style !== 'series', (about) => this.#newName(about));
    this.#source = Object.freeze(
      options.host === undefined
        ? { component: options.component }
        : { component: options.component, host: options.host },
    );
  }

  /** Records that something happened to an object. `fieldPath` narrows it, e.g. `spec.containers{web}`. */
  event(about: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    this.eventFor(referenceTo(about, fieldPath), type, reason, message);
  }

  /** The same with a ready reference; make it once when the same object is spoken of often. */
  eventFor(about: ObjectReference, type: EventType, reason: string, message: string): void {
    const now = this.#clock.now();
    const { known, text, passes } = this.#correlator.observe(about, type, reason, message, now - this.#began);
    if (!passes) return;
    if (known.count > 1 && this.#bump(about, known, text, now)) return;
    this.#create(about, type, reason, text, known, now);
  }

  #create(
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    { name, first, count }: Known,
    now: number,
  ): void {
    const series = this.#options.style === 'series';
    const object: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: namespaceFor(about) },
      involvedObject: about,
      reason,
      message,
      type,
      ...(series
        ? { eventTime: formatMicroTime(now), action: reason, source: this.#source }
        : {
            source: this.#source,
            firstTimestamp: formatTime(this.#began + first),
            lastTimestamp: formatTime(now),
            count,
          }),
      reportingComponent: this.#options.component,
      ...this.#instance(),
    };
    this.#client.create(eventKind, object);
  }

  /** Which of several programs of this name speaks; events with a series must say so. */
  #instance(): { readonly reportingInstance?: string } {
    const { component, host, style } = this.#options;
    if (style === 'series')
      return { reportingInstance: host === undefined ? component : `${component}-${host}` };
    return host === undefined ? {} : { reportingInstance: host };
  }

  /** Writes a repeat. False when the event is gone (expired) and must be written anew. */
  #bump(about: ObjectReference, { name, count }: Known, message: string, now: number): boolean {
    const patch =
      this.#options.style === 'series'
        ? { series: { count, lastObservedTime: formatMicroTime(now) } }
        : { count, lastTimestamp: formatTime(now), message };
    const result = this.#client.patch(eventKind, name, namespaceFor(about), 'merge', patch);
    return result.ok || !isNotFound(result.status);
  }

  /** A name with the nanoseconds in hexadecimal, as upstream's, made unique within a millisecond. */
  #newName(about: ObjectReference): string {
    const now = this.#clock.now();
    this.#sequence = now === this.#lastStamp ? this.#sequence + 1 : 0;
    this.#lastStamp = now;
    return `${about.name}.${(BigInt(now) * 1_000_000n + BigInt(this.#sequence)).toString(16)}`;
  }
}

/** A reference as events carry it; the resourceVersion is that of the state spoken of. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    apiVersion: object.apiVersion,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** Events about cluster-scoped objects live in `default`. */
function namespaceFor(about: ObjectReference): string {
  return about.namespace === undefined || about.namespace === '' ? NO_NAMESPACE : about.namespace;
}
