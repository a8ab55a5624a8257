import type { ParamKind, ParamRef } from '../../api/generated/types.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { type KubeObject, nameOf } from '../../api/object.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import type { Backend } from '../context.ts';
import { presenterOf } from '../versions.ts';

/** What a policy is evaluated with, once for each; undefined: without parameters. Or why it cannot be. */
export type Params = readonly (KubeObject | undefined)[] | string;

const NONE: Params = Object.freeze([undefined]);

/**
 * The parameters that a binding gives a policy for an object in a namespace (policy/generic/policy_dispatcher.go
 * CollectParams). A binding without reference, and a policy without kind of parameters, have none.
 */
export function collectParams(
  server: Backend,
  paramKind: ParamKind | undefined,
  ref: ParamRef | undefined,
  namespace: string,
): Params {
  if (paramKind === undefined || ref === undefined) return NONE;
  const kind = paramKindOf(server, paramKind);
  if (kind === undefined) return `paramKind kind \`${kindText(paramKind)}\` not known`;
  const given = ref.namespace ?? '';
  const within = given === '' ? namespace : given;
  if (kind.namespaced && within === '')
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  if (!kind.namespaced && given !== '')
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const found = find(server, kind, kind.namespaced ? within : '', ref);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return found;
}

/** The kind of a policy's parameters; undefined where it is not served. */
export function paramKindOf(server: Backend, { apiVersion, kind }: ParamKind): KindDefinition | undefined {
  return server.kinds.byGVK(apiVersion ?? '', kind ?? '');
}

/** As a GroupVersionKind is written: `example.com/v1, Kind=Limit`. */
export function kindText({ apiVersion, kind }: ParamKind): string {
  return `${apiVersion?.includes('/') === true ? '' : '/'}${apiVersion}, Kind=${kind}`;
}

function find(
  server: Backend,
  kind: KindDefinition,
  namespace: string,
  { name = '', selector }: ParamRef,
): readonly KubeObject[] {
  const stored = server.resource(kind.group, kind.plural);
  const resource = stored?.custom?.served.get(kind.version) ?? stored?.versions?.get(kind.version) ?? stored;
  const present = resource === undefined ? undefined : presenterOf(resource);
  const shown = (object: KubeObject): KubeObject => present?.(object) ?? object;
  if (name !== '') {
    const object = server.lookup(kind, namespace, name);
    return object === undefined ? [] : [shown(object)];
  }
  const wanted = compiledSelector(selector);
  const all = [...server.objects(kind, namespace === '' ? undefined : namespace)];
  return all
    .filter(({ metadata }) => wanted.matches(metadata.labels))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map(shown);
}
