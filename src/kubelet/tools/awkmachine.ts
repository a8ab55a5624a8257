import { RE2JS } from 're2js';
import { awkFormat, callFunction } from './awkfunctions.ts';
import type { AwkExpression, AwkRule, AwkStatement } from './awktree.ts';
import { substitute } from './substitute.ts';

/** A value of awk: texts that came from input and look like numbers are compared as such. */
export type AwkValue = number | string;

/** Statements that one program runs at most: nothing may go on for ever without time passing. */
const MAX_STEPS = 5_000_000;
const MAX_FIELDS = 10_000;
const MAX_OUTPUT = 1024 * 1024;
const KEY_SEPARATOR = '\x1c';

/** What a statement leaves behind when it does not just go on. */
type Leaving = 'next' | 'break' | 'continue' | 'exit' | undefined;

/** Runs rules over records. What is wrong with a program that could be read ends it: `error` says what. */
export class AwkMachine {
  output = '';
  exitCode = 0;
  error: string | undefined;
  readonly #rules: readonly AwkRule[];
  readonly #variables = new Map<string, AwkValue>([
    ['FS', ' '],
    ['OFS', ' '],
    ['ORS', '\n'],
    ['NR', 0],
  ]);
  readonly #arrays = new Map<string, Map<string, AwkValue>>();
  #record = '';
  #fields: string[] = [];
  readonly #patterns = new Map<string, RE2JS | undefined>();
  #steps = 0;

  constructor(rules: readonly AwkRule[], variables: ReadonlyMap<string, string>) {
    this.#rules = rules;
    for (const [name, value] of variables) this.#variables.set(name, value);
  }

  /** Whether it reads input at all: a program of BEGIN alone does not. */
  get reads(): boolean {
    return this.#rules.some(({ when }) => when !== 'begin');
  }

  run(lines: readonly string[], fileName: string): void {
    this.#variables.set('FILENAME', fileName);
    if (this.#runRules('begin') === 'exit' || this.error !== undefined) return;
    for (const line of lines) {
      this.#setRecord(line);
      this.#variables.set('NR', toNumber(this.#variables.get('NR') ?? 0) + 1);
      this.#variables.set('FNR', this.#variables.get('NR') ?? 0);
      if (this.#runRules('record') === 'exit') break;
    }
    if (this.error === undefined) this.#runRules('end');
  }

  #runRules(when: AwkRule['when']): Leaving {
    for (const rule of this.#rules) {
      if (rule.when !== when) continue;
      if (rule.pattern !== undefined && !this.#holds(rule.pattern)) continue;
      const left = rule.action === undefined ? this.#print([]) : this.#do(rule.action);
      if (this.error !== undefined) return 'exit';
      if (left === 'exit' || left === 'next') return left;
    }
    return undefined;
  }

  #setRecord(text: string): void {
    this.#record = text;
    this.#fields = this.#split(text, toText(this.#variables.get('FS') ?? ' ')).slice(0, MAX_FIELDS);
    this.#variables.set('NF', this.#fields.length);
  }

  #do(statement: AwkStatement): Leaving {
    if (++this.#steps > MAX_STEPS) this.#fail('the program does not end');
    if (this.error !== undefined) return 'exit';
    switch (statement.type) {
      case 'print':
        return this.#print(statement.values);
      case 'printf': {
        const [format = '', ...values] = statement.values.map((value) => this.#value(value));
        return this.#write(awkFormat(toText(format), values));
      }
      case 'expression':
        this.#value(statement.value);
        return undefined;
      case 'block':
        for (const inner of statement.body) {
          const left = this.#do(inner);
          if (left !== undefined) return left;
        }
        return undefined;
      case 'if':
        if (this.#holds(statement.test)) return this.#do(statement.yes);
        return statement.no === undefined ? undefined : this.#do(statement.no);
      case 'loop':
        return this.#loop(statement);
      case 'each':
        for (const key of [...this.#array(statement.array).keys()]) {
          this.#variables.set(statement.name, key);
          const left = this.#do(statement.body);
          if (left === 'break') break;
          if (left !== undefined && left !== 'continue') return left;
        }
        return undefined;
      case 'delete':
        if (statement.keys === undefined) this.#array(statement.name).clear();
        else this.#array(statement.name).delete(this.#key(statement.keys));
        return undefined;
      case 'exit':
        if (statement.code !== undefined) this.exitCode = toNumber(this.#value(statement.code)) & 255;
        return 'exit';
      default:
        return statement.type;
    }
  }

  #loop({ first, test, step, body }: Extract<AwkStatement, { type: 'loop' }>): Leaving {
    if (first !== undefined) this.#do(first);
    while (test === undefined || this.#holds(test)) {
      const left = this.#do(body);
      if (left === 'break') break;
      if (left !== undefined && left !== 'continue') return left;
      if (step !== undefined) this.#do(step);
    }
    return undefined;
  }

  #print(values: readonly AwkExpression[]): Leaving {
    const separator = toText(this.#variables.get('OFS') ?? ' ');
    const text =
      values.length === 0 ? this.#record : values.map((value) => toText(this.#value(value))).join(separator);
    return this.#write(text + toText(this.#variables.get('ORS') ?? '\n'));
  }

  #write(text: string): undefined {
    if (this.error === undefined && this.output.length < MAX_OUTPUT) this.output += text;
    return undefined;
  }

  #array(name: string): Map<string, AwkValue> {
    let array = this.#arrays.get(name);
    if (array === undefined) {
      array = new Map();
      this.#arrays.set(name, array);
    }
    return array;
  }

  #key(keys: readonly AwkExpression[]): string {
    return keys.map((key) => toText(this.#value(key))).join(KEY_SEPARATOR);
  }

  #holds(expression: AwkExpression): boolean {
    const value = this.#value(expression);
    return typeof value === 'number' ? value !== 0 : looksNumeric(value) ? Number(value) !== 0 : value !== '';
  }

  #value(expression: AwkExpression): AwkValue {
    switch (expression.type) {
      case 'number':
      case 'string':
        return expression.value;
      case 'regex':
        return this.#matches(this.#record, expression.value) ? 1 : 0;
      case 'name':
        return this.#variables.get(expression.name) ?? '';
      case 'field':
        return this.#field(toNumber(this.#value(expression.index)));
      case 'element':
        return this.#array(expression.name).get(this.#key(expression.keys)) ?? '';
      case 'in':
        return this.#array(expression.name).has(toText(this.#value(expression.key))) ? 1 : 0;
      case 'unary':
        if (expression.operator === '!') return this.#holds(expression.of) ? 0 : 1;
        return (expression.operator === '-' ? -1 : 1) * toNumber(this.#value(expression.of));
      case 'choice':
        return this.#value(this.#holds(expression.test) ? expression.yes : expression.no);
      case 'binary':
        return this.#binary(expression);
      case 'assign': {
        const value = this.#value(expression.value);
        const { operator, to } = expression;
        const next =
          operator === '=' ? value : this.#calculate(operator.slice(0, -1), this.#value(to), value);
        return this.#assign(to, next);
      }
      case 'step': {
        const before = toNumber(this.#value(expression.of));
        this.#assign(expression.of, before + expression.by);
        return expression.before ? before + expression.by : before;
      }
      case 'call':
        return this.#call(expression);
    }
  }

  #field(index: number): AwkValue {
    return index === 0 ? this.#record : (this.#fields[index - 1] ?? '');
  }

  #assign(to: AwkExpression, value: AwkValue): AwkValue {
    if (to.type === 'name') {
      this.#variables.set(to.name, value);
    } else if (to.type === 'element') this.#array(to.name).set(this.#key(to.keys), value);
    else if (to.type === 'field') {
      const index = toNumber(this.#value(to.index));
      if (index === 0) this.#setRecord(toText(value));
      else if (index > 0 && index <= MAX_FIELDS) {
        while (this.#fields.length < index) this.#fields.push('');
        this.#fields[index - 1] = toText(value);
        this.#record = this.#fields.join(toText(this.#variables.get('OFS') ?? ' '));
        this.#variables.set('NF', this.#fields.length);
      }
    }
    return value;
  }

  #binary({ operator, left, right }: Extract<AwkExpression, { type: 'binary' }>): AwkValue {
    switch (operator) {
      case '&&':
        return this.#holds(left) && this.#holds(right) ? 1 : 0;
      case '||':
        return this.#holds(left) || this.#holds(right) ? 1 : 0;
      case '~':
      case '!~': {
        const pattern = right.type === 'regex' ? right.value : toText(this.#value(right));
        return this.#matches(toText(this.#value(left)), pattern) === (operator === '~') ? 1 : 0;
      }
      case 'join':
        return toText(this.#value(left)) + toText(this.#value(right));
    }
    const [a, b] = [this.#value(left), this.#value(right)];
    return isComparison(operator) ? (compare(operator, a, b) ? 1 : 0) : this.#calculate(operator, a, b);
  }

  #call({ name, args }: Extract<AwkExpression, { type: 'call' }>): AwkValue {
    const [first, second, third] = args;
    if (name === 'split' && second?.type === 'name') {
      const array = this.#array(second.name);
      array.clear();
      const separator = toText(
        third === undefined ? (this.#variables.get('FS') ?? ' ') : this.#pattern(third),
      );
      const parts = this.#split(toText(first === undefined ? '' : this.#value(first)), separator);
      for (const [i, part] of parts.entries()) array.set(String(i + 1), part);
      return parts.length;
    }
    if ((name === 'sub' || name === 'gsub') && first !== undefined && second !== undefined) {
      const target: AwkExpression = third ?? { type: 'field', index: { type: 'number', value: 0 } };
      const compiled = this.#compiled(this.#pattern(first));
      if (compiled === undefined) return 0;
      const options = { all: name === 'gsub', groups: false };
      const replaced = substitute(
        compiled,
        toText(this.#value(target)),
        toText(this.#value(second)),
        options,
      );
      if (replaced.count > 0) this.#assign(target, replaced.text);
      return replaced.count;
    }
    if (name === 'length' && first?.type === 'name' && this.#arrays.has(first.name))
      return this.#array(first.name).size;
    const values = args.map((arg) => (arg.type === 'regex' ? arg.value : this.#value(arg)));
    const result = callFunction(name, values.length === 0 && name === 'length' ? [this.#record] : values);
    if (result === undefined) this.#fail(`call to undefined function ${name}`);
    return result ?? '';
  }

  #pattern(expression: AwkExpression): string {
    return expression.type === 'regex' ? expression.value : toText(this.#value(expression));
  }

  #fail(says: string): void {
    this.error ??= says;
  }

  #calculate(operator: string, a: AwkValue, b: AwkValue): number {
    const [x, y] = [toNumber(a), toNumber(b)];
    switch (operator) {
      case '+':
        return x + y;
      case '-':
        return x - y;
      case '*':
        return x * y;
      case '^':
        return x ** y;
    }
    if (y === 0) this.#fail('division by zero');
    return operator === '/' ? x / y : x % y;
  }

  /** Patterns run in linear time: they come from manifests. */
  #compiled(pattern: string): RE2JS | undefined {
    if (!this.#patterns.has(pattern)) this.#patterns.set(pattern, compile(pattern));
    const compiled = this.#patterns.get(pattern);
    if (compiled === undefined) this.#fail(`bad regex '${pattern}'`);
    return compiled;
  }

  #matches(text: string, pattern: string): boolean {
    return this.#compiled(pattern)?.matcher(text).find() === true;
  }

  #split(text: string, separator: string): string[] {
    if (separator === ' ') return text.split(/[ \t\n]+/).filter((field) => field !== '');
    if (text === '') return [];
    if (separator.length === 1) return text.split(separator);
    return [...(this.#compiled(separator)?.split(text) ?? [])];
  }
}

export function toText(value: AwkValue): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

export function toNumber(value: AwkValue): number {
  if (typeof value === 'number') return value;
  return Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(value)?.[0] ?? 0);
}

function looksNumeric(text: string): boolean {
  return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text);
}

function isComparison(operator: string): boolean {
  return ['<', '<=', '==', '!=', '>', '>='].includes(operator);
}

function compare(operator: string, a: AwkValue, b: AwkValue): boolean {
  const numeric = [a, b].every((value) => typeof value === 'number' || looksNumeric(value));
  const [x, y] = numeric ? [toNumber(a), toNumber(b)] : [toText(a), toText(b)];
  switch (operator) {
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '==':
      return x === y;
    case '!=':
      return x !== y;
    case '>':
      return x > y;
    default:
      return x >= y;
  }
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
