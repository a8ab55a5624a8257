import { httpReply } from '../../network/http.ts';
import type { HttpReply } from '../../network/types.ts';
import { AccessLog } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, fill, listenOrExit, NOT_FOUND, serving } from './begin.ts';
import type { Route } from './parameters.ts';

const MEMORY = 10 * 1024 * 1024;

/** A program that is nothing but what image data says: ports, answers, logs, how it ends. */
export const generic: AppModel = {
  name: 'generic',
  start(ctx) {
    const { parameters } = ctx;
    const begun = ctx.now();
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {
      const ports = parameters.ports ?? ctx.declaredPorts;
      const access = new AccessLog();
      const handler = serving(ctx, (request, from) => {
        const reply = answer(ctx, request.path, begun);
        if (parameters.accessLog !== false) ctx.log(access.line(from, request, reply));
        return reply;
      });
      for (const port of ports) if (!listenOrExit(ctx, port, handler)) return;
    });
  },
};

function answer(ctx: AppContext, target: string, begun: number): HttpReply {
  const { routes } = ctx.parameters;
  if (routes === undefined) return httpReply(200, `${ctx.hostname}\n`, 1);
  const path = target.split('?')[0] as string;
  const route = routes.get(path) ?? below(routes, path) ?? routes.get('/');
  if (route === undefined) return NOT_FOUND;
  const down = isDown(route, ctx.now() - begun);
  const status = down ? (route.down?.status ?? 503) : route.status;
  const headers = { 'content-type': route.contentType };
  return httpReply(status, down ? '' : fill(route.body, ctx), route.latency, headers);
}

/** The longest `/x/*` that the path is below. */
function below(routes: ReadonlyMap<string, Route>, path: string): Route | undefined {
  for (let end = path.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : path.lastIndexOf('/', end - 1)) {
    const route = routes.get(`${path.slice(0, end)}/*`);
    if (route !== undefined) return route;
  }
  return undefined;
}

function isDown({ down }: Route, age: number): boolean {
  if (down === undefined || age < down.after) return false;
  const since = down.every > 0 ? (age - down.after) % down.every : age - down.after;
  return down.for === 0 || since < down.for;
}
