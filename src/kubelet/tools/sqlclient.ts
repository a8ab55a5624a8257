import type { Exchange } from '../../network/types.ts';
import type { Answer, Wait } from '../../sim/program.ts';
import type { SqlReply, SqlRequest, SqlValue } from '../apps/sql/wire.ts';
import { decodeSqlReply, encodeSql } from '../apps/sql/wire.ts';
import { exchange } from './exchange.ts';
import type { ToolContext } from './tool.ts';

/** A database server; `localhost` and no host at all are the container's own. */
export function serverAddress(host: string): string {
  return host === '' || host === 'localhost' ? '127.0.0.1' : host;
}

/** Sends statements; undefined when nobody answered, and then why is in `made`. */
export function* askSql(
  ctx: ToolContext,
  host: string,
  port: number,
  request: SqlRequest,
): Generator<Wait, { readonly made: Exchange; readonly reply: SqlReply | undefined }, Answer> {
  const message = { protocol: 'tcp', body: encodeSql(request) } as const;
  const made = yield* exchange(ctx, { host: serverAddress(host), port, message });
  const reply = made.reply?.type === 'raw' ? decodeSqlReply(made.reply.body) : undefined;
  return { made, reply };
}

/** A table drawn with lines of its own style. */
export function drawTable(
  columns: readonly string[],
  rows: readonly (readonly SqlValue[])[],
  style: 'psql' | 'mysql',
): string {
  const none = style === 'psql' ? '' : 'NULL';
  const texts = rows.map((row) => row.map((cell) => (cell === null ? none : String(cell))));
  const widths = columns.map((name, i) =>
    Math.max(name.length, ...texts.map((row) => (row[i] ?? '').length)),
  );
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const cellsOf = (row: readonly string[], header: boolean): string[] =>
    widths.map((width, i) => {
      const text = row[i] ?? '';
      if (header && style === 'psql') {
        const left = Math.floor((width - text.length) / 2);
        return ` ${' '.repeat(left)}${text.padEnd(width - left)} `;
      }
      return ` ${numeric[i] === true && !header ? text.padStart(width) : text.padEnd(width)} `;
    });
  const lines: string[] = [];
  if (style === 'psql') {
    lines.push(cellsOf(columns, true).join('|'), widths.map((width) => '-'.repeat(width + 2)).join('+'));
    for (const row of texts) lines.push(cellsOf(row, false).join('|').trimEnd());
    lines.push(`(${rows.length} row${rows.length === 1 ? '' : 's'})`, '');
    return lines.join('\n');
  }
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  lines.push(rule, `|${cellsOf(columns, true).join('|')}|`, rule);
  for (const row of texts) lines.push(`|${cellsOf(row, false).join('|')}|`);
  lines.push(rule);
  return lines.join('\n');
}
