import type { Event } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { event as eventKind } from '../../api/kinds/event.ts';
import { isTerminating, type KubeObject, nameOf, namespaceOf, uidOf } from '../../api/object.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { waitRules } from './registry.ts';
import type { Wait, WaitSource, WaitView } from './wait.ts';
import { type WaitWords, waitWords } from './waitwords.ts';

/** A workload asks its pods, a pod its node or claim, a claim its class. */
const MAX_DEPTH = 4;

/**
 * What an object waits for, the nearest cause first; empty when it waits for nothing. Read from
 * the objects and events of one moment as they were recorded, in English or in other words.
 */
export function waitsFor(
  source: WaitSource,
  object: KubeObject,
  words: WaitWords = waitWords,
): readonly Wait[] {
  return new View(source, words).of(object);
}

class View implements WaitView {
  readonly words: WaitWords;
  readonly #source: WaitSource;
  #depth = 0;

  constructor(source: WaitSource, words: WaitWords) {
    this.#source = source;
    this.words = words;
  }

  get now(): number {
    return this.#source.sim.now();
  }

  objects<T extends KubeObject>(kind: KindDefinition<T>, namespace?: string): readonly T[] {
    return this.#source.objects(kind, namespace);
  }

  get<T extends KubeObject>(kind: KindDefinition<T>, namespace: string, name: string): T | undefined {
    return this.objects(kind, kind.namespaced ? namespace : undefined).find(
      (object) => nameOf(object) === name,
    );
  }

  events(object: KubeObject): readonly Event[] {
    const uid = uidOf(object);
    const namespace = namespaceOf(object);
    return this.objects(eventKind, namespace === '' ? 'default' : namespace)
      .filter(({ involvedObject }) => involvedObject.uid === uid || isNodeEvent(involvedObject, object))
      .map((event) => ({ event, time: timeOf(event) }))
      .sort((a, b) => a.time - b.time)
      .map(({ event }) => event);
  }

  of(object: KubeObject): readonly Wait[] {
    if (this.#depth >= MAX_DEPTH) return [];
    this.#depth++;
    try {
      const rule = waitRules.find(({ kind }) => kind.kind === object.kind);
      const waits = rule?.waits(object, this) ?? [];
      return [...waits, ...(object.kind === 'Pod' ? [] : finalizers(object, this))];
    } finally {
      this.#depth--;
    }
  }

  since(time: string | undefined): string | undefined {
    const ms = time === undefined ? undefined : parseTime(time);
    return ms === undefined ? undefined : humanDuration(Math.max(0, this.now - ms));
  }
}

/** The kubelet's events name their node by its name where the uid should be. */
function isNodeEvent(involved: Event['involvedObject'], object: KubeObject): boolean {
  return object.kind === 'Node' && involved.kind === 'Node' && involved.name === nameOf(object);
}

function timeOf({ lastTimestamp, eventTime, metadata }: Event): number {
  return parseTime(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') ?? 0;
}

function finalizers(object: KubeObject, { words }: WaitView): readonly Wait[] {
  const left = object.metadata.finalizers ?? [];
  return isTerminating(object) && left.length > 0 ? [{ text: words.finalizers(left) }] : [];
}
