import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject } from '../../apimachinery/object.ts';
import type { JSONSchemaProps, ValidationRule } from '../generated/types.ts';

/** What a schema allows beside its properties: values of a schema, anything (true) or nothing. */
export type Additional = Structural | boolean | undefined;

/**
 * A structural schema: what the values of a field are, apart from the rules on values, which stay in
 * `props` (apiextensions-apiserver pkg/apiserver/schema/structural.go).
 */
export interface Structural {
  /** Empty where anything may stand: int-or-string and x-kubernetes-preserve-unknown-fields. */
  readonly type: string;
  readonly nullable: boolean;
  readonly defaultValue: Json | undefined;
  readonly properties: ReadonlyMap<string, Structural>;
  readonly items: Structural | undefined;
  readonly additional: Additional;
  readonly preserveUnknown: boolean;
  readonly embedded: boolean;
  readonly intOrString: boolean;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
  readonly mapType: string;
  readonly rules: readonly ValidationRule[];
  readonly props: JSONSchemaProps;
}

/** Schemas nested deeper than this are refused. */
export const MAX_SCHEMA_DEPTH = 64;

const NONE: ReadonlyMap<string, Structural> = new Map();

/** Reads a schema that was found structural. */
export function structuralOf(props: JSONSchemaProps): Structural {
  const inner = props.properties === undefined ? [] : Object.entries(props.properties);
  const items = schemaIn(props.items);
  return {
    type: props.type ?? '',
    nullable: props.nullable === true,
    defaultValue: props.default ?? undefined,
    properties: inner.length === 0 ? NONE : new Map(inner.map(([name, each]) => [name, structuralOf(each)])),
    items: items === undefined ? undefined : structuralOf(items),
    additional: additionalOf(props.additionalProperties),
    preserveUnknown: props['x-kubernetes-preserve-unknown-fields'] === true,
    embedded: props['x-kubernetes-embedded-resource'] === true,
    intOrString: props['x-kubernetes-int-or-string'] === true,
    listType: props['x-kubernetes-list-type'] ?? '',
    listMapKeys: props['x-kubernetes-list-map-keys'] ?? [],
    mapType: props['x-kubernetes-map-type'] ?? '',
    rules: props['x-kubernetes-validations'] ?? [],
    props,
  };
}

function additionalOf(value: Json | undefined): Additional {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
  const schema = schemaIn(value);
  return schema === undefined ? undefined : structuralOf(schema);
}

/** The schema in a field that may hold one: `items`, `additionalProperties`. */
export function schemaIn(value: Json | undefined): JSONSchemaProps | undefined {
  return isObject(value) ? (value as unknown as JSONSchemaProps) : undefined;
}

/** The schema of the values of keys that are no properties, if there is one. */
export function additionalSchema(schema: Structural): Structural | undefined {
  return typeof schema.additional === 'object' ? schema.additional : undefined;
}

/** The schema of what stands under a key. */
export function schemaUnder(schema: Structural, key: string): Structural | undefined {
  return schema.properties.get(key) ?? additionalSchema(schema);
}

/** An object in which nothing was changed is given back as it is. */
export function rebuilt(object: JsonObject, entries: readonly (readonly [string, Json])[]): JsonObject {
  const keys = Object.keys(object);
  const same =
    keys.length === entries.length && entries.every(([key, value]) => object[key] === value && key in object);
  return same ? object : (Object.fromEntries(entries) as JsonObject);
}
