import { type AwkToken, awkTokens } from './awklexer.ts';
import type { AwkExpression, AwkRule, AwkStatement } from './awktree.ts';

/** Nesting of expressions and statements. */
const MAX_DEPTH = 200;
const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=']);
const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '==', '!=', '>', '>=']);

/** Reads a program; a text says what is wrong with it. */
export function parseAwk(program: string): readonly AwkRule[] | string {
  const tokens = awkTokens(program);
  if (typeof tokens === 'string') return tokens;
  const parser = new Parser(tokens);
  const rules = parser.rules();
  return parser.error ?? rules;
}

class Parser {
  readonly #tokens: readonly AwkToken[];
  /** The first thing that is wrong. */
  error: string | undefined;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly AwkToken[]) {
    this.#tokens = tokens;
  }

  rules(): readonly AwkRule[] {
    const rules: AwkRule[] = [];
    for (this.#skip(); this.#token.type !== 'end'; this.#skip()) rules.push(this.#rule());
    return rules;
  }

  get #token(): AwkToken {
    return this.#tokens[this.#at] as AwkToken;
  }

  /** Notes what is wrong and goes to the end: nothing is read any more. */
  #fail(says?: string): void {
    const { type, text } = this.#token;
    const place =
      type === 'end' ? 'unexpected end of program' : `syntax error at '${text === '\n' ? 'newline' : text}'`;
    this.error ??= says ?? place;
    this.#at = this.#tokens.length - 1;
  }

  #is(text: string): boolean {
    const { type } = this.#token;
    return (type === 'punctuation' || type === 'name') && this.#token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #want(text: string): void {
    if (!this.#take(text)) this.#fail();
  }

  /** Blank lines and lone semicolons. */
  #skip(): void {
    while (this.#token.type === 'newline' || this.#is(';')) this.#at++;
  }

  #newlines(): void {
    while (this.#token.type === 'newline') this.#at++;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.#fail('nested too deep');
    const value = read();
    this.#depth--;
    return value;
  }

  #rule(): AwkRule {
    if (this.#take('BEGIN')) return { when: 'begin', pattern: undefined, action: this.#block() };
    if (this.#take('END')) return { when: 'end', pattern: undefined, action: this.#block() };
    const pattern = this.#is('{') ? undefined : this.#expression();
    return { when: 'record', pattern, action: this.#is('{') ? this.#block() : undefined };
  }

  #block(): AwkStatement {
    this.#want('{');
    const body: AwkStatement[] = [];
    for (this.#skip(); !this.#take('}'); this.#skip()) {
      if (this.#token.type === 'end') {
        this.#fail();
        break;
      }
      body.push(this.#statement());
    }
    return { type: 'block', body };
  }

  #statement(): AwkStatement {
    return this.#nested(() => this.#anyStatement());
  }

  #anyStatement(): AwkStatement {
    if (this.#is('{')) return this.#block();
    if (this.#take('if')) return this.#if();
    if (this.#take('for')) return this.#for();
    if (this.#take('while')) {
      this.#want('(');
      const test = this.#expression();
      this.#want(')');
      this.#newlines();
      return { type: 'loop', first: undefined, test, step: undefined, body: this.#statement() };
    }
    const statement = this.#simple();
    if (!this.#is('}') && this.#token.type !== 'end' && this.#token.type !== 'newline') this.#want(';');
    return statement;
  }

  #if(): AwkStatement {
    this.#want('(');
    const test = this.#expression();
    this.#want(')');
    this.#newlines();
    const yes = this.#statement();
    const back = this.#at;
    this.#skip();
    if (this.#take('else')) {
      this.#newlines();
      return { type: 'if', test, yes, no: this.#statement() };
    }
    this.#at = back;
    return { type: 'if', test, yes, no: undefined };
  }

  #for(): AwkStatement {
    this.#want('(');
    const [name, word, array] = this.#tokens.slice(this.#at, this.#at + 3);
    if (name?.type === 'name' && word?.text === 'in' && array?.type === 'name') {
      this.#at += 3;
      this.#want(')');
      this.#newlines();
      return { type: 'each', name: name.text, array: array.text, body: this.#statement() };
    }
    const first = this.#is(';') ? undefined : this.#simple();
    this.#want(';');
    const test = this.#is(';') ? undefined : this.#expression();
    this.#want(';');
    const step = this.#is(')') ? undefined : this.#simple();
    this.#want(')');
    this.#newlines();
    return { type: 'loop', first, test, step, body: this.#statement() };
  }

  #simple(): AwkStatement {
    if (this.#take('print')) return { type: 'print', values: this.#values() };
    if (this.#take('printf')) return { type: 'printf', values: this.#values() };
    for (const type of ['next', 'break', 'continue'] as const) if (this.#take(type)) return { type };
    if (this.#take('exit')) return { type: 'exit', code: this.#ends() ? undefined : this.#expression() };
    if (this.#take('delete')) {
      const name = this.#token;
      if (name.type !== 'name') this.#fail();
      this.#at++;
      return { type: 'delete', name: name.text, keys: this.#is('[') ? this.#keys() : undefined };
    }
    return { type: 'expression', value: this.#expression() };
  }

  #ends(): boolean {
    const { type } = this.#token;
    return type === 'end' || type === 'newline' || this.#is(';') || this.#is('}') || this.#is(')');
  }

  /** What is printed; `print (a, b)` is `print a, b`. */
  #values(): readonly AwkExpression[] {
    if (this.#ends()) return [];
    const back = this.#at;
    if (this.#take('(')) {
      const inside = this.#list();
      if (this.#take(')') && this.#ends()) return inside;
      this.#at = back;
    }
    return this.#list();
  }

  #list(): AwkExpression[] {
    const values = [this.#expression()];
    while (this.#take(',')) {
      this.#newlines();
      values.push(this.#expression());
    }
    return values;
  }

  #keys(): readonly AwkExpression[] {
    this.#want('[');
    const keys = this.#list();
    this.#want(']');
    return keys;
  }

  #expression(): AwkExpression {
    return this.#nested(() => {
      const left = this.#choice();
      if (!ASSIGNMENTS.has(this.#token.text) || this.#token.type !== 'punctuation') return left;
      if (left.type !== 'name' && left.type !== 'field' && left.type !== 'element') this.#fail();
      const operator = this.#token.text;
      this.#at++;
      return { type: 'assign', operator, to: left, value: this.#expression() };
    });
  }

  #choice(): AwkExpression {
    const test = this.#or();
    if (!this.#take('?')) return test;
    const yes = this.#expression();
    this.#want(':');
    return { type: 'choice', test, yes, no: this.#expression() };
  }

  #or(): AwkExpression {
    let left = this.#and();
    while (this.#take('||')) left = { type: 'binary', operator: '||', left, right: this.#and() };
    return left;
  }

  #and(): AwkExpression {
    let left = this.#membership();
    while (this.#take('&&')) left = { type: 'binary', operator: '&&', left, right: this.#membership() };
    return left;
  }

  #membership(): AwkExpression {
    const left = this.#match();
    if (!this.#take('in')) return left;
    const name = this.#token;
    if (name.type !== 'name') this.#fail();
    this.#at++;
    return { type: 'in', name: name.text, key: left };
  }

  #match(): AwkExpression {
    let left = this.#comparison();
    while (this.#is('~') || this.#is('!~')) {
      const operator = this.#token.text;
      this.#at++;
      left = { type: 'binary', operator, left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): AwkExpression {
    const left = this.#concatenation();
    if (this.#token.type !== 'punctuation' || !COMPARISONS.has(this.#token.text)) return left;
    const operator = this.#token.text;
    this.#at++;
    return { type: 'binary', operator, left, right: this.#concatenation() };
  }

  /** Operands side by side are joined. */
  #concatenation(): AwkExpression {
    let left = this.#sum();
    while (this.#beginsOperand()) left = { type: 'binary', operator: 'join', left, right: this.#sum() };
    return left;
  }

  #beginsOperand(): boolean {
    const { type, text } = this.#token;
    if (type === 'number' || type === 'string') return true;
    if (type === 'name') return text !== 'in';
    return type === 'punctuation' && (text === '$' || text === '(' || text === '!');
  }

  #sum(): AwkExpression {
    let left = this.#product();
    while (this.#is('+') || this.#is('-')) {
      const operator = this.#token.text;
      this.#at++;
      left = { type: 'binary', operator, left, right: this.#product() };
    }
    return left;
  }

  #product(): AwkExpression {
    let left = this.#unary();
    while (this.#is('*') || this.#is('/') || this.#is('%')) {
      const operator = this.#token.text;
      this.#at++;
      left = { type: 'binary', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): AwkExpression {
    for (const operator of ['!', '-', '+'])
      if (this.#take(operator)) return this.#nested(() => ({ type: 'unary', operator, of: this.#unary() }));
    const base = this.#postfix();
    return this.#take('^')
      ? this.#nested(() => ({ type: 'binary', operator: '^', left: base, right: this.#unary() }))
      : base;
  }

  #postfix(): AwkExpression {
    if (this.#take('++')) return { type: 'step', by: 1, of: this.#primary(), before: true };
    if (this.#take('--')) return { type: 'step', by: -1, of: this.#primary(), before: true };
    const value = this.#primary();
    if (this.#take('++')) return { type: 'step', by: 1, of: value, before: false };
    if (this.#take('--')) return { type: 'step', by: -1, of: value, before: false };
    return value;
  }

  #primary(): AwkExpression {
    const { type, text } = this.#token;
    if (type === 'punctuation') {
      if (this.#take('$')) return this.#nested(() => ({ type: 'field', index: this.#postfix() }));
      if (!this.#take('(')) {
        this.#fail();
        return NOTHING;
      }
      const inside = this.#expression();
      this.#want(')');
      return inside;
    }
    if (type === 'end' || type === 'newline') {
      this.#fail();
      return NOTHING;
    }
    this.#at++;
    switch (type) {
      case 'number':
        return { type: 'number', value: Number(text) };
      case 'string':
      case 'regex':
        return { type, value: text };
    }
    if (this.#is('[')) return { type: 'element', name: text, keys: this.#keys() };
    if (!this.#is('(') || this.#token.spaced)
      return FUNCTIONS_WITHOUT_PARENTHESES.has(text) ? call(text, []) : { type: 'name', name: text };
    this.#want('(');
    const args = this.#is(')') ? [] : this.#list();
    this.#want(')');
    return call(text, args);
  }
}

/** What stands where nothing could be read. */
const NOTHING: AwkExpression = Object.freeze({ type: 'number', value: 0 });

const FUNCTIONS_WITHOUT_PARENTHESES: ReadonlySet<string> = new Set(['length']);

function call(name: string, args: readonly AwkExpression[]): AwkExpression {
  return { type: 'call', name, args };
}
