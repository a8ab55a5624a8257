import { type Row, RowBuilder } from './row.ts';
import type { Theme } from './theme.ts';

/** A frame around a panel. */
export interface BoxOptions {
  readonly width: number;
  readonly height: number;
  /** A name, or a drawn line such as a row of tabs. */
  readonly title: string | Row;
  /** Whether keys go here. */
  readonly focused?: boolean;
  /** Shown at the right end of the lower edge, e.g. a scroll position. */
  readonly note?: string;
}

/** Columns and rows inside a frame. */
export function inside(width: number, height: number): { readonly width: number; readonly height: number } {
  return { width: Math.max(0, width - 4), height: Math.max(0, height - 2) };
}

/** A thin frame with a title; rows that do not fit are left out. */
export function drawBox(theme: Theme, options: BoxOptions, rows: readonly Row[]): Row[] {
  const { width, height, title, focused = false, note = '' } = options;
  const { glyphs } = theme;
  const edge = focused ? 'accent' : 'dim';
  const inner = inside(width, height);
  const top = new RowBuilder(theme, width).put(glyphs.topLeft, edge).put(glyphs.horizontal, edge);
  const head = new RowBuilder(theme, Math.max(0, width - 4)).put(' ');
  if (typeof title === 'string') head.put(title, focused ? ['accent', 'bold'] : 'plain');
  else head.row(title);
  top.row(head.put(' ').end());
  top.repeat(glyphs.horizontal, width - top.width - 1, edge).put(glyphs.topRight, edge);
  const out = [top.end()];
  for (let y = 0; y < inner.height; y++) {
    const line = new RowBuilder(theme, width).put(glyphs.vertical, edge).put(' ');
    const row = rows[y];
    if (row !== undefined)
      line.row(row.width <= inner.width ? row : new RowBuilder(theme, inner.width).row(row).end());
    out.push(
      line
        .to(width - 1)
        .put(glyphs.vertical, edge)
        .end(),
    );
  }
  const bottom = new RowBuilder(theme, width).put(glyphs.bottomLeft, edge);
  const label = note === '' ? '' : ` ${note} `;
  const noteRow = new RowBuilder(theme, Math.max(0, width - 4)).put(label, 'dim').end();
  bottom.repeat(glyphs.horizontal, width - 2 - noteRow.width - (label === '' ? 0 : 1), edge).row(noteRow);
  if (label !== '') bottom.put(glyphs.horizontal, edge);
  bottom.put(glyphs.bottomRight, edge);
  out.push(bottom.end());
  return out;
}
