import type { Event, EventSource, ObjectMeta, ObjectReference } from '../api/generated/types.ts';
import { event as eventKind } from '../api/kinds/event.ts';
import type { KubeObject } from '../api/object.ts';
import { Interner } from '../apimachinery/intern.ts';
import { fnv1a32 } from '../apimachinery/names.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import { type Clock, wallTimeOf } from '../sim/clock.ts';
import type { Client } from './client.ts';
import { type Correlation, EventCorrelator, type EventType, type Known } from './correlator.ts';

export type { EventType };

const NO_NAMESPACE = 'default';

/** What many recorders say of many objects, such as `Started container web`. */
const texts = new Interner(512);

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
  /** Where in the millisecond this recorder's names begin, ns. */
  readonly #offset: number;
  #lastStamp = 0;
  #sequence = 0;

  constructor(client: Client, clock: Clock, options: RecorderOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#options = options;
    this.#offset = fnv1a32(`${options.component}/${options.host ?? ''}`) % 900_000;
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
    const now = wallTimeOf(this.#clock);
    const said = this.#correlator.observe(about, type, reason, texts.of(message), now);
    if (!said.passes) return;
    if (said.known.count > 1 && this.#bump(said, now)) return;
    this.#create(said, type, reason, now);
  }

  #create({ known, about, text }: Correlation, type: EventType, reason: string, now: number): void {
    const metadata = { name: known.name, namespace: namespaceFor(about) };
    const series = this.#options.style === 'series';
    this.#client.create(
      eventKind,
      series
        ? this.#newEvent(metadata, about, type, reason, text, now)
        : this.#classicEvent(metadata, about, type, reason, text, known, now),
    );
  }

  /** An event as the events.k8s.io recorder writes it; it must say which of several programs speaks. */
  #newEvent(
    metadata: ObjectMeta,
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    now: number,
  ): Event {
    const { component, host } = this.#options;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: about,
      reason,
      message,
      type,
      eventTime: formatMicroTime(now),
      action: reason,
      source: this.#source,
      reportingComponent: component,
      reportingInstance: host === undefined ? component : `${component}-${host}`,
    };
  }

  /**
   * An event as the classic recorder writes it. Events are the most numerous objects of all, so both
   * forms are spelled out: an object that grows field by field takes more room for good.
   */
  #classicEvent(
    metadata: ObjectMeta,
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    { first, count }: Known,
    now: number,
  ): Event {
    const { component, host } = this.#options;
    const lastTimestamp = formatTime(now);
    if (host === undefined) {
      return {
        apiVersion: 'v1',
        kind: 'Event',
        metadata,
        involvedObject: about,
        reason,
        message,
        type,
        source: this.#source,
        firstTimestamp: first,
        lastTimestamp,
        count,
        reportingComponent: component,
      };
    }
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: about,
      reason,
      message,
      type,
      source: this.#source,
      firstTimestamp: first,
      lastTimestamp,
      count,
      reportingComponent: component,
      reportingInstance: host,
    };
  }

  /** Writes a repeat. False when the event is gone (expired) and must be written anew. */
  #bump({ known, about, text }: Correlation, now: number): boolean {
    const { name, count } = known;
    const patch =
      this.#options.style === 'series'
        ? { series: { count, lastObservedTime: formatMicroTime(now) } }
        : { count, lastTimestamp: formatTime(now), message: text };
    const result = this.#client.patch(eventKind, name, namespaceFor(about), 'merge', patch);
    return result.ok || !isNotFound(result.status);
  }

  /**
   * A name with the nanoseconds in hexadecimal, as upstream's, made unique within a millisecond: two
   * recorders that speak of things of one name at once must not take each other's names.
   */
  #newName(about: ObjectReference): string {
    const now = wallTimeOf(this.#clock);
    this.#sequence = now === this.#lastStamp ? this.#sequence + 1 : 0;
    this.#lastStamp = now;
    return `${about.name}.${hexNanoseconds(now, this.#offset + this.#sequence)}`;
  }
}

const LOW_BITS = 2 ** 20;

/** `ms` and `more` nanoseconds in hexadecimal: in two parts, for it is more than a number holds exactly. */
function hexNanoseconds(ms: number, more: number): string {
  const low = (ms % LOW_BITS) * 1_000_000 + more;
  const high = Math.floor(ms / LOW_BITS) * 1_000_000 + Math.floor(low / LOW_BITS);
  return high.toString(16) + (low % LOW_BITS).toString(16).padStart(5, '0');
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
