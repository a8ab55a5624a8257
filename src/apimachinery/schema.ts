/**
 * The compact schema of Kubernetes' API types: what strict decoding, strategic merge, server-side
 * apply and `kubectl explain` need to know of a type, and nothing else. The data is generated
 * (assets/schema.json); these are its types. Pure values: this file knows no Kubernetes kind.
 */

/** What a field holds. `ref` points at another type by name; `any` is free-form JSON. */
export type FieldType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'any'
  | 'ref'
  | 'list'
  | 'map';

/** One field of a type, or the element of a list or the value of a map. */
export interface SchemaField {
  readonly type: FieldType;
  /** For `integer` and `number`: int32, int64, double. */
  readonly format?: 'int32' | 'int64' | 'double';
  /** For `ref`: the name of the type, e.g. `Container`. */
  readonly ref?: string;
  /** For `list` and `map`: what the elements or values are. */
  readonly items?: SchemaField;
  /** True where upstream marks the field as required. */
  readonly required?: boolean;
  /** True for an optional field that Go writes even if it is zero: a pointer, or without `omitempty`. */
  readonly writtenWhenZero?: boolean;
  /** How strategic merge patch treats the list or map (`patchStrategy` upstream). */
  readonly patchStrategy?: 'merge' | 'replace' | 'retainKeys' | 'merge,retainKeys';
  /** The key that identifies an element of a merged list (`patchMergeKey` upstream). */
  readonly patchMergeKey?: string;
  /** How server-side apply treats a list (`x-kubernetes-list-type` upstream). */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** For `listType: map`: the fields that together identify an element. */
  readonly listMapKeys?: readonly string[];
  /** How server-side apply treats a map or struct. */
  readonly mapType?: 'atomic' | 'granular';
}

/** An object type: its fields by JSON name. */
export interface SchemaType {
  /** What the API reference calls it, where another type goes by that name. */
  readonly name?: string;
  readonly fields: Readonly<Record<string, SchemaField>>;
}

/** All types by name, e.g. `Pod`, `PodSpec`, `ObjectMeta`. */
export type Schema = Readonly<Record<string, SchemaType>>;
