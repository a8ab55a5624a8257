import type { KubeObject } from '../api/object.ts';
import type { History, KeyValue } from '../etcd/store.ts';
import { describeDecision, isSchedulingDecision } from '../scheduler/decision.ts';
import type { Cause } from '../sim/cause.ts';
import { describeChange } from './changes.ts';
import { type WhyWords, whyWords } from './whywords.ts';

/** One link of the chain: who wrote what, when, and as a reaction to which revision. */
export interface WhyLine {
  /** ms since the epoch. */
  readonly time: number;
  readonly revision: number;
  readonly component: string;
  /** The revision that the writer reacted to; 0 when the impulse came from outside or from a timer. */
  readonly trigger: number;
  /** One sentence, in the words that were asked for. */
  readonly text: string;
  /** The store key of the object that was written. */
  readonly key: string;
}

/** As of when, and in which words, an object is explained. */
export interface WhyOptions {
  readonly revision?: number;
  readonly words?: WhyWords;
}

/** A chain longer than this is cut at its old end. */
const MAX_LINKS = 200;

/**
 * How an object came to be as it is: every write of it, and before each creation the chain of writes
 * that led to it, oldest first. All of it is read from the causes that were recorded with the writes.
 */
export function why(
  history: History<KubeObject>,
  key: string,
  at: number,
  words: WhyWords = whyWords,
): readonly WhyLine[] {
  const lines = new Map<number, WhyLine>();
  let record = lastRecord(history, key, at);
  const own: KeyValue<KubeObject>[] = [];
  while (record !== undefined && own.length < MAX_LINKS) {
    own.push(record);
    record = record.previous;
  }
  for (const write of own) {
    lines.set(write.modRevision, lineOf(write, words));
    follow(history, write.cause, lines, words);
  }
  const sorted = [...lines.values()].sort((a, b) => a.revision - b.revision);
  return withoutRepetition(sorted, words).slice(-MAX_LINKS);
}

/** Of writes that say the same as the one before of the same object, the last only, with their number. */
function withoutRepetition(lines: readonly WhyLine[], words: WhyWords): readonly WhyLine[] {
  const kept: { line: WhyLine; times: number }[] = [];
  for (const line of lines) {
    const last = kept.at(-1);
    if (
      last?.line.key === line.key &&
      last.line.component === line.component &&
      last.line.text === line.text
    ) {
      last.line = line;
      last.times++;
    } else kept.push({ line, times: 1 });
  }
  return kept.map(({ line, times }) =>
    times === 1 ? line : { ...line, text: words.times(line.text, times) },
  );
}

/** The last record of a key as of a revision, a tombstone included. */
export function lastRecord(
  history: History<KubeObject>,
  key: string,
  at: number,
): KeyValue<KubeObject> | undefined {
  const live = history.get(key, at);
  if (live !== undefined) return live;
  // A deleted object is still explained: its tombstone is found from the end of the log.
  let found: KeyValue<KubeObject> | undefined;
  for (const record of history.between(history.oldest, at)) if (record.key === key) found = record;
  return found;
}

/** Adds what a write reacted to, and what that reacted to, back to an impulse from outside. */
function follow(
  history: History<KubeObject>,
  cause: Cause,
  lines: Map<number, WhyLine>,
  words: WhyWords,
): void {
  let trigger = cause.trigger;
  for (let i = 0; i < MAX_LINKS && trigger > 0 && !lines.has(trigger); i++) {
    const record = history.at(trigger)[0];
    if (record === undefined) return;
    lines.set(trigger, lineOf(record, words));
    trigger = record.cause.trigger;
  }
}

function lineOf(record: KeyValue<KubeObject>, words: WhyWords): WhyLine {
  const { key, time, modRevision, cause } = record;
  const { component, trigger } = cause;
  return { key, time, revision: modRevision, trigger, component, text: sentence(record, words) };
}

function sentence(record: KeyValue<KubeObject>, words: WhyWords): string {
  const { cause, value, previous } = record;
  const name = nameIn(record);
  if (value === undefined) return words.deleted(name, cause.input);
  if (previous?.value === undefined) return words.created(name, cause.input);
  if (isSchedulingDecision(cause.decision) && isBinding(previous.value, value))
    return describeDecision(cause.decision, words.decision).summary;
  const changes = describeChange(previous.value, value, words);
  const news = changes.length > 0 ? changes : [isHeartbeat(value) ? words.stillAlive : words.bookkeeping];
  return words.wrote(name, news, cause.input);
}

/** Whether the write was the scheduler's assignment, and not the note that there is none. */
function isBinding(before: KubeObject, after: KubeObject): boolean {
  return nodeNameOf(before) !== nodeNameOf(after);
}

function nodeNameOf(object: KubeObject): unknown {
  const { spec } = object as { readonly spec?: { readonly nodeName?: string } };
  return spec?.nodeName;
}

function isHeartbeat({ kind }: KubeObject): boolean {
  return kind === 'Node' || kind === 'Lease';
}

function nameIn(record: KeyValue<KubeObject>): string {
  const object = record.value ?? record.previous?.value;
  if (object === undefined) return record.key;
  const { name = '', namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
