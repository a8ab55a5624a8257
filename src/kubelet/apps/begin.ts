import { httpReply } from '../../network/http.ts';
import { type Handler, type HttpReply, type HttpRequest, REPEAT_WITHIN_MS } from '../../network/types.ts';
import { isCapable } from '../tools/credentials.ts';
import type { AppContext, LogText } from './app.ts';
import type { Needs } from './parameters.ts';

/** What a model does where neither the image nor a level says otherwise. Bytes and ms. */
export interface Defaults {
  readonly memory: number;
  readonly startup: number;
  readonly gracefulShutdown?: number;
  /** ms of one core's time that coming up takes. */
  readonly startupCpu?: number;
  /** Exit code after a signal; default 0. */
  readonly signalExitCode?: number;
  /** Printed when the stop signal comes. */
  readonly onStop?: (ctx: AppContext) => void;
}

const RETRY_MS = 2000;
const REACH_TIMEOUT_MS = 1000;
/** How long requests may have to wait for the cpu. */
const QUEUE_MS = 10_000;
/** Batch work is booked in pieces of at most so much. */
const WORK_STEP_MS = 1000;
const STOP_SIGNALS: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGWINCH']);

/**
 * What all models have in common: memory and cpu, what must be there, how long it takes to come up,
 * when it ends by itself, what it does on a signal. Calls `ready` once it is up, and `onReload` when it is to
 * read its configuration anew: SIGHUP.
 */
export function begin(ctx: AppContext, defaults: Defaults, ready: () => void, onReload?: () => void): void {
  const p = ctx.parameters;
  ctx.setMemory(p.memory ?? defaults.memory, p.memoryGrowth ?? 0);
  ctx.setCpu(p.cpu ?? 0);
  onStopSignal(ctx, defaults, onReload);
  if (!stepsDown(ctx, p.stepsDownTo)) return;
  if (!hasWhatItNeeds(ctx, p.needs)) return;
  for (const line of p.logs ?? []) ctx.log(fill(line, ctx));
  const end = endOf(ctx);
  if (end !== undefined) ctx.process.after(end, () => endBy(ctx, p.exitCode ?? 0));
  if (end === 0) return;
  if (p.work !== undefined && p.work > 0) {
    workOff(ctx, p.work, () => endBy(ctx, p.exitCode ?? 0));
    return;
  }
  reach(ctx, p.needs, () => {
    startUp(ctx, defaults, ready);
  });
}

/** Does batch work a second at a time, so that what it uses and how it is slowed down show while it goes on. */
export function workOff(ctx: AppContext, ms: number, done: () => void): void {
  const step = Math.min(ms, WORK_STEP_MS);
  ctx.process.after(Math.ceil(ctx.work(step)), () => {
    if (ms > step) workOff(ctx, ms - step, done);
    else done();
  });
}

/** Comes up: takes its time, and its cpu time, whichever is longer. */
function startUp(ctx: AppContext, defaults: Defaults, ready: () => void): void {
  const { startup = defaults.startup, startupCpu = defaults.startupCpu ?? 0 } = ctx.parameters;
  const begun = ctx.now();
  const rest = (): void => {
    const left = begun + startup - ctx.now();
    if (left > 0) ctx.process.after(left, ready);
    else ready();
  };
  if (startupCpu > 0) workOff(ctx, startupCpu, rest);
  else rest();
}

/** What an answer that will be the same the next time depends on, and prints. */
export interface Lasting {
  readonly line?: string | LogText | undefined;
  /** The directory or file that it is read from. */
  readonly reads?: string | undefined;
}

/**
 * A request handler that books what the parameters say and hangs when they say so. `lasting` tells of a
 * request that was just answered well whether it will be answered so again.
 */
export function serving(
  ctx: AppContext,
  answer: (request: HttpRequest, from: string) => HttpReply,
  cpuMs = 0.2,
  cpuOf?: (request: HttpRequest) => number | undefined,
  lasting?: (request: HttpRequest, from: string) => Lasting | undefined,
): Handler {
  const { memoryPerRequest = 0, cpuPerRequest = cpuMs, hangAfter, errorRate = 0 } = ctx.parameters;
  const { queue = QUEUE_MS } = ctx.parameters;
  const hangsAt = hangAfter === undefined ? Number.POSITIVE_INFINITY : ctx.now() + hangAfter;
  const handler: Handler = ({ message, source, weight }) => {
    // With its queue full a server takes no more connections: packets go unanswered.
    if (ctx.now() >= hangsAt || ctx.backlog() > queue) return { type: 'hang' };
    if (message.protocol !== 'http') return { type: 'close', latencyMs: 0 };
    if (message.tls === true) return { type: 'reset', latencyMs: 0 };
    const busy = ctx.work(cpuOf?.(message) ?? cpuPerRequest, weight);
    ctx.addMemory(memoryPerRequest * weight);
    if (errorRate > 0 && ctx.process.random.chance(errorRate)) return { ...FAILED, latencyMs: busy };
    const reply = answer(message, source.ip);
    return httpReply(reply.status, reply.body, reply.latencyMs + busy, reply.headers);
  };
  const varies = hangAfter !== undefined || errorRate > 0 || memoryPerRequest !== 0;
  if (lasting === undefined || varies || queue < REPEAT_WITHIN_MS) return handler;
  const repeat: Handler['repeat'] = (message, from) => {
    const last = message.protocol === 'http' ? lasting(message, from) : undefined;
    if (last === undefined || message.protocol !== 'http') return undefined;
    return ctx.repeat(cpuOf?.(message) ?? cpuPerRequest, last.line, last.reads);
  };
  return Object.assign(handler, { repeat });
}

