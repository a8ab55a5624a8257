import { apiVersionOf } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { unknownResource } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';
import { builtin, kindsOf } from './discovery.ts';
import { type Failure, failure } from './errors.ts';
import { VERSION } from './verbs/version.ts';

const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);
const RESOURCE = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?$/;

/** What the server answers to a GET of a path, as `kubectl get --raw` prints it. */
export function rawGet(context: KubectlContext, uri: string): { readonly text: string } | Failure {
  const [path = '', query = ''] = uri.split('?');
  if (HEALTH.has(path) || path === '/version') {
    // Any request tells whether the server is there.
    const probe = context.client.get<KubeObject>(builtin('namespaces'), 'default');
    if (!probe.ok && probe.status.code === 0) return failure(probe.status);
    return { text: path === '/version' ? JSON.stringify(VERSION, undefined, 2) : 'ok' };
  }
  const [, group = '', version, namespace, resource, name] = RESOURCE.exec(path) ?? [];
  const kind = kindsOf(context).byResource(group, resource ?? '', version ?? '');
  if (kind === undefined) return failure(unknownResource());
  const where = namespace === undefined ? {} : { namespace };
  if (name !== undefined) {
    const got = context.client.get<KubeObject>(kind, name, namespace);
    return got.ok ? { text: `${JSON.stringify(got.value)}\n` } : failure(got.status);
  }
  const asked = new Map(
    query.split('&').map((pair) => pair.split('=').map(decodeURIComponent) as [string, string]),
  );
  const [labelSelector, fieldSelector] = [asked.get('labelSelector'), asked.get('fieldSelector')];
  const list = context.client.list<KubeObject>(kind, {
    ...where,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  if (!list.ok) return failure(list.status);
  const { items, resourceVersion } = list.value;
  const metadata = { resourceVersion };
  const text = JSON.stringify({
    kind: kind.custom?.listKind ?? `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata,
    items,
  });
  return { text: `${text}\n` };
}
