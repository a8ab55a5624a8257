/** A part of a JSONPath template. */
export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path'; readonly path: readonly Node[]; readonly fromRoot: boolean }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | {
      readonly type: 'slice';
      readonly from: number;
      readonly to?: number;
      readonly step: number;
      readonly single: boolean;
    }
  | { readonly type: 'union'; readonly paths: readonly (readonly Node[])[] }
  | {
      readonly type: 'filter';
      readonly left: readonly Node[];
      readonly operator: string;
      readonly right: readonly Node[];
    }
  | { readonly type: 'range'; readonly path: readonly Node[] }
  | { readonly type: 'end' };

/** The first thing that could not be read; parsing goes on to an end that does not matter. */
interface Problem {
  text: string | undefined;
}

/** Reads a template: text, and actions in braces. Error texts are client-go's. */
export function parseJsonPath(template: string): Node[] | { readonly error: string } {
  const problem: Problem = { text: undefined };
  const nodes = parseTemplate(template, problem);
  return problem.text === undefined ? nodes : { error: problem.text };
}

function parseTemplate(template: string, problem: Problem): Node[] {
  const nodes: Node[] = [];
  let depth = 0;
  for (let at = 0; at < template.length; ) {
    const open = template.indexOf('{', at);
    if (open !== at) nodes.push({ type: 'text', text: template.slice(at, open < 0 ? undefined : open) });
    if (open < 0) break;
    const close = closingBrace(template, open, problem);
    for (const node of parseAction(template.slice(open + 1, close), problem)) {
      if (node.type === 'range') depth++;
      if (node.type === 'end' && --depth < 0) problem.text ??= 'not in range, nothing to end';
      nodes.push(node);
    }
    at = close + 1;
  }
  return nodes;
}

/** The brace that closes an action; braces in quotes do not. */
function closingBrace(template: string, open: number, problem: Problem): number {
  let quote = '';
  for (let i = open + 1; i < template.length; i++) {
    const char = template.charAt(i);
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '{') break;
    else if (char === '}') return i;
  }
  problem.text ??= 'unclosed action';
  return template.length;
}

function parseAction(text: string, problem: Problem): Node[] {
  const trimmed = text.trim();
  if (trimmed === 'end') return [{ type: 'end' }];
  const range = /^range\s+(.+)$/s.exec(trimmed);
  if (range !== null) return [{ type: 'range', path: parseOperand(range[1] as string, problem) }];
  const nodes: Node[] = [];
  const parser = new PathParser(trimmed, problem);
  while (!parser.done) {
    nodes.push(...parser.operand());
    parser.skipSpace();
  }
  return nodes.length === 0 ? [{ type: 'path', path: [], fromRoot: false }] : nodes;
}

/** The one operand that a text is: a path, a quoted text or a number. */
function parseOperand(text: string, problem: Problem): Node[] {
  const parser = new PathParser(text.trim(), problem);
  const nodes = parser.operand();
  if (!parser.done) problem.text ??= `unexpected text in ${text}`;
  return nodes;
}

/** Reads paths from left to right. */
class PathParser {
  readonly #text: string;
  readonly #problem: Problem;
  #at = 0;

  constructor(text: string, problem: Problem) {
    this.#text = text;
    this.#problem = problem;
  }

