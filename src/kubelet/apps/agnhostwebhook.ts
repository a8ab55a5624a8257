import { base64EncodeText } from '../../apimachinery/base64.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import { httpReply } from '../../network/http.ts';
import type { HttpReply, HttpRequest } from '../../network/types.ts';

/** What an admission webhook says: whether, why not, what to change, and how long it thinks about it. */
interface Opinion {
  readonly allowed: boolean;
  readonly message?: string;
  readonly code?: number;
  readonly patch?: readonly JsonObject[];
  readonly thinksMs?: number;
}

type Judge = (request: JsonObject, sidecarImage: string) => Opinion;

const YES: Opinion = Object.freeze({ allowed: true });
const DEFAULT_THINKS_MS = 1;
const FOREVER_MS = 3_600_000;

/** `agnhost webhook`: the admission webhook of Kubernetes' own tests, each path a policy (test/images/agnhost/webhook). */
export function webhookAnswer({ method, path, body }: HttpRequest, sidecarImage: string): HttpReply {
  const file = path.split('?')[0] ?? '/';
  if (file === '/readyz') return httpReply(200, 'ok', 0.2);
  const judge = JUDGES[file];
  if (judge === undefined) return httpReply(404, '404 page not found\n', 0.2);
  const review = method === 'POST' ? parse(body) : undefined;
  const request = review === undefined ? undefined : own(review, 'request');
  if (review === undefined || request === undefined || !isObject(request))
    return httpReply(400, 'Request could not be decoded\n', 0.2);
  const { allowed, message, code, patch, thinksMs = DEFAULT_THINKS_MS } = judge(request, sidecarImage);
  const status =
    message === undefined
      ? {}
      : { status: { metadata: {}, message, ...(code === undefined ? {} : { code }) } };
  const response = {
    uid: own(request, 'uid') ?? '',
    allowed,
    ...status,
    ...(patch === undefined
      ? {}
      : { patch: base64EncodeText(JSON.stringify(patch)), patchType: 'JSONPatch' }),
  };
  const answer = { kind: 'AdmissionReview', apiVersion: own(review, 'apiVersion') ?? '', response };
  return httpReply(200, JSON.stringify(answer), thinksMs, { 'content-type': 'application/json' });
}

const JUDGES: Readonly<Record<string, Judge>> = Object.assign(Object.create(null), {
  '/always-allow-delay-5s': () => ({ allowed: true, thinksMs: 5_000 }),
  '/always-deny': () => ({ allowed: false, message: 'this webhook denies all requests' }),
  '/add-label': addLabel,
  '/pods': judgePod,
  '/mutating-pods': (request) =>
    textAt(request, 'object', 'metadata', 'name') === 'webhook-to-be-mutated' &&
    !hasContainer(request, 'initContainers', 'webhook-added-init-container')
      ? patched({
          op: 'add',
          path: '/spec/initContainers',
          value: [{ image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} }],
        })
      : YES,
  '/mutating-pods-sidecar': addSidecar,
  '/configmaps': (request) =>
    textAt(request, 'object', 'data', 'webhook-e2e-test') === 'webhook-disallow'
      ? { allowed: false, message: 'the configmap contains unwanted key and value' }
      : YES,
  '/mutating-configmaps': mutateConfigMap,
} satisfies Record<string, Judge>);

function judgePod(request: JsonObject): Opinion {
  const label = textAt(request, 'object', 'metadata', 'labels', 'webhook-e2e-test');
  const complaints: string[] = [];
  if (label === 'wait-forever') return { allowed: false, thinksMs: FOREVER_MS };
  if (label === 'webhook-disallow') complaints.push('the pod contains unwanted label;');
  for (const name of containerNames(request, 'containers'))
    if (name.includes('webhook-disallow')) complaints.push('the pod contains unwanted container name;');
  return complaints.length === 0 ? YES : { allowed: false, message: complaints.join(' ') };
}

function addLabel(request: JsonObject): Opinion {
  const labels = at(request, 'object', 'metadata', 'labels');
  const value = textAt(request, 'object', 'metadata', 'labels', 'added-label');
  if (value === 'yes') return YES;
  if (labels === undefined || !isObject(labels) || Object.keys(labels).length === 0)
    return patched({ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } });
  const op = value === undefined ? 'add' : 'replace';
  return patched({ op, path: '/metadata/labels/added-label', value: 'yes' });
}

function addSidecar(request: JsonObject, image: string): Opinion {
  if (image === '')
    return { allowed: false, message: 'No image specified by the sidecar-image parameter', code: 500 };
  const name = 'webhook-added-sidecar';
  return hasContainer(request, 'containers', name)
    ? YES
    : patched({ op: 'add', path: '/spec/containers/-', value: { image, name, resources: {} } });
}

/** Two stages, so that two of them after each other can be told apart. */
function mutateConfigMap(request: JsonObject): Opinion {
  const data = (key: string): string | undefined => textAt(request, 'object', 'data', key);
  const patch: JsonObject[] = [];
  if (data('mutation-start') === 'yes')
    patch.push({ op: 'add', path: '/data/mutation-stage-1', value: 'yes' });
  if (data('mutation-stage-1') === 'yes')
    patch.push({ op: 'add', path: '/data/mutation-stage-2', value: 'yes' });
  return patch.length === 0 ? YES : patched(...patch);
}

function patched(...patch: JsonObject[]): Opinion {
  return { allowed: true, patch };
}

function hasContainer(request: JsonObject, list: string, name: string): boolean {
  return containerNames(request, list).includes(name);
}

function containerNames(request: JsonObject, list: string): readonly string[] {
  const containers = at(request, 'object', 'spec', list);
  if (!Array.isArray(containers)) return [];
  return containers.map((each) => (isObject(each) ? String(own(each, 'name') ?? '') : ''));
}

function textAt(value: JsonObject, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function at(value: JsonObject, ...path: readonly string[]): Json | undefined {
  let current: Json | undefined = value;
  for (const key of path)
    current = current !== undefined && isObject(current) ? own(current, key) : undefined;
  return current;
}

function parse(body: string): JsonObject | undefined {
  try {
    const value = JSON.parse(body) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
