/** Words and operators of the shell language. */

/** A piece of a word. Quoted pieces are not split into fields. */
export type Piece =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  /** `$name`, `${name:-word}`: `op` is empty, `:-`, `-`, `:=`, `=`, `:+`, `+`, `:?`, `?`, `#` (length). */
  | {
      readonly type: 'variable';
      readonly name: string;
      readonly op: string;
      readonly word: readonly Piece[];
      readonly quoted: boolean;
    }
  /** `$(script)`. */
  | { readonly type: 'command'; readonly script: string; readonly quoted: boolean }
  /** `$((expression))`. */
  | { readonly type: 'arithmetic'; readonly expression: string; readonly quoted: boolean };

export type Token =
  | { readonly type: 'word'; readonly pieces: readonly Piece[]; readonly plain: string | undefined }
  | { readonly type: 'operator'; readonly text: string }
  /** The text between `<<WORD` and `WORD`. */
  | { readonly type: 'document'; readonly pieces: readonly Piece[] };

/** Why a script cannot be read. `incomplete`: more lines could make it whole. */
export interface SyntaxProblem {
  readonly error: string;
  readonly incomplete: boolean;
}

const OPERATORS = [
  '&&',
  '||',
  ';;',
  '<<-',
  '<<',
  '2>&1',
  '1>&2',
  '>&2',
  '2>>',
  '2>',
  '>>',
  '>',
  '<',
  '&',
  '|',
  ';',
  '(',
  ')',
  '\n',
];
const SPECIAL = /[\s;&|<>()]/;
const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9@#?$*!-]/y;

/** Splits a script into tokens. */
export function tokenize(script: string): readonly Token[] | SyntaxProblem {
  const lexer = new Lexer(script);
  lexer.run();
  return lexer.problem ?? lexer.tokens;
}

/** The pieces of a text in which only `$` and `\` are special: a here-document, a quoted string. */
export function piecesOf(text: string): readonly Piece[] | SyntaxProblem {
  const lexer = new Lexer(text);
  const pieces: Piece[] = [];
  while (!lexer.atEnd && lexer.problem === undefined) lexer.quotedPiece(pieces);
  return lexer.problem ?? pieces;
}

class Lexer {
  readonly tokens: Token[] = [];
  problem: SyntaxProblem | undefined;
  readonly #text: string;
  #at = 0;
  /** Here-documents whose text begins after the next newline. */
  #documents: { readonly end: string; readonly literal: boolean; readonly token: number }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  run(): void {
    while (!this.atEnd && this.problem === undefined) {
      const char = this.#text.charAt(this.#at);
      if (char === ' ' || char === '\t' || char === '\r') this.#at++;
      else if (char === '#') this.#skipComment();
      else if (char === '\\' && this.#text.charAt(this.#at + 1) === '\n') this.#at += 2;
      else if (!this.#operator()) this.#word();
    }
    if (this.#documents.length > 0) this.#fail('here-document is not finished', true);
  }

  #skipComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #operator(): boolean {
    const text = OPERATORS.find((op) => this.#text.startsWith(op, this.#at));
    if (text === undefined) return false;
    this.#at += text.length;
    if (text === '<<' || text === '<<-') this.#beginDocument();
    else this.tokens.push({ type: 'operator', text });
    if (text === '\n') this.#readDocuments();
    return true;
  }

  #beginDocument(): void {
    const m = /[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|([^\s;&|<>()]+))/y;
    m.lastIndex = this.#at;
    const found = m.exec(this.#text);
    if (found === null) {
      this.#fail('syntax error: unexpected end after <<', false);
      return;
    }
    this.#at = m.lastIndex;
    const end = found[1] ?? found[2] ?? found[3] ?? '';
    this.#documents.push({ end, literal: found[3] === undefined, token: this.tokens.length });
    this.tokens.push({ type: 'document', pieces: [] });
  }

  #readDocuments(): void {
    for (const { end, literal, token } of this.#documents) {
      const lines: string[] = [];
      for (;;) {
        if (this.atEnd) {
          this.#fail('here-document is not finished', true);
          return;
        }
        const stop = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, stop < 0 ? undefined : stop);
        this.#at = stop < 0 ? this.#text.length : stop + 1;
        if (line.trim() === end) break;
        lines.push(`${line}\n`);
      }
      const text = lines.join('');
      const pieces = literal ? [{ type: 'text' as const, text, quoted: true }] : piecesOf(text);
      if ('error' in pieces) this.problem = pieces;
      else this.tokens[token] = { type: 'document', pieces };
    }
    this.#documents = [];
  }

