import { ASCII } from './glyphs.ts';
import { sanitize } from './sanitize.ts';
import { CLOSE, type Style, type Theme } from './theme.ts';
import { clipText, graphemes, textWidth } from './width.ts';

/** A drawn line: text with its colours, and how many columns it takes. */
export interface Row {
  readonly text: string;
  readonly width: number;
}

/** Signs in the game's own sentences, for terminals that have ASCII only. */
const ASCII_SIGNS: Readonly<Record<string, string>> = { '≥': '>=', '≤': '<=', '…': '~' };

/** A line of nothing. */
export const EMPTY: Row = Object.freeze({ text: '', width: 0 });

/**
 * Builds a line of at most `max` columns from pieces of untrusted text; each piece is made harmless
 * here, and what does not fit is left out.
 */
export class RowBuilder {
  readonly #theme: Theme;
  readonly #max: number;
  #text = '';
  #width = 0;
  #open = '';

  constructor(theme: Theme, max: number) {
    this.#theme = theme;
    this.#max = Math.max(0, max);
  }

  /** Columns used so far. */
  get width(): number {
    return this.#width;
  }

  /** Columns left. */
  get left(): number {
    return this.#max - this.#width;
  }

  /** Adds text, cut with an ellipsis to `limit` columns or to what is left. */
  put(text: string | number, style: Style = 'plain', limit = Number.POSITIVE_INFINITY): this {
    const clean = this.#clean(text);
    const room = Math.min(limit, this.left);
    return this.#add(clipText(clean, room, this.#theme.glyphs.ellipsis), style);
  }

  /** Adds text in exactly `width` columns. */
  cell(text: string | number, width: number, style: Style = 'plain', align: 'left' | 'right' = 'left'): this {
    const size = Math.min(width, this.left);
    const clean = clipText(this.#clean(text), size, this.#theme.glyphs.ellipsis);
    const gap = ' '.repeat(Math.max(0, size - textWidth(clean)));
    return align === 'left'
      ? this.#add(clean, style).#add(gap, 'plain')
      : this.#add(gap, 'plain').#add(clean, style);
  }

  /** Adds `count` times the same one-column character. */
  repeat(char: string, count: number, style: Style = 'plain'): this {
    return this.#add(char.repeat(Math.max(0, Math.min(count, this.left))), style);
  }

  /** Moves to a column, if it is further on. */
  to(column: number): this {
    return this.repeat(' ', column - this.#width);
  }

  /** Adds a finished line, cut where it does not fit. */
  row(row: Row): this {
    const { text, width } = row.width > this.left ? sliceRow(row, 0, this.left) : row;
    this.#switch('');
    this.#text += text;
    this.#width += width;
    return this;
  }

  /** The line as built. */
  end(): Row {
    this.#switch('');
    return { text: this.#text, width: this.#width };
  }

  /** The line filled up with spaces. */
  fill(style: Style = 'plain'): Row {
    return this.repeat(' ', this.left, style).end();
  }

  #clean(text: string | number): string {
    const clean = sanitize(String(text));
    return this.#theme.glyphs === ASCII
      ? clean.replaceAll(/[≥≤…]/g, (char) => ASCII_SIGNS[char] ?? char)
      : clean;
  }

  #add(text: string, style: Style): this {
    if (text === '') return this;
    this.#switch(this.#theme.open(style));
    this.#text += text;
    this.#width += textWidth(text);
    return this;
  }

  #switch(open: string): void {
    if (open === this.#open) return;
    if (this.#open !== '') this.#text += CLOSE;
    this.#text += open;
    this.#open = open;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours, which rows are made with.
const COLOURS = /(\u001b\[[0-9;]*m)/;

/** The columns from `start` up to `end` of a line with its colours; half a wide character is a space. */
export function sliceRow(row: Row, start: number, end: number): Row {
  let text = '';
  let width = 0;
  let at = 0;
  let open = '';
  for (const part of row.text.split(COLOURS)) {
    if (COLOURS.test(part)) {
      open = part === CLOSE ? '' : part;
      if (width > 0 || open !== '') text += part;
      continue;
    }
    for (const char of graphemes(part)) {
      const size = textWidth(char);
      const from = Math.max(at, start);
      const to = Math.min(at + size, end);
      at += size;
      if (to <= from && size > 0) continue;
      text += to - from === size ? char : ' '.repeat(to - from);
      width += to - from;
    }
    if (at >= end) break;
  }
  return { text: open === '' ? text : text + CLOSE, width };
}

/** A row filled up to a width. */
export function padRow(row: Row, width: number): Row {
  return row.width >= width ? row : { text: row.text + ' '.repeat(width - row.width), width };
}

/** Exactly `height` rows: cut, or filled with empty ones. */
export function fitRows(rows: readonly Row[], height: number): Row[] {
  const out = rows.slice(0, Math.max(0, height));
  while (out.length < height) out.push(EMPTY);
  return out;
}

/** Blocks of fixed width side by side; the shorter ones end in nothing. */
export function beside(blocks: readonly { readonly rows: readonly Row[]; readonly width: number }[]): Row[] {
  const height = Math.max(...blocks.map(({ rows }) => rows.length));
  const out: Row[] = [];
  for (let y = 0; y < height; y++) {
    let text = '';
    let width = 0;
    for (const block of blocks) {
      const row = padRow(block.rows[y] ?? EMPTY, block.width);
      text += row.text;
      width += row.width;
    }
    out.push({ text, width });
  }
  return out;
}
