import { goJson } from '../apimachinery/gostring.ts';
import {
  metricsFromV1,
  metricToV1,
  readAs,
  readListOf,
  statusesFromV1,
  statusToV1,
} from './autoscalingv1metrics.ts';
import { withStruct } from './defaults/unset.ts';
import type {
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  MetricSpec,
  MetricStatus,
  AutoscalingV1HorizontalPodAutoscaler as V1,
  HorizontalPodAutoscaler as V2,
} from './generated/types.ts';
import { withDefaults } from './kind.ts';
import type { OtherVersion } from './versions.ts';

/** What v1 has no field for is carried in annotations (pkg/apis/autoscaling/annotations.go). */
const PREFIX = 'autoscaling.alpha.kubernetes.io';
const METRICS = `${PREFIX}/metrics`;
const CURRENT_METRICS = `${PREFIX}/current-metrics`;
const CONDITIONS = `${PREFIX}/conditions`;
const BEHAVIOR = `${PREFIX}/behavior`;
const CARRIED: readonly string[] = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];
const DEFAULT_UTILIZATION = 80;

function cpu(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function isCpu(metric: { readonly type: string; readonly resource?: { readonly name: string } }): boolean {
  return metric.type === 'Resource' && metric.resource?.name === 'cpu';
}

function fromStored(object: V2): V1 {
  const { spec, status } = object;
  const metrics = spec.metrics ?? [];
  const target = metrics.find(isCpu)?.resource?.target.averageUtilization;
  const current = status?.currentMetrics?.findLast(
    (metric) => isCpu(metric) && metric.resource?.current.averageUtilization !== undefined,
  )?.resource?.current.averageUtilization;
  const { minReplicas, maxReplicas, scaleTargetRef } = spec;
  const { observedGeneration, lastScaleTime, currentReplicas = 0, desiredReplicas = 0 } = status ?? {};
  return {
    apiVersion: 'autoscaling/v1',
    kind: object.kind,
    metadata: withCarried(object),
    spec: {
      maxReplicas,
      ...(minReplicas === undefined ? {} : { minReplicas }),
      scaleTargetRef,
      ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }),
    },
    ...(status === undefined
      ? {}
      : {
          status: {
            ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
            currentReplicas,
            desiredReplicas,
            ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
            ...(observedGeneration === undefined ? {} : { observedGeneration }),
          },
        }),
  };
}

/** The metadata with annotations for what v1 cannot say. */
function withCarried({ metadata, spec, status }: V2): V1['metadata'] {
  const others = (spec.metrics ?? []).filter(
    (metric) => !isCpu(metric) || metric.resource?.target.averageUtilization === undefined,
  );
  const carried: Record<string, string> = {};
  if (others.length > 0) carried[METRICS] = goJson(others.map(metricToV1));
  const { currentMetrics = [], conditions = [] } = status ?? {};
  if ((currentMetrics?.length ?? 0) > 0) carried[CURRENT_METRICS] = goJson(currentMetrics?.map(statusToV1));
  if ((conditions?.length ?? 0) > 0) carried[CONDITIONS] = goJson(conditions);
  if (spec.behavior !== undefined) carried[BEHAVIOR] = goJson(spec.behavior);
  const { annotations, ...rest } = metadata;
  const shown = { ...without(annotations), ...carried };
  return Object.keys(shown).length === 0 ? rest : { ...metadata, annotations: shown };
}

function toStored(object: V1): V2 {
  const { metadata, spec, status } = object;
  const { annotations = {}, ...rest } = metadata;
  const kept = without(annotations);
  const { targetCPUUtilizationPercentage: target, ...same } = spec;
  const own = target === undefined ? [] : [cpu(target)];
  const others = metricsFromV1(annotations[METRICS]) ?? [];
  const behavior = readAs<HorizontalPodAutoscalerBehavior>(
    annotations[BEHAVIOR],
    'HorizontalPodAutoscalerBehavior',
  );
  const metrics = [...others, ...own];
  return {
    apiVersion: 'autoscaling/v2',
    kind: object.kind,
    metadata: Object.keys(kept).length === 0 ? rest : { ...metadata, annotations: kept },
    spec: {
      ...same,
      metrics: metrics.length === 0 ? [cpu(DEFAULT_UTILIZATION)] : metrics,
      ...(behavior === undefined ? {} : { behavior }),
    },
    ...(status === undefined ? {} : { status: storedStatus(status, annotations) }),
  };
}

function storedStatus(
  status: NonNullable<V1['status']>,
  annotations: Readonly<Record<string, string>>,
): HorizontalPodAutoscalerStatus {
  const { currentCPUUtilizationPercentage: current, ...same } = status;
  const own: readonly MetricStatus[] =
    current === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }];
  const currentMetrics = statusesFromV1(annotations[CURRENT_METRICS]) ?? own;
  const conditions = readListOf<HorizontalPodAutoscalerCondition>(
    annotations[CONDITIONS],
    'HorizontalPodAutoscalerCondition',
  );
  return {
    ...same,
    ...(currentMetrics.length === 0 ? {} : { currentMetrics }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** Annotations without those that carry something. */
function without(annotations: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  if (!CARRIED.some((key) => Object.hasOwn(annotations, key))) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !CARRIED.includes(key)));
}

/** autoscaling/v1, which knows of no metric but the use of cpu (pkg/apis/autoscaling/v1/{conversion,defaults}.go). */
export const autoscalingV1: OtherVersion<V1, V2> = {
  version: 'v1',
  schemaType: 'AutoscalingV1HorizontalPodAutoscaler',
  applyDefaults: (object) => withStruct(object, 'spec', (spec) => withDefaults(spec, { minReplicas: 1 })),
  toStored,
  fromStored,
};
