import type { DialOptions, Exchange, HttpReply, Target } from '../../network/types.ts';
import type { Answer, Wait } from '../../sim/program.ts';
import type { ToolContext } from './tool.ts';

/** Starting a program takes a moment, ms: loops of requests do not stop time. */
const SPAWN_MS = 4;

/** Dials and waits for as long as that takes. A server that went away meanwhile resets the connection. */
export function* exchange(
  ctx: ToolContext,
  target: Target,
  options: DialOptions = {},
): Generator<Wait, Exchange, Answer> {
  const made = ctx.fabric.request(ctx.network, target, options);
  yield { type: 'sleep', ms: made.latencyMs + SPAWN_MS };
  if (made.outcome !== 'ok' || made.server === undefined || made.server.open) return made;
  const { reply: _, ...rest } = made;
  return { ...rest, outcome: 'reset', error: 'connection reset by peer' };
}

/** The answer if it is HTTP. */
export function httpReplyOf({ reply }: Exchange): HttpReply | undefined {
  return reply?.type === 'http' ? reply : undefined;
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [204, 'No Content'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

/** `Not Found` of 404; empty for codes without a common name. */
export function reasonPhrase(status: number): string {
  return REASONS.get(status) ?? '';
}
