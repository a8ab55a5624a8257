import type { ApiRequest, PatchType, RequestOptions, RequestVerb } from '../api/request.ts';

/** A request as HTTP has it. */
export interface RestRequest {
  readonly method: string;
  /** With the query: `/api/v1/namespaces/default/pods?limit=5`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/** What a path means: a request for a resource, or a path that stands for itself. */
export type RestTarget =
  | {
      readonly type: 'resource';
      readonly request: Omit<ApiRequest, 'user' | 'cause'>;
      readonly version: string;
    }
  | { readonly type: 'path'; readonly verb: string; readonly path: string }
  | { readonly type: 'malformed'; readonly error: string };

/** The verbs of methods, on one object and on a collection (endpoints/request/requestinfo.go). */
const VERBS: Readonly<Record<string, readonly [RequestVerb, RequestVerb]>> = {
  GET: ['get', 'list'],
  HEAD: ['get', 'list'],
  POST: ['create', 'create'],
  PUT: ['update', 'update'],
  PATCH: ['patch', 'patch'],
  DELETE: ['delete', 'deletecollection'],
};

const PATCHES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};
/** Parts of a namespace itself, not resources in it. */
const OF_NAMESPACE: ReadonlySet<string> = new Set(['status', 'finalize']);

/** Reads method, path, query and body. Nothing of it is trusted. */
export function readRest({ method, path, contentType, body }: RestRequest): RestTarget {
  const question = path.indexOf('?');
  const bare = question < 0 ? path : path.slice(0, question);
  const query = question < 0 ? '' : path.slice(question + 1);
  const parts = segments(bare);
  const verbs = VERBS[method];
  if (parts === undefined) return { type: 'malformed', error: `invalid path: ${JSON.stringify(bare)}` };
  const grouped = parts[0] === 'apis';
  const rest = parts.slice(grouped ? 3 : 2);
  if ((parts[0] !== 'api' && !grouped) || rest.length === 0 || verbs === undefined)
    return { type: 'path', verb: method.toLowerCase(), path: bare };
  const located = locate(rest);
  const group = grouped ? (parts[1] ?? '') : '';
  const version = parts[grouped ? 2 : 1] ?? '';
  const options = readQuery(query);
  const sent = readBody(body);
  if ('error' in sent) return { type: 'malformed', error: sent.error };
  const verb = verbs[located.name === undefined ? 1 : 0];
  const patchType = PATCHES[contentType.split(';')[0]?.trim() ?? ''];
  const request = {
    verb,
    group,
    ...located,
    options,
    ...(sent.value === undefined ? {} : { body: sent.value }),
    ...(verb === 'patch' && patchType !== undefined ? { patchType } : {}),
  };
  return { type: 'resource', request, version };
}

/** The decoded parts of a path; undefined when an escape in it is broken. */
function segments(path: string): readonly string[] | undefined {
  const parts: string[] = [];
  for (const raw of path.split('/')) {
    if (raw === '') continue;
    const text = raw.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (/%(?![0-9A-Fa-f]{2})/.test(raw)) return undefined;
    parts.push(text);
  }
  return parts;
}

interface Located {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

function locate(rest: readonly string[]): Located {
  const [first = '', second, third] = rest;
  const inside = first === 'namespaces' && third !== undefined && !OF_NAMESPACE.has(third);
  const [resource = '', name, subresource] = inside ? rest.slice(2) : rest;
  return {
    resource,
    ...(inside && second !== undefined ? { namespace: second } : {}),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

const TEXTS: ReadonlySet<string> = new Set([
  'container',
  'continue',
  'fieldManager',
  'fieldSelector',
  'fieldValidation',
  'labelSelector',
  'propagationPolicy',
  'resourceVersion',
  'resourceVersionMatch',
]);
const NUMBERS: ReadonlySet<string> = new Set([
  'gracePeriodSeconds',
  'limit',
  'limitBytes',
  'sinceSeconds',
  'tailLines',
  'timeoutSeconds',
]);
const FLAGS: ReadonlySet<string> = new Set(['force', 'previous', 'timestamps']);

function readQuery(query: string): RequestOptions {
  const options: Record<string, unknown> = {};
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (key === 'dryRun') options.dryRun = value === 'All';
    else if (TEXTS.has(key)) options[key] = value;
    else if (NUMBERS.has(key) && /^\d{1,15}$/.test(value)) options[key] = Number(value);
    else if (FLAGS.has(key)) options[key] = value === 'true' || value === '1' || value === '';
  }
  return options as RequestOptions;
}

function decode(text: string): string {
  return (segments(text.replaceAll('+', ' ').replaceAll('/', '%2F')) ?? [''])[0] ?? '';
}

function readBody(body: string): { readonly value: unknown } | { readonly error: string } {
  if (body === '') return { value: undefined };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return { error: 'the body of the request is not JSON' };
  }
}
