import { httpReply, httpTarget } from '../../network/http.ts';
import type { HttpReply, HttpRequest } from '../../network/types.ts';
import { AccessLog } from './accesslog.ts';
import type { AppContext, AppModel } from './app.ts';
import { begin, fill, type Lasting, listenOrExit, NOT_FOUND, serving } from './begin.ts';
import type { AppParameters, Route } from './parameters.ts';

const MEMORY = 10 * 1024 * 1024;
/** How long a service behind it is waited for, ms. */
const CALL_TIMEOUT_MS = 2000;

/** A program that is nothing but what image data says: ports, answers, logs, how it ends. */
export const generic: AppModel = {
  name: 'generic',
  start(ctx) {
    const { parameters } = ctx;
    const begun = ctx.now();
    begin(ctx, { memory: MEMORY, startup: 0 }, () => {
      const ports = parameters.ports ?? ctx.declaredPorts;
      const access = new AccessLog();
      const reply = (request: HttpRequest, from: string): HttpReply => {
        const said = answer(ctx, request.path, begun);
        if (parameters.accessLog !== false) ctx.log(access.line(from, request, said));
        return said;
      };
      const lasting = ({ path }: HttpRequest): Lasting | undefined => {
        const route = routeOf(parameters.routes, path);
        if (route !== undefined && (route.calls.length > 0 || route.down !== undefined)) return undefined;
        return { line: parameters.accessLog === false ? undefined : access.last };
      };
      const cpuOf = ({ path }: HttpRequest): number | undefined => routeOf(parameters.routes, path)?.cpu;
      const handler = serving(ctx, reply, undefined, cpuOf, lasting);
      for (const port of ports) if (!listenOrExit(ctx, port, handler)) return;
    });
  },
};

function answer(ctx: AppContext, target: string, begun: number): HttpReply {
  const { routes } = ctx.parameters;
  if (routes === undefined) return httpReply(200, `${ctx.hostname}\n`, 1);
  const route = routeOf(routes, target);
  if (route === undefined) return NOT_FOUND;
  const asked = callAll(ctx, route.calls);
  if (asked.failed !== undefined) return httpReply(502, `${asked.failed}\n`, route.latency + asked.latencyMs);
  const down = isDown(route, ctx.now() - begun);
  const status = down ? (route.down?.status ?? 503) : route.status;
  const headers = { 'content-type': route.contentType };
  return httpReply(status, down ? '' : fill(route.body, ctx), route.latency + asked.latencyMs, headers);
}

function routeOf(routes: AppParameters['routes'], target: string): Route | undefined {
  if (routes === undefined) return undefined;
  const path = target.split('?')[0] as string;
  return routes.get(path) ?? below(routes, path) ?? routes.get('/');
}

/** Asks the services behind it, one after the other; a failure in words ends that. */
function callAll(
  ctx: AppContext,
  urls: readonly string[],
): { readonly latencyMs: number; readonly failed?: string } {
  let latencyMs = 0;
  for (const url of urls) {
    const target = httpTarget(url);
    if (!target.ok) return { latencyMs, failed: target.error };
    const made = ctx.request(target.target, { timeoutMs: CALL_TIMEOUT_MS });
    latencyMs += made.latencyMs;
    const status = made.reply?.type === 'http' ? made.reply.status : 0;
    if (made.outcome === 'ok' && status < 500) continue;
    const why = made.error ?? (status > 0 ? `status ${status}` : made.outcome);
    ctx.log(`Get "${url}": ${why}`, 'stderr');
    return { latencyMs, failed: `Get "${url}": ${why}` };
  }
  return { latencyMs };
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
