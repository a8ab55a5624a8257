import type { KindDefinition } from '../api/kind.ts';
import { builtinKinds, kindByName } from '../api/kinds/registry.ts';
import type { KindSet } from '../api/kindset.ts';
import type { KubectlContext } from './context.ts';
import { type Failure, failure } from './errors.ts';
import { hintForResource } from './missingkinds.ts';

/** Which kinds there are, and how players name them: what kubectl's RESTMapper does. */

/** The kinds the server has. Who cannot ask it knows those that every server has. */
export function kindsOf(context: KubectlContext): KindSet {
  const found = context.client.discover();
  return found.ok ? found.value : builtinKinds;
}

/** All kinds, each in the version to take, sorted as `api-resources` lists them: by group, then by plural name. */
export function allKinds(context: KubectlContext): readonly KindDefinition[] {
  return kindsOf(context).preferred.toSorted((a, b) => {
    const [x, y] = [`${a.group} ${a.plural}`, `${b.group} ${b.plural}`];
    return x < y ? -1 : x > y ? 1 : 0;
  });
}

/** The kind that `pods`, `po`, `Deployment.apps` or `deployments.v1.apps` names. */
export function findKind(context: KubectlContext, resource: string): KindDefinition | undefined {
  return kindByName(resource) ?? kindsOf(context).byName(resource);
}

/** The kind that a manifest names. */
export function findKindOf(
  context: KubectlContext,
  apiVersion: string,
  kind: string,
): KindDefinition | undefined {
  return builtinKinds.byGVK(apiVersion, kind) ?? kindsOf(context).byGVK(apiVersion, kind);
}

/** The same, or upstream's refusal. */
export function kindFor(
  context: KubectlContext,
  resource: string,
): { readonly kind: KindDefinition } | Failure {
  const kind = findKind(context, resource);
  if (kind !== undefined) return { kind };
  const dot = resource.indexOf('.');
  const name = dot < 0 ? resource : resource.slice(0, dot);
  return failure(`the server doesn't have a resource type "${name}"${hintForResource(name)}`);
}

/** The kinds that `all` and other categories stand for; undefined when it is no category. */
export function categoryOf(context: KubectlContext, name: string): readonly KindDefinition[] | undefined {
  const members = allKinds(context).filter((kind) => kind.categories?.includes(name) === true);
  return members.length === 0 ? undefined : members;
}

/** `pod/x`, `deployment.apps/x`: how kubectl names one object. */
export function nameWithKind(kind: KindDefinition, name: string): string {
  const resource = kind.kind.toLowerCase();
  return kind.group === '' ? `${resource}/${name}` : `${resource}.${kind.group}/${name}`;
}

/** The kind of that name in the core or another group; a kind that every cluster has, so its absence is our bug. */
export function builtin(plural: string): KindDefinition {
  const kind = kindByName(plural);
  if (kind === undefined) throw new Error(`there is no kind ${plural}`);
  return kind;
}
