import { type ASTNode, type Environment, Optional, type ParseResult, serialize } from '@marcbachmann/cel-js';
import type { Json } from '../../apimachinery/json.ts';
import { entriesOf, isList, isObject } from '../../apimachinery/object.ts';
import type { ValidationRule } from '../generated/types.ts';
import { newRuleEnvironment } from './cellibrary.ts';
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

/** Why an expression cannot be used. */
export interface RuleError {
  readonly error: string;
}

/** Two loops inside each other look at each pair; upstream's cost estimate refuses more over lists without limits. */
const MAX_NESTED_LOOPS = 2;
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const TOO_EXPENSIVE =
  'estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

/** Made when the first rule is met: it takes a while, and most clusters have none. */
let environment: Environment | undefined;

function parse(text: string): ParseResult {
  environment ??= newRuleEnvironment();
  return environment.parse(text);
}

/** Compiles a rule for values of a schema, or says why it is none. */
export function compileRule(rule: ValidationRule, schema: Structural): CompiledRule | RuleError {
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
      const outcome = evaluate(condition.parsed, scope);
      if (!outcome.ok) return `${outcome.error} evaluating rule: ${fallback}`;
      if (outcome.value === true) return true;
      if (message === undefined || 'error' in message) return fallback;
      const said = evaluate(message.parsed, scope);
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

const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** How a property is written in an expression (apiserver pkg/cel/escaping.go). */
function escaped(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

interface Compiled {
  readonly parsed: ParseResult;
  readonly type: string;
  /** Every variable it reads. */
  readonly names: ReadonlySet<string>;
}

function compile(text: string, schema: Structural): Compiled | RuleError {
  try {
    const first = parse(text);
    const names = new Set<string>();
    const refused = prepare(first.ast, schema, names, 0);
    if (refused !== undefined) return { error: refused };
    const parsed = parse(serialize(first.ast));
    const checked = parsed.check();
    if (!checked.valid) return { error: compilationFailed(checked.error, text) };
    return { parsed, type: checked.type ?? 'dyn', names };
  } catch (error) {
    return { error: compilationFailed(error, text) };
  }
}

/** Looks at each node before it is compiled: what it reads, whether there is such a field, how deep loops go. */
function prepare(node: ASTNode, schema: Structural, names: Set<string>, loops: number): string | undefined {
  if (node.op === 'id') names.add(node.args);
  if (node.op === '.') {
    const missing = missingField(node, schema);
    if (missing !== undefined) return missing;
  }
  let depth = loops;
  if (node.op === 'rcall') {
    const args = node.args as [string, ASTNode, ASTNode[]];
    if (args[0] === 'matches') args[0] = 'matchesRE2';
    if (LOOPS.has(args[0])) depth++;
    if (depth > MAX_NESTED_LOOPS) return TOO_EXPENSIVE;
    const inReceiver = prepare(args[1], schema, names, loops);
    if (inReceiver !== undefined) return inReceiver;
    return firstOf(args[2], (each) => prepare(each, schema, names, depth));
  }
  return firstOf(children(node), (each) => prepare(each, schema, names, depth));
}

function firstOf(nodes: readonly ASTNode[], find: (node: ASTNode) => string | undefined): string | undefined {
  for (const node of nodes) {
    const found = find(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Complains of `self.a.b` where the schema has no `b`. */
function missingField(node: ASTNode, root: Structural): string | undefined {
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

function children(node: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (typeof value === 'object' && value !== null && 'op' in value && 'args' in value)
      found.push(value as ASTNode);
  };
  collect(node.args);
  return found;
}

function evaluate(
  parsed: ParseResult,
  scope: object,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string } {
  try {
    return { ok: true, value: parsed(scope as Record<string, unknown>) };
  } catch (error) {
    return { ok: false, error: summaryOf(error) };
  }
}

function compilationFailed(error: unknown, text: string): string {
  const start = (error as { range?: { start?: unknown } } | undefined)?.range?.start;
  const at = typeof start === 'number' ? start : 0;
  const line = text.slice(0, at).split('\n').length;
  const column = at - (text.lastIndexOf('\n', at - 1) + 1) + 1;
  return `compilation failed: ERROR: <input>:${line}:${column}: ${summaryOf(error)}`;
}

/** What the library threw, in one line; `No such key` as upstream writes it. */
function summaryOf(error: unknown): string {
  const { summary } = (error ?? {}) as { summary?: unknown };
  const text = typeof summary === 'string' ? summary : error instanceof Error ? error.message : 'failed';
  return (text.split('\n')[0] ?? '').replace(/^No such key/, 'no such key');
}
