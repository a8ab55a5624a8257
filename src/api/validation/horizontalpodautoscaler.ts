import {
  child,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { milliOf } from '../../apimachinery/quantity.ts';
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../generated/types.ts';
import { checkMetric, checkReference } from './metrics.ts';

/** Rules of HorizontalPodAutoscalers (pkg/apis/autoscaling/validation/validation.go). */

const SPEC = 'spec';
const MAX_PERIOD = 1800;
const MAX_WINDOW = 3600;

/** ValidateHorizontalPodAutoscaler. */
export function validateHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { minReplicas, maxReplicas = 0 } = spec;
  if (minReplicas !== undefined && minReplicas < 1)
    errors.push(invalid(child(SPEC, 'minReplicas'), minReplicas, 'must be greater than or equal to 1'));
  const maxPath = child(SPEC, 'maxReplicas');
  if (maxReplicas < 1) errors.push(invalid(maxPath, maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalid(maxPath, maxReplicas, 'must be greater than or equal to `minReplicas`'));
  checkReference(errors, child(SPEC, 'scaleTargetRef'), spec.scaleTargetRef ?? {});
  for (const [i, metric] of (spec.metrics ?? []).entries())
    checkMetric(errors, index(child(SPEC, 'metrics'), i), metric);
  const behavior = child(SPEC, 'behavior');
  checkRules(errors, child(behavior, 'scaleUp'), spec.behavior?.scaleUp);
  checkRules(errors, child(behavior, 'scaleDown'), spec.behavior?.scaleDown);
  return errors;
}

function checkRules(errors: FieldError[], path: string, rules: HPAScalingRules | undefined): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const windowPath = child(path, 'stabilizationWindowSeconds');
  if (window !== undefined && window < 0)
    errors.push(invalid(windowPath, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > MAX_WINDOW)
    errors.push(invalid(windowPath, window, `must be less than or equal to ${MAX_WINDOW}`));
  const select = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !select.includes(selectPolicy))
    errors.push(notSupported(child(path, 'selectPolicy'), selectPolicy, select));
  if (rules.tolerance !== undefined && milliOf(rules.tolerance) < 0)
    errors.push(invalid(child(path, 'tolerance'), rules.tolerance, 'must be greater than or equal to 0'));
  if (policies.length === 0)
    errors.push(required(child(path, 'policies'), 'must specify at least one Policy'));
  for (const [i, { type, value, periodSeconds }] of policies.entries()) {
    const at = index(child(path, 'policies'), i);
    if (type !== 'Pods' && type !== 'Percent')
      errors.push(notSupported(child(at, 'type'), type ?? '', ['Percent', 'Pods']));
    if ((value ?? 0) <= 0) errors.push(invalid(child(at, 'value'), value ?? 0, 'must be greater than zero'));
    const period = child(at, 'periodSeconds');
    if ((periodSeconds ?? 0) <= 0)
      errors.push(invalid(period, periodSeconds ?? 0, 'must be greater than zero'));
    else if (periodSeconds > MAX_PERIOD)
      errors.push(invalid(period, periodSeconds, `must be less than or equal to ${MAX_PERIOD}`));
  }
}
