import type { PromptState, TranscriptEntry } from '../../game/types.ts';
import { type Draw, line, type Picture } from '../draw.ts';
import { cursorColumn, type EditBuffer } from '../editor/buffer.ts';
import type { Row } from '../theme/row.ts';
import { sanitize, sanitizeLines } from '../theme/sanitize.ts';
import type { StyleName } from '../theme/theme.ts';
import { cutText, textWidth } from '../theme/width.ts';

/** Columns of a prompt that a program wrote itself. */
const MAX_ASKED = 40;

const STYLE: Readonly<Record<TranscriptEntry['kind'], StyleName>> = {
  command: 'bold',
  stdout: 'plain',
  stderr: 'failing',
  note: 'waiting',
};

/** What the transcript is drawn with. */
export interface TranscriptOptions {
  readonly width: number;
  readonly height: number;
  /** How many lines the end is scrolled away. */
  readonly back: number;
  /** Entries up to this id are not shown. */
  readonly clearedTo: number;
}

/** An entry's lines as they were last cut; entries never change. */
const cut = new WeakMap<TranscriptEntry, { readonly width: number; readonly lines: readonly string[] }>();

function linesOf(entry: TranscriptEntry, width: number): readonly string[] {
  const before = cut.get(entry);
  if (before?.width === width) return before.lines;
  const prefix = entry.kind === 'command' ? (entry.prompt ?? '$ ') : '';
  const lines = sanitizeLines(prefix + entry.text).flatMap((text) => hardWrap(text, width));
  cut.set(entry, { width, lines });
  return lines;
}

/** Lines of at most `width` columns, as a terminal breaks them. */
function hardWrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (textWidth(rest) > width) {
    const head = cutText(rest, width);
    if (head === '') break;
    lines.push(head);
    rest = rest.slice(head.length);
  }
  lines.push(rest);
  return lines;
}

/** How many lines there are to scroll through. */
export function transcriptLines(
  transcript: readonly TranscriptEntry[],
  width: number,
  clearedTo: number,
): number {
  return transcript.reduce(
    (sum, entry) => sum + (entry.id <= clearedTo ? 0 : linesOf(entry, width).length),
    0,
  );
}

/** The last lines of what was typed and answered; entries before them are not looked at. */
export function transcriptRows(
  draw: Draw,
  transcript: readonly TranscriptEntry[],
  options: TranscriptOptions,
): Row[] {
  const { width, height, back, clearedTo } = options;
  const needed = height + back;
  const lines: { readonly text: string; readonly style: StyleName }[] = [];
  for (let i = transcript.length - 1; i >= 0 && lines.length < needed; i--) {
    const entry = transcript[i];
    if (entry === undefined || entry.id <= clearedTo) break;
    const own = linesOf(entry, width);
    for (let y = own.length - 1; y >= 0; y--) lines.push({ text: own[y] ?? '', style: STYLE[entry.kind] });
  }
  const skipped = Math.max(0, Math.min(back, lines.length - height));
  return lines
    .slice(skipped, skipped + height)
    .reverse()
    .map(({ text, style }) => line(draw, width).put(text, style).end());
}

/** What a program wrote last without ending the line: a prompt of its own. */
export function openLine(transcript: readonly TranscriptEntry[]): string {
  const last = transcript.at(-1);
  if (last?.kind !== 'stdout') return '';
  return cutText(sanitize(last.text.slice(last.text.lastIndexOf('\n') + 1)), MAX_ASKED);
}

/** The line at the bottom where commands are typed. */
export function promptPicture(
  draw: Draw,
  prompt: PromptState,
  buffer: EditBuffer,
  options: { readonly width: number; readonly typing: boolean; readonly asked?: string },
): Picture {
  const { width, typing } = options;
  const row = line(draw, width).put(' ');
  if (prompt.kind === 'busy' || prompt.kind === 'editor') {
    const words = prompt.kind === 'busy' ? draw.t.level.busy : draw.t.level.editing;
    return { rows: [row.put(words, 'dim').end()] };
  }
  const asked = prompt.prompt === '' ? (options.asked ?? '') : prompt.prompt;
  row.put(asked, typing ? ['accent', 'bold'] : 'dim');
  if (!/\s$/.test(asked)) row.put(' ');
  const x = row.width;
  const room = Math.max(1, row.left - 1);
  const secret = prompt.kind === 'reading' && prompt.secret;
  const text = secret ? '' : sanitize(buffer.lines[0] ?? '');
  const cursor = secret ? 0 : Math.min(cursorColumn(buffer), textWidth(text));
  const { shown, column } = around(text, cursor, room);
  row.put(shown, typing ? 'plain' : 'dim');
  return { rows: [row.end()], ...(typing ? { cursor: { x: x + column, y: 0 } } : {}) };
}

/** The part of a line that has the cursor in it. */
export function around(
  text: string,
  cursor: number,
  room: number,
): { readonly shown: string; readonly column: number } {
  if (textWidth(text) < room) return { shown: text, column: cursor };
  const start = Math.max(0, cursor - Math.floor(room * 0.8));
  const head = cutText(text, start);
  return { shown: cutText(text.slice(head.length), room), column: cursor - textWidth(head) };
}
