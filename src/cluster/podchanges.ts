import type { KubeObject } from '../api/object.ts';
import { isRecord, type Row, rowsOf, short } from './values.ts';
import type { WhyWords } from './whywords.ts';

const LISTS = [
  ['initContainerStatuses', 'initContainer'],
  ['containerStatuses', 'container'],
  ['ephemeralContainerStatuses', 'ephemeralContainer'],
] as const;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const FAULTS_ONLY = new Set(['PodScheduled', 'DisruptionTarget']);

/** What is different in a pod after a write, in the order in which a reader asks. */
export function describePodChange(before: KubeObject, after: KubeObject, words: WhyWords): readonly string[] {
  const [was, is] = [before as unknown as Row, after as unknown as Row];
  const [oldSpec, spec] = [part(was, 'spec'), part(is, 'spec')];
  const [old, status] = [part(was, 'status'), part(is, 'status')];
  const found: string[] = [];
  if (spec.nodeName !== oldSpec.nodeName) found.push(words.assigned(String(spec.nodeName)));
  found.push(...describeTemplate(oldSpec, spec, words), ...describeMaps(was, is, words));
  if (status.nominatedNodeName !== old.nominatedNodeName && status.nominatedNodeName !== undefined)
    found.push(words.roomMade(String(status.nominatedNodeName)));
  if (status.phase !== old.phase)
    found.push(words.phase(String(old.phase ?? 'Pending'), String(status.phase)));
  if (status.reason !== old.reason && status.reason !== undefined)
    found.push(explained(String(status.reason), status.message));
  found.push(...describeFaults(old, status));
  for (const [field, noun] of LISTS)
    found.push(...describeContainers(old[field], status[field], words.nouns[noun], words));
  if (status.podIP !== old.podIP && status.podIP !== undefined)
    found.push(words.address(String(status.podIP)));
  const ready = statusOf(status, 'Ready');
  if (ready !== statusOf(old, 'Ready') && ready !== undefined)
    found.push(ready === 'True' ? words.podReady : words.podNotReady);
  return found;
}

function part(object: Row, key: string): Row {
  const value = object[key];
  return isRecord(value) ? value : {};
}

/** The few fields of a pod's spec that can be changed. */
function describeTemplate(before: Row, after: Row, words: WhyWords): string[] {
  const found: string[] = [];
  for (const field of ['initContainers', 'containers']) {
    const old = new Map(rowsOf(before[field]).map((container) => [container.name, container]));
    for (const container of rowsOf(after[field])) {
      const was = old.get(container.name)?.image;
      if (was !== undefined && was !== container.image)
        found.push(words.image(String(container.name), String(was), String(container.image)));
    }
  }
  if (rowsOf(after.ephemeralContainers).length > rowsOf(before.ephemeralContainers).length)
    found.push(words.added(words.nouns.ephemeralContainer));
  return found;
}

/** Labels, annotations and owners. */
function describeMaps(before: Row, after: Row, words: WhyWords): string[] {
  const [was, is] = [part(before, 'metadata'), part(after, 'metadata')];
  const found: string[] = [];
  for (const [field, noun] of [
    ['labels', words.nouns.label],
    ['annotations', words.nouns.annotation],
  ] as const) {
    const [old, now] = [part(was, field), part(is, field)];
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (old[key] === now[key] || key === LAST_APPLIED) continue;
      const name = `${noun} ${key}`;
      found.push(now[key] === undefined ? words.removed(name) : `${name} = ${short(now[key])}`);
    }
  }
  const [owned, owns] = [rowsOf(was.ownerReferences), rowsOf(is.ownerReferences)];
  if (owned.length < owns.length) found.push(words.adopted(String(owns.at(-1)?.name)));
  if (owned.length > owns.length) found.push(words.released);
  return found;
}

/** Conditions that tell of trouble: not scheduled, or to be disrupted. */
function describeFaults(before: Row, after: Row): string[] {
  const old = new Map(rowsOf(before.conditions).map((condition) => [condition.type, condition]));
  return rowsOf(after.conditions).flatMap((condition) => {
    const { type, status, reason, message } = condition as Record<string, unknown>;
    if (!FAULTS_ONLY.has(String(type)) || (type === 'PodScheduled' && status !== 'False')) return [];
    const was = old.get(type);
    if (was?.status === status && was?.reason === reason && was?.message === message) return [];
    return [explained(String(reason), message)];
  });
}

function statusOf(status: Row, type: string): unknown {
  return rowsOf(status.conditions).find((condition) => condition.type === type)?.status;
}

function describeContainers(before: unknown, after: unknown, noun: string, words: WhyWords): string[] {
  const old = new Map(rowsOf(before).map((container) => [container.name, container]));
  return rowsOf(after).flatMap((container) => {
    const was = old.get(container.name);
    const found: string[] = [];
    const state = stateText(container, words);
    const name = `${noun} ${String(container.name)}`;
    if (was === undefined ? state !== undefined : stateText(was, words) !== state)
      found.push(`${name}: ${state ?? words.noState}`);
    const restarts = Number(container.restartCount ?? 0);
    if (restarts > Number(was?.restartCount ?? 0)) found.push(words.restarted(name, restarts));
    return found;
  });
}

/** `running`, `waiting, ErrImagePull`, `terminated, Error (exit code 1)`. */
function stateText(container: Row, words: WhyWords): string | undefined {
  const state = part(container, 'state');
  if (isRecord(state.running)) return words.running;
  if (isRecord(state.waiting)) return waitingText(state.waiting, words);
  if (!isRecord(state.terminated)) return undefined;
  const { reason, exitCode } = state.terminated;
  return words.terminated(String(reason ?? words.noReason), String(exitCode));
}

/** With the runtime's or kubelet's words, unless they repeat what was said before the back-off. */
function waitingText({ reason, message }: Row, words: WhyWords): string {
  const name = String(reason ?? words.noReason);
  return words.waiting(name.endsWith('BackOff') ? name : explained(name, message));
}

function explained(reason: string, message: unknown): string {
  return typeof message === 'string' && message !== '' ? `${reason}: ${message}` : reason;
}
