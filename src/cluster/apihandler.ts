import { apiVersionOf } from '../api/kind.ts';
import type { ApiRequest, ApiResponse, RequestOptions, UserInfo } from '../api/request.ts';
import { badRequest, forbidden, type Status, unauthorized, unknownResource } from '../apimachinery/status.ts';
import type { ApiServer } from '../apiserver/apiserver.ts';
import { ANONYMOUS } from '../apiserver/authentication/impersonation.ts';
import { forbiddenPathMessage } from '../apiserver/authorization/authorizer.ts';
import { readRest } from '../apiserver/rest.ts';
import { httpReply } from '../network/http.ts';
import type { Handler, HttpReply, HttpRequest } from '../network/types.ts';
import { KUBERNETES_VERSION } from './spec.ts';

const JSON_TYPE = Object.freeze({ 'content-type': 'application/json' });
const NOBODY: UserInfo = Object.freeze({
  name: ANONYMOUS,
  groups: Object.freeze(['system:unauthenticated']),
});
const HEALTH = /^\/(livez|readyz|healthz)\/?$/;
const MAX_LOG = 100_000;

/** What whoever talks to the API server over the network gets: `curl https://kubernetes.default.svc/...`. */
export function apiHandler(find: () => ApiServer | undefined): Handler {
  return ({ message }) => {
    if (message.protocol !== 'http') return { type: 'reset', latencyMs: 0 };
    return handle(find(), message);
  };
}

function handle(server: ApiServer | undefined, message: HttpRequest): HttpReply {
  const who = authenticate(server, message.headers.authorization);
  if (who === undefined) return statusReply(unauthorized());
  const target = readRest({
    method: message.method,
    path: message.path,
    contentType: message.headers['content-type'] ?? '',
    body: message.body,
  });
  if (target.type === 'malformed') return statusReply(badRequest(target.error));
  if (target.type === 'path') return pathReply(server, who, target.verb, target.path);
  if (server === undefined) return httpReply(503, 'etcd failed: reason withheld');
  const { group, resource } = target.request;
  const kind = server.kinds.byResource(group, resource, target.version);
  if (kind === undefined) return statusReply(unknownResource());
  const response = server.handle({
    ...target.request,
    options: withAgent(target.request, message.headers['user-agent']),
    version: target.version,
    user: who,
    cause: { component: who.name, trigger: 0, input: `${message.method} ${message.path}` },
  });
  return replyOf(response, apiVersionOf(kind), kind.custom?.listKind ?? `${kind.kind}List`);
}

/** The options of a request: who names no manager is called by his program's name (managerUserAgent). */
function withAgent({ options, patchType }: Readable, agent: string | undefined): RequestOptions {
  const program = agent?.split('/')[0] ?? '';
  const named = patchType === 'apply' || program === '' || (options?.fieldManager ?? '') !== '';
  return { ...options, managedFields: true, ...(named ? {} : { fieldManager: program }) };
}

type Readable = Pick<ApiRequest, 'options' | 'patchType'>;

/** The bearer of a token, nobody without one, undefined for a token that is no good. */
function authenticate(
  server: ApiServer | undefined,
  authorization: string | undefined,
): UserInfo | undefined {
  if (authorization === undefined) return NOBODY;
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  return token === undefined ? undefined : server?.authenticate(token);
}

function pathReply(server: ApiServer | undefined, who: UserInfo, verb: string, path: string): HttpReply {
  const decision = server?.authorizer.authorizePath(who, verb, path);
  if (decision?.allowed === false) {
    const message = forbiddenPathMessage(who, verb, path, decision.reason);
    return statusReply(forbidden({ group: '', resource: '' }, '', message));
  }
  const check = HEALTH.exec(path)?.[1];
  if (check !== undefined) {
    if (server?.ready === true) return httpReply(200, 'ok');
    return httpReply(500, `[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\n${check} check failed\n`);
  }
  if (server === undefined) return httpReply(503, 'etcd failed: reason withheld');
  if (/^\/version\/?$/.test(path)) return jsonReply(200, { gitVersion: KUBERNETES_VERSION });
  const document = discovery(server, path.replace(/\/$/, ''));
  return document === undefined ? statusReply(unknownResource()) : jsonReply(200, document);
}

/** What `/api`, `/apis` and the like list. */
function discovery(server: ApiServer, path: string): object | undefined {
  const resources = server.apiResources();
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const names = [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
    const groups = names.map((name) => {
      const versions = [...new Set(resources.filter(({ group }) => group === name).map((r) => r.version))];
      const listed = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
      return { name, versions: listed, preferredVersion: listed[0] };
    });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const groupVersion = path.replace(/^\/apis?\//, '');
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const found = resources.filter((r) => r.group === group && r.version === version);
  if (found.length === 0) return undefined;
  const listed = found.map(({ name, singularName, namespaced, kind, verbs, shortNames }) => ({
    name,
    singularName,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: listed };
}

function replyOf(response: ApiResponse, apiVersion: string, listKind: string): HttpReply {
  switch (response.kind) {
    case 'object':
      return jsonReply(response.code, response.object);
    case 'list': {
      const { items, resourceVersion, remainingItemCount } = response.list;
      const metadata = {
        resourceVersion,
        ...(response.list.continue === undefined ? {} : { continue: response.list.continue }),
        ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
      };
      return jsonReply(200, { kind: listKind, apiVersion, metadata, items });
    }
    case 'status':
    case 'error':
      return statusReply(response.status);
    case 'stream': {
      let text = '';
      response.stream.onOutput((chunk) => {
        if (text.length < MAX_LOG) text += chunk.text;
      });
      response.stream.close();
      return httpReply(200, text, 0, { 'content-type': 'text/plain' });
    }
    case 'discovery':
      return statusReply(unknownResource());
    case 'tunnel':
      return statusReply(badRequest('Upgrade request required'));
    case 'watch':
      response.watch.stop();
      return statusReply(badRequest('watches are not served over this connection'));
  }
}

function statusReply(status: Status): HttpReply {
  return jsonReply(status.code, status);
}

function jsonReply(code: number, value: object): HttpReply {
  return httpReply(code, `${JSON.stringify(value, undefined, 2)}\n`, 0, JSON_TYPE);
}
