import { RE2JS } from 're2js';
import { deepEqual } from '../../apimachinery/equal.ts';
import {
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../../apimachinery/fielderror.ts';
import { goJson, goQuote } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject, own } from '../../apimachinery/object.ts';
import type { JSONSchemaProps } from '../generated/types.ts';
import { hasFormat } from './formats.ts';
import { schemaIn } from './structural.ts';

/**
 * The rules of a schema on values, in the words of kube-openapi's pkg/validation/validate, as
 * apiextensions-apiserver turns them into field errors. A value that is what it was is not judged
 * again (ratcheting), as far as lists let tell which element was which.
 */
export function validateValues(
  value: Json,
  schema: JSONSchemaProps,
  old: Json | undefined,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  new Validation(errors).visit(value, schema, '', old);
  return errors;
}

/** Compiled patterns; a definition has few, and its objects meet them over and over. */
const patterns = new WeakMap<JSONSchemaProps, RE2JS>();

class Validation {
  readonly #errors: FieldError[];

  constructor(errors: FieldError[]) {
    this.#errors = errors;
  }

  visit(value: Json, schema: JSONSchemaProps, path: string, old: Json | undefined): void {
    if (old !== undefined && deepEqual(value, old)) return;
    if (value === null && schema.nullable === true) return;
    this.#checkType(value, schema, path);
    this.#checkCombinations(value, schema, path);
    if (typeof value === 'string') this.#checkText(value, schema, path);
    else if (typeof value === 'number') this.#checkNumber(value, schema, path);
    else if (isList(value)) this.#visitList(value, schema, path, old);
    this.#checkEnum(value, schema, path);
    if (isObject(value)) this.#visitObject(value, schema, path, old);
  }

  #say(path: string, shown: Json, text: string): void {
    this.#errors.push(invalid(path, shown, `${path} in body ${text}`));
  }

  #checkType(value: Json, schema: JSONSchemaProps, path: string): void {
    const types = typesOf(schema);
    const actual = typeNameOf(value);
    const format = schema.format ?? '';
    if (types.length > 0 && !types.includes(actual) && !(actual === 'integer' && types.includes('number'))) {
      const shown = actual === 'integer' ? 'integer' : actual;
      const detail = `${path} in body must be of type ${types.join(',')}: ${goQuote(shown)}`;
      this.#errors.push(typeInvalid(path, shown, detail));
    } else if (typeof value === 'string' && format !== '' && !hasFormat(value, format)) {
      const detail = `${path} in body must be of type ${format}: ${goQuote(value)}`;
      this.#errors.push(typeInvalid(path, value, detail));
    }
  }

  /** Each alternative is tried once: they may stand inside each other. */
  #checkCombinations(value: Json, schema: JSONSchemaProps, path: string): void {
    const fail = (detail: string): void => {
      this.#errors.push(invalid('<nil>', '', `${goQuote(path)} ${detail}`));
    };
    if (schema.anyOf !== undefined && schema.anyOf.length > 0 && !isTypeChoice(schema)) {
      const found = schema.anyOf.map((each) => tried(value, each, path));
      if (found.every(({ length }) => length > 0)) {
        fail('must validate at least one schema (anyOf)');
        this.#errors.push(...closest(found));
      }
    }
    if (schema.oneOf !== undefined && schema.oneOf.length > 0) {
      const found = schema.oneOf.map((each) => tried(value, each, path));
      const valid = found.filter(({ length }) => length === 0).length;
      if (valid === 0) {
        fail('must validate one and only one schema (oneOf). Found none valid');
        this.#errors.push(...closest(found));
      } else if (valid > 1)
        fail(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
    }
    if (schema.allOf !== undefined && schema.allOf.length > 0) {
      const found = schema.allOf.map((each) => tried(value, each, path));
      const failing = found.flat();
      const none = found.every(({ length }) => length > 0);
      if (failing.length > 0) fail(`must validate all the schemas (allOf)${none ? '. None validated' : ''}`);
      this.#errors.push(...failing);
    }
    if (schema.not !== undefined && tried(value, schema.not, path).length === 0)
      fail('must not validate the schema (not)');
  }

  #checkText(value: string, schema: JSONSchemaProps, path: string): void {
    const { minLength, maxLength, pattern } = schema;
    const length = [...value].length;
    if (maxLength !== undefined && length > maxLength) this.#errors.push(tooLong(path, maxLength));
    if (minLength !== undefined && length < minLength)
      this.#say(path, value, `should be at least ${minLength} chars long`);
    if (pattern !== undefined && !matchesPattern(schema, pattern, value))
      this.#say(path, value, `should match '${pattern}'`);
  }

  #checkNumber(value: number, schema: JSONSchemaProps, path: string): void {
    const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
    if (multipleOf !== undefined && multipleOf > 0 && !Number.isInteger(value / multipleOf))
      this.#say(path, value, `should be a multiple of ${multipleOf}`);
    if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum))
      this.#say(
        path,
        value,
        `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`,
      );
    if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
      this.#say(
        path,
        value,
        `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`,
      );
  }

  #visitList(list: readonly Json[], schema: JSONSchemaProps, path: string, old: Json | undefined): void {
    const items = schemaIn(schema.items);
    if (items !== undefined) {
      const before = correlate(schema, old);
      for (const [i, item] of list.entries()) this.visit(item, items, `${path}[${i}]`, before(item));
    }
    const { minItems, maxItems, uniqueItems } = schema;
    if (minItems !== undefined && list.length < minItems)
      this.#say(path, list.length, `should have at least ${minItems} items`);
    if (maxItems !== undefined && list.length > maxItems)
      this.#errors.push(tooMany(path, list.length, maxItems));
    if (
      uniqueItems === true &&
      list.some((item, i) => list.slice(0, i).some((other) => deepEqual(other, item)))
    )
      this.#say(path, '', "shouldn't contain duplicates");
  }

  #checkEnum(value: Json, schema: JSONSchemaProps, path: string): void {
    const allowed = schema.enum;
    if (allowed === undefined || allowed.length === 0 || allowed.some((each) => deepEqual(each, value)))
      return;
    const names = allowed.map((each) => (typeof each === 'string' ? each : goJson(each)));
    this.#errors.push(notSupported(path, value, names));
  }

  #visitObject(object: JsonObject, schema: JSONSchemaProps, path: string, old: Json | undefined): void {
    const { minProperties, maxProperties } = schema;
    const entries = entriesOf(object);
    if (minProperties !== undefined && entries.length < minProperties)
      this.#say(path, entries.length, `should have at least ${minProperties} properties`);
    if (maxProperties !== undefined && entries.length > maxProperties)
      this.#errors.push(tooMany(path, entries.length, maxProperties));
    const properties = schema.properties ?? {};
    const additional = schemaIn(schema.additionalProperties);
    const before = isObject(old) ? old : undefined;
    const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
    for (const [key, value] of entries) {
      const inner = Object.hasOwn(properties, key) ? properties[key] : additional;
      if (inner !== undefined)
        this.visit(value, inner, at(key), before === undefined ? undefined : own(before, key));
    }
    for (const key of schema.required ?? [])
      if (own(object, key) === undefined) this.#errors.push(required(at(key)));
  }
}

