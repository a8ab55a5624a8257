import type { IndexPoint, TimelineMark } from '../../game/types.ts';
import { clock, type Draw, line, percent, scrollTo } from '../draw.ts';
import { LeastOf } from '../model/least.ts';
import type { Row } from '../theme/row.ts';
import type { StyleName } from '../theme/theme.ts';
import { textWidth } from '../theme/width.ts';

const MARK_STYLE: Readonly<Record<TimelineMark['kind'], StyleName>> = {
  action: 'accent',
  fault: 'failing',
  goal: 'ready',
  hint: 'waiting',
};

/** What the timeline is drawn with. */
export interface TimelineOptions {
  readonly width: number;
  /** The second pointed at; undefined is now. */
  readonly at?: number;
}

/** Which second each column stands for: one each at first, later evenly more. */
export function columnOf(second: number, seconds: number, width: number): number {
  if (seconds <= width) return second;
  return Math.min(width - 1, Math.floor((second * width) / seconds));
}

/** The shipshape index over time, and below it the marks with the words of the one pointed at. */
export function timelineRows(
  draw: Draw,
  history: readonly IndexPoint[],
  marks: readonly TimelineMark[],
  options: TimelineOptions,
): Row[] {
  const { width } = options;
  const seconds = Math.max(
    1,
    (history.at(-1)?.second ?? 0) + 1,
    ...marks.slice(-1).map(({ at }) => Math.ceil(at / 1000)),
  );
  const at =
    options.at === undefined ? undefined : columnOf(Math.min(options.at, seconds - 1), seconds, width);
  return [
    curveRow(draw, history, seconds, width, at),
    marksRow(draw, history, marks, seconds, { ...options, width }),
  ];
}

/** What the list of marks is drawn with. */
export interface MarkOptions {
  readonly width: number;
  readonly height: number;
  /** The second looked back at; undefined is now. */
  readonly at: number | undefined;
}

/** The marks as a list, newest last; the one looked back at stays in view. */
export function markRows(draw: Draw, marks: readonly TimelineMark[], options: MarkOptions): Row[] {
  const { width, height, at } = options;
  if (height < 1) return [];
  const shown = at === undefined ? undefined : markAt(marks, at);
  const place = shown === undefined ? marks.length - 1 : marks.indexOf(shown);
  const first = scrollTo(place, marks.length, height);
  return marks.slice(first, first + height).map((mark) =>
    line(draw, width)
      .put(`${draw.theme.glyphs.mark} `, MARK_STYLE[mark.kind])
      .put(`${clock(mark.at)}  `, 'dim')
      .put(
        mark.kind === 'hint' ? draw.t.level.hint(Number(mark.text)) : mark.text,
        mark === shown ? 'selected' : 'plain',
      )
      .end(),
  );
}

/** The least index of each column's seconds, drawn as a bar. */
function curveRow(
  draw: Draw,
  history: readonly IndexPoint[],
  seconds: number,
  width: number,
  at: number | undefined,
): Row {
  const least = leastOf(history);
  const bars = draw.theme.glyphs.bars;
  const row = line(draw, width);
  const last = least.length === 0 ? -1 : columnOf(least.length - 1, seconds, width);
  for (let x = 0; x < Math.min(width, Math.max(last, at ?? 0) + 1); x++) {
    const value = least.of(firstSecond(x, seconds, width), firstSecond(x + 1, seconds, width));
    const glyph =
      value === undefined
        ? ' '
        : (bars[Math.min(bars.length - 1, Math.floor(value * (bars.length - 1)))] ?? ' ');
    row.put(glyph, x === at ? 'selected' : indexStyle(value ?? 1));
  }
  return row.end();
}

/** The first second that a column stands for. */
function firstSecond(column: number, seconds: number, width: number): number {
  return seconds <= width ? column : Math.ceil((column * seconds) / width);
}

const known = new WeakMap<readonly IndexPoint[], LeastOf>();

/** A history only grows: what is known of it is added to. Its points are one a second from the first on. */
function leastOf(history: readonly IndexPoint[]): LeastOf {
  let least = known.get(history);
  if (least === undefined) {
    least = new LeastOf();
    known.set(history, least);
  }
  for (let i = least.length; i < history.length; i++) least.push(history[i]?.index ?? 1);
  return least;
}

/** The colour of an index. */
export function indexStyle(index: number): StyleName {
  if (index >= 1) return 'ready';
  return index >= 0.5 ? 'waiting' : 'failing';
}

/** Marks under their columns; the words of the one pointed at (else the last) beside it. */
function marksRow(
  draw: Draw,
  history: readonly IndexPoint[],
  marks: readonly TimelineMark[],
  seconds: number,
  { width, at }: TimelineOptions,
): Row {
  const shown = markAt(marks, at);
  const row = line(draw, width);
  const columns = new Map<number, TimelineMark>();
  for (const mark of marks) columns.set(columnOf(Math.floor(mark.at / 1000), seconds, width), mark);
  const x = shown === undefined ? -1 : columnOf(Math.floor(shown.at / 1000), seconds, width);
  const words = wordsOf(draw, history, shown, at);
  const size = textWidth(words) + 1;
  const left = x + 1 + size > width && x >= size;
  const places = [...columns].sort(([a], [b]) => a - b);
  for (const [place, mark] of places) {
    if (place < row.width) continue;
    if (left && place >= x - size && place < x) continue;
    if (place === x && left)
      row
        .to(x - size)
        .put(words, 'dim')
        .put(' ');
    row.to(place).put(draw.theme.glyphs.mark, MARK_STYLE[mark.kind]);
    if (place === x && !left) row.put(` ${words} `, at === undefined ? 'dim' : 'plain');
  }
  if (x < 0) row.put(words, 'dim');
  return row.end();
}

function wordsOf(
  draw: Draw,
  history: readonly IndexPoint[],
  mark: TimelineMark | undefined,
  at: number | undefined,
): string {
  const parts: string[] = [];
  if (at !== undefined) {
    const point = history[Math.min(at, history.length - 1)];
    parts.push(clock(at * 1000), ...(point === undefined ? [] : [percent(point.index)]));
  }
  if (mark !== undefined)
    parts.push(
      mark.kind === 'hint' ? draw.t.level.hint(Number(mark.text)) : mark.text,
      ...(at === undefined ? [clock(mark.at)] : []),
    );
  return parts.join('  ');
}

/** The mark at or before a second; the last one when none is pointed at. */
function markAt(marks: readonly TimelineMark[], at: number | undefined): TimelineMark | undefined {
  if (at === undefined) return marks.at(-1);
  return marks.findLast((mark) => Math.floor(mark.at / 1000) <= at);
}
