import { type Piece, type SyntaxProblem, type Token, tokenize } from './shlexer.ts';

/** A script taken apart. */
export interface Redirect {
  readonly stream: 'in' | 'out' | 'err' | 'errToOut' | 'outToErr' | 'document';
  readonly append: boolean;
  /** File name, or the text of a here-document. */
  readonly word: readonly Piece[];
}

export type Command =
  | {
      readonly type: 'simple';
      readonly assignments: readonly { readonly name: string; readonly value: readonly Piece[] }[];
      readonly words: readonly (readonly Piece[])[];
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly test: List; readonly body: List }[];
      readonly otherwise: List | undefined;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'loop';
      readonly until: boolean;
      readonly test: List;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'for';
      readonly name: string;
      readonly words: readonly (readonly Piece[])[];
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'case';
      readonly subject: readonly Piece[];
      readonly branches: readonly { readonly patterns: readonly (readonly Piece[])[]; readonly body: List }[];
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'function';
      readonly name: string;
      readonly body: Command;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly type: 'group';
      readonly subshell: boolean;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    };

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

/** Pipelines, each with what must have come before it. */
export type List = readonly {
  readonly when: 'always' | 'success' | 'failure';
  readonly pipeline: Pipeline;
  /** True where `&` stands behind it: the shell does not wait for it. */
  readonly background?: true;
}[];

/** Longer scripts, and deeper ones, are refused. */
const MAX_SCRIPT = 65_536;
const MAX_DEPTH = 50;
const RESERVED = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;

/** Whether a person at a terminal has still to type the rest: an open quote, a loop, a backslash at the end. */
export function needsMore(script: string): boolean {
  const list = parseScript(script);
  if ('error' in list) return list.incomplete;
  // Of an odd number of backslashes the last one takes the end of the line away.
  return (/\\+$/.exec(script)?.[0].length ?? 0) % 2 === 1;
}

/** Reads a script. */
export function parseScript(script: string): List | SyntaxProblem {
  if (script.length > MAX_SCRIPT) return { error: 'script is too long', incomplete: false };
  const tokens = tokenize(script);
  if ('error' in tokens) return tokens;
  const parser = new Parser(tokens);
  const list = parser.list(() => false);
  return parser.problem ?? (parser.atEnd ? list : parser.unexpected());
}

