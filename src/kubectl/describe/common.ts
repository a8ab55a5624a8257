import type { Taint, Toleration } from '../../api/generated/types.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { canonicalize } from '../../apimachinery/quantity.ts';
import { formatRFC1123Z, parseTime } from '../../apimachinery/time.ts';
import { LAST_APPLIED } from '../lastapplied.ts';
import type { DescribeWriter } from './writer.ts';

/** Longer annotations are cut, and stand on lines of their own. */
export const MAX_ANNOTATION = 140;

const ZERO_TIME = 'Mon, 01 Jan 0001 00:00:00 +0000';

/** A moment of the API as describe prints it. */
export function moment(text: string | undefined): string {
  const ms = text === undefined ? undefined : parseTime(text);
  return ms === undefined ? ZERO_TIME : formatRFC1123Z(ms);
}

/** How long ago a moment is, in kubectl's words; `<unknown>` where it is unset. */
export function since(text: string | undefined, now: number): string {
  const ms = text === undefined ? undefined : parseTime(text);
  return ms === undefined ? '<unknown>' : humanDuration(now - ms);
}

/** A quantity as Go prints it; an unset one is `0`. */
export function quantity(text: string | undefined): string {
  const canonical = canonicalize(text ?? '0');
  return typeof canonical === 'string' ? canonical : (text ?? '0');
}

/** `Terminating (lasts 5s)` for what is being deleted, else the phase. */
export function phaseOrTerminating(
  deletionTimestamp: string | undefined,
  phase: string | undefined,
  now: number,
): string {
  return deletionTimestamp === undefined
    ? (phase ?? '')
    : `Terminating (lasts ${since(deletionTimestamp, now)})`;
}

/** `True`, `False`. */
export function bool(value: boolean | undefined): string {
  return value === true ? 'True' : 'False';
}

/** Labels, one a line under the first. */
export function writeLabels(
  w: DescribeWriter,
  title: string,
  labels: Readonly<Record<string, string>> | undefined,
  indent = '',
): void {
  const keys = Object.keys(labels ?? {}).sort();
  w.write(0, `${indent}${title}:\t`);
  if (keys.length === 0) w.write(0, '<none>\n');
  keys.forEach((key, i) => {
    if (i > 0) {
      w.write(0, indent);
      w.write(0, '\t');
    }
    w.write(0, `${key}=${labels?.[key] ?? ''}\n`);
  });
}

/** Annotations, one a line, long ones cut; what apply keeps there is left out. */
export function writeAnnotations(
  w: DescribeWriter,
  title: string,
  annotations: Readonly<Record<string, string>> | undefined,
): void {
  const keys = Object.keys(annotations ?? {})
    .filter((key) => key !== LAST_APPLIED)
    .sort();
  w.write(0, `${title}:\t`);
  if (keys.length === 0) w.write(0, '<none>\n');
  keys.forEach((key, i) => {
    if (i > 0) w.write(0, '\t');
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes('\n')) {
      w.write(0, `${key}: ${value}\n`);
      return;
    }
    w.write(0, `${key}:\n`);
    for (const line of value.split('\n')) w.write(0, `\t  ${shorten(line, MAX_ANNOTATION - 2)}\n`);
  });
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** `key=value:Effect op=Exists for 300s`, one a line. */
export function writeTolerations(
  w: DescribeWriter,
  title: string,
  tolerations: readonly Toleration[] | undefined,
): void {
  w.write(0, `${title}:\t`);
  if (tolerations === undefined || tolerations.length === 0) w.write(0, '<none>\n');
  const sorted = (tolerations ?? []).toSorted((a, b) => compare(a.key ?? '', b.key ?? ''));
  sorted.forEach((toleration, i) => {
    w.write(0, `${i === 0 ? '' : '\t'}${formatToleration(toleration)}\n`);
  });
}

function formatToleration({
  key = '',
  value = '',
  effect = '',
  operator,
  tolerationSeconds,
}: Toleration): string {
  let text = key;
  if (value !== '') text += `=${value}`;
  if (effect !== '') text += `:${effect}`;
  if (operator === 'Exists' && value === '') text += text === '' ? 'op=Exists' : ' op=Exists';
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}

/** `key=value:Effect`, one a line. */
export function writeTaints(w: DescribeWriter, title: string, taints: readonly Taint[] | undefined): void {
  w.write(0, `${title}:\t`);
  if (taints === undefined || taints.length === 0) w.write(0, '<none>\n');
  const sorted = (taints ?? []).toSorted((a, b) => compare(`${a.effect},${a.key}`, `${b.effect},${b.key}`));
  sorted.forEach((taint, i) => {
    w.write(0, `${i === 0 ? '' : '\t'}${formatTaint(taint)}\n`);
  });
}

/** `key=value:Effect`; without value `key:Effect`. */
export function formatTaint({ key, value, effect }: Pick<Taint, 'key' | 'value' | 'effect'>): string {
  return `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`;
}

/** `ReplicaSet/web-x`; undefined for an object without a controller. */
export function controlledBy(object: KubeObject): string | undefined {
  const owner = controllerOf(object);
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`;
}

/** The conditions of workloads: type, status, reason. */
export function writeConditions(
  w: DescribeWriter,
  conditions:
    | readonly { readonly type: string; readonly status: string; readonly reason?: string }[]
    | undefined,
): void {
  if (conditions === undefined || conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  w.write(1, '----\t------\t------\n');
  for (const c of conditions) w.write(1, `${c.type} \t${c.status}\t${c.reason ?? ''}\n`);
}

/** Plain code-unit order. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
