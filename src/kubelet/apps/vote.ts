import { httpReply } from '../../network/http.ts';
import type { HttpReply, HttpRequest } from '../../network/types.ts';
import { AccessLog } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { askBackend } from './backends.ts';
import { begin, listenOrExit, serving } from './begin.ts';

const MEMORY = 32 * 1024 * 1024;
const HTML = { 'content-type': 'text/html; charset=utf-8' } as const;
const REDIS_PORT = 6379;

/** The front of the voting app: a page with two buttons; a vote goes to the queue in redis. */
export const vote: AppModel = {
  name: 'vote',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 800 }, () => {
      const access = new AccessLog();
      const handler = serving(ctx, (request, from) => {
        const reply = answer(ctx, request);
        ctx.log(access.line(from, request, reply));
        return reply;
      });
      if (!listenOrExit(ctx, ctx.parameters.ports?.[0] ?? 80, handler)) return;
      ctx.log('[INFO] Listening at: http://0.0.0.0:80 (1)', 'stderr');
    });
  },
};

function answer(ctx: AppContext, request: HttpRequest): HttpReply {
  const [a, b] = [ctx.env.get('OPTION_A') ?? 'Cats', ctx.env.get('OPTION_B') ?? 'Dogs'];
  const page = `<!DOCTYPE html>\n<html>\n<head><title>${a} vs ${b}!</title></head>\n<body>\n<h1>${a} vs ${b}!</h1>\n<p>Processed by container ID ${ctx.hostname}</p>\n</body>\n</html>\n`;
  if (request.method !== 'POST') return httpReply(200, page, 3, HTML);
  const choice = /(?:^|&)vote=([ab])(?:&|$)/.exec(request.body)?.[1];
  if (choice === undefined) return httpReply(400, '<title>400 Bad Request</title>\n', 1, HTML);
  const cookie = /voter_id=([0-9a-f]{1,32})/.exec(request.headers.cookie ?? '')?.[1];
  const id = cookie ?? ctx.process.random.uint32().toString(16).padStart(8, '0');
  const said = JSON.stringify({ voter_id: id, vote: choice });
  const pushed = askBackend(ctx, 'redis', REDIS_PORT, `RPUSH votes ${JSON.stringify(said)}\r\n`);
  if (pushed.body === undefined) {
    ctx.log(
      `redis.exceptions.ConnectionError: Error connecting to redis:${REDIS_PORT}: ${pushed.error}`,
      'stderr',
    );
    return httpReply(500, '<title>500 Internal Server Error</title>\n', pushed.latencyMs, HTML);
  }
  ctx.log(`Received vote for ${choice}`);
  return httpReply(200, page, 3 + pushed.latencyMs, { ...HTML, 'set-cookie': `voter_id=${id}; Path=/` });
}