  #word(): void {
    const start = this.#at;
    const pieces: Piece[] = [];
    let plain = true;
    while (!this.atEnd && this.problem === undefined) {
      const char = this.#text.charAt(this.#at);
      if (SPECIAL.test(char)) break;
      if (char === "'") this.#single(pieces);
      else if (char === '"') this.#double(pieces);
      else if (char === '\\') this.#escaped(pieces);
      else if (char === '$' || char === '`') this.#dollar(pieces, false);
      else {
        let end = this.#at;
        while (end < this.#text.length && !/[\s;&|<>()'"\\$`]/.test(this.#text.charAt(end))) end++;
        pieces.push({ type: 'text', text: this.#text.slice(this.#at, end), quoted: false });
        this.#at = end;
        continue;
      }
      plain = false;
    }
    this.tokens.push({ type: 'word', pieces, plain: plain ? this.#text.slice(start, this.#at) : undefined });
  }

  #single(pieces: Piece[]): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) {
      this.#fail('syntax error: unterminated quoted string', true);
      return;
    }
    pieces.push({ type: 'text', text: this.#text.slice(this.#at + 1, end), quoted: true });
    this.#at = end + 1;
  }

  #double(pieces: Piece[]): void {
    this.#at++;
    const before = pieces.length;
    while (this.problem === undefined) {
      if (this.atEnd) {
        this.#fail('syntax error: unterminated quoted string', true);
        return;
      }
      if (this.#text.charAt(this.#at) === '"') {
        this.#at++;
        // An empty string is a word of its own.
        if (pieces.length === before) pieces.push({ type: 'text', text: '', quoted: true });
        return;
      }
      this.quotedPiece(pieces, '"');
    }
  }

  /** One piece where only `$`, backquote and backslash are special. */
  quotedPiece(pieces: Piece[], end = ''): void {
    const char = this.#text.charAt(this.#at);
    if (char === '$' || char === '`') {
      this.#dollar(pieces, true);
      return;
    }
    const next = this.#text.charAt(this.#at + 1);
    if (char === '\\' && next !== '' && '$`"\\\n'.includes(next)) {
      if (next !== '\n') pieces.push({ type: 'text', text: next, quoted: true });
      this.#at += 2;
      return;
    }
    let stop = this.#at + 1;
    while (
      stop < this.#text.length &&
      !'$`\\'.includes(this.#text.charAt(stop)) &&
      this.#text.charAt(stop) !== end
    )
      stop++;
    pieces.push({ type: 'text', text: this.#text.slice(this.#at, stop), quoted: true });
    this.#at = stop;
  }

  #escaped(pieces: Piece[]): void {
    const next = this.#text.charAt(this.#at + 1);
    this.#at += 2;
    if (next !== '\n') pieces.push({ type: 'text', text: next === '' ? '\\' : next, quoted: true });
  }

  #dollar(pieces: Piece[], quoted: boolean): void {
    const text = this.#text;
    if (text.charAt(this.#at) === '`') {
      const end = text.indexOf('`', this.#at + 1);
      if (end < 0) {
        this.#fail('syntax error: unterminated backquote', true);
        return;
      }
      pieces.push({ type: 'command', script: text.slice(this.#at + 1, end), quoted });
      this.#at = end + 1;
      return;
    }
    if (text.startsWith('$((', this.#at)) {
      const end = closing(text, this.#at + 1, '(', ')');
      if (end < 0) {
        this.#fail('syntax error: missing ))', true);
        return;
      }
      pieces.push({ type: 'arithmetic', expression: text.slice(this.#at + 3, end - 1), quoted });
      this.#at = end + 1;
    } else if (text.startsWith('$(', this.#at)) {
      const end = closing(text, this.#at + 1, '(', ')');
      if (end < 0) {
        this.#fail('syntax error: missing )', true);
        return;
      }
      pieces.push({ type: 'command', script: text.slice(this.#at + 2, end), quoted });
      this.#at = end + 1;
    } else if (text.startsWith('${', this.#at)) this.#braced(pieces, quoted);
    else {
      NAME.lastIndex = this.#at + 1;
      const name = NAME.exec(text)?.[0];
      if (name === undefined) pieces.push({ type: 'text', text: '$', quoted: true });
      else pieces.push({ type: 'variable', name, op: '', word: [], quoted });
      this.#at += 1 + (name?.length ?? 0);
    }
  }

  #braced(pieces: Piece[], quoted: boolean): void {
    const end = closing(this.#text, this.#at + 1, '{', '}');
    if (end < 0) {
      this.#fail('syntax error: missing }', true);
      return;
    }
    const inside = this.#text.slice(this.#at + 2, end);
    this.#at = end + 1;
    const m = /^(#?)([A-Za-z_]\w*|[0-9@#?$*])(?:(:?[-=+?])([\s\S]*))?$/.exec(inside);
    if (m === null) {
      this.#fail('syntax error: bad substitution', false);
      return;
    }
    const word = piecesOf((m[4] ?? '').replace(/^(["'])(.*)\1$/, '$2'));
    if ('error' in word) this.problem = word;
    else
      pieces.push({
        type: 'variable',
        name: m[2] as string,
        op: m[1] === '#' ? '#' : (m[3] ?? ''),
        word,
        quoted,
      });
  }

  #fail(error: string, incomplete: boolean): void {
    this.problem ??= { error, incomplete };
  }
}

/** Where the bracket that opens at `at` is closed; quotes are passed over. -1: nowhere. */
function closing(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  let quote = '';
  for (let i = at; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\' && quote !== "'") i++;
    else if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === open) depth++;
    else if (char === close && --depth === 0) return i;
  }
  return -1;
}
