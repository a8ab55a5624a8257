import stringWidth from 'string-width';
import { isPlain, sanitize } from './sanitize.ts';

const CACHE_SIZE = 4096;
const cache = new Map<string, number>();
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns a harmless text takes; ambiguous characters count as one. */
export function textWidth(text: string): number {
  if (isPlain(text)) return text.length;
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
  if (isPlain(text)) return [...text];
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
