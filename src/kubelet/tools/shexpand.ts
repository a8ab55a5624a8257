import type { Answer, Stdio, Wait } from '../../sim/program.ts';
import { evaluate } from './arithmetic.ts';
import { resolvePath } from './filetree.ts';
import type { ShellState } from './shellstate.ts';
import type { Piece } from './shlexer.ts';
import { MAX_COLLECTED } from './tool.ts';

/** Runs a script and answers with its output: what `$(...)` needs. */
export type Substitute = (state: ShellState, script: string) => Generator<Wait, string, Answer>;

/** More words than this in one command are cut. */
const MAX_WORDS = 10_000;

/** A field under construction: its text, and which of it may be a pattern. */
interface Field {
  text: string;
  /** Whether an unquoted `*` or `?` is in it. */
  pattern: boolean;
}

/** The fields that words stand for, after expansion, splitting and file name patterns. */
export function* expandWords(
  state: ShellState,
  words: readonly (readonly Piece[])[],
  substitute: Substitute,
): Generator<Wait, string[], Answer> {
  const out: string[] = [];
  for (const pieces of words) {
    const fields = yield* fieldsOf(state, pieces, substitute);
    for (const field of fields) {
      if (out.length >= MAX_WORDS) break;
      if (field.pattern) out.push(...matches(state, field.text));
      else out.push(field.text);
    }
  }
  return out;
}

/** A word as one text: assignments, redirections, here-documents. */
export function* expandText(
  state: ShellState,
  pieces: readonly Piece[],
  substitute: Substitute,
): Generator<Wait, string, Answer> {
  let text = '';
  for (const piece of pieces) text += yield* valueOfPiece(state, piece, substitute);
  return text.slice(0, MAX_COLLECTED);
}

function* fieldsOf(
  state: ShellState,
  pieces: readonly Piece[],
  substitute: Substitute,
): Generator<Wait, Field[], Answer> {
  const fields: Field[] = [];
  let open: Field | undefined;
  for (const piece of pieces) {
    if (piece.type === 'variable' && piece.name === '@' && piece.quoted && piece.op === '') {
      // "$@" keeps each parameter whole.
      for (const text of state.parameters.slice(1)) fields.push({ text, pattern: false });
      continue;
    }
    const text = yield* valueOfPiece(state, piece, substitute);
    if (piece.quoted || piece.type === 'text') {
      open = open ?? add(fields);
      open.text += text;
      if (!piece.quoted && /[*?]/.test(text)) open.pattern = true;
      continue;
    }
    for (const [i, part] of text.split(/[ \t\n]+/).entries()) {
      if (i > 0) open = undefined;
      if (part === '') continue;
      open = open ?? add(fields);
      open.text += part;
    }
  }
  return fields;
}

function add(fields: Field[]): Field {
  const field: Field = { text: '', pattern: false };
  fields.push(field);
  return field;
}

function* valueOfPiece(
  state: ShellState,
  piece: Piece,
  substitute: Substitute,
): Generator<Wait, string, Answer> {
  switch (piece.type) {
    case 'text':
      return piece.text;
    case 'command':
      return (yield* substitute(state, piece.script)).replace(/\n+$/, '');
    case 'arithmetic': {
      const value = evaluate(piece.expression, (name) => variable(state, name) ?? '');
      if (typeof value === 'number') return String(value);
      complain(state, value);
      return '';
    }
    case 'variable':
      return yield* variableValue(state, piece, substitute);
  }
}

function* variableValue(
  state: ShellState,
  piece: Extract<Piece, { type: 'variable' }>,
  substitute: Substitute,
): Generator<Wait, string, Answer> {
  const value = variable(state, piece.name);
  if (piece.op === '#') return String((value ?? '').length);
  const missing = value === undefined || (piece.op.startsWith(':') && value === '');
  const kind = piece.op.slice(-1);
  if (kind === '+') return missing ? '' : yield* expandText(state, piece.word, substitute);
  if (!missing || kind === '') return value ?? '';
  const word = yield* expandText(state, piece.word, substitute);
  if (kind === '=') state.variables.set(piece.name, word);
  if (kind !== '?') return word;
  complain(state, `${piece.name}: ${word === '' ? 'parameter not set' : word}`);
  return '';
}

/** An expansion that cannot be done ends the shell. */
function complain(state: ShellState, says: string): void {
  state.ctx.stdio.err(`${state.name}: ${says}\n`);
  state.leaving = { to: 'exit', code: 2 };
}

/** A variable or special parameter; undefined when it is not set. */
export function variable(state: ShellState, name: string): string | undefined {
  switch (name) {
    case '?':
      return String(state.status);
    case '#':
      return String(Math.max(0, state.parameters.length - 1));
    case '@':
    case '*':
      return state.parameters.slice(1).join(' ');
    case '$':
      return '1';
    case '!':
    case '-':
      return '';
    case 'PWD':
      return state.ctx.directory;
    case 'RANDOM':
      return String(state.ctx.random.int(32_768));
  }
  return /^\d+$/.test(name) ? state.parameters[Number(name)] : state.variables.get(name);
}

/** The files that a pattern such as `/etc/config/*` matches; the pattern itself when there are none. */
function matches(state: ShellState, pattern: string): string[] {
  const { files, directory } = state.ctx;
  let found: string[] = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter((p) => p !== '')) {
    const next: string[] = [];
    for (const base of found) {
      if (!/[*?]/.test(part)) {
        const path = base + part;
        if (files.stat(resolvePath(directory, path)) !== undefined) next.push(`${path}/`);
        continue;
      }
      const listed = files.list(resolvePath(directory, base === '' ? '.' : base));
      for (const name of listed.ok ? listed.value : [])
        if (wildcard(part, name) && (part.startsWith('.') || !name.startsWith('.')))
          next.push(`${base}${name}/`);
    }
    found = next.slice(0, MAX_WORDS);
  }
  const names = found.map((path) => path.slice(0, -1));
  return names.length === 0 ? [pattern] : names;
}

/** Whether a name matches a pattern of `*` and `?`; takes time in proportion to both lengths at most. */
export function wildcard(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let from = 0;
  while (n < name.length) {
    const c = pattern.charAt(p);
    if (c === '*') {
      star = p++;
      from = n;
    } else if (p < pattern.length && (c === '?' || c === name.charAt(n))) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++from;
    } else return false;
  }
  while (pattern.charAt(p) === '*') p++;
  return p === pattern.length;
}

/** A place that collects text, bounded. */
export class Collector implements Stdio {
  text = '';
  readonly #err: ((text: string) => void) | undefined;

  /** Standard error goes to `err`, or in with the rest. */
  constructor(err?: (text: string) => void) {
    this.#err = err;
  }

  out(text: string): void {
    if (this.text.length < MAX_COLLECTED) this.text += text;
  }

  err(text: string): void {
    if (this.#err === undefined) this.out(text);
    else this.#err(text);
  }
}
