/** Go's text/template language, as far as kubectl's `-o go-template` is given it. */

/** An operand or a call: its words, e.g. `index .a 1`. */
export interface Command {
  readonly words: readonly Operand[];
}

/** `$x := a | b`. */
export interface Pipeline {
  /** Variables that are declared or set; two of them only in `range`. */
  readonly variables: readonly string[];
  readonly commands: readonly Command[];
  /** As it was written, for errors. */
  readonly text: string;
}

export type Operand =
  | { readonly type: 'value'; readonly value: string | number | boolean | undefined }
  /** `.a.b`, `$x.a`, `(pipeline).a`. */
  | { readonly type: 'dot'; readonly path: readonly string[] }
  | { readonly type: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly type: 'group'; readonly pipeline: Pipeline; readonly path: readonly string[] }
  | { readonly type: 'function'; readonly name: string };

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'print'; readonly pipeline: Pipeline }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly type: 'break' | 'continue' };

interface Token {
  readonly type: 'field' | 'variable' | 'name' | 'string' | 'number' | 'sign' | 'bad';
  readonly text: string;
  /** Blanks before it: `.a .b` is two operands. */
  readonly spaced: boolean;
}

const MAX_TEMPLATE = 100_000;
const MAX_DEPTH = 100;
const TOKEN =
  /\s*(?:(\.[A-Za-z_]\w*)|(\$\w*)|("(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)')|([-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))|([A-Za-z_]\w*)|(:=|[=|(),.])|(\S))/y;

/** Reads a template; `error` says what is wrong with it, as Go does. */
export function parseTemplate(source: string): readonly Node[] | { readonly error: string } {
  if (source.length > MAX_TEMPLATE) return { error: 'template: output:1: template is too long' };
  const parser = new Parser(source);
  const nodes = parser.nodes(0);
  return parser.error === undefined ? nodes : { error: parser.error };
}

class Parser {
  error: string | undefined;
  readonly #source: string;
  #at = 0;
  /** What ended the last list of nodes: `end`, `else` with what follows it, or nothing: the text is over. */
  #ended: { readonly word: 'end' | 'else'; readonly tokens: readonly Token[] } | undefined;
  #tokens: readonly Token[] = [];
  #next = 0;
  /** The next text begins without its blanks: `-}}`. */
  #trim = false;

  constructor(source: string) {
    this.#source = source;
  }

  /** Nodes up to the `end` or `else` of the block they are in. */
  nodes(depth: number): readonly Node[] {
    const nodes: Node[] = [];
    this.#ended = undefined;
    if (depth > MAX_DEPTH) this.#fail('nested too deep');
    while (this.#at < this.#source.length && this.error === undefined) {
      const open = this.#source.indexOf('{{', this.#at);
      const text = this.#source.slice(this.#at, open < 0 ? undefined : open);
      const trimsLeft = open >= 0 && /^\{\{-\s/.test(this.#source.slice(open, open + 4));
      const shown = trimsLeft ? text.trimEnd() : text;
      const kept = this.#trim ? shown.trimStart() : shown;
      if (kept !== '') nodes.push({ type: 'text', text: kept });
      this.#at = open < 0 ? this.#source.length : open;
      if (open < 0) break;
      const action = this.#action(trimsLeft);
      if (action === undefined) continue;
      const node = this.#node(action, depth);
      if (node === 'ended') return nodes;
      if (node !== undefined) nodes.push(node);
    }
    if (depth > 0) this.#fail('unexpected EOF');
    return nodes;
  }

  /** What stands between the braces; undefined for a comment. */
  #action(trimsLeft: boolean): string | undefined {
    const from = this.#at + (trimsLeft ? 3 : 2);
    const comment = /^\s*\/\*[\s\S]*?\*\/\s*(-?)\}\}/.exec(this.#source.slice(from));
    if (comment !== null) {
      this.#at = from + comment[0].length;
      this.#trim = comment[1] === '-';
      return undefined;
    }
    const close = closingBraces(this.#source, from);
    if (close < 0) {
      this.#fail('unclosed action');
      return undefined;
    }
    this.#trim = /\s-$/.test(this.#source.slice(from, close));
    this.#at = close + 2;
    return this.#source.slice(from, this.#trim ? close - 1 : close).trim();
  }

  #node(action: string, depth: number): Node | 'ended' | undefined {
    this.#tokens = tokensOf(action);
    this.#next = 0;
    const word = this.#peek?.type === 'name' ? this.#peek.text : '';
    switch (word) {
      case 'end':
      case 'else':
        if (depth === 0) this.#fail(`unexpected {{${word}}}`);
        this.#ended = { word, tokens: this.#tokens.slice(1) };
        return 'ended';
      case 'if':
      case 'with':
      case 'range':
        this.#next++;
        return this.#block(word, action.slice(word.length).trim(), depth);
      case 'break':
      case 'continue':
        return { type: word };
      case 'define':
      case 'template':
      case 'block':
        this.#fail(`{{${word}}} is not available here`);
        return undefined;
    }
    const pipeline = this.#pipeline(action, 0);
    if (this.#peek !== undefined) this.#unexpected('operand');
    return { type: 'print', pipeline };
  }

  #block(type: 'if' | 'with' | 'range', text: string, depth: number): Node {
    const pipeline = this.#pipeline(text, 0);
    if (this.#peek !== undefined) this.#unexpected(type);
    const body = this.nodes(depth + 1);
    const ended = this.#ended as { word: 'end' | 'else'; tokens: readonly Token[] } | undefined;
    if (ended?.word !== 'else') return { type, pipeline, body, otherwise: [] };
    const [chained] = ended.tokens;
    if (chained?.type === 'name' && (chained.text === 'if' || chained.text === 'with')) {
      this.#tokens = ended.tokens;
      this.#next = 1;
      // `else if` ends with the `end` of the chain.
      const text = ended.tokens
        .slice(1)
        .map((token) => token.text)
        .join(' ');
      return { type, pipeline, body, otherwise: [this.#block(chained.text, text, depth)] };
    }
    const otherwise = this.nodes(depth + 1);
    return { type, pipeline, body, otherwise };
  }

  get #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #isSign(text: string, at = this.#next): boolean {
    const token = this.#tokens[at];
    return token?.type === 'sign' && token.text === text;
  }

  #pipeline(text: string, depth: number): Pipeline {
    if (depth > MAX_DEPTH) this.#fail('nested too deep');
    const variables = this.#declared();
    const commands = [this.#command(depth)];
    while (this.#isSign('|') && this.error === undefined) {
      this.#next++;
      commands.push(this.#command(depth));
    }
    return { variables, commands, text };
  }

  /** `$x :=`, `$x =`, `$i, $x :=`. */
  #declared(): readonly string[] {
    const names: string[] = [];
    let at = this.#next;
    while (this.#tokens[at]?.type === 'variable' && names.length < 2) {
      names.push((this.#tokens[at++] as Token).text);
      if (this.#isSign(':=', at) || this.#isSign('=', at)) {
        this.#next = at + 1;
        return names;
      }
      if (!this.#isSign(',', at++)) break;
    }
    return [];
  }

  #command(depth: number): Command {
    const words: Operand[] = [];
    while (this.#peek !== undefined && !this.#isSign('|') && !this.#isSign(')') && this.error === undefined)
      words.push(this.#operand(depth));
    if (words.length === 0) this.#fail('missing value for command');
    return { words };
  }

  #operand(depth: number): Operand {
    const token = this.#tokens[this.#next++] as Token;
    switch (token.type) {
      case 'field':
        return { type: 'dot', path: [token.text.slice(1), ...this.#path()] };
      case 'variable':
        return { type: 'variable', name: token.text, path: this.#path() };
      case 'string':
        return { type: 'value', value: stringOf(token.text) };
      case 'number':
        return { type: 'value', value: Number(token.text) };
      case 'name':
        if (token.text === 'true' || token.text === 'false')
          return { type: 'value', value: token.text === 'true' };
        return token.text === 'nil'
          ? { type: 'value', value: undefined }
          : { type: 'function', name: token.text };
      case 'sign':
        if (token.text === '.') return { type: 'dot', path: [] };
        if (token.text === '(') {
          const pipeline = this.#pipeline('', depth + 1);
          if (!this.#isSign(')')) this.#fail('unclosed left paren');
          this.#next++;
          return { type: 'group', pipeline, path: this.#path() };
        }
    }
    this.#next--;
    this.#unexpected('operand');
    return { type: 'value', value: undefined };
  }

  /** Fields right behind an operand. */
  #path(): readonly string[] {
    const path: string[] = [];
    while (this.#peek?.type === 'field' && !this.#peek.spaced) {
      path.push(this.#peek.text.slice(1));
      this.#next++;
    }
    return path;
  }

  #unexpected(where: string): void {
    this.#fail(`unexpected ${JSON.stringify(this.#peek?.text ?? '')} in ${where}`);
  }

  #fail(says: string): void {
    const line = this.#source.slice(0, this.#at).split('\n').length;
    this.error ??= `template: output:${line}: ${says}`;
    this.#next = this.#tokens.length;
  }
}

/** Where the braces close that are in no string; -1 when they do not. */
function closingBraces(source: string, from: number): number {
  let quote = '';
  for (let i = from; i < source.length; i++) {
    const char = source[i] as string;
    if (quote !== '') {
      if (char === '\\' && quote !== '`') i++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === '}' && source[i + 1] === '}') return i;
  }
  return -1;
}

const TYPES = ['field', 'variable', 'string', 'number', 'name', 'sign', 'bad'] as const;

function tokensOf(action: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let m = TOKEN.exec(action); m !== null; m = TOKEN.exec(action)) {
    const at = m.slice(1).findIndex((part) => part !== undefined);
    const text = m[at + 1] as string;
    tokens.push({ type: TYPES[at] as Token['type'], text, spaced: m[0].length > text.length });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

function stringOf(literal: string): string | number {
  const inside = literal.slice(1, -1);
  if (literal.startsWith('`')) return inside;
  const text = inside.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g,
    (all, u?: string, x?: string, c?: string) =>
      c === undefined ? String.fromCharCode(Number.parseInt(u ?? x ?? '0', 16)) : (ESCAPES[c] ?? all),
  );
  return literal.startsWith("'") ? (text.codePointAt(0) ?? 0) : text;
}
