import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../api/generated/types.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import { moment, quantity, writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

const UNKNOWN = '<unknown>';

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

type Current = { readonly current?: MetricValueStatus } | undefined;

function writeMetric(w: DescribeWriter, metric: MetricSpec, status: MetricStatus | undefined): void {
  const { external, pods, object, resource, containerResource } = metric;
  if (external !== undefined)
    writeValue(w, `${goQuote(external.metric.name)} `, external.target, status?.external);
  else if (pods !== undefined) {
    const current = averageOf(status?.pods);
    w.write(1, `${goQuote(pods.metric.name)} on pods:\t${current} / ${quantity(pods.target.averageValue)}\n`);
  } else if (object !== undefined) {
    const { kind, name } = object.describedObject;
    writeValue(w, `"${object.metric.name}" on ${kind}/${name} `, object.target, status?.object);
  } else if (resource !== undefined)
    writeResource(w, `resource ${resource.name} on pods`, resource.target, status?.resource);
  else if (containerResource !== undefined) {
    const { name, container, target } = containerResource;
    const title = `resource ${name} of container "${container}" on pods`;
    writeResource(w, title, target, status?.containerResource);
  } else w.write(1, `<unknown metric type ${goQuote(metric.type)}>\n`);
}

function averageOf(status: Current): string {
  return status === undefined ? UNKNOWN : quantity(status.current?.averageValue);
}

/** A metric of an object or of something outside: its value, or that divided by the pods. */
function writeValue(w: DescribeWriter, title: string, target: MetricTarget, status: Current): void {
  if (target.averageValue !== undefined) {
    const average = status?.current?.averageValue;
    const current = average === undefined ? UNKNOWN : quantity(average);
    w.write(1, `${title}(target average value):\t${current} / ${quantity(target.averageValue)}\n`);
    return;
  }
  const current = status === undefined ? UNKNOWN : quantity(status.current?.value);
  w.write(1, `${title}(target value):\t${current} / ${quantity(target.value)}\n`);
}

/** What pods use of a resource. */
function writeResource(w: DescribeWriter, title: string, target: MetricTarget, status: Current): void {
  w.write(1, title);
  if (target.averageValue !== undefined) {
    w.write(0, `:\t${averageOf(status)} / ${quantity(target.averageValue)}\n`);
    return;
  }
  const used = status?.current?.averageUtilization;
  const current = used === undefined ? UNKNOWN : `${used}% (${quantity(status?.current?.averageValue)})`;
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  w.write(1, `(as a percentage of request):\t${current} / ${wanted}\n`);
}

function writeRules(w: DescribeWriter, title: string, rules: HPAScalingRules | undefined): void {
  if (rules === undefined) return;
  w.write(1, `${title}:\n`);
  if (rules.stabilizationWindowSeconds !== undefined)
    w.write(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`);
  const policies = rules.policies ?? [];
  if (policies.length === 0) return;
  w.write(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}\n`);
  w.write(2, 'Policies:\n');
  for (const { type, value, periodSeconds } of policies)
    w.write(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds\n`);
}
