import stringWidth from 'string-width';
import { isPlain, sanitize } from './sanitize.ts';

const CACHE_SIZE = 4096;
const cache = new Map<string, number>();
let segmenter: Intl.Segmenter | undefined;

/**
 * Columns of a text of which every character stands for itself: Latin letters, our drawings, Korean and
 * Japanese syllables. Undefined as soon as there is one that may join others or is wide in some way
 * that takes tables to know. Measuring these with the tables takes 40 ms for the first and more than
 * all the rest of a frame for the next.
 */
function simpleWidth(text: string): number | undefined {
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code <= 0x7e) width++;
    else if (code >= 0xac00 && code <= 0xd7a3) width += 2;
    else if (isNarrow(code)) width++;
    else return undefined;
  }
  return width;
}

/** Latin letters; punctuation; arrows and drawings up to the stars, those that may be emoji left out. */
function isNarrow(code: number): boolean {
  if (code >= 0xc0 && code <= 0x24f) return true;
  if (code === 0xb7 || code === 0x2388) return true;
  if (code >= 0x2010 && code <= 0x2026) return true;
  if (code >= 0x2190 && code <= 0x2193) return true;
  if (code >= 0x2500 && code <= 0x25a9) return true;
  return SIGNS.has(code);
}

/** The signs beyond boxes and bars that screens are drawn with. */
const SIGNS: ReadonlySet<number> = new Set(Array.from('▪▲▶◀○◌◍◎●◐★☆✔✖', (sign) => sign.charCodeAt(0)));

/** Columns a harmless text takes; ambiguous characters count as one. */
export function textWidth(text: string): number {
  if (isPlain(text)) return text.length;
  const simple = simpleWidth(text);
  if (simple !== undefined) return simple;
  let width = cache.get(text);
  if (width === undefined) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    width = stringWidth(text);
    cache.set(text, width);
  }
  return width;
}

/** What a reader takes for one character, e.g. a Korean syllable typed as letters. */
export function graphemes(text: string): string[] {
  // Each of these is one code unit and joins none of the others.
  if (simpleWidth(text) !== undefined) return text.split('');
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** As much from the start as fits into `width` columns; a wide character is never halved. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (isPlain(text)) return text.slice(0, Math.max(0, width));
  let out = '';
  let used = 0;
  for (const segment of graphemes(text)) {
    used += textWidth(segment);
    if (used > width) break;
    out += segment;
  }
  return out;
}

/** The text, or its start and an ellipsis where it does not fit. */
export function clipText(text: string, width: number, ellipsis = '…'): string {
  if (textWidth(text) <= width) return text;
  if (width <= ellipsis.length) return cutText(text, width);
  return cutText(text, width - ellipsis.length) + ellipsis;
}

/** The text shortened in its middle, so that generated names keep their ends: `web-7d…x2kfp`. */
export function clipMiddle(text: string, width: number, ellipsis = '…'): string {
  if (textWidth(text) <= width) return text;
  if (width <= ellipsis.length + 2) return cutText(text, width);
  const tail = Math.min(6, Math.floor((width - ellipsis.length) / 2));
  const chars = graphemes(text);
  return (
    cutText(text, width - ellipsis.length - tail) + ellipsis + cutText(chars.slice(-tail).join(''), tail)
  );
}

/** The end of the text behind an ellipsis where it does not fit: of a path the end tells most. */
export function clipStart(text: string, width: number, ellipsis = '…'): string {
  if (textWidth(text) <= width) return text;
  let out = '';
  let used = ellipsis.length;
  for (const segment of graphemes(text).reverse()) {
    used += textWidth(segment);
    if (used > width) break;
    out = segment + out;
  }
  return cutText(ellipsis, width) + out;
}

/** Breaks a text, made harmless, into lines of at most `width` columns, between words where it can. */
export function wrapText(text: string, width: number): string[] {
  if (width < 1) return [];
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of sanitize(text).split(' ')) {
    let rest = word;
    let size = textWidth(rest);
    if (used > 0 && used + 1 + size <= width) {
      line += ` ${rest}`;
      used += 1 + size;
      continue;
    }
    if (used > 0 || line !== '') lines.push(line);
    while (size > width) {
      const head = cutText(rest, width);
      if (head === '') break;
      lines.push(head);
      rest = rest.slice(head.length);
      size = textWidth(rest);
    }
    line = rest;
    used = size;
  }
  lines.push(line);
  return lines;
}
