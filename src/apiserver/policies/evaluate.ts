import { evaluateAdmission, matchConditions, toDynamic } from '../../api/cel/admission.ts';
import type { ValidatingAdmissionPolicy } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Json } from '../../apimachinery/json.ts';
import type { AdmissionScope } from '../admissionscope.ts';
import { type CompiledValidation, compiledPolicy, withVariables } from './compiled.ts';

/** Something that a policy has against a request. */
export interface Objection {
  readonly message: string;
  /** Of the status; empty: the default. */
  readonly reason: string;
  /** An audit annotation failed: refused whatever the binding's actions are. */
  readonly always?: true;
}

const NOTHING: readonly Objection[] = Object.freeze([]);
const MAX_MESSAGE = 5 * 1024;

/** What a policy has against a request, with one parameter or none (policy/validating/validator.go Validate). */
export function objectionsOf(
  policy: ValidatingAdmissionPolicy,
  scope: AdmissionScope,
  param: KubeObject | undefined,
): readonly Objection[] {
  const { failurePolicy, paramKind } = policy.spec;
  const compiled = compiledPolicy(policy);
  const params = param === undefined ? null : toDynamic(withType(param, paramKind) as unknown as Json);
  const failed = (message: string): readonly Objection[] =>
    failurePolicy === 'Ignore' ? NOTHING : [{ message, reason: '' }];
  // Conditions are not told of the namespace.
  const outcome = matchConditions(
    compiled.conditions,
    { ...scope, params, namespaceObject: null },
    failurePolicy,
  );
  if (!outcome.matches) return outcome.error === undefined ? NOTHING : failed(outcome.error);
  const whole = withVariables({ ...scope, params }, compiled);
  const found = compiled.validations.flatMap((each) => {
    const { text, compiled: condition } = each.condition;
    const held = evaluateAdmission(text, condition, whole);
    if (!held.ok) return failed(held.error);
    if (held.value === true) return NOTHING;
    return [{ message: messageOf(each, whole), reason: each.validation.reason ?? 'Invalid' }];
  });
  for (const { text, compiled: value } of compiled.auditAnnotations) {
    const worth = evaluateAdmission(text, value, whole);
    if (!worth.ok) found.push(...failed(worth.error).map((each) => ({ ...each, always: true as const })));
  }
  return found;
}

/** Objects in etcd say what they are, those of components may not. */
function withType(param: KubeObject, paramKind: ValidatingAdmissionPolicy['spec']['paramKind']): KubeObject {
  return {
    ...param,
    apiVersion: paramKind?.apiVersion ?? param.apiVersion,
    kind: paramKind?.kind ?? param.kind,
  };
}

function messageOf({ validation, message }: CompiledValidation, scope: object): string {
  if (message !== undefined) {
    const said = evaluateAdmission(message.text, message.compiled, scope);
    const text = said.ok && typeof said.value === 'string' ? said.value.trim() : '';
    if (text !== '' && text.length <= MAX_MESSAGE && !text.includes('\n')) return text;
  }
  const fixed = (validation.message ?? '').trim();
  return fixed === '' ? `failed expression: ${validation.expression.trim()}` : fixed;
}
