import { graphemes, textWidth } from '../theme/width.ts';

/** What undo goes back to. */
interface Snapshot {
  readonly lines: readonly string[];
  readonly row: number;
  readonly col: number;
}

/**
 * A text being edited: an immutable value. `row` and `col` count from 0; `col` is an offset into the
 * line in UTF-16 units that never stands inside a character.
 */
export interface EditBuffer extends Snapshot {
  /** The column the cursor wants to be in when it moves up or down, in terminal columns. */
  readonly goal?: number;
  readonly past: readonly Snapshot[];
  readonly future: readonly Snapshot[];
  /** Edits of the same kind in a row are undone together. */
  readonly group?: string;
}

/** Spaces of one level of indentation. */
export const INDENT = 2;

const MAX_UNDO = 500;
/** Characters a buffer takes; the API server takes no larger manifest anyway. */
const MAX_SIZE = 1024 * 1024;

/** A buffer with the cursor at the beginning. */
export function createBuffer(text: string): EditBuffer {
  return { lines: splitLines(text), row: 0, col: 0, past: [], future: [] };
}

/** The text as it is saved; what was split at line ends is joined with `\n`. */
export function textOf(buffer: EditBuffer): string {
  return buffer.lines.join('\n');
}

function splitLines(text: string): string[] {
  return text.slice(0, MAX_SIZE).split(/\r\n|\n|\r/);
}

function lineAt({ lines, row }: Snapshot): string {
  return lines[row] ?? '';
}

/** The buffer after an edit; without `group` the edit is undone on its own. */
function edited(buffer: EditBuffer, next: Snapshot, group?: string): EditBuffer {
  const merged = group !== undefined && group === buffer.group && buffer.past.length > 0;
  const { lines, row, col } = buffer;
  const past = merged ? buffer.past : [...buffer.past, { lines, row, col }].slice(-MAX_UNDO);
  return {
    lines: next.lines,
    row: next.row,
    col: next.col,
    past,
    future: [],
    ...(group === undefined ? {} : { group }),
  };
}

/** The buffer with the cursor elsewhere. */
function moved(buffer: EditBuffer, row: number, col: number, goal?: number): EditBuffer {
  const { lines, past, future } = buffer;
  return { lines, row, col, past, future, ...(goal === undefined ? {} : { goal }) };
}

/** Puts text at the cursor; it may have several lines. Tabs become spaces, as YAML wants it. */
export function insert(buffer: EditBuffer, text: string): EditBuffer {
  if (text === '') return buffer;
  const size = buffer.lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (size + text.length > MAX_SIZE) return buffer;
  const parts = splitLines(text.replaceAll('\t', ' '.repeat(INDENT)));
  const line = lineAt(buffer);
  const before = line.slice(0, buffer.col);
  const after = line.slice(buffer.col);
  const last = parts.length - 1;
  const added = parts.map((part, i) => (i === 0 ? before : '') + part + (i === last ? after : ''));
  const lines = buffer.lines.toSpliced(buffer.row, 1, ...added);
  const col = (last === 0 ? before.length : 0) + (parts[last] ?? '').length;
  const single = last === 0 && text.length <= 2 && !text.includes(' ');
  return edited(buffer, { lines, row: buffer.row + last, col }, single ? 'type' : undefined);
}

/** A line end, and the indentation that belongs below the line: deeper after `:`, beside a list item's keys. */
export function insertNewline(buffer: EditBuffer): EditBuffer {
  const before = lineAt(buffer).slice(0, buffer.col);
  const [, spaces = '', dashes = ''] = /^( *)((?:- +)*)/.exec(before) ?? [];
  let indent = spaces.length;
  if (before.trim() !== '') {
    indent += before.slice(indent).trim() === '-' ? 0 : dashes.length;
    if (/:\s*[|>]?[+-]?\s*$/.test(before)) indent += INDENT;
  }
  const rest = lineAt(buffer).slice(buffer.col);
  const lines = buffer.lines.toSpliced(buffer.row, 1, before, ' '.repeat(indent) + rest.trimStart());
  return edited(buffer, { lines, row: buffer.row + 1, col: indent });
}

/** Deletes the character before the cursor; in the indentation a whole level of it. */
export function backspace(buffer: EditBuffer): EditBuffer {
  const { row, col, lines } = buffer;
  const line = lineAt(buffer);
  if (col === 0) {
    if (row === 0) return buffer;
    const above = lines[row - 1] ?? '';
    return edited(buffer, {
      lines: lines.toSpliced(row - 1, 2, above + line),
      row: row - 1,
      col: above.length,
    });
  }
  const before = line.slice(0, col);
  const blank = /^ +$/.test(before);
  const start = blank ? Math.floor((col - 1) / INDENT) * INDENT : previous(line, col);
  const changed = line.slice(0, start) + line.slice(col);
  return edited(buffer, { lines: lines.toSpliced(row, 1, changed), row, col: start }, 'backspace');
}

/** Deletes the character after the cursor, or joins the next line. */
export function deleteAfter(buffer: EditBuffer): EditBuffer {
  const { row, col, lines } = buffer;
  const line = lineAt(buffer);
  if (col < line.length) {
    const changed = line.slice(0, col) + line.slice(next(line, col));
    return edited(buffer, { lines: lines.toSpliced(row, 1, changed), row, col }, 'delete');
  }
  if (row === lines.length - 1) return buffer;
  return edited(buffer, { lines: lines.toSpliced(row, 2, line + (lines[row + 1] ?? '')), row, col });
}

