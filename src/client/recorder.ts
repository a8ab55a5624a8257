import type { Event, EventSource, ObjectReference } from '../api/generated/types.ts';
import { event as eventKind } from '../api/kinds/event.ts';
import type { KubeObject } from '../api/object.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import type { Clock } from '../sim/clock.ts';
import type { Client } from './client.ts';

export type EventType = 'Normal' | 'Warning';

/** client-go tools/record/events_cache.go: similar events within this time are combined ... */
const AGGREGATE_INTERVAL_MS = 600_000;
/** ... once there are more than this many with different messages. */
const AGGREGATE_MAX = 10;
/** Spam filter of a source about one object: a burst, then one every five minutes. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** How many different events are remembered, per cache (client-go's LRU size). */
const CACHE_SIZE = 4096;

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

interface Known {
  readonly name: string;
  readonly namespace: string;
  /** When it was first observed, ms since the epoch. */
  readonly first: number;
  count: number;
}

interface Similar {
  readonly messages: Set<string>;
  last: number;
}

interface Bucket {
  tokens: number;
  last: number;
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
  readonly #known = new Map<string, Known>();
  readonly #similar = new Map<string, Similar>();
  readonly #spam = new Map<string, Bucket>();
  #lastStamp = 0;
  #sequence = 0;

  constructor(client: Client, clock: Clock, options: RecorderOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#options = options;
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
    const group = `${about.uid}|${about.kind}|${about.namespace}|${about.name}|${about.fieldPath}|${type}|${reason}`;
    // The events.k8s.io recorder neither combines nor filters.
    const classic = this.#options.style !== 'series';
    const combined = classic && this.#combine(group, message, now);
    const text = combined ? `(combined from similar events): ${message}` : message;
    const known = this.#observe(about, combined ? `${group}|*` : `${group}|${message}`, now);
    // As upstream, what the filter holds back is still counted.
    if (classic && !this.#mayPass(`${about.uid}|${about.kind}|${about.namespace}|${about.name}`, now)) return;
    if (known.count > 1 && this.#bump(known, text, now)) return;
    this.#create(about, type, reason, text, known, now);
  }

  /** Counts the event among those that are the same. */
  #observe(about: ObjectReference, key: string, now: number): Known {
    const known = touch(this.#known, key);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    const namespace =
      about.namespace === undefined || about.namespace === '' ? NO_NAMESPACE : about.namespace;
    const fresh: Known = { name: `${about.name}.${this.#stamp(now)}`, namespace, first: now, count: 1 };
    remember(this.#known, key, fresh);
    return fresh;
  }

  #create(
    about: ObjectReference,
    type: EventType,
    reason: string,
    message: string,
    { name, namespace, first, count }: Known,
    now: number,
  ): void {
    const series = this.#options.style === 'series';
    const object: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: about,
      reason,
      message,
      type,
      ...(series
        ? { eventTime: formatMicroTime(now), action: reason, source: this.#source }
        : {
            source: this.#source,
            firstTimestamp: formatTime(first),
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
  #bump({ name, namespace, count }: Known, message: string, now: number): boolean {
    const patch =
      this.#options.style === 'series'
        ? { series: { count, lastObservedTime: formatMicroTime(now) } }
        : { count, lastTimestamp: formatTime(now), message };
    const result = this.#client.patch(eventKind, name, namespace, 'merge', patch);
    return result.ok || !isNotFound(result.status);
  }

  /** True when this message is one too many of its kind. */
  #combine(group: string, message: string, now: number): boolean {
    const similar = touch(this.#similar, group);
    if (similar === undefined || now - similar.last > AGGREGATE_INTERVAL_MS) {
      remember(this.#similar, group, { messages: new Set([message]), last: now });
      return false;
    }
    similar.last = now;
    similar.messages.add(message);
    if (similar.messages.size < AGGREGATE_MAX) return false;
    for (const oldest of similar.messages) {
      // One less than the limit: the next new message is again one too many, a known one is not.
      if (similar.messages.size < AGGREGATE_MAX) break;
      similar.messages.delete(oldest);
    }
    return true;
  }

  #mayPass(object: string, now: number): boolean {
    const bucket = touch(this.#spam, object);
    if (bucket === undefined) {
      remember(this.#spam, object, { tokens: SPAM_BURST - 1, last: now });
      return true;
    }
    bucket.tokens = Math.min(SPAM_BURST, bucket.tokens + (now - bucket.last) / SPAM_REFILL_MS);
    bucket.last = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** The hexadecimal nanoseconds that upstream appends to names, made unique within a millisecond. */
  #stamp(now: number): string {
    this.#sequence = now === this.#lastStamp ? this.#sequence + 1 : 0;
    this.#lastStamp = now;
    return (BigInt(now) * 1_000_000n + BigInt(this.#sequence)).toString(16);
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

/** Reads an entry and makes it the youngest. */
function touch<V>(cache: Map<string, V>, key: string): V | undefined {
  const value = cache.get(key);
  if (value === undefined) return undefined;
  cache.delete(key);
  cache.set(key, value);
  return value;
}

function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  cache.set(key, value);
  if (cache.size <= CACHE_SIZE) return;
  for (const oldest of cache.keys()) {
    cache.delete(oldest);
    return;
  }
}
