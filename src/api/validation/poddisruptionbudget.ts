import { child, type FieldError, invalid, notSupported } from '../../apimachinery/fielderror.ts';
import type { PodDisruptionBudget } from '../generated/types.ts';
import { asInternal } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { checkAtMost100Percent, checkIntOrPercent } from './workload.ts';

const SPEC = 'spec';
const FIELDS = ['minAvailable', 'selector', 'maxUnavailable', 'unhealthyPodEvictionPolicy'] as const;
const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

/** ValidatePodDisruptionBudgetSpec (pkg/apis/policy/validation/validation.go). */
export function validatePodDisruptionBudget(object: PodDisruptionBudget): readonly FieldError[] {
  const spec = object.spec ?? {};
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  const check = (field: string, value: number | string): void => {
    checkIntOrPercent(errors, child(SPEC, field), value);
    checkAtMost100Percent(errors, child(SPEC, field), value);
  };
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(
      invalid(SPEC, asInternal(spec, FIELDS), 'minAvailable and maxUnavailable cannot be both set'),
    );
  if (minAvailable !== undefined) check('minAvailable', minAvailable);
  if (maxUnavailable !== undefined) check('maxUnavailable', maxUnavailable);
  if (spec.selector !== undefined)
    errors.push(...validateLabelSelector(spec.selector, child(SPEC, 'selector')));
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(notSupported(child(SPEC, 'unhealthyPodEvictionPolicy'), policy, POLICIES));
  return errors;
}