/** Takes the cursor's line out. */
export function deleteLine(buffer: EditBuffer): EditBuffer {
  const { row, lines } = buffer;
  const left = lines.length === 1 ? [''] : lines.toSpliced(row, 1);
  return edited(buffer, { lines: left, row: Math.min(row, left.length - 1), col: 0 });
}

/** Spaces up to the next level of indentation. */
export function indent(buffer: EditBuffer): EditBuffer {
  const column = textWidth(lineAt(buffer).slice(0, buffer.col));
  return insert(buffer, ' '.repeat(INDENT - (column % INDENT)));
}

/** Takes one level of indentation off the cursor's line. */
export function outdent(buffer: EditBuffer): EditBuffer {
  const line = lineAt(buffer);
  const spaces = /^ */.exec(line)?.[0].length ?? 0;
  const cut = Math.min(spaces, INDENT);
  if (cut === 0) return buffer;
  const lines = buffer.lines.toSpliced(buffer.row, 1, line.slice(cut));
  return edited(buffer, { lines, row: buffer.row, col: Math.max(0, buffer.col - cut) });
}

/** Another text altogether, e.g. from disk; undo brings the old one back. The cursor stays where it can. */
export function replaceText(buffer: EditBuffer, text: string): EditBuffer {
  const lines = splitLines(text);
  const row = Math.min(buffer.row, lines.length - 1);
  return edited(buffer, { lines, row, col: snap(lines[row] ?? '', buffer.col) });
}

/** Takes the last edit back; the same buffer when there is none. */
export function undo(buffer: EditBuffer): EditBuffer {
  const last = buffer.past.at(-1);
  if (last === undefined) return buffer;
  const { lines, row, col } = buffer;
  return { ...last, past: buffer.past.slice(0, -1), future: [...buffer.future, { lines, row, col }] };
}

/** Does again what undo took back. */
export function redo(buffer: EditBuffer): EditBuffer {
  const last = buffer.future.at(-1);
  if (last === undefined) return buffer;
  const { lines, row, col } = buffer;
  return { ...last, past: [...buffer.past, { lines, row, col }], future: buffer.future.slice(0, -1) };
}

/** One character to the left, over the line's beginning to the line above. */
export function moveLeft(buffer: EditBuffer): EditBuffer {
  if (buffer.col > 0) return moved(buffer, buffer.row, previous(lineAt(buffer), buffer.col));
  if (buffer.row === 0) return buffer;
  return moved(buffer, buffer.row - 1, (buffer.lines[buffer.row - 1] ?? '').length);
}

/** One character to the right. */
export function moveRight(buffer: EditBuffer): EditBuffer {
  const line = lineAt(buffer);
  if (buffer.col < line.length) return moved(buffer, buffer.row, next(line, buffer.col));
  return buffer.row === buffer.lines.length - 1 ? buffer : moved(buffer, buffer.row + 1, 0);
}

/** `rows` lines up (negative) or down, as near as possible to the column it set out from. */
export function moveVertically(buffer: EditBuffer, rows: number): EditBuffer {
  const goal = buffer.goal ?? textWidth(lineAt(buffer).slice(0, buffer.col));
  const row = Math.max(0, Math.min(buffer.lines.length - 1, buffer.row + rows));
  return moved(buffer, row, columnToOffset(buffer.lines[row] ?? '', goal), goal);
}

/** To the start of the word before. */
export function moveWordLeft(buffer: EditBuffer): EditBuffer {
  if (buffer.col === 0) return moveLeft(buffer);
  const before = lineAt(buffer).slice(0, buffer.col);
  return moved(buffer, buffer.row, before.search(/[\p{L}\p{N}_]*[^\p{L}\p{N}_]*$/u));
}

/** To the end of the word after. */
export function moveWordRight(buffer: EditBuffer): EditBuffer {
  const line = lineAt(buffer);
  if (buffer.col >= line.length) return moveRight(buffer);
  const skipped = /^[^\p{L}\p{N}_]*[\p{L}\p{N}_]*/u.exec(line.slice(buffer.col))?.[0].length ?? 0;
  return moved(buffer, buffer.row, buffer.col + Math.max(1, skipped));
}

/** To the first character that is no space; from there to the line's beginning. */
export function moveHome(buffer: EditBuffer): EditBuffer {
  const start = /^ */.exec(lineAt(buffer))?.[0].length ?? 0;
  return moved(buffer, buffer.row, buffer.col === start ? 0 : start);
}

/** To the line's end. */
export function moveEnd(buffer: EditBuffer): EditBuffer {
  return moved(buffer, buffer.row, lineAt(buffer).length);
}

/** To a line, counted from 0. */
export function moveTo(buffer: EditBuffer, row: number, col = 0): EditBuffer {
  const at = Math.max(0, Math.min(buffer.lines.length - 1, row));
  return moved(buffer, at, snap(buffer.lines[at] ?? '', col));
}

/** The cursor's place in terminal columns. */
export function cursorColumn(buffer: EditBuffer): number {
  return textWidth(lineAt(buffer).slice(0, buffer.col));
}

function previous(line: string, col: number): number {
  return col - (graphemes(line.slice(0, col)).at(-1) ?? '').length;
}

function next(line: string, col: number): number {
  return col + (graphemes(line.slice(col))[0] ?? '').length;
}

/** The nearest place at or before `col` that is not inside a character. */
function snap(line: string, col: number): number {
  let at = 0;
  for (const char of graphemes(line)) {
    if (at + char.length > col) break;
    at += char.length;
  }
  return at;
}

function columnToOffset(line: string, column: number): number {
  let at = 0;
  let used = 0;
  for (const char of graphemes(line)) {
    used += textWidth(char);
    if (used > column) break;
    at += char.length;
  }
  return at;
}
