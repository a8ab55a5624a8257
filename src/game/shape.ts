import { parseDuration } from '../apimachinery/duration.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { exceedsDepth, isList, isObject, own, put } from '../apimachinery/object.ts';
import { editDistance } from '../apimachinery/suggest.ts';
import { type Issues, shown } from './issue.ts';

/** A JSON Schema (draft 2020-12) as far as shapes need it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The shape of a part of a file from outside: one description that checks a value with positions,
 * reads it into its typed form, and gives the JSON Schema that editors use. `read` returns undefined
 * when something is wrong, and has then said so in `issues`.
 */
export interface Shape<T> {
  read(value: Json, path: string, issues: Issues): T | undefined;
  schema(): JsonSchema;
}

/** What a shape reads a value into. */
export type Out<S> = S extends Shape<infer T> ? T : never;

export interface TextOptions {
  /** Characters; default 1 to 200. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly wanted?: string;
}

/** A text. Patterns are ours, never the file's. */
export function text(options: TextOptions = {}): Shape<string> {
  const { min = 1, max = 200, pattern } = options;
  const wanted = options.wanted ?? `a text of ${min} to ${max} characters`;
  return {
    read(value, path, issues) {
      if (typeof value !== 'string') return wrong(issues, 'WrongType', path, wanted, value);
      if (value.length < min || value.length > max) {
        return wrong(issues, 'InvalidValue', path, `a text of ${min} to ${max} characters`, value);
      }
      if (pattern?.test(value) === false) return wrong(issues, 'InvalidValue', path, wanted, value);
      return value;
    },
    schema: () => ({
      type: 'string',
      minLength: min,
      maxLength: max,
      ...(pattern === undefined ? {} : { pattern: pattern.source }),
    }),
  };
}

/** A name of lower-case letters, digits and hyphens: what ids, ideas and chapters are called by. */
export function slug(): Shape<string> {
  const pattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
  return text({
    max: 63,
    pattern,
    wanted: 'a name of lower-case letters, digits and hyphens, at most 63 characters',
  });
}

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly W[]): Shape<W> {
  return {
    read(value, path, issues) {
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      const near = typeof value === 'string' ? nearest(value, words) : undefined;
      const hint = near === undefined ? '' : `did you mean "${near}"?`;
      issues.add('InvalidValue', path, `one of ${words.join(', ')}`, shown(value), hint);
      return undefined;
    },
    schema: () => ({ enum: [...words] }),
  };
}

/** A number between two bounds, both included. */
export function number(min: number, max: number): Shape<number> {
  const wanted = `a number from ${min} to ${max}`;
  return {
    read: (value, path, issues) =>
      typeof value === 'number' && value >= min && value <= max
        ? value
        : wrong(issues, typeof value === 'number' ? 'InvalidValue' : 'WrongType', path, wanted, value),
    schema: () => ({ type: 'number', minimum: min, maximum: max }),
  };
}

/** A whole number between two bounds, both included. */
export function integer(min: number, max: number): Shape<number> {
  const wanted = `a whole number from ${min} to ${max}`;
  return {
    read: (value, path, issues) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
        ? value
        : wrong(issues, typeof value === 'number' ? 'InvalidValue' : 'WrongType', path, wanted, value),
    schema: () => ({ type: 'integer', minimum: min, maximum: max }),
  };
}

export const flag: Shape<boolean> = {
  read: (value, path, issues) =>
    typeof value === 'boolean' ? value : wrong(issues, 'WrongType', path, 'true or false', value),
  schema: () => ({ type: 'boolean' }),
};

/** Longer than anyone plays: ten days of virtual time. */
const MAX_DURATION = 240 * 3600 * 1000;

/** A duration as Go writes it, `90s` or `1h30m`; read as ms. */
export const duration: Shape<number> = {
  read(value, path, issues) {
    const wanted = 'a duration such as 30s or 2m, at most 240h';
    if (typeof value !== 'string') return wrong(issues, 'WrongType', path, wanted, value);
    const ms = value.length > 40 ? { error: '' } : parseDuration(value);
    if (typeof ms !== 'number' || ms < 0 || ms > MAX_DURATION || !Number.isInteger(ms))
      return wrong(issues, 'InvalidValue', path, wanted, value);
    return ms;
  },
  schema: () => ({ type: 'string', pattern: '^(0|([0-9]+(\\.[0-9]+)?(ms|s|m|h))+)$', maxLength: 40 }),
};

