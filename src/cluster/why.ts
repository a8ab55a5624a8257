import type { KubeObject } from '../api/object.ts';
import type { History, KeyValue } from '../etcd/store.ts';
import { describeDecision, isSchedulingDecision } from '../scheduler/decision.ts';
import type { Cause } from '../sim/cause.ts';

/** One link of the chain: who wrote what, when, and as a reaction to which revision. */
export interface WhyLine {
  /** ms since the epoch. */
  readonly time: number;
  readonly revision: number;
  readonly component: string;
  /** One sentence, in English as Kubernetes' own messages are. */
  readonly text: string;
  /** The store key of the object that was written. */
  readonly key: string;
}

/** A chain longer than this is cut at its old end. */
const MAX_LINKS = 200;
const MAX_FIELDS = 3;

/**
 * How an object came to be as it is: every write of it, and before each creation the chain of writes
 * that led to it, oldest first. All of it is read from the causes that were recorded with the writes.
 */
export function why(history: History<KubeObject>, key: string, at: number): readonly WhyLine[] {
  const lines = new Map<number, WhyLine>();
  let record = latest(history, key, at);
  const own: KeyValue<KubeObject>[] = [];
  while (record !== undefined && own.length < MAX_LINKS) {
    own.push(record);
    record = record.previous;
  }
  for (const write of own) {
    lines.set(write.modRevision, lineOf(write));
    follow(history, write.cause, lines);
  }
  return [...lines.values()].sort((a, b) => a.revision - b.revision).slice(-MAX_LINKS);
}

/** The last record of a key as of a revision, a tombstone included. */
function latest(history: History<KubeObject>, key: string, at: number): KeyValue<KubeObject> | undefined {
  const live = history.get(key, at);
  if (live !== undefined) return live;
  // A deleted object is still explained: its tombstone is found from the end of the log.
  let found: KeyValue<KubeObject> | undefined;
  for (const record of history.between(history.oldest, at)) if (record.key === key) found = record;
  return found;
}

/** Adds what a write reacted to, and what that reacted to, back to an impulse from outside. */
function follow(history: History<KubeObject>, cause: Cause, lines: Map<number, WhyLine>): void {
  let trigger = cause.trigger;
  for (let i = 0; i < MAX_LINKS && trigger > 0 && !lines.has(trigger); i++) {
    const record = history.at(trigger)[0];
    if (record === undefined) return;
    lines.set(trigger, lineOf(record));
    trigger = record.cause.trigger;
  }
}

function lineOf(record: KeyValue<KubeObject>): WhyLine {
  const { key, time, modRevision, cause } = record;
  return { key, time, revision: modRevision, component: cause.component, text: sentence(record) };
}

function sentence(record: KeyValue<KubeObject>): string {
  const { cause, value, previous } = record;
  const name = nameIn(record);
  const asked = cause.input === undefined ? '' : ` (${cause.input})`;
  if (value === undefined) return `deleted ${name}${asked}`;
  if (previous?.value === undefined) return `created ${name}${asked}`;
  if (cause.decision !== undefined && isSchedulingDecision(cause.decision))
    return `${describeDecision(cause.decision).summary}`;
  const changes = differences(previous.value, value);
  const what = changes.length === 0 ? 'wrote' : `changed ${changes.join(', ')} of`;
  return `${what} ${name}${asked}`;
}

function nameIn(record: KeyValue<KubeObject>): string {
  const object = record.value ?? record.previous?.value;
  if (object === undefined) return record.key;
  const { name = '', namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The first few fields that are other values than before, with both values where they are short. */
function differences(before: unknown, after: unknown): string[] {
  const found: string[] = [];
  compare(before, after, '', found);
  if (found.length <= MAX_FIELDS) return found;
  return [...found.slice(0, MAX_FIELDS), `${found.length - MAX_FIELDS} more`];
}

/** Written by the server with every change, so never the news. */
const DULL = new Set(['metadata.resourceVersion', 'metadata.generation', 'metadata.managedFields']);
const MAX_FOUND = 50;

function compare(before: unknown, after: unknown, path: string, found: string[]): void {
  if (before === after || found.length >= MAX_FOUND || DULL.has(path)) return;
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[key], after[key], path === '' ? key : `${path}.${key}`, found);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, found);
    return;
  }
  found.push(`${path} ${short(before)} -> ${short(after)}`);
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  found: string[],
): void {
  const key = ['type', 'name', 'uid'].find((candidate) =>
    [...before, ...after].every((item) => isRecord(item) && typeof item[candidate] === 'string'),
  );
  if (key === undefined) {
    if (JSON.stringify(before) !== JSON.stringify(after))
      found.push(`${path} ${short(before)} -> ${short(after)}`);
    return;
  }
  const old = new Map(before.map((item) => [(item as Record<string, unknown>)[key], item]));
  for (const item of after) {
    const id = String((item as Record<string, unknown>)[key]);
    compare(old.get(id), item, `${path}[${id}]`, found);
    old.delete(id);
  }
  for (const id of old.keys()) found.push(`${path}[${String(id)}] removed`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  if (value === undefined) return 'unset';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}
