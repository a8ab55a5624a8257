import type { Token } from './lexer.ts';
import type { ColumnDefinition, Expression, Selected, Statement } from './statement.ts';

/** Where a statement stops making sense: the word there, or the end. */
export class SyntaxTrouble {
  readonly near: string;

  constructor(near: string) {
    this.near = near;
  }
}

const TAKEN = new Set(['begin', 'commit', 'rollback', 'grant', 'revoke', 'set', 'flush', 'start', 'analyze']);
const COMPARISONS = new Set(['=', '<>', '!=', '<', '>', '<=', '>=', 'like', 'is', 'is not']);
const MAX_DEPTH = 50;

/** Reads one statement of the part of SQL that is spoken here. */
export function parseStatement(tokens: readonly Token[]): Statement | SyntaxTrouble {
  const parser = new Parser(tokens);
  const statement = parser.statement();
  if (parser.trouble !== undefined) return parser.trouble;
  return parser.ended ? statement : new SyntaxTrouble(parser.near);
}

/** What stands where nothing sensible does; the parser has then noted its trouble. */
const NOTHING: Token = Object.freeze({ kind: 'word', text: '', word: '' });
const NO_VALUE: Expression = Object.freeze({ type: 'value', value: null });

/** The first trouble is noted and ends the statement: what is read from there on is empty. */
class Parser {
  trouble: SyntaxTrouble | undefined;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  get near(): string {
    return this.#tokens[this.#at]?.text ?? 'end of input';
  }

  statement(): Statement {
    const verb = this.#tokens[this.#at]?.word ?? '';
    if (TAKEN.has(verb)) {
      this.#at = this.#tokens.length;
      return { type: 'nothing', tag: verb.toUpperCase() };
    }
    this.#at++;
    switch (verb) {
      case 'select':
        return this.#select();
      case 'insert':
        return this.#insert();
      case 'update':
        return this.#update();
      case 'delete':
        this.#expect('from');
        return { type: 'delete', table: this.#name(), where: this.#where() };
      case 'truncate':
        this.#take('table');
        return { type: 'delete', table: this.#name(), where: undefined };
      case 'create':
        return this.#create();
      case 'alter':
        this.#expect('user', 'role');
        return this.#user(true);
      case 'drop':
        return this.#drop();
      case 'use':
        return { type: 'use', name: this.#name() };
      case 'show':
        return { type: 'show', what: this.#expect('databases', 'tables') as 'databases' | 'tables' };
      default:
        this.#at--;
        this.#fail();
        return { type: 'nothing', tag: '' };
    }
  }

  #select(): Statement {
    const selected = this.#list(() => this.#selected());
    const table = this.#take('from') ? this.#name() : undefined;
    const where = this.#where();
    const group = this.#phrase('group', 'by') ? this.#list(() => this.#name()) : [];
    const order = this.#phrase('order', 'by') ? this.#list(() => this.#ordered()) : [];
    const limit = this.#take('limit') ? Number(this.#next('number').text) : undefined;
    return { type: 'select', selected, table, where, group, order, limit };
  }

  #ordered(): { readonly by: Expression; readonly down: boolean } {
    const by = this.#sum();
    const down = this.#take('desc');
    if (!down) this.#take('asc');
    return { by, down };
  }

  #selected(): Selected {
    if (this.#take('*')) return { expression: 'all', alias: undefined };
    const expression = this.#expression();
    const alias = this.#take('as') ? this.#name() : undefined;
    return { expression, alias };
  }

  #insert(): Statement {
    const ignore = this.#take('ignore');
    this.#expect('into');
    const table = this.#name();
    const columns = this.#take('(') ? this.#closed(() => this.#name()) : undefined;
    this.#expect('values', 'value');
    const rows = this.#list(() => {
      this.#expect('(');
      return this.#closed(() => this.#expression());
    });
    const lenient = this.#take('on') && this.#take('conflict');
    if (lenient) {
      if (this.#take('(')) this.#closed(() => this.#name());
      this.#expect('do');
      this.#expect('nothing');
    }
    return { type: 'insert', table, columns, rows, ignoreDuplicates: ignore || lenient };
  }

