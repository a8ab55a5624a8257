import type { Container, HTTPHeader, Probe } from '../../api/generated/types.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { Again, HttpRequest, NetworkFabric, NetworkNamespace, Target } from '../../network/types.ts';
import type { ContainerRuntime } from '../cri.ts';

/** How a single probe ended. `unknown` counts neither way. */
export interface ProbeOutcome {
  readonly result: 'success' | 'failure' | 'unknown';
  /** What failed, as events show it after `Readiness probe failed: `. */
  readonly message: string;
  /** Virtual time it took, ms. */
  readonly latencyMs: number;
  /** A success with a remark, for a ProbeWarning event. */
  readonly warning?: string;
  /** How it can be made again. */
  readonly again?: Again | undefined;
}

/** Where probes are run from. */
export interface ProbeEnvironment {
  readonly fabric: NetworkFabric;
  readonly from: NetworkNamespace;
  readonly runtime: ContainerRuntime;
}

/** What is probed. */
export interface Subject {
  readonly container: Container;
  readonly id: string;
  readonly podIP: string;
  /** The first request of an HTTP probe, made once and used again. */
  http?: HttpTarget;
}

type HttpTarget = Target & { readonly message: HttpRequest };

const MAX_REDIRECTS = 10;
const NO_RECORD = { record: false } as const;
const SUCCESS: ProbeOutcome = Object.freeze({ result: 'success', message: '', latencyMs: 0 });

/** The number of a port given by number or by a name that the container declares; 0: there is none. */
export function resolvePort(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  const declared = container.ports?.find(({ name }) => name === port)?.containerPort;
  if (declared !== undefined) return declared;
  return /^\d+$/.test(port) ? Number(port) : 0;
}

/**
 * Runs a probe over the network at this instant (pkg/probe/{http,tcp,grpc}); undefined for an exec
 * probe, which takes a while: see `runExecProbe`.
 */
export function runNetworkProbe(
  env: ProbeEnvironment,
  probe: Probe,
  subject: Subject,
): ProbeOutcome | undefined {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet !== undefined) return httpProbe(env, probe, subject, timeoutMs);
  if (probe.tcpSocket !== undefined) {
    const port = resolvePort(subject.container, probe.tcpSocket.port);
    const host = probe.tcpSocket.host || subject.podIP;
    const exchange = env.fabric.connect(env.from, host, port, { timeoutMs, ...NO_RECORD });
    if (exchange.outcome === 'ok')
      return { ...SUCCESS, latencyMs: exchange.latencyMs, again: env.fabric.again(env.from, exchange) };
    return { result: 'failure', message: exchange.error ?? '', latencyMs: exchange.latencyMs };
  }
  return probe.grpc === undefined ? undefined : grpcProbe(env, probe, subject, timeoutMs);
}

/** Runs an exec probe; `done` is called when the command has ended or its time is over. */
export function runExecProbe(
  env: ProbeEnvironment,
  probe: Probe,
  subject: Subject,
  done: (outcome: ProbeOutcome) => void,
): void {
  const command = probe.exec?.command ?? [];
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  env.runtime.execSync(subject.id, command, timeoutMs, (result) => {
    if (result.error !== undefined) done({ result: 'unknown', message: result.error, latencyMs: 0 });
    else if (result.timedOut) {
      const message = `command timed out: ${goQuote(command.join(' '))} timed out after ${formatDuration(timeoutMs)}`;
      done({ result: 'failure', message, latencyMs: 0 });
    } else if (result.exitCode === 0) done(SUCCESS);
    else done({ result: 'failure', message: result.output, latencyMs: 0 });
  });
}

