import type { MutatingWebhook, ServiceReference, ValidatingWebhook } from '../../api/generated/types.ts';
import { service as serviceKind } from '../../api/kinds/service.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import { badRequest, internalError, type Status, type StatusReason } from '../../apimachinery/status.ts';
import { newUID } from '../../apimachinery/uid.ts';
import type { AdmissionRequest, Backend } from '../context.ts';
import type { WebhookCall } from './dial.ts';
import { readReview, reviewBody, reviewVersion, type Verdict } from './review.ts';

type Webhook = MutatingWebhook | ValidatingWebhook;

const HTTPS = 443;
const DEFAULT_TIMEOUT_SECONDS = 10;
const NOT_CALLED: Verdict = Object.freeze({
  allowed: true,
  result: undefined,
  patch: undefined,
  warnings: Object.freeze([]),
});

/**
 * Asks one webhook about a request: its verdict, or the refusal of the whole request, by the webhook or, with
 * `failurePolicy: Fail`, because it could not be asked (apiserver pkg/admission/plugin/webhook/mutating and
 * validating, dispatcher.go). With `Ignore` one that cannot be asked has no objection.
 */
export function ask(
  hook: Webhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  mutating: boolean,
): Verdict | Status {
  if (request.ctx.dryRun && !['None', 'NoneOnDryRun'].includes(hook.sideEffects))
    return badRequest(`admission webhook ${goQuote(hook.name)} does not support dry run`);
  const verdict = call(hook, request, object, mutating);
  if (typeof verdict === 'string')
    return hook.failurePolicy === 'Ignore'
      ? NOT_CALLED
      : internalError(`failed calling webhook ${goQuote(hook.name)}: ${verdict}`);
  request.ctx.warnings.push(...verdict.warnings);
  return verdict.allowed ? verdict : denied(hook.name, verdict.result);
}

/** The verdict, or why there is none. */
function call(
  hook: Webhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  mutating: boolean,
): Verdict | string {
  const { server } = request.ctx;
  const seconds = hook.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const { url, service } = hook.clientConfig;
  const shown = `${url ?? urlOf(service)}?timeout=${seconds}s`;
  const target = service === undefined ? parse(url ?? '') : resolve(server, service);
  const failed = (why: string): string => `failed to call webhook: Post ${goQuote(shown)}: ${why}`;
  if (typeof target === 'string') return failed(target);
  const uid = newUID(() => server.process.random.int(16));
  const version = reviewVersion(hook.admissionReviewVersions);
  const answer = server.dialWebhook?.({
    ...target,
    path: `${target.path}?timeout=${seconds}s`,
    body: reviewBody(request, object, uid, version),
    timeoutMs: seconds * 1000,
  }) ?? { ok: false, error: 'no route to host' };
  if (!answer.ok) return failed(answer.error);
  if (answer.status < 200 || answer.status > 299)
    return `failed to call webhook: ${statusText(answer.status, answer.body)}`;
  const verdict = readReview(answer.body, uid, version, mutating);
  return typeof verdict === 'string' ? `received invalid webhook response: ${verdict}` : verdict;
}

type Place = Pick<WebhookCall, 'host' | 'port' | 'path' | 'serverName'>;

/** Where a Service is to be reached: at its cluster IP, as whoever wants to come in over kube-proxy (ResolveCluster). */
function resolve(
  server: Backend,
  { name, namespace, port = HTTPS, path = '' }: ServiceReference,
): Place | string {
  const found = server.lookup(serviceKind, namespace, name);
  if (found === undefined) return `service ${goQuote(name)} not found`;
  const place = { port, path: path === '' ? '/' : path, serverName: `${name}.${namespace}.svc` };
  const { spec } = found;
  if (spec?.type === 'ExternalName') return { ...place, host: spec.externalName ?? '' };
  if (spec?.clusterIP === undefined || spec.clusterIP === 'None')
    return `cannot route to service with ClusterIP ${goQuote(spec?.clusterIP ?? '')}`;
  if (spec.ports?.some((each) => each.port === port) !== true)
    return `no service port ${port} found for service ${goQuote(name)}`;
  return { ...place, host: spec.clusterIP };
}

function urlOf(service: ServiceReference | undefined): string {
  const { name = '', namespace = '', port = HTTPS, path = '' } = service ?? {};
  return `https://${name}.${namespace}.svc:${port}${path}`;
}

/** A URL that validation has passed. */
function parse(url: string): Place | string {
  const [, host = '', port, path = ''] =
    /^https:\/\/(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?(\/[^?#]*)?/i.exec(url) ?? [];
  const name = host.replace(/^\[|\]$/g, '');
  return {
    host: name,
    port: port === undefined ? HTTPS : Number(port),
    path: path === '' ? '/' : path,
    serverName: name,
  };
}

/** How client-go words an answer that is not the one hoped for (NewGenericServerResponse). */
function statusText(status: number, body: string): string {
  const said = body.trim();
  switch (status) {
    case 400:
      return 'the server rejected our request for an unknown reason';
    case 401:
      return 'the server has asked for the client to provide credentials';
    case 403:
      return said === '' ? 'forbidden' : said;
    case 404:
      return 'the server could not find the requested resource';
    case 405:
      return 'the server does not allow this method on the requested resource';
    case 503:
      return 'the server is currently unable to handle the request';
    default:
      return status >= 500
        ? `an error on the server (${goQuote(said === '' ? 'unknown' : said)}) has prevented the request from succeeding`
        : `the server responded with the status code ${status} but did not return more information`;
  }
}

/** A webhook's refusal as the client sees it (webhook/errors/statuserror.go ToStatusErr). */
function denied(name: string, result: Verdict['result']): Status {
  const by = `admission webhook ${goQuote(name)} denied the request`;
  const why = result?.message === '' ? result.reason : result?.message;
  const code = Math.max(400, result?.code ?? 0);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: why === undefined || why === '' ? `${by} without explanation` : `${by}: ${why}`,
    ...(result === undefined || result.reason === '' ? {} : { reason: result.reason as StatusReason }),
    code,
  };
}
