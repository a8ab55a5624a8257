import type { Exchange, Hop, RequestMessage } from '../../network/types.ts';
import { clock, type Draw, line, middle } from '../draw.ts';
import type { Overlay } from '../store.ts';
import type { Row, RowBuilder } from '../theme/row.ts';
import type { StyleName } from '../theme/theme.ts';
import { wrapText } from '../theme/width.ts';

const TIME = 9;
/** Columns of who asked, of what came of it, and of the places on the way, by the width there is. */
const WIDE = { from: 20, result: 28, where: 24 };
const NARROW = { from: 8, result: 20, where: 14 };
const LEAST_WIDE = 90;
/** Hops at which a request ended without an answer. */
const ENDS: ReadonlySet<Hop['kind']> = new Set(['reject', 'drop', 'filter', 'lost', 'noRoute', 'refused']);

/**
 * Requests, newest last; below the chosen one its way from hop to hop. `start` is the time at which the level
 * began, ms since the epoch; `at` is the row of the chosen one.
 */
export function requestRows(
  draw: Draw,
  { exchanges, chosen }: Overlay & { readonly kind: 'traffic' },
  start: number,
  width: number,
): { readonly rows: readonly Row[]; readonly at: number } {
  if (exchanges.length === 0)
    return {
      rows: wrapText(draw.t.traffic.empty, width).map((text) => line(draw, width).put(text, 'dim').end()),
      at: 0,
    };
  const rows: Row[] = [];
  let at = 0;
  for (const [i, exchange] of exchanges.entries()) {
    if (i === chosen) at = rows.length;
    rows.push(exchangeRow(draw, exchange, start, width, i === chosen));
    if (i === chosen)
      rows.push(...exchange.hops.map((hop) => hopRow(draw, hop, width)), ...errorRow(draw, exchange, width));
  }
  return { rows, at };
}

function exchangeRow(draw: Draw, exchange: Exchange, start: number, width: number, chosen: boolean): Row {
  const { time, from, target, latencyMs } = exchange;
  const result = `${resultWords(draw, exchange)}  ${Math.round(latencyMs)} ms`;
  const size = width < LEAST_WIDE ? NARROW : WIDE;
  const ahead = TIME + 1 + size.from + 3;
  const text = `${target.host}:${target.port} ${messageWords(draw, target.message)}`.trimEnd();
  const room = Math.max(8, width - ahead - size.result - 2);
  return line(draw, width)
    .cell(
      time < start ? `-${clock(start - time).slice(1)}` : clock(time - start),
      TIME,
      chosen ? 'selected' : 'dim',
    )
    .put(' ')
    .cell(middle(draw, placeName(from), size.from), size.from, 'accent')
    .put(` ${draw.theme.glyphs.arrow} `, 'dim')
    .cell(middle(draw, text, room), room, chosen ? 'bold' : 'plain')
    .put('  ')
    .cell(result, size.result, isGood(exchange) ? 'ready' : 'failing')
    .end();
}

/** Pods of the namespace that one works in go by their names. */
function placeName(place: string): string {
  return place.replace(/^default\//, '');
}

function isGood({ outcome, reply }: Exchange): boolean {
  return outcome === 'ok' && !(reply?.type === 'http' && reply.status >= 400);
}

function resultWords(draw: Draw, { outcome, reply }: Exchange): string {
  if (outcome !== 'ok') return draw.t.traffic.outcomes[outcome];
  if (reply?.type === 'http') return String(reply.status);
  return reply?.type === 'dns' ? reply.code : draw.t.traffic.outcomes.ok;
}

function messageWords(draw: Draw, message: RequestMessage | undefined): string {
  if (message === undefined) return draw.t.traffic.direct;
  if (message.protocol === 'http') return `${message.method} ${message.path}`;
  return message.protocol === 'dns' ? `${message.type} ${message.name}` : '';
}

function hopRow(draw: Draw, hop: Hop, width: number): Row {
  const { where } = width < LEAST_WIDE ? NARROW : WIDE;
  const style: StyleName = ENDS.has(hop.kind) ? 'failing' : 'plain';
  const row: RowBuilder = line(draw, width)
    .to(2)
    .cell(`${hop.timeMs.toFixed(1)} ms`, TIME + 1, 'dim', 'right')
    .put('  ')
    .cell(middle(draw, placeName(hop.where), where), where)
    .put(' ')
    .put(draw.t.traffic.hops[hop.kind], style);
  const told = [
    hop.name,
    hop.kind === 'dns' || hop.kind === 'hosts' ? undefined : `${hop.ip}:${hop.port}`,
    hop.rule,
    hop.note,
  ].filter((text) => text !== undefined && text !== '');
  return row.put(`  ${told.join('  ')}`, 'dim').end();
}

function errorRow(draw: Draw, { error }: Exchange, width: number): Row[] {
  if (error === undefined) return [];
  return wrapText(error, width - TIME - 5).map((text) =>
    line(draw, width)
      .to(TIME + 5)
      .put(text, 'failing')
      .end(),
  );
}
