import { httpReply } from '../../network/http.ts';
import type { HttpReply, HttpRequest } from '../../network/types.ts';
import { baseName } from '../tools/filetree.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, listenOrExit, serving } from './begin.ts';

const MEMORY = 42 * 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const MAX_DELAY_S = 10;

/** httpbin: says back what it was asked, with the status and delay that were asked for. */
export const httpbin: AppModel = {
  name: 'httpbin',
  start(ctx) {
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {
      const port = ctx.parameters.ports?.[0] ?? 80;
      if (
        !listenOrExit(
          ctx,
          port,
          serving(ctx, (request, from) => answer(ctx, request, from), 1),
        )
      )
        return;
      ctx.log(
        baseName(ctx.argv[0] ?? '') === 'gunicorn'
          ? `[INFO] Listening at: http://0.0.0.0:${port} (1)`
          : `time="${new Date(ctx.now()).toISOString()}" level=INFO msg="go-httpbin listening on http://0.0.0.0:${port}"`,
        'stderr',
      );
    });
  },
};

function answer(ctx: AppContext, request: HttpRequest, from: string): HttpReply {
  const [path = '/', query = ''] = request.path.split('?');
  const [, verb = '', argument = ''] = path.split('/');
  const headers = { Host: request.host, ...request.headers };
  const json = (value: unknown, ms = 2): HttpReply =>
    httpReply(200, `${JSON.stringify(value, null, 2)}\n`, ms, JSON_TYPE);
  const args = Object.fromEntries(
    query
      .split('&')
      .flatMap((pair) => (pair === '' ? [] : [[pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']])),
  );
  const all = { args, headers, origin: from, url: `http://${request.host}${request.path}` };
  switch (verb) {
    case '':
      return httpReply(200, '<!DOCTYPE html>\n<title>httpbin.org</title>\n', 2, {
        'content-type': 'text/html',
      });
    case 'get':
    case 'anything':
      return json(verb === 'get' ? all : { ...all, method: request.method, data: request.body });
    case 'post':
    case 'put':
    case 'delete':
    case 'patch':
      return request.method === verb.toUpperCase()
        ? json({ ...all, data: request.body })
        : httpReply(405, '', 1);
    case 'headers':
      return json({ headers });
    case 'ip':
      return json({ origin: from });
    case 'user-agent':
      return json({ 'user-agent': request.headers['user-agent'] ?? null });
    case 'hostname':
      return json({ hostname: ctx.hostname });
    case 'uuid':
      return json({
        uuid: `${ctx.process.random.uint32().toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
      });
    case 'delay':
      return json(all, 2 + 1000 * Math.min(MAX_DELAY_S, Number(argument) || 0));
    case 'status': {
      const status = Number(argument);
      return Number.isInteger(status) && status >= 100 && status <= 599
        ? httpReply(status, '', 1)
        : httpReply(400, 'Invalid status code\n', 1);
    }
    default:
      return httpReply(404, '<title>404 Not Found</title>\n', 1, { 'content-type': 'text/html' });
  }
}