/** What is wrong with a value by one of several schemas. */
function tried(value: Json, schema: JSONSchemaProps, path: string): readonly FieldError[] {
  const found: FieldError[] = [];
  new Validation(found).visit(value, schema, path, undefined);
  return found;
}

/** The errors of the alternative that came closest: the first with the fewest. */
function closest(found: readonly (readonly FieldError[])[]): readonly FieldError[] {
  return found.reduce((best, each) => (each.length < best.length ? each : best));
}

/** How to find what an element of a list was: by key in a list of maps, by itself in a set, else not at all. */
function correlate(schema: JSONSchemaProps, old: Json | undefined): (item: Json) => Json | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (!isList(old) || schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0) return () => undefined;
  const keyOf = (item: Json): string =>
    goJson(keys.map((key) => (isObject(item) ? (own(item, key) ?? null) : null)));
  const byKey = new Map(old.map((item) => [keyOf(item), item]));
  return (item) => byKey.get(keyOf(item));
}

function matchesPattern(schema: JSONSchemaProps, pattern: string, value: string): boolean {
  let compiled = patterns.get(schema);
  if (compiled === undefined) {
    compiled = RE2JS.compile(pattern);
    patterns.set(schema, compiled);
  }
  return compiled.matcher(value).find();
}

/** `anyOf: [{type: integer}, {type: string}]` beside int-or-string says only what that says. */
function isTypeChoice(schema: JSONSchemaProps): boolean {
  return (
    schema['x-kubernetes-int-or-string'] === true &&
    (schema.anyOf ?? []).every((each) => each.type !== undefined)
  );
}

function typesOf(schema: JSONSchemaProps): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  const { type = '' } = schema;
  return type === '' ? [] : [type];
}

/** The JSON type of a value, as the validator calls it. */
export function typeNameOf(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
