import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import type { GvkPattern } from './resid.ts';

/** Where in resources of a type a transformer acts (api/types FieldSpec). */
export interface FieldSpec extends GvkPattern {
  /** Names with `/` between them, `\/` for one in a name; lists are entered without an index. */
  readonly path: string;
  /** Makes the field where there is none. */
  readonly create?: boolean;
}

/** The parts of a path. */
export function pathParts(path: string): readonly string[] {
  return path.split(/(?<!\\)\//).map((part) => part.replaceAll('\\/', '/'));
}

/**
 * The value with `change` applied to every field that the path leads to. Where the path leads to
 * nothing, nothing happens, or with `create` the field is made. What stays the same is shared.
 */
export function changeAt(
  value: Json,
  path: readonly string[],
  create: boolean,
  change: (field: Json | undefined) => Json | undefined,
): Json {
  const [part, ...rest] = path;
  if (part === undefined) return change(value) ?? value;
  if (isList(value)) {
    const items = value.map((item) => changeAt(item, path, create, change));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isObject(value)) return value;
  const key = part.replace(/\[\]$/, '');
  const field = own(value, key) ?? undefined;
  if (field === undefined && (!create || key !== part)) return value;
  const next =
    rest.length === 0 && field === undefined
      ? change(undefined)
      : changeAt(field ?? {}, rest, create, change);
  return next === undefined || next === field ? value : { ...value, [key]: next };
}

/** The same for a whole resource. */
export function changeField(
  object: JsonObject,
  spec: FieldSpec,
  change: (field: Json | undefined) => Json | undefined,
): JsonObject {
  return changeAt(object, pathParts(spec.path), spec.create === true, change) as JsonObject;
}
