import {
  type CompiledCondition,
  compileAdmission,
  compileConditions,
  evaluateAdmission,
  type Purpose,
  type Speaks,
} from '../../api/cel/admission.ts';
import type { ValidatingAdmissionPolicy, Validation } from '../../api/generated/types.ts';

/** A validation, ready to run. */
export interface CompiledValidation {
  readonly validation: Validation;
  readonly condition: CompiledCondition;
  readonly message: CompiledCondition | undefined;
}

/** A policy, ready to run. */
export interface CompiledPolicy {
  readonly conditions: readonly CompiledCondition[];
  readonly variables: readonly (CompiledCondition & { readonly name: string })[];
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly CompiledCondition[];
}

const known = new WeakMap<ValidatingAdmissionPolicy, CompiledPolicy>();

/** A policy is compiled when it is first needed; what is wrong with an expression is told when it is evaluated. */
export function compiledPolicy(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  let compiled = known.get(policy);
  if (compiled === undefined) {
    compiled = compile(policy);
    known.set(policy, compiled);
  }
  return compiled;
}

function compile({ spec }: ValidatingAdmissionPolicy): CompiledPolicy {
  const params = spec.paramKind !== undefined;
  const before = new Set<string>();
  const variables = (spec.variables ?? []).map(({ name, expression }) => {
    const compiled = ready(expression, 'variable', { params, variables: new Set(before) });
    before.add(name);
    return { ...compiled, name };
  });
  const speaks: Speaks = { params, variables: before };
  return {
    conditions: compileConditions(spec.matchConditions ?? [], params),
    variables,
    validations: (spec.validations ?? []).map((validation) => ({
      validation,
      condition: ready(validation.expression, 'bool', speaks),
      message:
        (validation.messageExpression ?? '') === ''
          ? undefined
          : ready(validation.messageExpression ?? '', 'string', speaks),
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map(({ valueExpression }) =>
      ready(valueExpression, 'auditAnnotation', speaks),
    ),
  };
}

function ready(text: string, purpose: Purpose, speaks: Speaks): CompiledCondition {
  return { text, compiled: compileAdmission(text, purpose, speaks) };
}

/**
 * The scope with `variables`, each of which is worked out when it is first read, and once
 * (plugin/cel/composition.go).
 */
export function withVariables(scope: object, { variables }: CompiledPolicy): object {
  const values = {};
  const whole = { ...scope, variables: values };
  for (const variable of variables) {
    let outcome: ReturnType<typeof evaluateAdmission> | undefined;
    Object.defineProperty(values, variable.name, {
      enumerable: true,
      configurable: true,
      get() {
        if (outcome === undefined) {
          // Should it come to be read on the way, by whatever detour.
          outcome = { ok: false, error: 'it refers to itself' };
          outcome = evaluateAdmission(variable.text, variable.compiled, whole);
        }
        if (outcome.ok) return outcome.value;
        // The library hands what is thrown here on as the failure of the expression that reads it.
        throw new Error(`composited variable "${variable.name}" fails to evaluate: ${outcome.error}`);
      },
    });
  }
  return whole;
}
