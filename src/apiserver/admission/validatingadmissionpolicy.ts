import type {
  Namespace,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../api/generated/types.ts';
import { namespace as namespaceKind } from '../../api/kinds/namespace.ts';
import { validatingAdmissionPolicy as POLICIES } from '../../api/kinds/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding as BINDINGS } from '../../api/kinds/validatingadmissionpolicybinding.ts';
import { type KubeObject, nameOf } from '../../api/object.ts';
import type { Status, StatusReason } from '../../apimachinery/status.ts';
import { scopeOf } from '../admissionscope.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import { type Objection, objectionsOf } from '../policies/evaluate.ts';
import { matchesResources } from '../policies/match.ts';
import { collectParams, kindText, paramKindOf } from '../policies/params.ts';
import type { AdmissionPlugin } from './admission.ts';

const CODES: ReadonlyMap<string, number> = new Map([
  ['Forbidden', 403],
  ['Unauthorized', 401],
  ['RequestEntityTooLarge', 413],
]);

/**
 * Holds requests to the ValidatingAdmissionPolicies that ValidatingAdmissionPolicyBindings put into force: all are
 * asked, and the first refusal counts (apiserver pkg/admission/plugin/policy/validating/dispatcher.go). Policies say
 * nothing about policies and their bindings, so that nobody locks himself out.
 */
export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: ({ group, resource }) =>
    group !== POLICIES.group || (resource !== POLICIES.plural && resource !== BINDINGS.plural),
  validate(request, object) {
    const inForce = policiesInForce(request);
    if (inForce === undefined) return undefined;
    const subject = request.operation === 'DELETE' ? undefined : object;
    let refusal: Status | undefined;
    for (const [policy, bindings] of inForce) refusal ??= refusalBy(policy, bindings, request, subject);
    return refusal;
  },
};

type Bindings = readonly ValidatingAdmissionPolicyBinding[];

/** The policies that any binding names, by name, each with its bindings by name; undefined: none, as in most clusters. */
function policiesInForce({
  ctx,
}: AdmissionRequest): readonly (readonly [ValidatingAdmissionPolicy, Bindings])[] | undefined {
  let bound: Map<string, ValidatingAdmissionPolicyBinding[]> | undefined;
  for (const binding of ctx.server.objects(BINDINGS)) {
    bound ??= new Map();
    const { policyName = '' } = binding.spec;
    const others = bound.get(policyName);
    if (others === undefined) bound.set(policyName, [binding]);
    else others.push(binding);
  }
  if (bound === undefined) return undefined;
  return [...bound]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, bindings]) => {
      const policy = ctx.server.lookup(POLICIES, '', name);
      return policy === undefined ? [] : [[policy, bindings.sort(byName)] as const];
    });
}

function byName(a: KubeObject, b: KubeObject): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

/** The refusal by a policy, if any. What it only warns of is noted. */
function refusalBy(
  policy: ValidatingAdmissionPolicy,
  bindings: Bindings,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): Status | undefined {
  const { ctx } = request;
  const { paramKind, failurePolicy, matchConstraints } = policy.spec;
  if (!matchesResources(matchConstraints, request, object)) return undefined;
  const misconfigured = (message: string, binding?: ValidatingAdmissionPolicyBinding): Status | undefined =>
    failurePolicy === 'Ignore'
      ? undefined
      : refused(request, object, policy, binding, { message, reason: '' });
  if (paramKind !== undefined && paramKindOf(ctx.server, paramKind) === undefined) {
    const why = `failed to find resource referenced by paramKind: '${kindText(paramKind)}'`;
    return misconfigured(`failed to configure policy: ${why}`);
  }
  let refusal: Status | undefined;
  for (const binding of bindings) {
    const { paramRef, matchResources, validationActions = [] } = binding.spec;
    if (!matchesResources(matchResources, request, object)) continue;
    const params = collectParams(ctx.server, paramKind, paramRef, request.namespace);
    if (typeof params === 'string') {
      refusal ??= misconfigured(`failed to configure binding: ${params}`, binding);
      continue;
    }
    const scope = scopeOf(request, object, namespaceOf(request));
    for (const objection of params.flatMap((param) => objectionsOf(policy, scope, param))) {
      if (objection.always === true || validationActions.includes('Deny'))
        refusal ??= refused(request, object, policy, binding, objection);
      else if (validationActions.includes('Warn')) ctx.warnings.push(warningOf(policy, binding, objection));
    }
  }
  return refusal;
}

/** The namespace that the object is in; a Namespace is in none. */
function namespaceOf({ ctx, namespace }: AdmissionRequest): Namespace | undefined {
  const { kind } = ctx.resource;
  if (namespace === '' || (kind.group === '' && kind.plural === namespaceKind.plural)) return undefined;
  return ctx.server.lookup(namespaceKind, '', namespace);
}

function warningOf(
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding,
  { message }: Objection,
): string {
  return `Validation failed for ValidatingAdmissionPolicy '${nameOf(policy)}' with binding '${nameOf(binding)}': ${message}`;
}

function refused(
  { ctx, old }: AdmissionRequest,
  object: KubeObject | undefined,
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding | undefined,
  objection: Objection,
): Status {
  const by = binding === undefined ? '' : ` with binding '${nameOf(binding)}'`;
  const message = `ValidatingAdmissionPolicy '${nameOf(policy)}'${by} denied request: ${objection.message}`;
  const status = admissionForbidden(ctx, object ?? old, message);
  const reason = objection.reason === '' ? 'Invalid' : objection.reason;
  return {
    ...status,
    reason: reason as StatusReason,
    code: CODES.get(reason) ?? 422,
    details: { ...status.details, causes: [...(status.details?.causes ?? []), { message }] },
  };
}
