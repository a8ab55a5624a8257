import { type ASTNode, Environment, type ParseResult, serialize } from '@marcbachmann/cel-js';
import { registerArithmetic } from '../api/cel/arithmetic.ts';
import type { Container, Node, Pod } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { kinds } from '../api/kinds/registry.ts';
import type { KubeObject } from '../api/object.ts';
import { podRequests } from '../api/podrequests.ts';
import { approximate, isQuantityError, parseQuantity } from '../apimachinery/quantity.ts';

/** Why an expression cannot be used or gave no value; `offset` counts characters from 0. */
export interface CelError {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
}

export type CelResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: CelError };

/** Where an expression's variables come from: one list of objects for each kind, by plural. */
export interface CelScope {
  objects(kind: KindDefinition): readonly KubeObject[];
}

/** One part of a conjunction: `a >= 1 && b == 2` has two, each a leaf on the screen. */
export interface CelTerm {
  readonly text: string;
  readonly evaluate: (scope: CelScope, object?: KubeObject) => CelResult;
  /** For a comparison: the text of its left side, of the rest, and the left side's value now. */
  readonly comparison:
    | {
        readonly left: string;
        readonly right: string;
        value(scope: CelScope, object?: KubeObject): CelResult;
      }
    | undefined;
}

/** A checked expression. */
export interface CelExpression {
  readonly text: string;
  /** The kinds whose objects it reads. */
  readonly kinds: readonly KindDefinition[];
  /** `bool`, `dyn`, ... as the type checker says. */
  readonly type: string;
  readonly terms: readonly CelTerm[];
  evaluate(scope: CelScope, object?: KubeObject): CelResult;
}

/** Expressions come from strangers' levels: their length, size, depth and loops are bounded. */
const MAX_LENGTH = 1000;
const MAX_NODES = 300;
const MAX_DEPTH = 32;
/** Two loops inside each other look at each pair of objects; three would take too long. */
const MAX_NESTED_LOOPS = 2;
const MAX_TERMS = 20;

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Member functions whose cost the text does not bound, and what to use instead. */
const REFUSED: ReadonlyMap<string, string> = new Map([['matches', 'use contains, startsWith or endsWith']]);

/** The variable of each kind: its plural, and `object` for the object that a goal looks at. */
const KIND_OF: ReadonlyMap<string, KindDefinition> = new Map(kinds.map((kind) => [kind.plural, kind]));

/** Parses and checks an expression, or says where it is wrong. */
export function compileCel(text: string): CelExpression | { readonly error: CelError } {
  if (text.length > MAX_LENGTH)
    return failure('too_long', `at most ${MAX_LENGTH} characters are allowed`, MAX_LENGTH);
  const parsed = parse(text);
  if ('error' in parsed) return parsed;
  const refused = findRefused(parsed.ast, 0);
  if (refused !== undefined) return { error: refused };
  const checked = parsed.check();
  if (!checked.valid) return { error: errorOf(checked.error) };
  const read = new Set<KindDefinition>();
  walk(parsed.ast, (node) => {
    const kind = node.op === 'id' ? KIND_OF.get(node.args) : undefined;
    if (kind !== undefined) read.add(kind);
  });
  const used = [...read];
  const evaluate = (scope: CelScope, object?: KubeObject): CelResult => run(parsed, scope, used, object);
  return { text, kinds: used, type: checked.type ?? 'dyn', terms: termsOf(parsed.ast, text, used), evaluate };
}

/** The parts of a conjunction, or the whole where it cannot be taken apart. */
function termsOf(ast: ASTNode, text: string, used: readonly KindDefinition[]): readonly CelTerm[] {
  const parts = conjuncts(ast);
  const terms = parts.length > MAX_TERMS ? [] : parts.map((node) => newTerm(node, used));
  if (terms.length > 0 && !terms.includes(undefined)) return terms as CelTerm[];
  const whole = parse(text);
  const evaluate = (scope: CelScope, object?: KubeObject): CelResult =>
    'error' in whole ? { ok: false, error: whole.error } : run(whole, scope, used, object);
  return [{ text, evaluate, comparison: undefined }];
}

function newTerm(node: ASTNode, used: readonly KindDefinition[]): CelTerm | undefined {
  const text = textOf(node);
  const parsed = text === undefined ? undefined : parse(text);
  if (text === undefined || parsed === undefined || 'error' in parsed) return undefined;
  return {
    text,
    evaluate: (scope, object) => run(parsed, scope, used, object),
    comparison: comparisonOf(node, used),
  };
}

