import type { Language } from '../game/types.ts';
import type { UiTexts } from './texts/registry.ts';
import { type Row, RowBuilder } from './theme/row.ts';
import type { Theme } from './theme/theme.ts';
import { clipMiddle } from './theme/width.ts';

/** What every drawing function is given: drawings depend on nothing else but their subject. */
export interface Draw {
  readonly theme: Theme;
  readonly t: UiTexts;
  readonly language: Language;
  /** Wall clock, ms: only for what is bright because it is new. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
}

/** A drawing: lines, and where the terminal's cursor stands if text is typed there. */
export interface Picture {
  readonly rows: readonly Row[];
  readonly cursor?: { readonly x: number; readonly y: number };
  /** How far what the keys scroll can be scrolled; undefined when that is not known. */
  readonly scrollMax?: number;
}

/** How long news is bright, ms of wall clock. */
export const BRIGHT_MS = 1000;

/** Whether something changed a moment ago. */
export function isFresh(draw: Draw, changedAt: number): boolean {
  return changedAt > 0 && draw.now - changedAt < BRIGHT_MS;
}

/** A builder for a line of at most `width` columns. */
export function line(draw: Draw, width: number): RowBuilder {
  return new RowBuilder(draw.theme, width);
}

/** A name shortened in its middle where it does not fit. */
export function middle(draw: Draw, name: string, width: number): string {
  return clipMiddle(name, width, draw.theme.glyphs.ellipsis);
}

/** `00:01:42` */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `83 %`; short of everything is never 100 %. */
export function percent(share: number): string {
  const whole = share >= 1 ? Math.round(share * 100) : Math.min(99, Math.floor(share * 100));
  return `${whole} %`;
}

/** A number with at most one digit after the point. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** A bar of `width` columns, filled by `share` in [0, 1]. */
export function bar(draw: Draw, share: number, width: number): string {
  const { barFull, barEmpty } = draw.theme.glyphs;
  const full = share <= 0 ? 0 : Math.max(1, Math.min(width, Math.floor(share * width + 1e-9)));
  return barFull.repeat(full) + barEmpty.repeat(width - full);
}

/** The first row to show so that `chosen` is among `height` of `count` rows. */
export function scrollTo(chosen: number, count: number, height: number): number {
  return Math.max(0, Math.min(chosen - Math.floor(height / 2), count - height));
}