/** A share of a whole, `0.99` or `99%`; read as a number from 0 to 1. */
export const share: Shape<number> = {
  read(value, path, issues) {
    const percent = typeof value === 'string' ? /^([0-9]{1,3}(?:\.[0-9]{1,4})?)%$/.exec(value) : null;
    const part = percent === null ? value : Number(percent[1]) / 100;
    if (typeof part !== 'number' || part < 0 || part > 1)
      return wrong(issues, 'InvalidValue', path, 'a share such as 99% or 0.99', value);
    return part;
  },
  schema: () => ({
    anyOf: [
      { type: 'number', minimum: 0, maximum: 1 },
      { type: 'string', pattern: '^[0-9]{1,3}(\\.[0-9]{1,4})?%$' },
    ],
  }),
};

/** A list with bounds on its length. */
export function list<T>(item: Shape<T>, min: number, max: number): Shape<readonly T[]> {
  return {
    read(value, path, issues) {
      const wanted = `a list of ${min} to ${max} elements`;
      if (!isList(value)) return wrong(issues, 'WrongType', path, wanted, value);
      if (value.length < min || value.length > max) {
        issues.add('InvalidValue', path, wanted, `${value.length} elements`);
        return undefined;
      }
      const items = value.map((element, i) => item.read(element, `${path}[${i}]`, issues));
      return items.includes(undefined) ? undefined : (items as T[]);
    },
    schema: () => ({ type: 'array', items: item.schema(), minItems: min, maxItems: max }),
  };
}

/** Values by free names. */
export function record<T>(item: Shape<T>, max = 100): Shape<Readonly<Record<string, T>>> {
  return {
    read(value, path, issues) {
      if (!isObject(value)) return wrong(issues, 'WrongType', path, 'values by name', value);
      const keys = Object.keys(value);
      if (keys.length > max) {
        issues.add('TooLarge', path, `at most ${max} names`, `${keys.length}`);
        return undefined;
      }
      const out: Record<string, T> = {};
      let bad = false;
      for (const key of keys) {
        const read = item.read(own(value, key) ?? null, `${path}[${key}]`, issues);
        if (read === undefined) bad = true;
        else put(out as Record<string, Json>, key, read as Json);
      }
      return bad ? undefined : out;
    },
    schema: () => ({ type: 'object', additionalProperties: item.schema(), maxProperties: max }),
  };
}

const MAX_FREE_DEPTH = 40;
const MAX_FREE_SIZE = 200_000;

/** Any object: manifests, faults and image behaviour, which others judge. Bounded in size and depth. */
export const freeObject: Shape<JsonObject> = {
  read(value, path, issues) {
    if (!isObject(value)) return wrong(issues, 'WrongType', path, 'an object', value);
    if (exceedsDepth(value, MAX_FREE_DEPTH) || JSON.stringify(value).length > MAX_FREE_SIZE) {
      issues.add(
        'TooLarge',
        path,
        `at most ${MAX_FREE_DEPTH} levels and ${MAX_FREE_SIZE} characters`,
        'more',
      );
      return undefined;
    }
    return value;
  },
  schema: () => ({ type: 'object' }),
};

/** A Kubernetes object or a part of one: at least apiVersion and kind. */
export const manifest: Shape<JsonObject> = {
  read(value, path, issues) {
    const object = freeObject.read(value, path, issues);
    if (object === undefined) return undefined;
    for (const key of ['apiVersion', 'kind']) {
      if (typeof own(object, key) === 'string') continue;
      issues.add('MissingField', path, `an object with ${key}`, `none`);
      return undefined;
    }
    return object;
  },
  schema: () => ({
    type: 'object',
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' } },
    required: ['apiVersion', 'kind'],
  }),
};