  /** Notes what is wrong and ends the parse. */
  #refuse(text: string): void {
    this.#problem.text ??= text;
    this.#at = this.#text.length;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  skipSpace(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  operand(): Node[] {
    const char = this.#text.charAt(this.#at);
    if (char === '"' || char === "'") return [{ type: 'text', text: this.#quoted(char) }];
    const number = /^[+-]?\d+(\.\d+)?/.exec(this.#text.slice(this.#at));
    if (number !== null) {
      this.#at += number[0].length;
      return [{ type: 'text', text: number[0] }];
    }
    const word = /^(true|false)\b/.exec(this.#text.slice(this.#at));
    if (word !== null) {
      this.#at += word[0].length;
      return [{ type: 'text', text: word[0] }];
    }
    return [this.#path()];
  }

  #path(): Node {
    const path: Node[] = [];
    let fromRoot = false;
    const start = this.#at;
    while (!this.done) {
      const char = this.#text.charAt(this.#at);
      if (char === '$' || char === '@') {
        fromRoot = char === '$';
        this.#at++;
      } else if (char === '.') {
        this.#at++;
        if (this.#text.charAt(this.#at) === '.') {
          this.#at++;
          path.push({ type: 'recursive' });
          if (this.#text.charAt(this.#at) !== '[') this.#field(path);
        } else if (this.#text.charAt(this.#at) !== '[') this.#field(path);
      } else if (char === '[') path.push(this.#brackets());
      else if (this.#at === start && /[A-Za-z_]/.test(char)) this.#field(path);
      else break;
    }
    if (this.#at === start)
      this.#refuse(
        `unrecognized character in action: U+${hex(this.#text.charCodeAt(start))} '${this.#text.charAt(start)}'`,
      );
    return { type: 'path', path, fromRoot };
  }

  #field(path: Node[]): void {
    let name = '';
    while (!this.done) {
      const char = this.#text.charAt(this.#at);
      if (char === '\\') {
        name += this.#text.charAt(this.#at + 1);
        this.#at += 2;
      } else if (/[\s.[\](){}|,=!<>$@'"+*]/.test(char)) break;
      else {
        name += char;
        this.#at++;
      }
    }
    if (name === '' && this.#text.charAt(this.#at) === '*') {
      this.#at++;
      path.push({ type: 'wildcard' });
    } else if (name !== '') path.push({ type: 'field', name });
  }

  #brackets(): Node {
    const inner = this.#until(']');
    const trimmed = inner.trim();
    if (trimmed === '*') return { type: 'wildcard' };
    const filter = /^\?\((.*)\)$/s.exec(trimmed);
    if (filter !== null) return parseFilter((filter[1] as string).trim(), this.#problem);
    const parts = splitOutsideQuotes(trimmed, ',');
    if (parts.length > 1)
      return { type: 'union', paths: parts.map((p) => [parseSubscript(p.trim(), this.#problem)]) };
    return parseSubscript(trimmed, this.#problem);
  }

  /** The text up to the bracket that closes the one at this place. */
  #until(close: string): string {
    let depth = 0;
    let quote = '';
    for (let i = this.#at; i < this.#text.length; i++) {
      const char = this.#text.charAt(i);
      if (quote !== '') {
        if (char === '\\') i++;
        else if (char === quote) quote = '';
      } else if (char === "'" || char === '"') quote = char;
      else if (char === '[') depth++;
      else if (char === close && --depth === 0) {
        const inner = this.#text.slice(this.#at + 1, i);
        this.#at = i + 1;
        return inner;
      }
    }
    this.#refuse('unterminated array');
    return '*';
  }

  #quoted(quote: string): string {
    let text = '';
    for (this.#at++; !this.done; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === quote) {
        this.#at++;
        return text;
      }
      if (char !== '\\') text += char;
      else text += unescaped(this.#text.charAt(++this.#at));
    }
    this.#refuse('unterminated quoted string');
    return text;
  }
}

function unescaped(char: string): string {
  return char === 'n' ? '\n' : char === 't' ? '\t' : char === 'r' ? '\r' : char;
}

function hex(code: number): string {
  return (Number.isNaN(code) ? 0 : code).toString(16).toUpperCase().padStart(4, '0');
}

/** `metadata.name` in quotes is a path, too; only an escaped dot belongs to a name (parser.go parseArray). */
function fieldsOf(key: string): Node[] {
  const names = key.match(/(?:\\.|[^.\\])+/gs) ?? [];
  return names.map((name) => ({ type: 'field', name: name.replace(/\\(.)/gs, '$1') }));
}

function parseSubscript(text: string, problem: Problem): Node {
  const quoted = /^'(.*)'$|^"(.*)"$/s.exec(text);
  if (quoted !== null) return { type: 'path', path: fieldsOf(quoted[1] ?? quoted[2] ?? ''), fromRoot: false };
  const slice = /^(-?\d*)(?::(-?\d*))?(?::(\d*))?$/.exec(text);
  if (slice === null || text === '') {
    problem.text ??= `invalid array index ${text}`;
    return { type: 'wildcard' };
  }
  const single = !text.includes(':');
  const from = slice[1] === '' || slice[1] === undefined ? 0 : Number(slice[1]);
  const to = slice[2] === '' || slice[2] === undefined ? undefined : Number(slice[2]);
  const step = slice[3] === '' || slice[3] === undefined ? 1 : Math.max(1, Number(slice[3]));
  return { type: 'slice', from, step, single, ...(to === undefined ? {} : { to }) };
}

function parseFilter(text: string, problem: Problem): Node {
  const m = splitComparison(text);
  if (m === undefined)
    return { type: 'filter', left: parseOperand(text, problem), operator: 'exists', right: [] };
  return {
    type: 'filter',
    left: parseOperand(m.left, problem),
    operator: m.operator,
    right: parseOperand(m.right, problem),
  };
}

function splitComparison(text: string): { left: string; operator: string; right: string } | undefined {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
      continue;
    }
    if (char === "'" || char === '"') quote = char;
    const operator = /^(==|!=|<=|>=|<|>)/.exec(text.slice(i))?.[1];
    if (operator !== undefined)
      return { left: text.slice(0, i).trim(), operator, right: text.slice(i + operator.length).trim() };
  }
  return undefined;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
