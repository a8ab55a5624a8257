import { type ASTNode, type Environment, type ParseResult, serialize } from '@marcbachmann/cel-js';
import { newEnvironment } from './library.ts';

/** An expression that is ready to run. */
export interface Expression {
  readonly parsed: ParseResult;
  /** As CEL calls it, or `dyn`. */
  readonly type: string;
  /** Every variable it reads. */
  readonly names: ReadonlySet<string>;
}

/** Why an expression cannot be used. */
export interface ExpressionError {
  readonly error: string;
}

/** What no identifier may be called. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Two loops inside each other look at each pair; upstream's cost estimate refuses more over lists without limits. */
const MAX_NESTED_LOOPS = 2;
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const TOO_EXPENSIVE =
  'estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

/** The expressions that may speak of certain variables. */
export class Dialect {
  readonly #variables: readonly string[];
  readonly #extend: ((environment: Environment) => void) | undefined;
  /** Made when the first expression is met: it takes a while, and most clusters have none. */
  #environment: Environment | undefined;

  /** `extend` adds to what expressions may call. */
  constructor(variables: readonly string[], extend?: (environment: Environment) => void) {
    this.#variables = variables;
    this.#extend = extend;
  }

  /** The expression, or why it is none. `refuse` says what is wrong with a part of it, if anything. */
  compile(
    text: string,
    refuse: (node: ASTNode) => string | undefined = () => undefined,
  ): Expression | ExpressionError {
    try {
      const first = this.#parse(text);
      const names = new Set<string>();
      const refused = prepare(first.ast, refuse, names, 0);
      if (refused !== undefined) return { error: refused };
      const parsed = this.#parse(serialize(first.ast));
      const checked = parsed.check();
      if (!checked.valid) return { error: compilationFailed(checked.error, text) };
      return { parsed, type: checked.type ?? 'dyn', names };
    } catch (error) {
      return { error: compilationFailed(error, text) };
    }
  }

  #parse(text: string): ParseResult {
    if (this.#environment === undefined) {
      this.#environment = newEnvironment(this.#variables);
      this.#extend?.(this.#environment);
    }
    return this.#environment.parse(text);
  }
}

/** The value of an expression, or why it has none. */
export function evaluate(
  { parsed }: Expression,
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

/** What the library threw, in one line; what is not there as upstream writes it. */
function summaryOf(error: unknown): string {
  const { summary } = (error ?? {}) as { summary?: unknown };
  const text = typeof summary === 'string' ? summary : error instanceof Error ? error.message : 'failed';
  return (text.split('\n')[0] ?? '')
    .replace(/^No such key/, 'no such key')
    .replace(/^Unknown variable: (\w+)$/, "undeclared reference to '$1' (in container '')");
}

/** Looks at each node before it is compiled: what it reads, whether there is such a field, how deep loops go. */
function prepare(
  node: ASTNode,
  refuse: (node: ASTNode) => string | undefined,
  names: Set<string>,
  loops: number,
): string | undefined {
  if (node.op === 'id') names.add(node.args);
  const refused = refuse(node);
  if (refused !== undefined) return refused;
  let depth = loops;
  if (node.op === 'rcall') {
    const args = node.args as [string, ASTNode, ASTNode[]];
    if (args[0] === 'matches') args[0] = 'matchesRE2';
    if (LOOPS.has(args[0])) depth++;
    if (depth > MAX_NESTED_LOOPS) return TOO_EXPENSIVE;
    const inReceiver = prepare(args[1], refuse, names, loops);
    if (inReceiver !== undefined) return inReceiver;
    return firstOf(args[2], (each) => prepare(each, refuse, names, depth));
  }
  return firstOf(children(node), (each) => prepare(each, refuse, names, depth));
}

function firstOf(nodes: readonly ASTNode[], find: (node: ASTNode) => string | undefined): string | undefined {
  for (const node of nodes) {
    const found = find(node);
    if (found !== undefined) return found;
  }
  return undefined;
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
