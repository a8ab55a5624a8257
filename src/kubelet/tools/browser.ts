import { httpTarget } from '../../network/http.ts';
import type { Headers, HttpReply } from '../../network/types.ts';
import type { Answer, Program, Wait } from '../../sim/program.ts';
import { exchange, httpReplyOf } from './exchange.ts';
import type { Tool, ToolContext } from './tool.ts';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0';
const TIMEOUT_MS = 10_000;
const MAX_SCRIPTS = 10;
/** Methods for which a browser asks first whether it may (the Fetch standard's CORS-safelisted ones are not). */
const SIMPLE = new Set(['GET', 'HEAD', 'POST']);

/** A web browser without a window: loads a page and its scripts, and does the `fetch` calls that it finds in them. */
export const browser: Tool = {
  name: 'browser',
  *run(ctx, args): Program {
    const [url, ...fields] = args.filter((arg) => !arg.startsWith('-'));
    if (url === undefined) {
      ctx.stdio.err('usage: browser URL [field=value ...]\n');
      return 2;
    }
    const page = yield* load(ctx, url, {});
    if (typeof page === 'string') {
      ctx.stdio.err(`${page}\n`);
      return 1;
    }
    const title = /<title>([^<]*)<\/title>/.exec(page.body)?.[1] ?? url;
    ctx.stdio.out(`${title} (${page.status})\n`);
    const values = new Map(
      fields.map((field) => [field.split('=')[0] as string, field.slice(field.indexOf('=') + 1)]),
    );
    let code = 0;
    for (const script of yield* scriptsOf(ctx, url, page.body)) {
      for (const [, called = '', options = ''] of script.matchAll(FETCH))
        code = (yield* fetchFrom(ctx, url, filled(called, values), methodOf(options))) || code;
    }
    return code;
  },
};

const FETCH = /\bfetch\(\s*[`'"]([^`'"]+)[`'"]\s*(?:,\s*(\{[^}]*\}))?/g;

/** `${num1.value}` stands for what the visitor typed; an empty field holds 0. */
function filled(url: string, values: ReadonlyMap<string, string>): string {
  return url.replace(/\$\{(\w+)(?:\.value)?\}/g, (_, name: string) =>
    encodeURIComponent(values.get(name) ?? '0'),
  );
}

function methodOf(options: string): string {
  return /method\s*:\s*['"](\w+)['"]/.exec(options)?.[1]?.toUpperCase() ?? 'GET';
}

/** The scripts of a page, its own and those that it names. */
function* scriptsOf(ctx: ToolContext, url: string, html: string): Generator<Wait, readonly string[], Answer> {
  const scripts: string[] = [];
  for (const [, attributes = '', inline = ''] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
    const source = /\bsrc="([^"]+)"/.exec(attributes)?.[1];
    if (source === undefined) scripts.push(inline);
    else if (scripts.length < MAX_SCRIPTS) {
      const script = yield* load(ctx, source.startsWith('/') ? `${originOf(url)}${source}` : source, {});
      if (typeof script !== 'string' && script.status === 200 && !scripts.includes(script.body))
        scripts.push(script.body);
    }
  }
  return scripts;
}

/** One `fetch` of a page: what the same-origin policy lets through is printed, what it does not is told of. */
function* fetchFrom(ctx: ToolContext, page: string, url: string, method: string): Program {
  const absolute = url.startsWith('/') ? `${originOf(page)}${url}` : url;
  const origin = originOf(page);
  const crosses = originOf(absolute) !== origin;
  const blocked = (why: string): number => {
    ctx.stdio.err(
      `Access to fetch at '${absolute}' from origin '${origin}' has been blocked by CORS policy: ${why}\nTypeError: Failed to fetch\n`,
    );
    return 1;
  };
  if (crosses && !SIMPLE.has(method)) {
    const asked = yield* load(ctx, absolute, { origin, 'access-control-request-method': method }, 'OPTIONS');
    if (typeof asked === 'string') return lost(ctx, method, absolute, asked);
    const methods = (asked.headers['access-control-allow-methods'] ?? '').split(/,\s*/);
    if (!allows(asked, origin) || asked.status >= 300)
      return blocked(
        "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
      );
    if (!methods.includes(method) && !methods.includes('*'))
      return blocked(
        `Method ${method} is not allowed by Access-Control-Allow-Methods in preflight response.`,
      );
  }
  const reply = yield* load(ctx, absolute, crosses ? { origin } : {}, method);
  if (typeof reply === 'string') return lost(ctx, method, absolute, reply);
  const allowed = reply.headers['access-control-allow-origin'];
  if (crosses && allowed === undefined)
    return blocked("No 'Access-Control-Allow-Origin' header is present on the requested resource.");
  if (crosses && !allows(reply, origin))
    return blocked(
      `The 'Access-Control-Allow-Origin' header has a value '${allowed}' that is not equal to the supplied origin.`,
    );
  ctx.stdio.out(`${method} ${absolute} ${reply.status}\n${reply.body}\n`);
  return reply.status < 400 ? 0 : 1;
}

function lost(ctx: ToolContext, method: string, url: string, why: string): number {
  ctx.stdio.err(`${method} ${url} ${why}\nTypeError: Failed to fetch\n`);
  return 1;
}

function allows(reply: HttpReply, origin: string): boolean {
  const allowed = reply.headers['access-control-allow-origin'];
  return allowed === '*' || allowed === origin;
}

/** The answer, or the browser's word for what went wrong. */
function* load(
  ctx: ToolContext,
  url: string,
  headers: Headers,
  method = 'GET',
): Generator<Wait, HttpReply | string, Answer> {
  const target = httpTarget(url, { method, headers: { 'user-agent': AGENT, ...headers } });
  if (!target.ok) return 'net::ERR_INVALID_URL';
  const made = yield* exchange(ctx, target.target, { timeoutMs: TIMEOUT_MS });
  const reply = httpReplyOf(made);
  if (made.outcome === 'ok' && reply !== undefined) return reply;
  switch (made.outcome) {
    case 'refused':
      return 'net::ERR_CONNECTION_REFUSED';
    case 'timeout':
      return 'net::ERR_CONNECTION_TIMED_OUT';
    case 'nameNotFound':
    case 'dnsTimeout':
      return 'net::ERR_NAME_NOT_RESOLVED';
    case 'unreachable':
      return 'net::ERR_ADDRESS_UNREACHABLE';
    default:
      return 'net::ERR_EMPTY_RESPONSE';
  }
}

/** Scheme, host and port, without the port where it is the scheme's own. */
function originOf(url: string): string {
  const m = /^(https?):\/\/([^/?#]+)/.exec(url);
  if (m === null) return 'null';
  const [, scheme = '', host = ''] = m;
  return `${scheme}://${host.replace(scheme === 'http' ? /:80$/ : /:443$/, '')}`;
}
