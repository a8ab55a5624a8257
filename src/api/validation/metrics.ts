import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { milliOf } from '../../apimachinery/quantity.ts';
import { isDNS1123Label } from '../../apimachinery/validation.ts';
import type {
  ContainerResourceMetricSource,
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '../generated/types.ts';
import { complain, isPathSegmentName, isUnset } from './common.ts';
import { checkContainerResourceName } from './resources.ts';

/** What an autoscaler looks at (pkg/apis/autoscaling/validation/validation.go validateMetricSpec). */

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] as const;
/** In upstream's order: of several only the first is looked into. */
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
const TARGET_TYPES = ['Utilization', 'Value', 'AverageValue'];
const NO_TARGET: MetricTarget = Object.freeze({ type: '' });

/** One metric: the source that its type names, and no other. */
export function checkMetric(errors: FieldError[], path: string, metric: MetricSpec): void {
  const { type = '' } = metric;
  if (type === '') errors.push(required(child(path, 'type'), 'must specify a metric source type'));
  const isKnown = (TYPES as readonly string[]).includes(type);
  if (!isKnown) errors.push(notSupported(child(path, 'type'), type, TYPES));
  const given = SOURCES.filter((source) => metric[source] !== undefined);
  const [first] = given;
  if (first !== undefined) checkSource(errors, child(path, first), metric, first);
  const wanted = SOURCES.find((source) => source.toLowerCase() === type.toLowerCase());
  if (!isKnown) errors.push(notSupported(child(path, 'type'), type, TYPES));
  else if (wanted !== undefined && !given.includes(wanted))
    errors.push(required(child(path, wanted), 'must populate information for the given metric source'));
  if (given.length === 1) return;
  for (const source of given)
    if (source !== wanted)
      errors.push(forbidden(child(path, source), 'must populate the given metric source only'));
}

function checkSource(
  errors: FieldError[],
  path: string,
  metric: MetricSpec,
  source: (typeof SOURCES)[number],
): void {
  const targetPath = child(path, 'target');
  const target = metric[source]?.target ?? NO_TARGET;
  if (source === 'resource' || source === 'containerResource') {
    checkResource(errors, path, metric[source] ?? {}, source === 'containerResource');
    checkTarget(errors, targetPath, target);
    checkUtilization(errors, targetPath, target);
    return;
  }
  if (source === 'object')
    checkReference(errors, child(path, 'describedObject'), metric.object?.describedObject ?? {});
  checkIdentifier(errors, child(path, 'metric'), metric[source]?.metric);
  checkTarget(errors, targetPath, target);
  const { value, averageValue } = target;
  const missing = child(targetPath, 'averageValue');
  if (source === 'pods') {
    if (averageValue === undefined)
      errors.push(required(missing, 'must specify a positive target averageValue'));
  } else if (value === undefined && averageValue === undefined) {
    const why =
      source === 'object'
        ? 'must set either a target value or averageValue'
        : 'must set either a target value for metric or a per-pod target';
    errors.push(required(missing, why));
  } else if (source === 'external' && value !== undefined && averageValue !== undefined) {
    const why = 'may not set both a target value for metric and a per-pod target';
    errors.push(forbidden(child(targetPath, 'value'), why));
  }
}

function checkResource(
  errors: FieldError[],
  path: string,
  { name, container }: Partial<ContainerResourceMetricSource>,
  ofContainer: boolean,
): void {
  if (isUnset(name)) errors.push(required(child(path, 'name'), 'must specify a resource name'));
  else if (ofContainer) checkContainerResourceName(errors, child(path, 'name'), name);
  if (!ofContainer) return;
  if (isUnset(container)) errors.push(required(child(path, 'container'), 'must specify a container'));
  else complain(errors, child(path, 'container'), container, isDNS1123Label(container));
}

function checkIdentifier(errors: FieldError[], path: string, metric: MetricIdentifier | undefined): void {
  const name = metric?.name ?? '';
  if (name === '') errors.push(required(child(path, 'name'), 'must specify a metric name'));
  else complain(errors, child(path, 'name'), name, isPathSegmentName(name));
}

function checkTarget(errors: FieldError[], path: string, target: MetricTarget): void {
  const { type = '', averageUtilization } = target;
  if (type === '') errors.push(required(child(path, 'type'), 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type))
    errors.push(invalid(child(path, 'type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target[field];
    if (amount !== undefined && milliOf(amount) <= 0)
      errors.push(invalid(child(path, field), amount, 'must be positive'));
  }
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(child(path, 'averageUtilization'), averageUtilization, 'must be greater than 0'));
}

function checkUtilization(errors: FieldError[], path: string, target: MetricTarget): void {
  const [utilization, value] = [target.averageUtilization !== undefined, target.averageValue !== undefined];
  if (!utilization && !value) {
    const why = 'must set either a target raw value or a target utilization';
    errors.push(required(child(path, 'averageUtilization'), why));
  } else if (utilization && value) {
    const why = 'may not set both a target raw value and a target utilization';
    errors.push(forbidden(child(path, 'averageValue'), why));
  }
}

/** A reference to something of any version (ValidateCrossVersionObjectReference). */
export function checkReference(
  errors: FieldError[],
  path: string,
  reference: Partial<CrossVersionObjectReference>,
): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field];
    if (isUnset(value)) errors.push(required(child(path, field)));
    else complain(errors, child(path, field), value, isPathSegmentName(value));
  }
}
