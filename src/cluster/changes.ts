import type { KubeObject } from '../api/object.ts';
import { describePodChange } from './podchanges.ts';
import { isRecord, listKey, type Row, rowsOf, short } from './values.ts';
import { type WhyWords, whyWords } from './whywords.ts';

/** More than this many changes of one write are counted, not listed. */
const MAX_LISTED = 6;
const MAX_FOUND = 50;

/** Written along with every change, or said by another field: never the news. */
const DULL = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'observedGeneration',
  'lastHeartbeatTime',
  'lastTransitionTime',
  'lastUpdateTime',
  'lastProbeTime',
  'renewTime',
  'deletionGracePeriodSeconds',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/**
 * What is different in an object after a write, each difference a few words: `spec.replicas 3 -> 5`,
 * `Ready: Unknown (NodeStatusUnknown)`, `container redis: waiting, ErrImagePull`. Empty when only
 * bookkeeping changed.
 */
export function describeChange(
  before: KubeObject,
  after: KubeObject,
  words: WhyWords = whyWords,
): readonly string[] {
  const found: string[] = [];
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined)
    found.push(words.markedForDeletion);
  if (after.kind === 'Pod') {
    found.push(...describePodChange(before, after, words));
    compare(before.metadata.finalizers, after.metadata.finalizers, 'finalizers', { found, words });
  } else
    for (const key of keysOf(before, after))
      compare(record(before)[key], record(after)[key], key, { found, words });
  if (found.length <= MAX_LISTED) return found;
  return [...found.slice(0, MAX_LISTED), words.more(found.length - MAX_LISTED)];
}

/** What is found, and the words for it. */
interface Account {
  readonly found: string[];
  readonly words: WhyWords;
}

function record(object: KubeObject): Row {
  return object as unknown as Row;
}

function keysOf(before: object, after: object): Set<string> {
  return new Set([...Object.keys(before), ...Object.keys(after)]);
}

function compare(before: unknown, after: unknown, path: string, account: Account): void {
  const { found, words } = account;
  if (before === after || found.length >= MAX_FOUND) return;
  if (isRecord(before) || isRecord(after)) {
    if ((before !== undefined && !isRecord(before)) || (after !== undefined && !isRecord(after))) {
      found.push(words.changed(path));
      return;
    }
    compareRecords(before ?? {}, after ?? {}, path, account);
    return;
  }
  if (Array.isArray(before) || Array.isArray(after)) {
    compareLists(Array.isArray(before) ? before : [], Array.isArray(after) ? after : [], path, account);
    return;
  }
  // A count that appears is a count from nothing.
  if (typeof (before ?? after) === 'number' && (before ?? 0) === (after ?? 0)) return;
  found.push(scalar(path, before, after, words));
}

function scalar(path: string, before: unknown, after: unknown, words: WhyWords): string {
  // Of a ConfigMap's or Secret's contents the name says enough.
  if (/^(data|binaryData|stringData)\./.test(path))
    return before === undefined
      ? words.added(path)
      : after === undefined
        ? words.removed(path)
        : words.changed(path);
  if (path === 'spec.unschedulable') return after === true ? words.cordoned : words.uncordoned;
  if (typeof (before ?? after) === 'number') return `${path} ${short(before ?? 0)} -> ${short(after ?? 0)}`;
  if (before === undefined) return words.set(path, short(after));
  if (after === undefined) return words.unset(path, short(before));
  return `${path} ${short(before)} -> ${short(after)}`;
}

function compareRecords(before: Row, after: Row, path: string, account: Account): void {
  for (const key of keysOf(before, after)) {
    if (DULL.has(key) || (path === 'metadata' && key === 'deletionTimestamp')) continue;
    compare(before[key], after[key], `${path}.${key}`.replace(/^(status|metadata)\./, ''), account);
  }
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  account: Account,
): void {
  const { found, words } = account;
  if (path === 'conditions') {
    found.push(...describeConditions(before, after));
    return;
  }
  if (path === 'spec.taints') {
    found.push(...difference(before, after, taintText, { noun: words.nouns.taint, words }));
    return;
  }
  if (path === 'finalizers') {
    found.push(...difference(before, after, String, { noun: words.nouns.finalizer, words }));
    return;
  }
  if (path === 'endpoints') {
    found.push(...describeEndpoints(before, after, words));
    return;
  }
  const key = listKey(before, after);
  if (key === undefined) {
    if (JSON.stringify(before) !== JSON.stringify(after)) found.push(words.changed(path));
    return;
  }
  const old = new Map(rowsOf(before).map((item) => [String(item[key]), item]));
  for (const item of rowsOf(after)) {
    const id = String(item[key]);
    const was = old.get(id);
    if (was === undefined) found.push(words.added(`${path}[${id}]`));
    else compare(was, item, `${path}[${id}]`, account);
    old.delete(id);
  }
  for (const id of old.keys()) found.push(words.removed(`${path}[${id}]`));
}

/** `Available: False (MinimumReplicasUnavailable)`, for each condition whose status or reason is new. */
export function describeConditions(before: readonly unknown[], after: readonly unknown[]): readonly string[] {
  const old = new Map(rowsOf(before).map((condition) => [condition.type, condition]));
  return rowsOf(after).flatMap((condition) => {
    const was = old.get(condition.type);
    if (was !== undefined && was.status === condition.status && was.reason === condition.reason) return [];
    const reason = condition.reason === undefined ? '' : ` (${String(condition.reason)})`;
    return [`${String(condition.type)}: ${String(condition.status)}${reason}`];
  });
}

function taintText(taint: unknown): string {
  if (!isRecord(taint)) return String(taint);
  const value = taint.value === undefined ? '' : `=${String(taint.value)}`;
  return `${String(taint.key)}${value}:${String(taint.effect)}`;
}

function difference(
  before: readonly unknown[],
  after: readonly unknown[],
  text: (item: unknown) => string,
  { noun, words }: { readonly noun: string; readonly words: WhyWords },
): string[] {
  const [old, now] = [new Set(before.map(text)), new Set(after.map(text))];
  return [
    ...[...now].filter((item) => !old.has(item)).map((item) => words.added(`${noun} ${item}`)),
    ...[...old].filter((item) => !now.has(item)).map((item) => words.removed(`${noun} ${item}`)),
  ];
}

/** The addresses of an EndpointSlice, with how ready each is. */
function describeEndpoints(
  before: readonly unknown[],
  after: readonly unknown[],
  { nouns, endpointStates, removed }: WhyWords,
): string[] {
  const states = (list: readonly unknown[]): Map<string, string> =>
    new Map(
      rowsOf(list).map((endpoint) => {
        const addresses = endpoint.addresses;
        const { conditions } = endpoint as { conditions?: Row };
        const state =
          conditions?.terminating === true
            ? endpointStates.terminating
            : conditions?.ready === false
              ? endpointStates.notReady
              : endpointStates.ready;
        return [Array.isArray(addresses) ? addresses.join(',') : '', state];
      }),
    );
  const [old, now] = [states(before), states(after)];
  return [
    ...[...now]
      .filter(([address, state]) => old.get(address) !== state)
      .map(([address, state]) => `${nouns.endpoint} ${address} ${state}`),
    ...[...old.keys()]
      .filter((address) => !now.has(address))
      .map((address) => removed(`${nouns.endpoint} ${address}`)),
  ];
}
