import type { Expression } from './statement.ts';
import type { Row } from './store.ts';
import type { SqlValue } from './wire.ts';

/** What an expression is worked out against: a row, or the rows of a group. */
export interface Scope {
  readonly columns: readonly string[];
  readonly row: Row;
  /** For count, sum and so on; undefined: not allowed here. */
  readonly group: readonly Row[] | undefined;
  /** What functions such as now() and version() say. */
  call(name: string): SqlValue | undefined;
}

/** Why there is no value: a column or function that does not exist. */
export class NoValue {
  readonly column: string | undefined;
  readonly call: string | undefined;

  constructor(what: { readonly column?: string; readonly call?: string }) {
    this.column = what.column;
    this.call = what.call;
  }
}

const AGGREGATES = new Set(['count', 'sum', 'avg', 'min', 'max']);

/** Whether an expression counts or sums up rows. */
export function isAggregate(expression: Expression | 'all'): boolean {
  if (expression === 'all') return false;
  if (expression.type === 'binary') return isAggregate(expression.left) || isAggregate(expression.right);
  return expression.type === 'call' && AGGREGATES.has(expression.name);
}

export function evaluate(expression: Expression, scope: Scope): SqlValue | NoValue {
  switch (expression.type) {
    case 'value':
      return expression.value;
    case 'column': {
      const at = scope.columns.indexOf(expression.name);
      if (at >= 0) return scope.row[at] ?? null;
      return scope.call(expression.name) ?? new NoValue({ column: expression.name });
    }
    case 'call': {
      const { name, argument } = expression;
      if (AGGREGATES.has(name) && argument !== undefined && scope.group !== undefined)
        return aggregate(name, argument, scope, scope.group);
      return scope.call(name) ?? new NoValue({ call: name });
    }
    case 'binary': {
      const left = evaluate(expression.left, scope);
      if (left instanceof NoValue) return left;
      const right = evaluate(expression.right, scope);
      return right instanceof NoValue ? right : combine(expression.operator, left, right);
    }
  }
}

/** Whether a condition holds. */
export function holds(value: SqlValue): boolean {
  return value !== null && value !== 'f' && value !== 0 && value !== '';
}

function aggregate(
  name: string,
  argument: Expression | 'all',
  scope: Scope,
  rows: readonly Row[],
): SqlValue | NoValue {
  if (argument === 'all') return rows.length;
  const values: SqlValue[] = [];
  for (const row of rows) {
    const value = evaluate(argument, { ...scope, row });
    if (value instanceof NoValue) return value;
    if (value !== null) values.push(value);
  }
  if (name === 'count') return values.length;
  if (values.length === 0) return null;
  if (name === 'min' || name === 'max') {
    const sorted = values.toSorted(compareValues);
    return (name === 'min' ? sorted[0] : sorted.at(-1)) ?? null;
  }
  const sum = values.reduce((total: number, value) => total + Number(value), 0);
  return name === 'sum' ? sum : sum / values.length;
}

function combine(operator: string, left: SqlValue, right: SqlValue): SqlValue {
  const truth = (is: boolean): SqlValue => (is ? 't' : 'f');
  if (operator === 'and') return truth(holds(left) && holds(right));
  if (operator === 'or') return truth(holds(left) || holds(right));
  if (operator === 'is') return truth(left === right);
  if (operator === 'is not') return truth(left !== right);
  if (left === null || right === null) return null;
  const order = compareValues(left, right);
  switch (operator) {
    case '=':
      return truth(order === 0);
    case '<>':
    case '!=':
      return truth(order !== 0);
    case '<':
      return truth(order < 0);
    case '>':
      return truth(order > 0);
    case '<=':
      return truth(order <= 0);
    case '>=':
      return truth(order >= 0);
    case 'like':
      return truth(isLike(String(left), String(right)));
    case '+':
      return Number(left) + Number(right);
    case '-':
      return Number(left) - Number(right);
    case '*':
      return Number(left) * Number(right);
    case '/':
      return Number(right) === 0 ? null : Number(left) / Number(right);
    default:
      return Number(right) === 0 ? null : Number(left) % Number(right);
  }
}

/** Numbers by size where both are numbers, else texts letter by letter; NULL first. */
export function compareValues(a: SqlValue, b: SqlValue): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [m, n] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(m) && !Number.isNaN(n)) return m - n;
  const [s, t] = [String(a), String(b)];
  return s < t ? -1 : s > t ? 1 : 0;
}

/** LIKE with % and _, without building patterns out of what somebody sent. */
function isLike(text: string, pattern: string): boolean {
  let reachable = new Set([0]);
  for (const sign of pattern) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (sign === '%') for (let i = at; i <= text.length; i++) next.add(i);
      else if (at < text.length && (sign === '_' || text[at] === sign)) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(text.length);
}
