import type { Handler } from '../../network/types.ts';
import { resolvePath } from '../tools/filetree.ts';
import type { AppContext } from './app.ts';
import { type Dialect, runSql } from './sql/engine.ts';
import type { SqlStore } from './sql/store.ts';
import { decodeSqlRequest, encodeSql, type SqlRequest } from './sql/wire.ts';

/** ms of one core's time for a statement, and how long its way through the disk takes. */
const QUERY_CPU_MS = 0.5;
const QUERY_MS = 0.5;
const QUEUE_MS = 10_000;

/** Whether the data directory was set up by an earlier run. */
export function hasData(ctx: AppContext, directory: string, mark: string): boolean {
  return ctx.files.stat(resolvePath(directory, mark)) !== undefined;
}

export interface SqlServer {
  readonly store: SqlStore;
  readonly dialect: Dialect;
  /** Why somebody is not let in, in the server's words; undefined: come in. `local`: from the container itself. */
  refuse(request: SqlRequest, local: boolean, from: string): string | undefined;
}

/** Answers statements; whoever speaks another protocol is hung up on. */
export function sqlHandler(ctx: AppContext, server: SqlServer): Handler {
  return ({ message, source, weight }) => {
    if (ctx.backlog() > QUEUE_MS) return { type: 'hang' };
    const request = message.protocol === 'tcp' ? decodeSqlRequest(message.body) : undefined;
    if (request === undefined) return { type: 'close', latencyMs: 0 };
    const latencyMs = QUERY_MS + ctx.work(QUERY_CPU_MS, weight);
    const local = source.ip === '127.0.0.1' || source.ip === ctx.network.ip;
    const fatal = server.refuse(request, local, source.ip);
    if (fatal !== undefined) return { type: 'raw', body: encodeSql({ results: [], fatal }), latencyMs };
    const session = { user: request.user, database: request.database, now: ctx.now() };
    return {
      type: 'raw',
      body: encodeSql(runSql(request.sql, session, server.store, server.dialect)),
      latencyMs,
    };
  };
}