/** A node as text; undefined for the few that the library cannot write. */
function textOf(node: ASTNode): string | undefined {
  try {
    return serialize(node);
  } catch {
    // Only its looks are lost: the expression is then shown as one piece.
    return undefined;
  }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function comparisonOf(node: ASTNode, used: readonly KindDefinition[]): CelTerm['comparison'] {
  if (!COMPARISONS.has(node.op)) return undefined;
  const [left, right] = (node.args as [ASTNode, ASTNode]).map(textOf);
  const parsed = left === undefined ? undefined : parse(left);
  if (left === undefined || right === undefined || parsed === undefined || 'error' in parsed)
    return undefined;
  return {
    left,
    right: `${node.op} ${right}`,
    value: (scope, object) => run(parsed, scope, used, object),
  };
}

function parse(text: string): ParseResult | { readonly error: CelError } {
  try {
    environment ??= newEnvironment();
    return environment.parse(text);
  } catch (error) {
    return { error: errorOf(error) };
  }
}

function run(
  parsed: ParseResult,
  scope: CelScope,
  used: readonly KindDefinition[],
  object: KubeObject | undefined,
): CelResult {
  const context: Record<string, unknown> = { object: object ?? null };
  for (const kind of used) context[kind.plural] = scope.objects(kind);
  try {
    return { ok: true, value: parsed(context) };
  } catch (error) {
    return { ok: false, error: errorOf(error) };
  }
}

/**
 * What an expression threw, as a value. The library throws its findings, and now and then an error of
 * the language itself (a time zone that does not exist, a list that is none).
 */
function errorOf(error: unknown): CelError {
  const found = error as { code?: unknown; summary?: unknown; range?: { start?: unknown } } | undefined;
  if (typeof found?.code !== 'string' || typeof found.summary !== 'string')
    return { code: 'failed', message: error instanceof Error ? error.message : 'failed', offset: 0 };
  const start = found.range?.start;
  return { code: found.code, message: found.summary, offset: typeof start === 'number' ? start : 0 };
}

function failure(code: string, message: string, offset: number): { readonly error: CelError } {
  return { error: { code, message, offset } };
}

function conjuncts(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

/** The first part that is not available, or one loop too deep. */
function findRefused(node: ASTNode, loops: number): CelError | undefined {
  if (node.op === 'rcall') {
    const [name, receiver, rest] = node.args;
    const instead = REFUSED.get(name);
    if (instead !== undefined)
      return { code: 'refused', message: `${name} is not available: ${instead}`, offset: node.start };
    const depth = LOOPS.has(name) ? loops + 1 : loops;
    if (depth > MAX_NESTED_LOOPS) {
      const message = `at most ${MAX_NESTED_LOOPS} of ${[...LOOPS].join(', ')} may stand inside each other`;
      return { code: 'refused', message, offset: node.start };
    }
    // What a loop goes over is computed once, before it: only what it does each time is inside it.
    return findRefused(receiver, loops) ?? firstRefused(rest, depth);
  }
  return firstRefused(children(node), loops);
}

function firstRefused(nodes: readonly ASTNode[], loops: number): CelError | undefined {
  for (const node of nodes) {
    const found = findRefused(node, loops);
    if (found !== undefined) return found;
  }
  return undefined;
}

function walk(node: ASTNode, take: (node: ASTNode) => void): void {
  take(node);
  for (const inner of children(node)) walk(inner, take);
}

/** The nodes directly below one, whatever its operator. */
function children(node: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    else if (isNode(value)) found.push(value);
  };
  collect(node.args);
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function newEnvironment(): Environment {
  const env = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH },
  });
  for (const plural of KIND_OF.keys()) env.registerVariable(plural, 'list');
  env.registerVariable('object', 'dyn');
  env.registerFunction('ready(dyn): bool', isReady);
  env.registerFunction('quantity(dyn): double', amountOf);
  env.registerFunction('requested(dyn, string): double', requestedOf);
  env.registerFunction('restarts(dyn): double', restartsOf);
  env.registerFunction('sum(list): double', (items: Iterable<unknown>) =>
    numbersOf(items).reduce((total, item) => total + item, 0),
  );
  env.registerFunction('least(list): double', (items: Iterable<unknown>) =>
    numbersOf(items).reduce((least, item) => Math.min(least, item), Number.POSITIVE_INFINITY),
  );
  env.registerFunction('greatest(list): double', (items: Iterable<unknown>) =>
    numbersOf(items).reduce((most, item) => Math.max(most, item), Number.NEGATIVE_INFINITY),
  );
  env.registerFunction('distinct(list): list', (items: Iterable<unknown>) => [...new Set(items)]);
  registerArithmetic(env);
  return env;
}

/** Whether a pod, a node, or anything else with conditions is Ready, and not on its way out. */
function isReady(object: unknown): boolean {
  const { metadata, status } = (object ?? {}) as Pod;
  if (metadata?.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
}

/** `quantity("500m")` is 0.5; 0 for what is none. */
function amountOf(value: unknown): number {
  if (typeof value !== 'string' && typeof value !== 'number') return 0;
  const amount = parseQuantity(String(value));
  return isQuantityError(amount) ? 0 : approximate(amount);
}

/** What a pod requests of cpu (cores) or memory (bytes); of a container or a node likewise. */
function requestedOf(object: unknown, resource: string): number {
  const { spec, status } = (object ?? {}) as Pod & Node;
  if (spec?.containers !== undefined) {
    const requests = podRequests(spec);
    if (resource === 'cpu') return requests.milliCPU / 1000;
    return resource === 'memory' ? requests.memory : (requests.scalar.get(resource) ?? 0);
  }
  if (status?.allocatable !== undefined) return amountOf(status.allocatable[resource]);
  return amountOf((object as Container | undefined)?.resources?.requests?.[resource]);
}

function restartsOf(object: unknown): number {
  const statuses = (object as Pod | undefined)?.status?.containerStatuses ?? [];
  return statuses.reduce((total, status) => total + status.restartCount, 0);
}

function numbersOf(items: Iterable<unknown>): readonly number[] {
  return [...items].map(Number).filter((item) => !Number.isNaN(item));
}

let environment: Environment | undefined;