  #update(): Statement {
    const table = this.#name();
    this.#expect('set');
    const set = this.#list(() => {
      const column = this.#name();
      this.#expect('=');
      return { column, to: this.#sum() };
    });
    return { type: 'update', table, set, where: this.#where() };
  }

  #create(): Statement {
    const what = this.#expect('table', 'database', 'schema', 'user', 'role');
    if (what === 'user' || what === 'role') return this.#user(false);
    const lenient = this.#phrase('if', 'not', 'exists');
    const name = this.#name();
    if (what !== 'table') return { type: 'createDatabase', name, lenient };
    this.#expect('(');
    const columns = this.#closed(() => this.#column()).filter((column) => column !== undefined);
    // Storage engines and the like.
    this.#at = this.#tokens.length;
    return { type: 'createTable', table: name, columns, lenient };
  }

  /** A column, or a constraint of the table, which is not kept. */
  #column(): ColumnDefinition | undefined {
    const first = this.#tokens[this.#at]?.word ?? '';
    const constraint = ['primary', 'unique', 'foreign', 'constraint', 'key', 'index', 'check'].includes(
      first,
    );
    const name = constraint ? '' : this.#name();
    const words: string[] = [];
    for (let open = 0; !this.ended; this.#at++) {
      const { text, word } = this.#tokens[this.#at] as Token;
      if (open === 0 && (text === ',' || text === ')')) break;
      if (text === '(') open++;
      if (text === ')') open--;
      words.push(word);
    }
    if (constraint) return undefined;
    const type = words[0] ?? '';
    const primary = words.includes('primary');
    return {
      name,
      type,
      unique: primary || words.includes('unique'),
      required: primary || words.some((word, i) => word === 'not' && words[i + 1] === 'null'),
      counts: type.endsWith('serial') || words.includes('auto_increment') || words.includes('identity'),
    };
  }

  #user(change: boolean): Statement {
    const lenient = this.#phrase('if', 'not', 'exists');
    const token = this.#tokens[this.#at++] ?? this.#fail();
    // 'app'@'%': whence somebody may come is not looked at.
    if (this.#take('@')) this.#at++;
    while (this.#take('with') || this.#take('login') || this.#take('encrypted')) {}
    const hasPassword = this.#take('password') || (this.#take('identified') && this.#expect('by') !== '');
    const password = hasPassword ? this.#next('string').text : '';
    this.#at = this.#tokens.length;
    return { type: 'createUser', name: token.text, password, change: change || lenient };
  }

  #drop(): Statement {
    const what = this.#expect('table', 'database', 'schema');
    const lenient = this.#phrase('if', 'exists');
    const name = this.#name();
    this.#take('cascade');
    return what === 'table'
      ? { type: 'dropTable', table: name, lenient }
      : { type: 'dropDatabase', name, lenient };
  }

  #where(): Expression | undefined {
    return this.#take('where') ? this.#expression() : undefined;
  }

  #expression(): Expression {
    let left = this.#and();
    while (this.#take('or')) left = { type: 'binary', operator: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#comparison();
    while (this.#take('and')) left = { type: 'binary', operator: 'and', left, right: this.#comparison() };
    return left;
  }

  #comparison(): Expression {
    const left = this.#sum();
    const token = this.#tokens[this.#at];
    const found = token?.word === '' ? token.text : (token?.word ?? '');
    if (token?.kind === 'string' || !COMPARISONS.has(found)) return left;
    this.#at++;
    const operator = found === 'is' && this.#take('not') ? 'is not' : found;
    return { type: 'binary', operator, left, right: this.#sum() };
  }

  #sum(): Expression {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/', '%'], () => this.#term()));
  }

  /** Operands with operators of one rank between them, taken from the left. */
  #chain(signs: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const operator = signs.find((sign) => this.#take(sign));
      if (operator === undefined) return left;
      left = { type: 'binary', operator, left, right: operand() };
    }
  }

  #term(): Expression {
    if (++this.#depth > MAX_DEPTH) this.#fail();
    const term = this.#atom();
    this.#depth--;
    // A cast changes nothing here.
    while (this.#take('::')) this.#name();
    return term;
  }

  #atom(): Expression {
    if (this.#take('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#take('-')) return { type: 'value', value: -Number(this.#next('number').text) };
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'symbol') {
      this.#fail();
      return NO_VALUE;
    }
    this.#at++;
    if (token.kind === 'string') return { type: 'value', value: token.text };
    if (token.kind === 'number') return { type: 'value', value: Number(token.text) };
    if (token.word === 'null') return { type: 'value', value: null };
    if (token.word === 'true' || token.word === 'false')
      return { type: 'value', value: token.word === 'true' ? 't' : 'f' };
    if (token.kind === 'word' && this.#take('(')) {
      if (this.#take(')')) return { type: 'call', name: token.word, argument: undefined };
      const all = this.#take('*');
      if (!all) this.#take('distinct');
      const argument = all ? 'all' : this.#expression();
      this.#expect(')');
      return { type: 'call', name: token.word, argument };
    }
    if (this.#take('.')) return { type: 'column', name: this.#name() };
    return { type: 'column', name: token.kind === 'quoted' ? token.text : token.word };
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#take(',')) items.push(item());
    return items;
  }

  #closed<T>(item: () => T): T[] {
    const items = this.#list(item);
    this.#expect(')');
    return items;
  }

  /** A name, the last part of one with dots. */
  #name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return this.#fail().text;
    this.#at++;
    if (this.#take('.')) return this.#name();
    return token.kind === 'quoted' ? token.text : token.word;
  }

  #next(kind: Token['kind']): Token {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind) return this.#fail();
    this.#at++;
    return token;
  }

  #take(word: string): boolean {
    const token = this.#tokens[this.#at];
    const is =
      token !== undefined && (token.word === word || (token.kind === 'symbol' && token.text === word));
    if (is) this.#at++;
    return is;
  }

  /** A word that brings the following ones along. */
  #phrase(first: string, ...rest: readonly string[]): boolean {
    if (!this.#take(first)) return false;
    for (const word of rest) this.#expect(word);
    return true;
  }

  #expect(...words: readonly string[]): string {
    return words.find((word) => this.#take(word)) ?? this.#fail().text;
  }

  #fail(): Token {
    this.trouble ??= new SyntaxTrouble(this.near);
    this.#at = this.#tokens.length;
    return NOTHING;
  }
}
