import { addressText } from '../../network/errors.ts';
import { httpTarget } from '../../network/http.ts';
import type { Exchange } from '../../network/types.ts';
import type { Program } from '../../sim/program.ts';
import { exchange, httpReplyOf, reasonPhrase } from './exchange.ts';
import { baseName, fileErrorText, resolvePath } from './filetree.ts';
import type { Tool, ToolContext } from './tool.ts';

const DEFAULT_TIMEOUT_MS = 900_000;
const MAX_REDIRECTS = 10;

interface Options {
  readonly url: string | undefined;
  readonly quiet: boolean;
  readonly spider: boolean;
  readonly showHead: boolean;
  readonly output: string | undefined;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** busybox' wget. */
export const wget: Tool = {
  name: 'wget',
  *run(ctx, args): Program {
    const options = readOptions(args);
    if (typeof options === 'string') return fail(ctx, options);
    let url = options.url;
    if (url === undefined) return fail(ctx, 'missing URL');
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const target = httpTarget(url, {
        headers: { 'user-agent': 'Wget', ...options.headers },
        ...(options.body === undefined ? {} : { method: 'POST', body: options.body }),
      });
      if (!target.ok) return fail(ctx, `bad url: ${url}`);
      const made: Exchange = yield* exchange(ctx, target.target, { timeoutMs: options.timeoutMs });
      const { host, port } = target.target;
      if (!options.quiet && made.remote !== undefined)
        ctx.stdio.err(
          `Connecting to ${host}${port === 80 ? '' : `:${port}`} (${addressText(made.remote.ip, port)})\n`,
        );
      const reply = httpReplyOf(made);
      if (reply === undefined) return fail(ctx, failure(made));
      const head = `  HTTP/1.1 ${reply.status} ${reasonPhrase(reply.status)}`;
      if (options.showHead) ctx.stdio.err(`${head}\n${headLines(reply.headers)}`);
      const { location } = reply.headers;
      if (reply.status >= 300 && reply.status < 400 && location !== undefined) {
        url = location.startsWith('/') ? `http://${addressText(host, port)}${location}` : location;
        continue;
      }
      if (reply.status >= 400) return fail(ctx, `server returned error: ${head.trim()}`);
      return save(ctx, options, url, reply.body);
    }
    return fail(ctx, 'too many redirections');
  },
};

function headLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `  ${name}: ${value}\n`)
    .join('');
}

function failure({ outcome, target, remote }: Exchange): string {
  const where = `(${remote?.ip ?? target.host})`;
  switch (outcome) {
    case 'nameNotFound':
    case 'dnsTimeout':
      return `bad address '${target.host}${target.port === 80 ? '' : `:${target.port}`}'`;
    case 'refused':
      return `can't connect to remote host ${where}: Connection refused`;
    case 'unreachable':
      return `can't connect to remote host ${where}: No route to host`;
    case 'timeout':
      return 'download timed out';
    case 'reset':
      return 'error getting response: Connection reset by peer';
    default:
      return 'error getting response';
  }
}

function save(ctx: ToolContext, options: Options, url: string, body: string): number {
  const { quiet, spider, output } = options;
  if (spider) {
    if (!quiet) ctx.stdio.err('remote file exists\n');
    return 0;
  }
  if (output === '-') {
    if (!quiet) ctx.stdio.err('writing to stdout\n');
    ctx.stdio.out(body);
    if (!quiet) ctx.stdio.err(progress('-', body.length));
    return 0;
  }
  const path = url.replace(/^\w+:\/\//, '').split(/[?#]/)[0] as string;
  const name = output ?? (path.includes('/') && baseName(path) !== '' ? baseName(path) : 'index.html');
  if (output === undefined && ctx.files.stat(resolvePath(ctx.directory, name)) !== undefined)
    return fail(ctx, `can't open '${name}': File exists`);
  const written = ctx.files.write(resolvePath(ctx.directory, name), body);
  if (!written.ok) return fail(ctx, `can't open '${name}': ${fileErrorText(written.error)}`);
  if (!quiet) ctx.stdio.err(`saving to '${name}'\n${progress(name, body.length)}'${name}' saved\n`);
  return 0;
}

function progress(name: string, bytes: number): string {
  return `${name.padEnd(20)} 100% |${'*'.repeat(32)}| ${String(bytes).padStart(5)}  0:00:00 ETA\n`;
}

function fail(ctx: ToolContext, says: string): number {
  ctx.stdio.err(`wget: ${says}\n`);
  return 1;
}

function readOptions(args: readonly string[]): Options | string {
  let [quiet, spider, showHead] = [false, false, false];
  let url: string | undefined;
  let output: string | undefined;
  let body: string | undefined;
  let timeoutMs = DEFAULT_TIMEOUT_MS;
  const headers: [string, string][] = [];
  const take = (letter: string, value: string): string | undefined => {
    if (letter === 'O') output = value;
    else if (letter === 'T') {
      if (!/^\d+$/.test(value)) return `invalid number '${value}'`;
      timeoutMs = Number(value) === 0 ? DEFAULT_TIMEOUT_MS : Number(value) * 1000;
    } else if (letter === 'H') {
      const colon = value.indexOf(':');
      if (colon > 0) headers.push([value.slice(0, colon), value.slice(colon + 1).trim()]);
    } else if (letter === 'D') body = value;
    return undefined;
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const long = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(arg);
    if (long !== null) {
      const name = long[1] ?? '';
      if (name === 'quiet') quiet = true;
      else if (name === 'spider') spider = true;
      else if (name === 'server-response') showHead = true;
      else if (name === 'no-check-certificate') continue;
      else if (!Object.hasOwn(LONG, name)) return `unrecognized option '--${name}'`;
      else {
        const problem = take(LONG[name] as string, long[2] ?? args[++i] ?? '');
        if (problem !== undefined) return problem;
      }
    } else if (arg.startsWith('-') && arg !== '-') {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg.charAt(at);
        if (letter === 'q') quiet = true;
        else if (letter === 'S') showHead = true;
        else if ('OTtPU'.includes(letter)) {
          const problem = take(letter, at + 1 < arg.length ? arg.slice(at + 1) : (args[++i] ?? ''));
          if (problem !== undefined) return problem;
          break;
        } else if (letter !== 'c') return `unrecognized option: ${letter}`;
      }
    } else url = arg;
  }
  return { url, quiet, spider, showHead, output, timeoutMs, headers: Object.fromEntries(headers), body };
}

const LONG: Readonly<Record<string, string>> = {
  header: 'H',
  'output-document': 'O',
  'post-data': 'D',
  timeout: 'T',
  tries: 't',
};
