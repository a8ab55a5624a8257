import { clock, type Draw, line, middle } from '../draw.ts';
import type { EventLine } from '../model/eventlog.ts';
import type { Row } from '../theme/row.ts';
import { textWidth } from '../theme/width.ts';

const ONE_LINE = 64;
/** Narrower than this, names give way to what is said. */
const ROOMY = 90;

/** What the events are drawn with. */
export interface EventOptions {
  readonly width: number;
  readonly height: number;
  /** Virtual time at which the level began, ms since the epoch. */
  readonly start: number;
  /** How many events the end is scrolled away. */
  readonly back: number;
}

/** How many events there is room for. */
export function eventsIn(width: number, height: number): number {
  return Math.max(1, Math.floor(height / (width >= ONE_LINE ? 1 : 2)));
}

/** The latest events, newest last; only those that are visible are looked at. */
export function eventRows(draw: Draw, events: readonly EventLine[], options: EventOptions): Row[] {
  const { width, height, back } = options;
  if (events.length === 0) return [line(draw, width).put(draw.t.level.noEvents, 'dim').end()];
  const each = width >= ONE_LINE ? 1 : 2;
  const count = eventsIn(width, height);
  const end = Math.max(Math.min(count, events.length), events.length - back);
  const shown = events.slice(Math.max(0, end - count), end);
  return shown.flatMap((event) =>
    each === 1 ? [oneRow(draw, event, options)] : twoRows(draw, event, options),
  );
}

function timeOf(event: EventLine, { start }: EventOptions): string {
  return event.time < start ? `-${clock(start - event.time).slice(1)}` : clock(event.time - start);
}

function text(event: EventLine): string {
  const times = event.count > 1 ? ` (x${event.count})` : '';
  return `${event.reason}: ${event.message}${times}`;
}

function oneRow(draw: Draw, event: EventLine, options: EventOptions): Row {
  const row = line(draw, options.width).put(timeOf(event, options), 'dim').put(' ');
  const size = options.width < ROOMY ? 16 : 22;
  row
    .cell(component(draw, event), 12, 'accent')
    .put(' ')
    .cell(middle(draw, event.name, size), size)
    .put(' ');
  return row.put(text(event), event.warning ? 'failing' : 'plain').end();
}

function twoRows(draw: Draw, event: EventLine, options: EventOptions): Row[] {
  const head = line(draw, options.width)
    .put(timeOf(event, options), 'dim')
    .put(' ')
    .put(component(draw, event), 'accent', 12)
    .put(' ');
  head.put(middle(draw, event.name, head.left));
  return [
    head.end(),
    line(draw, options.width)
      .put('  ')
      .put(text(event), event.warning ? 'failing' : 'dim')
      .end(),
  ];
}

/** Without the words that all of them have. */
function component(draw: Draw, { component: name }: EventLine): string {
  const short = name.replace(/^default-/, '').replace(/-controller$/, '');
  return textWidth(short) > 12 ? middle(draw, short, 12) : short;
}