class Parser {
  problem: SyntaxProblem | undefined;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** Commands up to a reserved word that ends them. */
  list(ends: (word: string) => boolean): List {
    const items: { when: 'always' | 'success' | 'failure'; pipeline: Pipeline; background?: true }[] = [];
    let when: 'always' | 'success' | 'failure' = 'always';
    for (;;) {
      while (this.#isOperator(';', '\n') && when === 'always') this.#at++;
      while (this.#isOperator('\n')) this.#at++;
      const word = this.#plain();
      if (this.atEnd || this.problem !== undefined || this.#isOperator(')', ';;')) break;
      if (word !== undefined && (ends(word) || RESERVED.has(word))) break;
      items.push({ when, pipeline: this.#pipeline() });
      if (this.problem !== undefined) break;
      if (this.#isOperator('&&')) when = 'success';
      else if (this.#isOperator('||')) when = 'failure';
      else if (this.#isOperator(';', '\n')) when = 'always';
      else if (this.#isOperator('&')) {
        // All that was tied to it with && and || goes into the background with it.
        const from = items.findLastIndex((item) => item.when === 'always');
        const body = items.splice(from);
        const pipeline: Pipeline =
          body.length === 1
            ? (body[0] as (typeof body)[0]).pipeline
            : { negated: false, commands: [{ type: 'group', subshell: true, body, redirects: [] }] };
        items.push({ when: 'always', pipeline, background: true });
        when = 'always';
      } else {
        when = 'always';
        break;
      }
      this.#at++;
    }
    if (when !== 'always') this.#fail('unexpected end of file', this.atEnd);
    return items;
  }

  unexpected(): SyntaxProblem {
    const token = this.#tokens[this.#at];
    if (token === undefined) return { error: 'syntax error: unexpected end of file', incomplete: true };
    const text =
      token.type === 'operator' ? token.text : token.type === 'word' ? (token.plain ?? 'word') : 'word';
    return { error: `syntax error: unexpected "${text === '\n' ? 'newline' : text}"`, incomplete: false };
  }

  #pipeline(): Pipeline {
    const negated = this.#plain() === '!';
    if (negated) this.#at++;
    const commands = [this.#command()];
    while (this.#isOperator('|') && this.problem === undefined) {
      this.#at++;
      while (this.#isOperator('\n')) this.#at++;
      commands.push(this.#command());
    }
    return { negated, commands };
  }

  #command(): Command {
    if (++this.#depth > MAX_DEPTH) this.#fail('nested too deeply');
    const command = this.problem === undefined ? this.#read() : EMPTY;
    this.#depth--;
    return command;
  }

  #read(): Command {
    switch (this.#plain()) {
      case 'if':
        return this.#if();
      case 'while':
      case 'until':
        return this.#loop();
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function':
        this.#at++;
        return this.#function();
      case '{':
        this.#at++;
        return this.#group(false, () => this.#expect('}'));
    }
    if (this.#beginsFunction()) return this.#function();
    if (!this.#isOperator('(')) return this.#simple();
    this.#at++;
    return this.#group(true, () => {
      if (!this.#isOperator(')')) this.#unexpected();
      this.#at++;
    });
  }

  #group(subshell: boolean, end: () => void): Command {
    const body = this.list((word) => word === '}');
    end();
    return { type: 'group', subshell, body, redirects: this.#redirects() };
  }

  #if(): Command {
    const branches: { test: List; body: List }[] = [];
    let otherwise: List | undefined;
    do {
      this.#at++;
      const test = this.list((word) => word === 'then');
      this.#expect('then');
      branches.push({ test, body: this.list(() => false) });
    } while (this.problem === undefined && this.#plain() === 'elif');
    if (this.#plain() === 'else') {
      this.#at++;
      otherwise = this.list(() => false);
    }
    this.#expect('fi');
    return { type: 'if', branches, otherwise, redirects: this.#redirects() };
  }

  #loop(): Command {
    const until = this.#plain() === 'until';
    this.#at++;
    const test = this.list(() => false);
    const body = this.#body();
    return { type: 'loop', until, test, body, redirects: this.#redirects() };
  }

  #for(): Command {
    this.#at++;
    const name = this.#plain() ?? '';
    if (!/^[A-Za-z_]\w*$/.test(name)) this.#fail('bad for loop variable');
    this.#at++;
    const words: (readonly Piece[])[] = [];
    if (this.#plain() === 'in') {
      this.#at++;
      for (let token = this.#tokens[this.#at]; token?.type === 'word'; token = this.#tokens[++this.#at])
        words.push(token.pieces);
    }
    while (this.#isOperator(';', '\n')) this.#at++;
    const body = this.#body();
    return { type: 'for', name, words, body, redirects: this.#redirects() };
  }

  #case(): Command {
    this.#at++;
    const subject = this.#word();
    while (this.#isOperator('\n')) this.#at++;
    this.#expect('in');
    const branches: { patterns: (readonly Piece[])[]; body: List }[] = [];
    for (;;) {
      while (this.#isOperator('\n')) this.#at++;
      if (this.problem !== undefined || this.#plain() === 'esac') break;
      if (this.#isOperator('(')) this.#at++;
      const patterns = [this.#word()];
      while (this.#isOperator('|')) {
        this.#at++;
        patterns.push(this.#word());
      }
      if (!this.#isOperator(')')) this.#unexpected();
      this.#at++;
      branches.push({ patterns, body: this.list((word) => word === 'esac') });
      if (this.#isOperator(';;')) this.#at++;
    }
    this.#expect('esac');
    return { type: 'case', subject, branches, redirects: this.#redirects() };
  }

  #word(): readonly Piece[] {
    const token = this.#tokens[this.#at];
    if (token?.type !== 'word') {
      this.#unexpected();
      return [];
    }
    this.#at++;
    return token.pieces;
  }

  /** `name ( )`. */
  #beginsFunction(): boolean {
    const [name, open, close] = this.#tokens.slice(this.#at, this.#at + 3);
    const isSign = (token: Token | undefined, text: string): boolean =>
      token?.type === 'operator' && token.text === text;
    return name?.type === 'word' && isSign(open, '(') && isSign(close, ')');
  }

  #function(): Command {
    const name = this.#plain() ?? '';
    if (!/^[A-Za-z_][\w-]*$/.test(name)) this.#fail('bad function name');
    this.#at++;
    if (this.#isOperator('(')) this.#at += 2;
    while (this.#isOperator('\n')) this.#at++;
    const body = this.#command();
    return { type: 'function', name, body, redirects: [] };
  }

  #body(): List {
    this.#expect('do');
    const body = this.list(() => false);
    this.#expect('done');
    return body;
  }

  #simple(): Command {
    const assignments: { name: string; value: readonly Piece[] }[] = [];
    const words: (readonly Piece[])[] = [];
    const redirects: Redirect[] = [];
    const start = this.#at;
    for (;;) {
      const redirect = this.#redirect();
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      const token = this.#tokens[this.#at];
      if (token?.type !== 'word') break;
      this.#at++;
      const assignment = words.length === 0 ? assignmentOf(token.pieces) : undefined;
      if (assignment === undefined) words.push(token.pieces);
      else assignments.push(assignment);
    }
    if (this.#at === start) this.#unexpected();
    return { type: 'simple', assignments, words, redirects };
  }

  #redirects(): readonly Redirect[] {
    const redirects: Redirect[] = [];
    for (let r = this.#redirect(); r !== undefined; r = this.#redirect()) redirects.push(r);
    return redirects;
  }

  #redirect(): Redirect | undefined {
    const token = this.#tokens[this.#at];
    if (this.problem !== undefined || token === undefined) return undefined;
    if (token.type === 'document') {
      this.#at++;
      return { stream: 'document', append: false, word: token.pieces };
    }
    if (token.type !== 'operator') return undefined;
    const kind = REDIRECTS.get(token.text);
    if (kind === undefined) return undefined;
    this.#at++;
    if (kind.stream === 'errToOut' || kind.stream === 'outToErr') return { ...kind, word: [] };
    const word = this.#tokens[this.#at];
    if (word?.type !== 'word') {
      this.#unexpected();
      return undefined;
    }
    this.#at++;
    return { ...kind, word: word.pieces };
  }

  #plain(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.type === 'word' ? token.plain : undefined;
  }

  #isOperator(...texts: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    return token?.type === 'operator' && texts.includes(token.text);
  }

  #expect(word: string): void {
    if (this.#plain() === word) this.#at++;
    else this.#unexpected();
  }

  #unexpected(): void {
    this.problem ??= this.unexpected();
  }

  #fail(says: string, incomplete = false): void {
    this.problem ??= { error: `syntax error: ${says}`, incomplete };
  }
}

const EMPTY: Command = Object.freeze({ type: 'simple', assignments: [], words: [], redirects: [] });

const REDIRECTS: ReadonlyMap<string, { readonly stream: Redirect['stream']; readonly append: boolean }> =
  new Map([
    ['<', { stream: 'in', append: false }],
    ['>', { stream: 'out', append: false }],
    ['>>', { stream: 'out', append: true }],
    ['2>', { stream: 'err', append: false }],
    ['2>>', { stream: 'err', append: true }],
    ['2>&1', { stream: 'errToOut', append: false }],
    ['>&2', { stream: 'outToErr', append: false }],
    ['1>&2', { stream: 'outToErr', append: false }],
  ]);

/** `NAME=value`, where NAME= is unquoted. */
function assignmentOf(pieces: readonly Piece[]): { name: string; value: readonly Piece[] } | undefined {
  const first = pieces[0];
  if (first?.type !== 'text' || first.quoted) return undefined;
  const m = ASSIGNMENT.exec(first.text);
  if (m === null) return undefined;
  const rest = first.text.slice(m[0].length);
  const head: Piece[] = rest === '' ? [] : [{ type: 'text', text: rest, quoted: true }];
  return { name: m[1] as string, value: [...head, ...pieces.slice(1)] };
}
