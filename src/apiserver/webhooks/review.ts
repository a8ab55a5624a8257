import { apiVersionOf } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import { base64DecodeText } from '../../apimachinery/base64.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import type { AdmissionRequest } from '../context.ts';

/** What a webhook said of a request. */
export interface Verdict {
  readonly allowed: boolean;
  /** Of the status that explains a refusal; undefined where there is none. */
  readonly result: { readonly code: number; readonly message: string; readonly reason: string } | undefined;
  /** JSON patch operations; undefined when nothing is to be changed. */
  readonly patch: Json | undefined;
  readonly warnings: readonly string[];
}

const VERSIONS: ReadonlySet<string> = new Set(['v1', 'v1beta1']);
const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions', CONNECT: '' };

/** The version of AdmissionReview that a webhook is sent: its first choice that the server knows. */
export function reviewVersion(versions: readonly string[]): string {
  return `admission.k8s.io/${versions.find((version) => VERSIONS.has(version)) ?? 'v1'}`;
}

/** The body of the request to a webhook (apiserver pkg/admission/plugin/webhook/request/admissionreview.go). */
export function reviewBody(
  request: AdmissionRequest,
  object: KubeObject | undefined,
  uid: string,
  apiVersion: string,
): string {
  const { ctx, old } = request;
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion,
    request: {
      uid,
      ...aboutRequest(request, object),
      object: object === undefined ? null : typed(object, request),
      oldObject: old === undefined ? null : typed(old, request),
      dryRun: ctx.dryRun,
      options: optionsOf(request),
    },
  });
}

/** What is asked, of whom and by whom, without the objects. */
export function aboutRequest(request: AdmissionRequest, object: KubeObject | undefined): JsonObject {
  const { ctx, operation, namespace, old } = request;
  const { kind } = ctx.resource;
  const { user } = ctx.request;
  const groupVersionKind = { group: kind.group, version: kind.version, kind: kind.kind };
  const resource = { group: kind.group, version: kind.version, resource: kind.plural };
  const name = ctx.name === '' ? (object ?? old)?.metadata.name : ctx.name;
  return {
    kind: groupVersionKind,
    resource,
    ...(ctx.subresource === '' ? {} : { subResource: ctx.subresource }),
    requestKind: groupVersionKind,
    requestResource: resource,
    ...(ctx.subresource === '' ? {} : { requestSubResource: ctx.subresource }),
    ...(name === undefined || name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: [...user.groups],
    },
  };
}

/** The options of the request; null for those that have none. */
export function optionsOf(request: AdmissionRequest): JsonObject | null {
  const { operation } = request;
  if (OPTIONS[operation] === '') return null;
  return { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1', ...managerOf(request) };
}

/** The object with what it is, which objects in etcd always say and others may not. */
export function typed(object: KubeObject, { ctx }: AdmissionRequest): KubeObject {
  const { kind } = ctx.resource;
  return { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind };
}

function managerOf({ ctx }: AdmissionRequest): { readonly fieldManager?: string } {
  const { fieldManager } = ctx.options;
  return fieldManager === undefined ? {} : { fieldManager };
}

/** Reads a webhook's answer, or says what is wrong with it (VerifyAdmissionResponse). */
export function readReview(
  body: string,
  uid: string,
  apiVersion: string,
  mutating: boolean,
): Verdict | string {
  let review: Json;
  try {
    review = JSON.parse(body) as Json;
  } catch (error) {
    return `couldn't get version/kind; json parse error: ${(error as Error).message}`;
  }
  if (!isObject(review)) return 'webhook response was absent';
  const response = own(review, 'response');
  if (!isObject(response)) return 'webhook response was absent';
  const [got, kind] = [own(review, 'apiVersion'), own(review, 'kind')];
  if (got !== apiVersion || kind !== 'AdmissionReview')
    return `expected webhook response of ${apiVersion}, Kind=AdmissionReview, got ${String(got ?? '')}, Kind=${String(kind ?? '')}`;
  if (apiVersion.endsWith('/v1') && own(response, 'uid') !== uid)
    return `expected response.uid=${goQuote(uid)}, got ${goQuote(String(own(response, 'uid') ?? ''))}`;
  const patch = patchOf(response, mutating);
  if (typeof patch === 'string') return patch;
  const warnings = own(response, 'warnings');
  return {
    allowed: own(response, 'allowed') === true,
    result: resultOf(own(response, 'status')),
    patch: patch?.operations,
    warnings: Array.isArray(warnings) ? warnings.filter((each) => typeof each === 'string') : [],
  };
}

function patchOf(
  response: JsonObject,
  mutating: boolean,
): { readonly operations: Json } | string | undefined {
  const [patch, type] = [own(response, 'patch'), own(response, 'patchType')];
  const given = typeof patch === 'string' && patch !== '';
  if (!mutating) {
    if (given) return 'validating webhook may not return response.patch';
    return type === undefined || type === null
      ? undefined
      : 'validating webhook may not return response.patchType';
  }
  if (!given)
    return type === undefined || type === null
      ? undefined
      : 'webhook returned response.patchType but not response.patch';
  if (type === undefined || type === null)
    return 'webhook returned response.patch but not response.patchType';
  if (type !== 'JSONPatch') return `invalid value of response.patchType=${goQuote(String(type))}`;
  const text = base64DecodeText(patch);
  if (text === undefined) return 'illegal base64 data in response.patch';
  try {
    return { operations: JSON.parse(text) as Json };
  } catch (error) {
    return `received undecodable patch in webhook response: ${(error as Error).message}`;
  }
}

function resultOf(status: Json | undefined): Verdict['result'] {
  if (!isObject(status)) return undefined;
  const [code, message, reason] = [own(status, 'code'), own(status, 'message'), own(status, 'reason')];
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : '',
    reason: typeof reason === 'string' ? reason : '',
  };
}