function httpProbe(env: ProbeEnvironment, probe: Probe, subject: Subject, timeoutMs: number): ProbeOutcome {
  subject.http ??= firstRequest(probe, subject);
  let target: HttpTarget = subject.http;
  let latencyMs = 0;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const exchange = env.fabric.request(env.from, target, {
      timeoutMs: Math.max(1, timeoutMs - latencyMs),
      ...NO_RECORD,
    });
    latencyMs += exchange.latencyMs;
    const { reply } = exchange;
    if (exchange.outcome !== 'ok' || reply?.type !== 'http')
      return {
        result: 'failure',
        message: `Get ${url(subject.http)}: ${exchange.error ?? 'EOF'}`,
        latencyMs,
      };
    if (reply.status < 200 || reply.status >= 400)
      return { result: 'failure', message: `HTTP probe failed with statuscode: ${reply.status}`, latencyMs };
    const { location } = reply.headers;
    if (reply.status < 300 || location === undefined) {
      const again = hop === 0 ? env.fabric.again(env.from, exchange) : undefined;
      return { result: 'success', message: '', latencyMs, again };
    }
    const { host, port } = subject.http;
    const next = sameHostPath(location, host);
    if (next === undefined) {
      const warning = `Probe terminated redirects, Response body: ${reply.body.slice(0, 1024)}`;
      return { ...SUCCESS, latencyMs, warning };
    }
    const message = request(host, next, isTLS(subject.http), probe.httpGet?.httpHeaders);
    target = { host, port, message };
  }
  return { result: 'failure', message: `Get ${url(subject.http)}: stopped after 10 redirects`, latencyMs };
}

function firstRequest({ httpGet }: Probe, { container, podIP }: Subject): HttpTarget {
  const host = httpGet?.host || podIP;
  const given = httpGet?.path ?? '/';
  const path = given.startsWith('/') ? given : `/${given}`;
  const message = request(host, path, httpGet?.scheme === 'HTTPS', httpGet?.httpHeaders);
  return { host, port: resolvePort(container, httpGet?.port ?? 0), message };
}

function isTLS({ message }: HttpTarget): boolean {
  return message.tls === true;
}

/** The URL as Go quotes it. */
function url(target: HttpTarget): string {
  const scheme = isTLS(target) ? 'https' : 'http';
  return goQuote(`${scheme}://${target.host}:${target.port}${target.message.path}`);
}

function request(
  host: string,
  path: string,
  tls: boolean,
  headers: readonly HTTPHeader[] | undefined,
): HttpRequest {
  const all: Record<string, string> = { 'user-agent': 'kube-probe/1.35', accept: '*/*' };
  for (const { name, value } of headers ?? []) all[name.toLowerCase()] = value;
  const named = all.host?.split(':')[0];
  return {
    protocol: 'http',
    method: 'GET',
    path,
    headers: all,
    body: '',
    host: named ?? host,
    ...(tls ? { tls } : {}),
  };
}

/** The path of a redirect that stays on the host; undefined when it leads elsewhere. */
function sameHostPath(location: string, host: string): string | undefined {
  const absolute = /^https?:\/\/([^/:?#]+)(?::\d+)?([/?#].*)?$/.exec(location);
  if (absolute === null) return location.startsWith('/') ? location : `/${location}`;
  return absolute[1] === host ? (absolute[2] ?? '/') : undefined;
}

/**
 * The fabric carries gRPC as HTTP: an app that serves the health protocol answers
 * `POST /grpc.health.v1.Health/Check` with status 200 and the body `SERVING`.
 */
function grpcProbe(env: ProbeEnvironment, probe: Probe, subject: Subject, timeoutMs: number): ProbeOutcome {
  const port = probe.grpc?.port ?? 0;
  const message: HttpRequest = {
    protocol: 'http',
    method: 'POST',
    path: '/grpc.health.v1.Health/Check',
    headers: { 'content-type': 'application/grpc', 'user-agent': 'kube-probe/1.35' },
    body: probe.grpc?.service ?? '',
    host: subject.podIP,
  };
  const exchange = env.fabric.request(
    env.from,
    { host: subject.podIP, port, message },
    { timeoutMs, ...NO_RECORD },
  );
  const { reply, latencyMs } = exchange;
  const failed = (text: string): ProbeOutcome => ({ result: 'failure', message: text, latencyMs });
  if (exchange.outcome !== 'ok' || reply?.type !== 'http') {
    const address = goQuote(`${subject.podIP}:${port}`);
    return failed(
      `timeout: failed to connect service ${address} within ${formatDuration(timeoutMs)}: ${exchange.error ?? 'EOF'}`,
    );
  }
  if (reply.status !== 200)
    return failed(
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
    );
  const state = reply.body.trim();
  return state === 'SERVING'
    ? { ...SUCCESS, latencyMs }
    : failed(`service unhealthy (responded with ${goQuote(state === '' ? 'UNKNOWN' : state)})`);
}
