import { httpReply } from '../../network/http.ts';
import type { Handler, HttpReply, HttpRequest } from '../../network/types.ts';
import { webhookAnswer } from './agnhostwebhook.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit, serving } from './begin.ts';

const MEMORY = 5 * 1024 * 1024;
/** From when on `agnhost liveness` says that it is ill. */
const LIVENESS_MS = 10_000;

type Answer = (request: HttpRequest, from: string) => HttpReply;

/** The test image of Kubernetes' own: one program with many subcommands (test/images/agnhost). */
export const agnhost: AppModel = {
  name: 'agnhost',
  start(ctx) {
    const command = ctx.argv.slice(1).find((arg) => !arg.startsWith('-')) ?? 'pause';
    begin(ctx, { memory: MEMORY, startup: 0, signalExitCode: command === 'pause' ? 0 : 2 }, () => {
      switch (command) {
        case 'pause':
          ctx.log('Paused');
          return;
        case 'netexec':
          open(ctx, Number(flag(ctx, 'http-port') ?? 8080), netexec(ctx));
          return;
        case 'serve-hostname':
          open(ctx, Number(flag(ctx, 'port') ?? 9376), () => httpReply(200, ctx.hostname, 0.2));
          return;
        case 'liveness':
          open(ctx, 8080, liveness(ctx));
          return;
        case 'test-webserver':
          open(ctx, Number(flag(ctx, 'port') ?? 80), () => httpReply(200, '<pre>\n</pre>\n', 0.2));
          return;
        case 'webhook': {
          const image = flag(ctx, 'sidecar-image') ?? '';
          const answer = serving(ctx, (request) => webhookAnswer(request, image));
          listenOrExit(ctx, Number(flag(ctx, 'port') ?? 443), overTls(answer));
          return;
        }
        case 'porter':
          for (const [name, body] of ctx.env) {
            const port = /^SERVE_PORT_(\d+)$/.exec(name)?.[1];
            if (port !== undefined) open(ctx, Number(port), () => httpReply(200, body, 0.2));
          }
          return;
        default:
          ctx.log(`Error: unknown command "${command}" for "app"\nRun 'app --help' for usage.`, 'stderr');
          ctx.exit(1);
      }
    });
  },
};

function open(ctx: AppContext, port: number, answer: Answer): void {
  if (listenOrExit(ctx, port, serving(ctx, answer))) ctx.log(`Started HTTP server on port ${port}`);
}

/** A server that speaks TLS only, as Go's does. */
function overTls(answer: Handler): Handler {
  return (incoming) => {
    const { message } = incoming;
    if (message.protocol !== 'http') return { type: 'close', latencyMs: 0 };
    if (message.tls !== true) return httpReply(400, 'Client sent an HTTP request to an HTTPS server.\n');
    return answer({ ...incoming, message: { ...message, tls: false } });
  };
}

function flag(ctx: AppContext, name: string): string | undefined {
  const at = ctx.argv.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (at < 0) return undefined;
  const arg = ctx.argv[at];
  return arg?.includes('=') === true ? arg.slice(arg.indexOf('=') + 1) : ctx.argv[at + 1];
}

/** Well for ten seconds, then ill: the example of the liveness probes' documentation. */
function liveness(ctx: AppContext): Answer {
  const begun = ctx.now();
  return ({ path }) => {
    if (path !== '/healthz') return httpReply(404, '404 page not found\n', 0.2);
    const age = ctx.now() - begun;
    return age > LIVENESS_MS ? httpReply(500, `error: ${age / 1000}`, 0.2) : httpReply(200, 'ok', 0.2);
  };
}

function netexec(ctx: AppContext): Answer {
  let healthy = true;
  return ({ path, method }, from) => {
    const [file = '', query = ''] = path.split('?');
    ctx.log(`GET ${path}`);
    const parameter = (name: string): string =>
      decodeURIComponent(
        new RegExp(`(?:^|&)${name}=([^&]*)`).exec(query)?.[1]?.replace(/%(?![0-9a-f]{2})/gi, '') ?? '',
      );
    switch (file) {
      case '/hostname':
      case '/hostName':
        return httpReply(200, ctx.hostname, 0.2);
      case '/clientip':
        return httpReply(200, from, 0.2);
      case '/echo':
        return httpReply(Number(parameter('code')) || 200, parameter('msg'), 0.2);
      case '/healthz':
        return healthy ? httpReply(200, '', 0.2) : httpReply(412, '', 0.2);
      case '/shutdown':
      case '/exit':
        ctx.process.after(0, () => ctx.exit(Number(parameter('code')) || 0));
        return httpReply(200, '', 0.2);
      case '/delay':
        return httpReply(200, '', Math.min(60_000, Number(parameter('ms')) || 0));
      case '/set-unhealthy':
        healthy = method !== 'POST' && healthy;
        return httpReply(200, '', 0.2);
      default:
        return file === '/'
          ? httpReply(200, `NOW: ${new Date(ctx.now()).toISOString()}`, 0.2)
          : httpReply(404, '404 page not found\n', 0.2);
    }
  };
}
