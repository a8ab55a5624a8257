import { addressText, curlError } from '../../network/errors.ts';
import { httpTarget } from '../../network/http.ts';
import type { Exchange, HttpReply } from '../../network/types.ts';
import type { Program } from '../../sim/program.ts';
import { type CurlOptions, readCurlOptions } from './curloptions.ts';
import { exchange, httpReplyOf, reasonPhrase } from './exchange.ts';
import { fileErrorText, resolvePath } from './filetree.ts';
import type { Tool, ToolContext } from './tool.ts';
import { unescapeText } from './unescape.ts';

const DEFAULT_TIMEOUT_MS = 130_000;
const MAX_REDIRECTS = 50;

export const curl: Tool = {
  name: 'curl',
  *run(ctx, args): Program {
    const options = readCurlOptions(args);
    if ('error' in options) {
      ctx.stdio.err(`${options.error}\n`);
      return 2;
    }
    if (options.urls.length === 0) {
      ctx.stdio.err('curl: (2) no URL specified\n');
      return 2;
    }
    let code = 0;
    for (const url of options.urls) code = yield* fetchWithRetries(ctx, options, url);
    return code;
  },
};

function* fetchWithRetries(ctx: ToolContext, options: CurlOptions, url: string): Program {
  for (let tries = 0; ; tries++) {
    const code = yield* fetchUrl(ctx, options, url);
    if (tries >= options.retries || (code !== 7 && code !== 28)) return code;
    yield { type: 'sleep', ms: Math.min(600_000, 1000 * 2 ** tries) };
  }
}

function* fetchUrl(ctx: ToolContext, options: CurlOptions, first: string): Program {
  const started = ctx.now();
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const target = httpTarget(url, {
      method: options.method,
      headers: { 'user-agent': 'curl/8.16.0', accept: '*/*', ...options.headers },
      body: options.body,
    });
    if (!target.ok) return fail(ctx, options, 3, target.error);
    const limit = options.connectTimeoutMs ?? options.maxTimeMs;
    const timeoutMs = Math.min(options.maxTimeMs ?? DEFAULT_TIMEOUT_MS, limit ?? DEFAULT_TIMEOUT_MS);
    const made = yield* exchange(ctx, target.target, { timeoutMs });
    verbose(ctx, options, made);
    const failure = curlError(made, limit !== undefined);
    if (failure !== undefined) {
      writeOut(ctx, options, undefined, ctx.now() - started);
      return fail(ctx, options, failure.code, failure.text.replace(/^curl: \(\d+\) /, ''));
    }
    const reply = httpReplyOf(made);
    if (reply === undefined) return fail(ctx, options, 1, 'Received HTTP/0.9 when not allowed');
    if (reply.certificateProblem !== undefined && !options.insecure)
      return fail(ctx, options, 60, `SSL certificate problem: ${reply.certificateProblem}`);
    const location = reply.headers.location;
    const moves = options.follow && location !== undefined && reply.status >= 300 && reply.status < 400;
    if (moves) {
      if (redirects >= MAX_REDIRECTS)
        return fail(ctx, options, 47, `Maximum (${MAX_REDIRECTS}) redirects followed`);
      if (options.include) ctx.stdio.out(head(reply));
      const { host, port } = target.target;
      const scheme = target.target.message.tls === true ? 'https' : 'http';
      url = location.startsWith('/') ? `${scheme}://${addressText(host, port)}${location}` : location;
      continue;
    }
    return finish(ctx, options, reply, ctx.now() - started);
  }
}

function finish(ctx: ToolContext, options: CurlOptions, reply: HttpReply, ms: number): number {
  if (options.failOnError && reply.status >= 400) {
    writeOut(ctx, options, reply, ms);
    return fail(ctx, options, 22, `The requested URL returned error: ${reply.status}`);
  }
  const text = `${options.include || options.headOnly ? head(reply) : ''}${options.headOnly ? '' : reply.body}`;
  if (options.output === undefined) ctx.stdio.out(text);
  else if (options.output !== '/dev/null') {
    const written = ctx.files.write(resolvePath(ctx.directory, options.output), text);
    if (!written.ok)
      return fail(ctx, options, 23, `client returned ERROR on write, ${fileErrorText(written.error)}`);
  }
  writeOut(ctx, options, reply, ms);
  return 0;
}

function head(reply: HttpReply): string {
  const lines = [`HTTP/1.1 ${reply.status} ${reasonPhrase(reply.status)}`];
  for (const [name, value] of Object.entries(reply.headers)) lines.push(`${name}: ${value}`);
  if (!Object.hasOwn(reply.headers, 'content-length')) lines.push(`content-length: ${reply.body.length}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function verbose(ctx: ToolContext, options: CurlOptions, made: Exchange): void {
  const message = made.target.message;
  if (!options.verbose || message?.protocol !== 'http') return;
  const { host, port } = made.target;
  const lines: string[] = [];
  if (made.remote === undefined) lines.push(`* Could not resolve host: ${host}`);
  else {
    if (made.remote.ip !== host)
      lines.push(`* Host ${host}:${port} was resolved.`, `* IPv4: ${made.remote.ip}`);
    lines.push(`*   Trying ${addressText(made.remote.ip, port)}...`);
  }
  if (made.connected) {
    lines.push(`* Connected to ${host} (${made.remote?.ip}) port ${port}`);
    lines.push(
      `> ${message.method} ${message.path} HTTP/1.1`,
      `> Host: ${message.host}${port === 80 ? '' : `:${port}`}`,
    );
    for (const [name, value] of Object.entries(message.headers))
      if (name !== 'host') lines.push(`> ${name}: ${value}`);
    lines.push('>');
  } else if (made.outcome === 'refused')
    lines.push(`* connect to ${made.remote?.ip} port ${port} failed: Connection refused`);
  const reply = httpReplyOf(made);
  if (reply !== undefined) for (const line of head(reply).trimEnd().split('\r\n')) lines.push(`< ${line}`);
  if (reply !== undefined) lines.push('<');
  ctx.stdio.err(`${lines.join('\n')}\n`);
}

function writeOut(ctx: ToolContext, options: CurlOptions, reply: HttpReply | undefined, ms: number): void {
  if (options.writeOut === undefined) return;
  const values: Readonly<Record<string, string>> = {
    http_code: String(reply?.status ?? 0).padStart(3, '0'),
    response_code: String(reply?.status ?? 0).padStart(3, '0'),
    size_download: String(reply?.body.length ?? 0),
    time_total: (ms / 1000).toFixed(6),
  };
  const text = unescapeText(options.writeOut).replace(
    /%\{(\w+)\}/g,
    (all, name: string) => values[name] ?? all,
  );
  ctx.stdio.out(text);
}

function fail(ctx: ToolContext, options: CurlOptions, code: number, says: string): number {
  if (!options.silent || options.showError) ctx.stdio.err(`curl: (${code}) ${says}\n`);
  return code;
}