/** Opens a port. When it is taken, or not for this user, the app prints `says` (default: Go's words) and exits with 1. */
export function listenOrExit(ctx: AppContext, port: number, handler: Handler, says?: string): boolean {
  const result = ctx.listen(port, handler);
  if (result.ok) return true;
  const denied = result.error.endsWith('permission denied');
  const words = denied ? says?.replace('98: ', '13: ').replace(TAKEN, 'Permission denied') : says;
  ctx.log(words ?? result.error, 'stderr');
  ctx.exit(1);
  return false;
}

const TAKEN = /address already in use/i;

/** Text of image data: `{hostname}` and `{version}` stand for the container's. */
export function fill(text: string, ctx: AppContext): string {
  if (!text.includes('{')) return text;
  return text.replaceAll('{hostname}', ctx.hostname).replaceAll('{version}', ctx.parameters.version ?? '');
}

const FAILED: HttpReply = Object.freeze(httpReply(500, 'Internal Server Error\n'));

export const NOT_FOUND: HttpReply = Object.freeze(httpReply(404, '404 page not found\n', 0.2));

function onStopSignal(ctx: AppContext, defaults: Defaults, onReload: (() => void) | undefined): void {
  const { ignoreSigterm = false, gracefulShutdown = defaults.gracefulShutdown ?? 0 } = ctx.parameters;
  if (ignoreSigterm) return;
  let stopping = false;
  ctx.onSignal((signal) => {
    if (signal === 'SIGHUP' && !stopping) onReload?.();
    if (!STOP_SIGNALS.has(signal) || stopping) return;
    stopping = true;
    defaults.onStop?.(ctx);
    const code = defaults.signalExitCode ?? 0;
    if (gracefulShutdown > 0) ctx.process.after(gracefulShutdown, () => ctx.exit(code));
    else ctx.exit(code);
  });
}

function endOf(ctx: AppContext): number | undefined {
  const { after, exitCode } = ctx.parameters;
  return after ?? (exitCode === undefined ? undefined : 0);
}

function endBy(ctx: AppContext, code: number): void {
  const text = ctx.parameters.terminationMessage;
  if (text !== undefined) ctx.writeTerminationMessage(text);
  ctx.exit(code);
}

/** Entrypoints that are started as root go on as their server's user (gosu), which takes two capabilities. */
function stepsDown(ctx: AppContext, user: string | undefined): boolean {
  const { credentials } = ctx;
  if (user === undefined || credentials.uid !== 0) return true;
  if (isCapable(credentials, 'SETUID') && isCapable(credentials, 'SETGID')) return true;
  ctx.log(`error: failed switching to ${JSON.stringify(user)}: operation not permitted`, 'stderr');
  ctx.exit(1);
  return false;
}

function hasWhatItNeeds(ctx: AppContext, needs: Needs | undefined): boolean {
  const env = needs?.env.find((name) => (ctx.env.get(name) ?? '') === '');
  const file = needs?.files.find((path) => ctx.files.stat(path) === undefined);
  if (env === undefined && file === undefined) return true;
  const says =
    env === undefined
      ? `fatal: open ${file}: no such file or directory`
      : `fatal: environment variable ${env} is not set`;
  ctx.log(says, 'stderr');
  endBy(ctx, 1);
  return false;
}

/** Tries every address in turn until it answers. */
function reach(ctx: AppContext, needs: Needs | undefined, then: () => void): void {
  const addresses = needs?.reach ?? [];
  const attempt = (index: number, tries: number): void => {
    const address = addresses[index];
    if (address === undefined) {
      then();
      return;
    }
    const colon = address.lastIndexOf(':');
    const target = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
    const exchange = ctx.request(target, { timeoutMs: REACH_TIMEOUT_MS });
    ctx.process.after(exchange.latencyMs, () => {
      if (exchange.outcome === 'ok') {
        attempt(index + 1, 0);
        return;
      }
      ctx.log(`waiting for ${address}: ${exchange.error ?? exchange.outcome}`, 'stderr');
      if (needs !== undefined && needs.retries > 0 && tries + 1 >= needs.retries) endBy(ctx, 1);
      else ctx.process.after(RETRY_MS, () => attempt(index, tries + 1));
    });
  };
  attempt(0, 0);
}
