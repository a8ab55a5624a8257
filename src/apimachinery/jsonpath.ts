import type { Json } from './json.ts';
import { type Node, parseJsonPath } from './jsonpathparser.ts';
import { isList, isObject, marshalJson, own } from './object.ts';

/** Why a template cannot be read or executed, in upstream's words (client-go util/jsonpath). */
export interface JsonPathError {
  readonly error: string;
}

/** A compiled JSONPath template. */
export interface JsonPath {
  /** The text of the template for one value; an error where a key is missing and that is not allowed. */
  print(data: Json): string | JsonPathError;
  /** What each part of the template finds; literal text counts as a value. */
  find(data: Json): readonly (readonly Json[])[] | JsonPathError;
}

/** Compiles a template such as `{.items[*].metadata.name}`; `allowMissingKeys` makes absent fields empty. */
export function compileJsonPath(template: string, allowMissingKeys: boolean): JsonPath | JsonPathError {
  const nodes = parseJsonPath(template);
  if ('error' in nodes) return nodes;
  const find = (data: Json): Json[][] | JsonPathError => {
    const scope: Scope = { root: data, allowMissingKeys, problem: { text: undefined } };
    const results = evaluateAll(nodes, data, scope);
    return scope.problem.text === undefined ? results : { error: scope.problem.text };
  };
  return {
    find,
    print(data) {
      const results = find(data);
      if ('error' in results) return results;
      return results.map((values) => values.map(printJsonPathValue).join(' ')).join('');
    },
  };
}

/** `{.a.b}`, `{a.b}`, `.a.b` and `a.b` as the template `{.a.b}` (`RelaxedJSONPathExpression`). */
export function relaxedJsonPath(expression: string): string | JsonPathError {
  if (expression === '') return expression;
  const m = /^\{?\.?([^{}]+)\}?$/s.exec(expression);
  const quoted = /^\{?\.?(.*[?@'"].*)\}?$/s.exec(expression);
  const inner =
    m?.[1] ??
    (expression.startsWith('{') && expression.endsWith('}') ? expression.slice(1, -1) : quoted?.[1]);
  const halfOpen = expression.startsWith('{') !== expression.endsWith('}');
  if (inner === undefined || (halfOpen && quoted === null))
    return {
      error: `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    };
  return `{${inner.startsWith('[') || inner.startsWith('.') ? '' : '.'}${inner}}`;
}

/** A value as JSONPath prints it: text bare, lists and objects as JSON. */
export function printJsonPathValue(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '<nil>';
  return typeof value === 'object' ? marshalJson(value) : String(value);
}

interface Scope {
  readonly root: Json;
  readonly allowMissingKeys: boolean;
  /** What went wrong first; evaluation goes on with nothing. */
  readonly problem: { text: string | undefined };
}

function refuse(scope: Scope, text: string): Json[] {
  scope.problem.text ??= text;
  return [];
}

/** Runs a template: `range` repeats the parts up to its `end`. */
function evaluateAll(nodes: readonly Node[], data: Json, scope: Scope): Json[][] {
  const results: Json[][] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as Node;
    if (node.type === 'range') {
      const end = matchingEnd(nodes, i);
      const body = nodes.slice(i + 1, end);
      for (const item of evaluate(node.path, [data], scope)) results.push(...evaluateAll(body, item, scope));
      i = end;
    } else if (node.type !== 'end') results.push(evaluate([node], [data], scope));
  }
  return results;
}

function matchingEnd(nodes: readonly Node[], from: number): number {
  let depth = 0;
  for (let i = from; i < nodes.length; i++) {
    if (nodes[i]?.type === 'range') depth++;
    else if (nodes[i]?.type === 'end' && --depth === 0) return i;
  }
  return nodes.length;
}

function evaluate(path: readonly Node[], start: readonly Json[], scope: Scope): Json[] {
  let values: Json[] = [...start];
  for (const node of path) values = step(node, values, scope);
  return values;
}

function step(node: Node, values: Json[], scope: Scope): Json[] {
  switch (node.type) {
    case 'text':
      return [node.text];
    case 'path':
      return evaluate(node.path, node.fromRoot ? [scope.root] : values, scope);
    case 'field':
      return values.flatMap((value) => fieldOf(node.name, value, scope));
    case 'wildcard':
      return values.flatMap(childrenOf);
    case 'recursive':
      return values.flatMap((value) => descendants(value));
    case 'slice':
      return values.flatMap((value) => sliceOf(node, value, scope));
    case 'union':
      return node.paths.flatMap((path) => evaluate(path, values, scope));
    case 'filter':
      return values.flatMap((value) =>
        isList(value) ? value.filter((item) => passes(node, item, scope)) : [],
      );
    case 'range':
    case 'end':
      return values;
  }
}

function fieldOf(name: string, value: Json, scope: Scope): Json[] {
  if (name === '') return [value];
  if (isObject(value)) {
    const found = own(value, name);
    if (found !== undefined) return [found];
  }
  if (scope.allowMissingKeys) return [];
  return refuse(scope, `${name} is not found`);
}

function childrenOf(value: Json): Json[] {
  if (isList(value)) return [...value];
  return isObject(value) ? Object.values(value).filter((v): v is Json => v !== undefined) : [];
}

/** The value and everything below it. Objects from a server are bounded in depth. */
function descendants(value: Json): Json[] {
  const children = childrenOf(value);
  return [value, ...children.flatMap(descendants)];
}

function sliceOf(node: Extract<Node, { type: 'slice' }>, value: Json, scope: Scope): Json[] {
  if (!isList(value)) {
    if (value === null) return [];
    return refuse(scope, `${JSON.stringify(value)} is not array or slice`);
  }
  if (node.single) {
    const at = node.from < 0 ? node.from + value.length : node.from;
    const item = value[at];
    if (item === undefined)
      return refuse(scope, `array index out of bounds: index ${node.from}, length ${value.length}`);
    return [item];
  }
  const from = node.from < 0 ? Math.max(0, node.from + value.length) : node.from;
  const end = node.to === undefined ? value.length : node.to < 0 ? node.to + value.length : node.to;
  return value.slice(from, end).filter((_, i) => i % node.step === 0);
}

function passes(node: Extract<Node, { type: 'filter' }>, item: Json, scope: Scope): boolean {
  const inner = { ...scope, allowMissingKeys: true };
  const left = evaluate(node.left, [item], inner);
  if (node.operator === 'exists') return left.length > 0;
  const right = evaluate(node.right, [item], inner);
  const [a, b] = [left[0], right[0]];
  if (a === undefined || b === undefined) return false;
  return compare(a, node.operator, b);
}

function compare(a: Json, operator: string, b: Json): boolean {
  const numbers = typeof a === 'number' && typeof b === 'string' ? [a, Number(b)] : undefined;
  const [x, y] = numbers ?? [a, b];
  if (operator === '==') return x === y || String(x) === String(y);
  if (operator === '!=') return !(x === y || String(x) === String(y));
  if (typeof x !== typeof y || x === null || y === null || x === undefined || y === undefined) return false;
  switch (operator) {
    case '<':
      return x < y;
    case '>':
      return x > y;
    case '<=':
      return x <= y;
    default:
      return x >= y;
  }
}
