import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { autoscalingV1 } from '../autoscalingv1.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { validateHorizontalPodAutoscaler } from '../validation/horizontalpodautoscaler.ts';
import { inVersion } from '../versions.ts';

const DEFAULT_METRICS: readonly MetricSpec[] = Object.freeze([
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
]);
const NO_STATUS: HorizontalPodAutoscalerStatus = Object.freeze({ desiredReplicas: 0 });
const UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const DOWN: HPAScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

/** Only a behavior that is given is filled in; without one the older rules hold (SetDefaults_HorizontalPodAutoscalerBehavior). */
function defaultBehavior(behavior: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscalerBehavior {
  return {
    ...behavior,
    scaleUp: withDefaults(behavior.scaleUp ?? {}, UP),
    scaleDown: withDefaults(behavior.scaleDown ?? {}, DOWN),
  };
}

function defaultSpec(given: HorizontalPodAutoscalerSpec): HorizontalPodAutoscalerSpec {
  const spec = withDefaults<HorizontalPodAutoscalerSpec>(given, { minReplicas: 1 });
  const metered = (spec.metrics ?? []).length === 0 ? { ...spec, metrics: DEFAULT_METRICS } : spec;
  const { behavior } = metered;
  return behavior === undefined ? metered : { ...metered, behavior: defaultBehavior(behavior) };
}

/** At most this many metrics are printed. */
const SHOWN_METRICS = 2;

/** `cpu: 45%/80%`, with `<unknown>` for what has not been measured (formatHPAMetrics). */
export function targetsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => targetText(metric, status?.currentMetrics?.[i]));
  if (texts.length <= SHOWN_METRICS) return texts.join(', ');
  return `${texts.slice(0, SHOWN_METRICS).join(', ')} + ${texts.length - SHOWN_METRICS} more...`;
}

function targetText(metric: MetricSpec, status: MetricStatus | undefined): string {
  const resource = metric.resource ?? metric.containerResource;
  if (resource !== undefined) {
    const current = status?.resource?.current ?? status?.containerResource?.current;
    return `${resource.name}: ${amounts(resource.target, current)}`;
  }
  const { pods, object, external } = metric;
  // What pods report is an average always, so that nobody says so.
  if (pods !== undefined)
    return `${status?.pods?.current.averageValue ?? '<unknown>'}/${pods.target.averageValue ?? '0'}`;
  const target = object?.target ?? external?.target;
  if (target === undefined) return '<unknown type>';
  const current = (object === undefined ? status?.external : status?.object)?.current;
  return target.averageValue === undefined
    ? `${current?.value ?? '<unknown>'}/${target.value ?? '0'}`
    : `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`;
}

function amounts(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined)
    return `${current?.averageValue ?? '<unknown>'}/${target.averageValue}`;
  const used = current?.averageUtilization === undefined ? '<unknown>' : `${current.averageUtilization}%`;
  return `${used}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

const stored: KindDefinition<HorizontalPodAutoscaler> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'HorizontalPodAutoscaler',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  validate: validateHorizontalPodAutoscaler,
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    {
      name: 'Reference',
      cell: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    },
    { name: 'Targets', cell: targetsText },
    { name: 'MinPods', cell: ({ spec }) => spec.minReplicas ?? '<unset>' },
    { name: 'MaxPods', cell: ({ spec }) => spec.maxReplicas },
    { name: 'Replicas', cell: ({ status }) => status?.currentReplicas ?? 0 },
    ageColumn,
  ],
};

/** HorizontalPodAutoscalers (pkg/apis/autoscaling/v2/defaults.go, pkg/registry/autoscaling/horizontalpodautoscaler). */
export const horizontalPodAutoscaler: KindDefinition<HorizontalPodAutoscaler> = {
  ...stored,
  versions: [inVersion(stored, autoscalingV1)],
};
