import type { Pod } from '../api/generated/types.ts';
import { node } from '../api/kinds/node.ts';
import type { ApiResponse, RequestOptions } from '../api/request.ts';
import { badRequest, internalError, isStatus, type Status } from '../apimachinery/status.ts';
import { type AdmissionRequest, type RequestContext, refuse } from './context.ts';
import type { KubeletAnswer, KubeletApi } from './nodeproxy.ts';
import { unknownError } from './storeerror.ts';
import { readForUpdate } from './verbs/update.ts';

const KUBELET_PORT = 10_250;

/**
 * The container that is meant: the one named, or the only one
 * (pkg/registry/core/pod/strategy.go validateContainer).
 */
export function containerOf(pod: Pod, wanted = ''): string | { readonly error: string } {
  const name = pod.metadata.name ?? '';
  const names = pod.spec.containers.map((container) => container.name);
  const init = (pod.spec.initContainers ?? []).map((container) => container.name);
  const ephemeral = (pod.spec.ephemeralContainers ?? []).map((container) => container.name);
  if (wanted !== '') {
    if (names.includes(wanted) || init.includes(wanted) || ephemeral.includes(wanted)) return wanted;
    return { error: `container ${wanted} is not valid for pod ${name}` };
  }
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  if (only === undefined) return { error: `a container name must be specified for pod ${name}` };
  const among = `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`;
  return { error: init.length === 0 ? among : `${among} or one of the init containers: [${init.join(' ')}]` };
}

/** The kubelet of a node, the dialler's error, or a refusal by admission or because nobody can dial. */
export function connect(
  ctx: RequestContext,
  pod: Pod,
  nodeName: string,
): { readonly api: KubeletApi } | { readonly error: string } | Status {
  const request: AdmissionRequest = { operation: 'CONNECT', ctx, namespace: ctx.namespace, old: pod };
  const admitted = ctx.resource.admission.admit(request, pod);
  if (isStatus(admitted)) return admitted;
  const refusal = ctx.resource.admission.validate(request, pod);
  if (refusal !== undefined) return refusal;
  if (ctx.server.lookup(node, '', nodeName) === undefined) return { error: `nodes "${nodeName}" not found` };
  return ctx.server.dialKubelet?.(nodeName) ?? { error: 'no route to the nodes' };
}

/** Opens a stream to a container of the pod that a request names, through the kubelet of its node. */
export function streamFromPod(
  ctx: RequestContext,
  open: (kubelet: KubeletApi, options: RequestOptions) => KubeletAnswer,
): ApiResponse {
  const record = readForUpdate(ctx);
  if (isStatus(record)) return refuse(record);
  const pod = record.value as Pod;
  const container = containerOf(pod, ctx.options.container);
  if (typeof container !== 'string') return refuse(badRequest(container.error));
  const nodeName = pod.spec.nodeName ?? '';
  if (nodeName === '') return refuse(badRequest(`pod ${ctx.name} does not have a host assigned`));
  const dialled = connect(ctx, pod, nodeName);
  if (isStatus(dialled)) return refuse(dialled);
  if ('error' in dialled) return refuse(unknownError(`error dialing backend: ${dialled.error}`));
  const answer = open(dialled.api, { ...ctx.options, container });
  if (!answer.ok) return refuse(statusOfKubelet(answer));
  return { kind: 'stream', ok: true, stream: answer.stream };
}

/** Where the kubelet of a node listens, as URLs write it. */
export function nodeAddress(ctx: RequestContext, nodeName: string): string {
  const addresses = ctx.server.lookup(node, '', nodeName)?.status?.addresses ?? [];
  const internal = addresses.find(({ type }) => type === 'InternalIP') ?? addresses[0];
  return `${internal?.address ?? nodeName}:${KUBELET_PORT}`;
}

/** A kubelet's refusal as the API server passes it on (registry/generic/rest/response_checker.go). */
export function statusOfKubelet({ code, message }: Extract<KubeletAnswer, { ok: false }>): Status {
  if (code === 400) return badRequest(message);
  if (code === 500) return internalError(message);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(code === 404 ? { reason: 'NotFound' as const } : {}),
    code,
  };
}
