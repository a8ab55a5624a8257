import { deepEqual } from '../../apimachinery/equal.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  key as keyPath,
  required,
} from '../../apimachinery/fielderror.ts';
import { goJson } from '../../apimachinery/gostring.ts';
import type { Json } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject, own } from '../../apimachinery/object.ts';
import { type CompiledRule, compileRule } from './rules.ts';
import { type Structural, schemaUnder } from './structural.ts';

/** The compiled rules of the schemas that have any; a schema is compiled when it is first met. */
const compiled = new WeakMap<Structural, readonly CompiledRule[]>();

function rulesOf(schema: Structural): readonly CompiledRule[] {
  let rules = compiled.get(schema);
  if (rules === undefined) {
    rules = schema.rules.flatMap((rule) => {
      const found = compileRule(rule, schema);
      return 'error' in found ? [] : [found];
    });
    compiled.set(schema, rules);
  }
  return rules;
}

/**
 * Runs the x-kubernetes-validations of a schema (pkg/apiserver/schema/cel/validation.go). What is as it
 * was is not judged again; rules on `oldSelf` run where it is known what a value was.
 */
export function validateRules(value: Json, schema: Structural, old: Json | undefined): readonly FieldError[] {
  const errors: FieldError[] = [];
  visit(value, schema, '', old, errors);
  return errors;
}

function visit(
  value: Json,
  schema: Structural,
  path: string,
  old: Json | undefined,
  errors: FieldError[],
): void {
  if (value === null || (old !== undefined && deepEqual(value, old))) return;
  for (const rule of rulesOf(schema)) {
    if (rule.isTransition && old === undefined) continue;
    const outcome = rule.holds(value, schema, old);
    if (outcome !== true) errors.push(errorOf(rule, schema, path, outcome));
  }
  if (isList(value)) {
    const { items } = schema;
    if (items === undefined) return;
    const before = formerItems(schema, old);
    for (const [i, item] of value.entries()) visit(item, items, index(path, i), before(item), errors);
  } else if (isObject(value)) {
    const before = isObject(old) ? old : undefined;
    for (const [key, inner] of entriesOf(value)) {
      const below = schemaUnder(schema, key);
      if (below === undefined) continue;
      const named = path === '' ? key : `${path}.${key}`;
      const at = schema.properties.has(key) ? named : keyPath(path, key);
      visit(inner, below, at, before === undefined ? undefined : own(before, key), errors);
    }
  }
}

function errorOf({ rule }: CompiledRule, schema: Structural, path: string, text: string): FieldError {
  const { fieldPath = '', reason } = rule;
  const whole = fieldPath === '' ? path : path === '' ? fieldPath.replace(/^\./, '') : path + fieldPath;
  const at = whole === '' ? '<nil>' : whole;
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(at, text);
    case 'FieldValueRequired':
      return required(at, text);
    case 'FieldValueDuplicate':
      return duplicate(at, schema.type);
    default:
      return invalid(at, schema.type, text);
  }
}

function formerItems(schema: Structural, old: Json | undefined): (item: Json) => Json | undefined {
  if (!isList(old) || schema.listType !== 'map') return () => undefined;
  const keyOf = (item: Json): string =>
    goJson(schema.listMapKeys.map((name) => (isObject(item) ? (own(item, name) ?? null) : null)));
  const known = new Map(old.map((item) => [keyOf(item), item]));
  return (item) => known.get(keyOf(item));
}