/** Either of two shapes, told apart by whether the value is an object. */
export function objectOr<A, B>(object: Shape<A>, other: Shape<B>): Shape<A | B> {
  return {
    read: (value, path, issues) =>
      isObject(value) ? object.read(value, path, issues) : other.read(value, path, issues),
    schema: () => ({ anyOf: [object.schema(), other.schema()] }),
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type StructOf<R extends Fields, O extends Fields> = {
  readonly [K in keyof R]: Out<R[K]>;
} & {
  readonly [K in keyof O]?: Out<O[K]>;
};

/** An object with known fields; unknown ones are refused with the nearest name. */
export function struct<R extends Fields, O extends Fields>(required: R, optional: O): Shape<StructOf<R, O>> {
  const fields = new Map<string, Shape<unknown>>(Object.entries({ ...required, ...optional }));
  const names = [...fields.keys()];
  const needed = Object.keys(required);
  return {
    read(value, path, issues) {
      if (!isObject(value)) {
        return wrong(issues, 'WrongType', path, `an object with ${names.slice(0, 8).join(', ')}`, value);
      }
      const out: Record<string, unknown> = {};
      let bad = false;
      for (const key of Object.keys(value)) {
        const given = own(value, key);
        const shape = fields.get(key);
        if (shape === undefined) reportUnknown(key, names, path, issues);
        const read =
          shape === undefined || given === undefined ? undefined : shape.read(given, join(path, key), issues);
        if (read === undefined) bad = true;
        else out[key] = read;
      }
      for (const key of needed) {
        if (Object.hasOwn(value, key)) continue;
        issues.add('MissingField', path, `a field "${key}"`, 'none');
        bad = true;
      }
      return bad ? undefined : (out as StructOf<R, O>);
    },
    schema: () => ({
      type: 'object',
      properties: Object.fromEntries([...fields].map(([name, shape]) => [name, shape.schema()])),
      required: needed,
      additionalProperties: false,
    }),
  };
}

/** The shape with the further rule that exactly one of some fields is there. */
export function exactlyOne<T extends object>(shape: Shape<T>, names: readonly string[]): Shape<T> {
  return {
    read(value, path, issues) {
      const read = shape.read(value, path, issues);
      if (!isObject(value)) return read;
      const given = names.filter((name) => Object.hasOwn(value, name));
      if (given.length === 1) return read;
      const second = given[1];
      const got = second === undefined ? 'none of them' : `${given.join(' and ')}`;
      issues.add(
        'Conflict',
        second === undefined ? path : join(path, second),
        `exactly one of ${names.join(', ')}`,
        got,
      );
      return undefined;
    },
    schema: () => ({ ...shape.schema(), oneOf: names.map((name) => ({ required: [name] })) }),
  };
}

/** The shape with a further rule; `check` reports what is wrong and returns whether all is well. */
export function refine<T>(
  shape: Shape<T>,
  check: (value: T, path: string, issues: Issues) => boolean,
): Shape<T> {
  return {
    read(value, path, issues) {
      const read = shape.read(value, path, issues);
      return read === undefined || !check(read, path, issues) ? undefined : read;
    },
    schema: () => shape.schema(),
  };
}

/** The shape with words about it, for whoever edits a file with the schema at hand. */
export function described<T>(description: string, shape: Shape<T>): Shape<T> {
  return {
    read: (value, path, issues) => shape.read(value, path, issues),
    schema: () => ({ description, ...shape.schema() }),
  };
}

/** A path with one more name. */
export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function reportUnknown(key: string, names: readonly string[], path: string, issues: Issues): void {
  const near = nearest(key, names);
  const hint = near === undefined ? '' : `did you mean "${near}"?`;
  issues.add('UnknownField', join(path, key), `one of ${names.join(', ')}`, shown(key), hint);
}

/** The name that was probably meant. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  if (given.length > 64) return undefined;
  const limit = given.length <= 3 ? 1 : 3;
  let best: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase(), limit);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

function wrong(
  issues: Issues,
  code: 'WrongType' | 'InvalidValue',
  path: string,
  wanted: string,
  got: unknown,
): undefined {
  issues.add(code, path, wanted, shown(got));
  return undefined;
}
