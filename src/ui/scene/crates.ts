import { type Draw, isFresh } from '../draw.ts';
import type { Component, Crate, CrateState, Ship } from '../model/harbour.ts';
import type { RowBuilder } from '../theme/row.ts';
import type { StyleName } from '../theme/theme.ts';

/** A crate is a glyph and a letter. */
export const CRATE_WIDTH = 2;

/** The colour of each state. */
export const STATE_STYLE: Readonly<Record<CrateState, StyleName>> = Object.freeze({
  ready: 'ready',
  running: 'waiting',
  starting: 'waiting',
  pending: 'waiting',
  failing: 'failing',
  terminating: 'dim',
  done: 'dim',
});

const APP_STYLES: readonly StyleName[] = Object.freeze(['app0', 'app1', 'app2', 'app3', 'app4', 'app5']);

/** Adds a crate: the glyph in the colour of its state, the letter in that of its app; bright when new. */
export function putCrate(draw: Draw, row: RowBuilder, crate: Crate, chosen: boolean): void {
  if (row.left < CRATE_WIDTH) return;
  const app = crate.system ? 'dim' : (APP_STYLES[crate.colour] ?? 'plain');
  const letter = crate.system ? crate.letter.toLowerCase() : crate.letter;
  const glyph = draw.theme.glyphs[crate.state];
  const style = STATE_STYLE[crate.state];
  if (chosen) row.put(glyph + letter, 'selected');
  else if (isFresh(draw, crate.changedAt)) row.put(glyph, [style, 'bold']).put(letter, [app, 'bold']);
  else row.put(glyph, crate.system && crate.state === 'ready' ? 'dim' : style).put(letter, app);
}

/** Adds as many crates as fit, with how many are left over at the end. */
export function putCrates(
  draw: Draw,
  row: RowBuilder,
  crates: readonly Crate[],
  chosen: string | undefined,
): void {
  for (const [i, crate] of crates.entries()) {
    const rest = crates.length - i;
    const more = draw.t.level.more(rest);
    // Room for this one and for the count of those behind it, unless it is the last.
    if (row.left < CRATE_WIDTH + (rest > 1 ? 1 + draw.t.level.more(rest - 1).length : 0)) {
      row.put(more, 'dim');
      return;
    }
    putCrate(draw, row, crate, chosen === crateKey(crate));
    if (rest > 1) row.put(' ');
  }
}

/** How a crate is told apart from all others. */
export function crateKey(crate: Crate): string {
  return `${crate.namespace}/${crate.pod}`;
}

const byKey = new WeakMap<readonly Crate[], ReadonlyMap<string, Crate>>();

/** The crate of that key. Ships that did not change have the same crates, of which is known where they are. */
export function findCrate(crates: readonly Crate[], key: string): Crate | undefined {
  let known = byKey.get(crates);
  if (known === undefined) {
    known = new Map(crates.map((crate) => [crateKey(crate), crate]));
    byKey.set(crates, known);
  }
  return known.get(key);
}

/** The glyph and colour of a ship's state. */
export function shipMark(draw: Draw, ship: Ship): { readonly glyph: string; readonly style: StyleName } {
  const { glyphs } = draw.theme;
  switch (ship.state) {
    case 'ready':
      return { glyph: glyphs.up, style: 'ready' };
    case 'cordoned':
      return { glyph: glyphs.cordoned, style: 'waiting' };
    case 'lost':
      return { glyph: glyphs.down, style: 'lost' };
    case 'notReady':
      return { glyph: glyphs.down, style: 'failing' };
    default:
      return { glyph: glyphs.unsure, style: 'waiting' };
  }
}

/** The glyph and colour of a component's state. */
export function componentMark(
  draw: Draw,
  { state }: Component,
): { readonly glyph: string; readonly style: StyleName } {
  const { glyphs } = draw.theme;
  if (state === 'running') return { glyph: glyphs.up, style: 'ready' };
  if (state === 'paused') return { glyph: glyphs.pause, style: 'waiting' };
  return { glyph: glyphs.down, style: 'failing' };
}
