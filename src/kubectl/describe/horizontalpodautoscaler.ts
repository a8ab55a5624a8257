import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
} from '../../api/generated/types.ts';
import { moment, writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

/** HorizontalPodAutoscalers (`describeHorizontalPodAutoscalerV2`). */
export const horizontalPodAutoscaler = describer<HorizontalPodAutoscaler>(
  'horizontalpodautoscalers',
  (w, { metadata, spec, status }) => {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.field('CreationTimestamp', moment(metadata.creationTimestamp));
    w.field('Reference', `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`);
    w.write(0, 'Metrics:\t( current / target )\n');
    for (const [i, metric] of (spec.metrics ?? []).entries())
      writeMetric(w, metric, status?.currentMetrics?.[i]);
    w.field('Min replicas', spec.minReplicas ?? '<unset>');
    w.field('Max replicas', spec.maxReplicas);
    if (spec.behavior !== undefined) {
      w.write(0, 'Behavior:\n');
      writeRules(w, 'Scale Up', spec.behavior.scaleUp);
      writeRules(w, 'Scale Down', spec.behavior.scaleDown);
    }
    const kind = spec.scaleTargetRef.kind;
    w.field(
      `${kind} pods`,
      `${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`,
    );
    const conditions = status?.conditions ?? [];
    if (conditions.length === 0) return;
    w.write(0, 'Conditions:\n');
    w.write(1, 'Type\tStatus\tReason\tMessage\n');
    w.write(1, '----\t------\t------\t-------\n');
    for (const { type, status: state, reason = '', message = '' } of conditions)
      w.write(1, `${type}\t${state}\t${reason}\t${message}\n`);
  },
);

function writeMetric(w: DescribeWriter, metric: MetricSpec, status: MetricStatus | undefined): void {
  const source = metric.resource ?? metric.containerResource;
  if (source === undefined) {
    w.write(1, `${metric.type.toLowerCase()} metric:\t<unknown>\n`);
    return;
  }
  const current = (status?.resource ?? status?.containerResource)?.current;
  const of =
    metric.containerResource === undefined
      ? 'on pods'
      : `of container "${metric.containerResource.container}"`;
  w.write(1, `resource ${source.name} ${of}`);
  if (source.target.averageValue !== undefined) {
    w.write(0, `:\t${current?.averageValue ?? '<unknown>'} / ${source.target.averageValue}\n`);
    return;
  }
  const used =
    current?.averageUtilization === undefined
      ? '<unknown>'
      : `${current.averageUtilization}% (${current.averageValue ?? ''})`;
  const target = source.target.averageUtilization;
  w.write(
    0,
    `  (as a percentage of request):\t${used} / ${target === undefined ? '<auto>' : `${target}%`}\n`,
  );
}

function writeRules(w: DescribeWriter, title: string, rules: HPAScalingRules | undefined): void {
  if (rules === undefined) return;
  w.write(1, `${title}:\n`);
  if (rules.stabilizationWindowSeconds !== undefined)
    w.write(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`);
  const policies = rules.policies ?? [];
  if (policies.length === 0) return;
  if (rules.selectPolicy !== undefined) w.write(2, `Select Policy: ${rules.selectPolicy}\n`);
  w.write(2, 'Policies:\n');
  for (const { type, value, periodSeconds } of policies)
    w.write(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds\n`);
}
