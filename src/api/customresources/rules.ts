import { type ASTNode, Optional } from '@marcbachmann/cel-js';
import type { Json } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../../apimachinery/object.ts';
import {
  Dialect,
  type Expression,
  type ExpressionError,
  evaluate,
  RESERVED_WORDS,
} from '../cel/expression.ts';
import type { ValidationRule } from '../generated/types.ts';
import { type Structural, schemaUnder } from './structural.ts';

/** One expression of a rule, ready to run. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Speaks of the state before. */
  readonly usesOldSelf: boolean;
  /** Does so, and therefore runs on updates only. */
  readonly isTransition: boolean;
  /** True when the rule holds; else what to say. */
  holds(self: Json, schema: Structural, oldSelf: Json | undefined): true | string;
}

/** The language of rules. */
const RULES = new Dialect(['self', 'oldSelf']);

function compile(text: string, schema: Structural): Expression | ExpressionError {
  return RULES.compile(text, (node) => missingField(node, schema));
}

/** Compiles a rule for values of a schema, or says why it is none. */
export function compileRule(rule: ValidationRule, schema: Structural): CompiledRule | ExpressionError {
  const condition = compile(rule.rule, schema);
  if ('error' in condition) return condition;
  if (condition.type !== 'bool' && condition.type !== 'dyn')
    return { error: 'cel expression must evaluate to a bool' };
  const { messageExpression = '' } = rule;
  const message = messageExpression === '' ? undefined : compile(messageExpression, schema);
  const fallback = ruleText(rule);
  return {
    rule,
    usesOldSelf: condition.names.has('oldSelf'),
    isTransition: condition.names.has('oldSelf') && rule.optionalOldSelf !== true,
    holds(self, of, oldSelf) {
      const scope = scopeOf(rule, self, of, oldSelf);
      const outcome = evaluate(condition, scope);
      if (!outcome.ok) return `${outcome.error} evaluating rule: ${fallback}`;
      if (outcome.value === true) return true;
      if (message === undefined || 'error' in message) return fallback;
      const said = evaluate(message, scope);
      const text = said.ok && typeof said.value === 'string' ? said.value.trim() : '';
      return text === '' || text.includes('\n') ? fallback : text;
    },
  };
}

/** Why a rule's messageExpression cannot be used; undefined when it can, or there is none. */
export function messageExpressionError(rule: ValidationRule, schema: Structural): string | undefined {
  const { messageExpression = '' } = rule;
  if (messageExpression === '') return undefined;
  const compiled = compile(messageExpression, schema);
  if ('error' in compiled) return compiled.error;
  if (compiled.type === 'string' || compiled.type === 'dyn') return undefined;
  return 'messageExpression must evaluate to a string';
}

function ruleText({ message = '', rule }: ValidationRule): string {
  return message === '' ? `failed rule: ${rule.trim()}` : message;
}

function scopeOf(rule: ValidationRule, self: Json, schema: Structural, oldSelf: Json | undefined): object {
  const old = oldSelf === undefined ? undefined : toCel(oldSelf, schema);
  const before =
    rule.optionalOldSelf === true ? (old === undefined ? Optional.none() : Optional.of(old)) : old;
  return { self: toCel(self, schema), oldSelf: before ?? null };
}

/** A value with its numbers as CEL has them: what the schema calls an integer is one. */
export function toCel(value: Json, schema: Structural | undefined): unknown {
  if (typeof value === 'number') {
    const whole = Number.isSafeInteger(value) && schema?.type !== 'number';
    return whole ? BigInt(value) : value;
  }
  if (isList(value)) return value.map((item) => toCel(item, schema?.items));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    entriesOf(value).map(([key, inner]) => [
      schema?.properties.has(key) === true ? escaped(key) : key,
      toCel(inner, schema === undefined ? undefined : schemaUnder(schema, key)),
    ]),
  );
}

/** How a property is written in an expression (apiserver pkg/cel/escaping.go). */
function escaped(name: string): string {
  if (RESERVED_WORDS.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/** Complains of `self.a.b` where the schema has no `b`. */
function missingField(node: ASTNode, root: Structural): string | undefined {
  if (node.op !== '.') return undefined;
  const path = pathOf(node);
  if (path === undefined) return undefined;
  let schema: Structural | undefined = root;
  for (const [i, name] of path.entries()) {
    if (schema === undefined || schema.preserveUnknown || schema.additional !== undefined) return undefined;
    if (schema.type !== 'object') return undefined;
    const found: Structural | undefined = [...schema.properties].find(([key]) => escaped(key) === name)?.[1];
    if (found === undefined) {
      if (i === 0 && ['apiVersion', 'kind', 'metadata'].includes(name)) return undefined;
      return `compilation failed: ERROR: <input>:1:${node.start + 1}: undefined field '${name}'`;
    }
    schema = found;
  }
  return undefined;
}

/** The fields in `self.a.b` or `oldSelf.a.b`; undefined for anything else. */
function pathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return node.args === 'self' || node.args === 'oldSelf' ? [] : undefined;
  if (node.op !== '.') return undefined;
  const [of, name] = node.args;
  const before = pathOf(of);
  return before === undefined ? undefined : [...before, name];
}
