import type { AppContext } from './app.ts';
import { decodeSqlReply, encodeSql, type SqlResult } from './sql/wire.ts';

const TIMEOUT_MS = 2000;

/** What a service in the back answered; `error` in words when it did not. */
export interface BackendAnswer {
  readonly body: string | undefined;
  readonly error: string;
  readonly latencyMs: number;
}

/** A database, and as whom to talk to it. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The answer to the last statement; `error` in words when there is none. */
export interface DatabaseAnswer {
  readonly result: SqlResult | undefined;
  readonly error: string;
  readonly latencyMs: number;
}

/** Says something over a plain connection: a redis command. */
export function askBackend(ctx: AppContext, host: string, port: number, body: string): BackendAnswer {
  const made = ctx.request({ host, port, message: { protocol: 'tcp', body } }, { timeoutMs: TIMEOUT_MS });
  const answered = made.reply?.type === 'raw' ? made.reply.body : undefined;
  return { body: answered, error: made.error ?? made.outcome, latencyMs: made.latencyMs };
}

/** Has a database carry out statements. */
export function askDatabase(ctx: AppContext, address: DatabaseAddress, sql: string): DatabaseAnswer {
  const { host, port, user, password, database } = address;
  const { body, error, latencyMs } = askBackend(
    ctx,
    host,
    port,
    encodeSql({ user, password, database, sql }),
  );
  const reply = body === undefined ? undefined : decodeSqlReply(body);
  if (reply === undefined) return { result: undefined, error, latencyMs };
  if (reply.fatal !== undefined) return { result: undefined, error: reply.fatal, latencyMs };
  const result = reply.results.at(-1);
  if (result !== undefined && 'error' in result) return { result, error: result.error, latencyMs };
  return { result, error: '', latencyMs };
}
