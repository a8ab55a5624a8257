import type { KubeObject } from '../../api/object.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { marshalJson } from '../../apimachinery/object.ts';

/** The object as plain JSON; API objects are JSON by construction. */
export function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

/** The object without `metadata.managedFields`. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  // A kubeconfig is printed too, and has no metadata at all.
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Indented JSON as Go prints it: keys sorted, `<`, `>` and `&` escaped. */
export function printJson(value: Json): string {
  return marshalJson(value, 4);
}

/** Labels as `a=b,c=d`, sorted; `<none>` where there are none. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return entries.length === 0 ? '<none>' : entries.map(([k, v]) => `${k}=${v}`).join(',');
}
