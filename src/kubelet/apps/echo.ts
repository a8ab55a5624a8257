import { httpReply } from '../../network/http.ts';
import type { HttpReply, HttpRequest } from '../../network/types.ts';
import { baseName } from '../tools/filetree.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, type Lasting, listenOrExit, serving } from './begin.ts';

const MEMORY = 5 * 1024 * 1024;

/** Servers that say who they are: http-echo, whoami, hello-app and their like. */
export const echo: AppModel = {
  name: 'echo',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {
      const port = portOf(ctx);
      ctx.log(`server is listening on :${port}`);
      const line = ({ method, path }: HttpRequest, from: string): string => `${from} ${method} ${path}`;
      const respond = (request: HttpRequest, from: string): HttpReply => {
        ctx.log(line(request, from));
        return httpReply(200, answer(ctx, request, from), 0.2, {
          'content-type': 'text/plain; charset=utf-8',
        });
      };
      const lasting = (request: HttpRequest, from: string): Lasting => ({ line: line(request, from) });
      const handler = serving(ctx, respond, undefined, undefined, lasting);
      listenOrExit(ctx, port, handler);
    });
  },
};

/** The value of `-name=x`, `--name x` and so on. */
function flag(ctx: AppContext, name: string): string | undefined {
  for (const [i, arg] of ctx.argv.entries()) {
    const text = arg.replace(/^--?/, '');
    if (text === arg) continue;
    if (text === name) return ctx.argv[i + 1];
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1);
  }
  return undefined;
}

function portOf(ctx: AppContext): number {
  const given =
    flag(ctx, 'http-port') ?? flag(ctx, 'port') ?? flag(ctx, 'listen') ?? ctx.env.get('PORT') ?? '';
  const port = Number(given.replace(/^.*:/, ''));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : (ctx.parameters.ports?.[0] ?? 8080);
}

function answer(ctx: AppContext, request: HttpRequest, from: string): string {
  const text = flag(ctx, 'text');
  if (text !== undefined) return `${text}\n`;
  switch (baseName(ctx.argv[0] ?? '')) {
    case 'hello-app':
      return `Hello, world!\nVersion: ${ctx.parameters.version ?? '1.0'}.0\nHostname: ${ctx.hostname}\n`;
    case 'node':
      return `You've hit ${ctx.hostname}\n`;
    default: {
      const lines = [
        `Hostname: ${ctx.hostname}`,
        'IP: 127.0.0.1',
        `IP: ${ctx.network.ip}`,
        `RemoteAddr: ${from}`,
      ];
      lines.push(`${request.method} ${request.path} HTTP/1.1`, `Host: ${request.host}`);
      for (const [name, value] of Object.entries(request.headers)) lines.push(`${name}: ${value}`);
      return `${lines.join('\n')}\n`;
    }
  }
}
