import { validateAgainstSchema } from '../apimachinery/decode.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { isList, isObject, own } from '../apimachinery/object.ts';
import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from './generated/types.ts';
import { schema } from './schema.ts';

/** A field that is there only where it has a value. */
function some<T>(name: string, value: T | undefined): { readonly [name: string]: T } {
  return value === undefined ? {} : { [name]: value };
}

/** A metric as the annotation of v1 has it, its fields in the order in which Go writes them. */
export function metricToV1({
  type,
  object,
  pods,
  resource,
  containerResource,
  external,
}: MetricSpec): JsonObject {
  const shared = ({ averageUtilization, averageValue }: MetricTarget): JsonObject => ({
    ...some('targetAverageUtilization', averageUtilization),
    ...some('targetAverageValue', averageValue),
  });
  return {
    type,
    ...some('object', object && { ...describedToV1(object, 'targetValue', object.target) }),
    ...some(
      'pods',
      pods && {
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '0',
        ...some('selector', pods.metric.selector as unknown as Json | undefined),
      },
    ),
    ...some('resource', resource && { name: resource.name, ...shared(resource.target) }),
    ...some(
      'containerResource',
      containerResource && {
        name: containerResource.name,
        ...shared(containerResource.target),
        container: containerResource.container,
      },
    ),
    ...some(
      'external',
      external && {
        metricName: external.metric.name,
        ...some('metricSelector', external.metric.selector as unknown as Json | undefined),
        ...some('targetValue', external.target.value),
        ...some('targetAverageValue', external.target.averageValue),
      },
    ),
  };
}

/** The same of what was measured. */
export function statusToV1({
  type,
  object,
  pods,
  resource,
  containerResource,
  external,
}: MetricStatus): JsonObject {
  const shared = ({ averageUtilization, averageValue }: MetricValueStatus): JsonObject => ({
    ...some('currentAverageUtilization', averageUtilization),
    currentAverageValue: averageValue ?? '0',
  });
  return {
    type,
    ...some('object', object && { ...describedToV1(object, 'currentValue', object.current) }),
    ...some(
      'pods',
      pods && {
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '0',
        ...some('selector', pods.metric.selector as unknown as Json | undefined),
      },
    ),
    ...some('resource', resource && { name: resource.name, ...shared(resource.current) }),
    ...some(
      'containerResource',
      containerResource && {
        name: containerResource.name,
        ...shared(containerResource.current),
        container: containerResource.container,
      },
    ),
    ...some(
      'external',
      external && {
        metricName: external.metric.name,
        ...some('metricSelector', external.metric.selector as unknown as Json | undefined),
        currentValue: external.current.value ?? '0',
        ...some('currentAverageValue', external.current.averageValue),
      },
    ),
  };
}

function describedToV1(
  object: { readonly describedObject: CrossVersionObjectReference; readonly metric: MetricIdentifier },
  value: string,
  amounts: { readonly value?: string; readonly averageValue?: string },
): JsonObject {
  const { kind, name, apiVersion } = object.describedObject;
  return {
    target: { kind, name, ...some('apiVersion', apiVersion) },
    metricName: object.metric.name,
    [value]: amounts.value ?? '0',
    ...some('selector', object.metric.selector as unknown as Json | undefined),
    ...some('averageValue', amounts.averageValue),
  };
}

/** The metrics in an annotation; undefined where it holds none, or what cannot be read. */
export function metricsFromV1(text: string | undefined): readonly MetricSpec[] | undefined {
  return fromV1<MetricSpec>(text, 'MetricSpec', 'target', (source, type) => {
    const field = (name: string): Json | undefined => own(source, name) ?? undefined;
    const utilization = field('targetAverageUtilization');
    const value = field('targetValue');
    const average = field(type === 'object' ? 'averageValue' : 'targetAverageValue');
    const hasValue = value !== undefined && (type !== 'object' || average === undefined);
    const of = utilization !== undefined ? 'Utilization' : hasValue ? 'Value' : 'AverageValue';
    return {
      type: of,
      ...some('averageUtilization', utilization),
      ...some('averageValue', average),
      ...some('value', value),
    };
  });
}

/** What was measured, by an annotation; undefined as above. */
export function statusesFromV1(text: string | undefined): readonly MetricStatus[] | undefined {
  return fromV1<MetricStatus>(text, 'MetricStatus', 'current', (source, type) => {
    const field = (name: string): Json | undefined => own(source, name) ?? undefined;
    return {
      ...some('averageUtilization', field('currentAverageUtilization')),
      ...some('averageValue', field(type === 'object' ? 'averageValue' : 'currentAverageValue')),
      ...some('value', field('currentValue')),
    };
  });
}

const SOURCES: readonly string[] = ['object', 'pods', 'resource', 'containerResource', 'external'];

function fromV1<T>(
  text: string | undefined,
  typeName: string,
  amounts: string,
  amountsOf: (source: JsonObject, type: string) => JsonObject,
): readonly T[] | undefined {
  const list = parsed(text);
  if (!isList(list)) return undefined;
  const metrics = list.map((metric): Json => {
    if (!isObject(metric)) return metric;
    const out: Record<string, Json> = { type: own(metric, 'type') ?? '' };
    for (const type of SOURCES) {
      const source = own(metric, type);
      if (!isObject(source)) continue;
      out[type] = { ...identityOf(source, type), [amounts]: amountsOf(source, type) };
    }
    return out;
  });
  return metrics.every((metric) => isOfType(metric, typeName)) ? (metrics as unknown as T[]) : undefined;
}

/** What a metric is called, and what it is of. */
function identityOf(source: JsonObject, type: string): JsonObject {
  const text = (name: string): Json => own(source, name) ?? '';
  if (type === 'resource') return { name: text('name') };
  if (type === 'containerResource') return { name: text('name'), container: text('container') };
  const selector = own(source, type === 'external' ? 'metricSelector' : 'selector') ?? undefined;
  const metric = { name: text('metricName'), ...some('selector', selector) };
  if (type !== 'object') return { metric };
  const target = own(source, 'target');
  const described = isObject(target) ? target : {};
  return {
    metric,
    describedObject: { ...described, kind: own(described, 'kind') ?? '', name: own(described, 'name') ?? '' },
  };
}

/** JSON text as values of a type of the schema; undefined where it is none. */
export function readAs<T>(text: string | undefined, typeName: string): T | undefined {
  const value = parsed(text);
  return isObject(value) && isOfType(value, typeName) ? (value as unknown as T) : undefined;
}

/** The same of a list. */
export function readListOf<T>(text: string | undefined, typeName: string): readonly T[] | undefined {
  const list = parsed(text);
  if (!isList(list) || !list.every((item) => isOfType(item, typeName))) return undefined;
  return list as unknown as T[];
}

function isOfType(value: Json, typeName: string): boolean {
  if (!isObject(value)) return false;
  const { typeErrors, unknownFields } = validateAgainstSchema(value, schema, typeName);
  return typeErrors.length === 0 && unknownFields.length === 0;
}

function parsed(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Upstream takes what it cannot read for nothing, too.
    return undefined;
  }
}
