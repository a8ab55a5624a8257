import type { AppContext } from './app.ts';

const TIMEOUT_MS = 2000;

/** What a service in the back answered; `error` in words when it did not. */
export interface BackendAnswer {
  readonly body: string | undefined;
  readonly error: string;
  readonly latencyMs: number;
}

/** Says something over a plain connection: a redis command, a query. */
export function askBackend(ctx: AppContext, host: string, port: number, body: string): BackendAnswer {
  const made = ctx.request({ host, port, message: { protocol: 'tcp', body } }, { timeoutMs: TIMEOUT_MS });
  const answered = made.reply?.type === 'raw' ? made.reply.body : undefined;
  return { body: answered, error: made.error ?? made.outcome, latencyMs: made.latencyMs };
}
