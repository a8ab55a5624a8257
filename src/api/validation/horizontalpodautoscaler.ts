import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { milliOf } from '../../apimachinery/quantity.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from '../generated/types.ts';
import { checkNonNegative, complain, isUnset } from './common.ts';

/** Rules of HorizontalPodAutoscalers (pkg/apis/autoscaling/validation/validation.go). */

const SPEC = 'spec';
const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SOURCES = ['containerResource', 'external', 'object', 'pods', 'resource'] as const;
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
  checkTarget(errors, spec);
  for (const [i, metric] of (spec.metrics ?? []).entries())
    checkMetric(errors, index(child(SPEC, 'metrics'), i), metric);
  const behavior = child(SPEC, 'behavior');
  checkRules(errors, child(behavior, 'scaleUp'), spec.behavior?.scaleUp);
  checkRules(errors, child(behavior, 'scaleDown'), spec.behavior?.scaleDown);
  return errors;
}

function checkTarget(errors: FieldError[], spec: HorizontalPodAutoscalerSpec): void {
  const path = child(SPEC, 'scaleTargetRef');
  for (const field of ['kind', 'name'] as const) {
    const value = spec.scaleTargetRef?.[field];
    if (isUnset(value)) errors.push(required(child(path, field)));
    else if (field === 'name') complain(errors, child(path, field), value, isDNS1123Subdomain(value));
  }
}

function checkMetric(errors: FieldError[], path: string, metric: MetricSpec): void {
  const { type = '' } = metric;
  if (type === '') errors.push(required(child(path, 'type'), 'must specify a metric source type'));
  else if (!TYPES.includes(type)) errors.push(notSupported(child(path, 'type'), type, TYPES));
  const given = SOURCES.filter((source) => metric[source] !== undefined);
  const wanted = SOURCES.find((source) => source.toLowerCase() === type.toLowerCase());
  for (const source of given)
    if (source !== wanted && given.length > 1) {
      const why = 'must populate the given metric source only';
      errors.push(forbidden(child(path, source), why));
    }
  if (wanted !== undefined && !given.includes(wanted))
    errors.push(required(child(path, wanted), 'must populate information for the given metric source'));
  const resource = metric.resource ?? metric.containerResource;
  if (resource === undefined) return;
  const at = child(path, metric.resource === undefined ? 'containerResource' : 'resource');
  if (isUnset(resource.name)) errors.push(required(child(at, 'name'), 'must specify a resource name'));
  if (metric.containerResource !== undefined && isUnset(metric.containerResource.container))
    errors.push(required(child(at, 'container'), 'must specify a container name'));
  checkAverage(errors, child(at, 'target'), resource.target ?? { type: '' });
}

function checkAverage(errors: FieldError[], path: string, target: MetricTarget): void {
  const { type = '', averageUtilization, averageValue } = target;
  if (type === '') errors.push(required(child(path, 'type'), 'must specify a metric target type'));
  else if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    const why = 'must be either Utilization, Value, or AverageValue';
    errors.push(invalid(child(path, 'type'), type, why));
  }
  const utilization = child(path, 'averageUtilization');
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(utilization, averageUtilization, 'must be greater than 0'));
  if (averageValue !== undefined && milliOf(averageValue) <= 0)
    errors.push(invalid(child(path, 'averageValue'), averageValue, 'must be positive'));
  if (averageUtilization === undefined && averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization';
    errors.push(required(utilization, why));
  } else if (averageUtilization !== undefined && averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization';
    errors.push(forbidden(child(path, 'averageValue'), why));
  }
}

function checkRules(errors: FieldError[], path: string, rules: HPAScalingRules | undefined): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const windowPath = child(path, 'stabilizationWindowSeconds');
  checkNonNegative(errors, windowPath, window);
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
