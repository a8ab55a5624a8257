import type { HttpReply, HttpRequest } from '../../network/types.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A request in the combined log format that nginx and Apache share. */
export function accessLine(now: number, from: string, request: HttpRequest, reply: HttpReply): string {
  const agent = request.headers['user-agent'] ?? '-';
  const referer = request.headers.referer ?? '-';
  const line = `${request.method} ${request.path} HTTP/1.1`;
  return `${from} - - [${clfTime(now)}] "${line}" ${reply.status} ${reply.body.length} "${referer}" "${agent}" "-"`;
}

/** `05/Jan/2026:00:00:00 +0000`. */
export function clfTime(ms: number): string {
  const d = new Date(ms);
  const day = `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}`;
  return `${day}:${clockTime(d)} +0000`;
}

/** `2026/01/05 00:00:00`: the beginning of nginx' own messages. */
export function slashTime(ms: number): string {
  const d = new Date(ms);
  return `${d.getUTCFullYear()}/${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())} ${clockTime(d)}`;
}

/** `2026-01-05 00:00:00.000`: as databases and Java programs print moments. */
export function dashTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}

function clockTime(d: Date): string {
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
