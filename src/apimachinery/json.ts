/** JSON as values: what manifests decode to before anything is known of their kind. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Keys are own properties; nothing is read from its prototype. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** What Go's decoder calls a value in `cannot unmarshal ...`. */
export function jsonTypeName(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}
