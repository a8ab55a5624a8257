import type { KubeObject } from '../api/object.ts';
import { goJson } from '../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { sortKeys } from '../apimachinery/object.ts';
import { asJson } from './printers/value.ts';

/** Where `kubectl apply` keeps what it sent last (pkg/util/apply.go). */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object with an annotation that holds the object itself. */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const plain = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${goJson(sortKeys(asJson(plain)))}\n`;
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

/** The object without that annotation, as `kubectl diff` compares it: with annotations, if only none. */
export function withoutLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What was applied last; undefined when the object was not made by apply, or the annotation is unreadable. */
export function lastApplied(object: KubeObject): JsonObject | undefined {
  const annotations = object.metadata.annotations;
  const text =
    annotations !== undefined && Object.hasOwn(annotations, LAST_APPLIED)
      ? annotations[LAST_APPLIED]
      : undefined;
  if (text === undefined) return undefined;
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** JSON text as a value; undefined when it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // JSON.parse has no other way to say that a text is no JSON.
    return undefined;
  }
}
