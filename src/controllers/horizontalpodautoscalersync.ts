import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerStatus,
  MetricSpec,
  MetricStatus,
  Pod,
  Scale,
} from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { horizontalPodAutoscaler as autoscalerKind } from '../api/kinds/horizontalpodautoscaler.ts';
import { kindByGVK } from '../api/kinds/registry.ts';
import { namespaceOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import {
  valueOf as bytesOf,
  formatQuantity,
  milliOf,
  quantityFromMilli,
  quantityFromValue,
} from '../apimachinery/quantity.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Client, Result } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { PodMetrics } from './podmetrics.ts';
import { type ReplicaAnswer, replicasFor, unavailable } from './replicacalculator.ts';
import { limitedSize, type ScalingMemory } from './scalinglimits.ts';

/** --horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1;

export interface AutoscalerSyncOptions {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly autoscaler: HorizontalPodAutoscaler;
  readonly memory: ScalingMemory;
  /** What the pods that a selector selects use, or why nobody knows. */
  readonly metricsOf: (selector: string) => readonly PodMetrics[] | { readonly error: string };
  /** The pods that the target's selector, as text, selects. */
  readonly podsOf: (selector: string) => readonly Pod[];
  /** ms since the epoch. */
  readonly now: number;
}

/** What all metrics together ask for. */
interface Proposal {
  readonly replicas: number;
  readonly metric: string;
  readonly statuses: readonly MetricStatus[];
}

/** One sync of one autoscaler (horizontal.go reconcileAutoscaler). */
export class AutoscalerSync {
  readonly #options: AutoscalerSyncOptions;
  #conditions: readonly HorizontalPodAutoscalerCondition[];
  /** The target's. */
  #selector = '';

  constructor(options: AutoscalerSyncOptions) {
    this.#options = options;
    this.#conditions = options.autoscaler.status?.conditions ?? [];
  }

  run(): void {
    const { spec } = this.#options.autoscaler;
    const target = this.#targetKind(spec.scaleTargetRef.apiVersion ?? 'v1', spec.scaleTargetRef.kind);
    const scale = this.#scale(target);
    if (!scale.ok || target === undefined) {
      const why = scale.ok ? '' : (scale.status.message ?? '');
      this.#event('Warning', 'FailedGetScale', why);
      const message = `the HPA controller was unable to get the target's current scale: ${why}`;
      this.#set('AbleToScale', 'False', 'FailedGetScale', message);
      this.#write(this.#options.autoscaler.status ?? { desiredReplicas: 0 });
      return;
    }
    const found = "the HPA controller was able to get the target's current scale";
    this.#set('AbleToScale', 'True', 'SucceededGetScale', found);
    this.#decide(target, scale.value as Scale);
  }

  #targetKind(apiVersion: string, kind: string): KindDefinition | undefined {
    const known = kindByGVK(apiVersion, kind);
    if (known !== undefined) return known;
    const discovered = this.#options.client.discover();
    return discovered.ok ? discovered.value.byGVK(apiVersion, kind) : undefined;
  }

  #scale(target: KindDefinition | undefined): Result<unknown> {
    const { client, autoscaler } = this.#options;
    const { kind, name, apiVersion = 'v1' } = autoscaler.spec.scaleTargetRef;
    if (target === undefined || target.subresources?.includes('scale') !== true) {
      const message =
        target === undefined
          ? `no matches for kind "${kind}" in group "${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}"`
          : 'the server could not find the requested resource';
      const failure = {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        code: 404,
      } as const;
      return { ok: false, status: { ...failure, reason: 'NotFound', message } };
    }
    return client.getSubresource(target, name, namespaceOf(autoscaler), 'scale');
  }

  #decide(target: KindDefinition, scale: Scale): void {
    const { memory, autoscaler, now } = this.#options;
    const { minReplicas = 1, maxReplicas } = autoscaler.spec;
    const current = scale.spec?.replicas ?? 0;
    if (memory.isEmpty) memory.recommend(now, current);
    if (current === 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#set('ScalingActive', 'False', 'ScalingDisabled', message);
      this.#finish(current, 0, [], false);
    } else if (current > maxReplicas)
      this.#rescale(target, scale, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', []);
    else if (current < minReplicas)
      this.#rescale(target, scale, minReplicas, 'Current number of replicas below Spec.MinReplicas', []);
    else this.#follow(target, scale, current);
  }

  /** Lets the metrics decide. */
  #follow(target: KindDefinition, scale: Scale, current: number): void {
    const { autoscaler, memory, now } = this.#options;
    const proposal = this.#propose(scale, current);
    if ('error' in proposal) {
      this.#event('Warning', 'FailedComputeMetricsReplicas', proposal.error);
      this.#finish(current, autoscaler.status?.desiredReplicas ?? 0, proposal.statuses, false);
      return;
    }
    const { replicas, metric, statuses } = proposal;
    const reason = replicas > current ? `${metric} above target` : 'All metrics below target';
    const size = limitedSize(autoscaler, memory, current, replicas, now);
    this.#set('AbleToScale', 'True', ...size.able);
    this.#set('ScalingLimited', ...size.limited);
    if (size.replicas === current) this.#finish(current, current, statuses, false);
    else this.#rescale(target, scale, size.replicas, reason, statuses);
  }

  #rescale(
    target: KindDefinition,
    scale: Scale,
    wanted: number,
    reason: string,
    statuses: readonly MetricStatus[],
  ): void {
    const { client, memory, now } = this.#options;
    const current = scale.spec?.replicas ?? 0;
    const next: Scale = { ...scale, spec: { ...scale.spec, replicas: wanted } };
    const scaled = client.updateSubresource(target, 'scale', next);
    if (!scaled.ok) {
      const why = scaled.status.message ?? '';
      this.#event('Warning', 'FailedRescale', `New size: ${wanted}; reason: ${reason}; error: ${why}`);
      const message = `the HPA controller was unable to update the target scale: ${why}`;
      this.#set('AbleToScale', 'False', 'FailedUpdateScale', message);
      this.#finish(current, current, statuses, false);
      return;
    }
    const message = `the HPA controller was able to update the target scale to ${wanted}`;
    this.#set('AbleToScale', 'True', 'SucceededRescale', message);
    this.#event('Normal', 'SuccessfulRescale', `New size: ${wanted}; reason: ${reason}`);
    memory.scaled(now, wanted - current);
    this.#finish(current, wanted, statuses, true);
  }

  /** The largest of what the metrics ask for; nothing where some cannot be had and the rest would shrink. */
  #propose(
    scale: Scale,
    current: number,
  ): Proposal | { readonly error: string; readonly statuses: readonly MetricStatus[] } {
    const specs = this.#options.autoscaler.spec.metrics ?? [];
    this.#selector = scale.status?.selector ?? '';
    const pods = this.#options.podsOf(this.#selector);
    const statuses: MetricStatus[] = [];
    const errors: { readonly reason: string; readonly error: string; readonly name: string }[] = [];
    let best: { readonly replicas: number; readonly metric: string } | undefined;
    for (const spec of specs) {
      const answer = this.#answer(spec, pods, current);
      if ('error' in answer) {
        errors.push(answer);
        this.#event('Warning', answer.reason, answer.error);
        continue;
      }
      statuses.push(answer.status);
      if (best === undefined || answer.replicas > best.replicas)
        best = { replicas: answer.replicas, metric: answer.metric };
    }
    const [first] = errors;
    if (first !== undefined && (best === undefined || best.replicas < current)) {
      const message = `the HPA was unable to compute the replica count: ${first.error}`;
      this.#set('ScalingActive', 'False', first.reason, message);
      const count = `${errors.length} invalid out of ${specs.length}`;
      const error = `invalid metrics (${count}), first error is: failed to get ${first.name} metric value: ${first.error}`;
      return { error, statuses };
    }
    const { replicas, metric } = best ?? { replicas: current, metric: '' };
    const message = `the HPA was able to successfully calculate a replica count from ${metric}`;
    this.#set('ScalingActive', 'True', 'ValidMetricFound', message);
    return { replicas, metric, statuses };
  }

  #answer(
    spec: MetricSpec,
    pods: readonly Pod[],
    current: number,
  ):
    | { readonly replicas: number; readonly metric: string; readonly status: MetricStatus }
    | { readonly error: string; readonly reason: string; readonly name: string } {
    const { resource, containerResource } = spec;
    const source = resource ?? containerResource;
    const container = containerResource?.container;
    if (source === undefined) {
      const name = spec.pods?.metric.name ?? spec.object?.metric.name ?? spec.external?.metric.name ?? '';
      const api = spec.type === 'External' ? 'external' : 'custom';
      const error = `unable to get metric ${name}: no ${api} metrics API`;
      return { error, reason: `FailedGet${spec.type}Metric`, name: spec.type.toLowerCase() };
    }
    const { utilization, average } = {
      utilization: source.target.averageUtilization,
      average: source.target.averageValue,
    };
    const asked = this.#ask(source.name, container, utilization, average, pods, current);
    const kind = container === undefined ? 'resource' : 'container resource';
    if ('error' in asked) {
      const what = utilization === undefined ? 'usage' : 'utilization';
      const reason = container === undefined ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
      const error = `failed to get ${source.name} ${what}: ${asked.error}`;
      return { error, reason, name: `${source.name} ${kind}` };
    }
    const of =
      utilization === undefined ? source.name : `${source.name} ${kind} utilization (percentage of request)`;
    return { replicas: asked.replicas, metric: of, status: statusOf(spec, source.name, container, asked) };
  }

  #ask(
    resource: string,
    container: string | undefined,
    utilization: number | undefined,
    average: string | undefined,
    pods: readonly Pod[],
    currentReplicas: number,
  ): ReplicaAnswer | { readonly error: string } {
    const { metricsOf, autoscaler, now } = this.#options;
    const metrics = metricsOf(this.#selector);
    if ('error' in metrics) return { error: unavailable(resource, metrics.error) };
    const { scaleUp, scaleDown } = autoscaler.spec.behavior ?? {};
    const tolerance = (given: string | undefined): number =>
      given === undefined ? TOLERANCE : milliOf(given) / 1000;
    const amount = resource === 'cpu' ? milliOf(average) : bytesOf(average);
    return replicasFor({
      resource,
      ...(container === undefined ? {} : { container }),
      target: utilization === undefined ? { average: amount } : { utilization },
      pods,
      metrics,
      currentReplicas,
      tolerance: { up: tolerance(scaleUp?.tolerance), down: tolerance(scaleDown?.tolerance) },
      now,
    });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#options.recorder.event(this.#options.autoscaler, type, reason, message);
  }

  #set(type: string, status: 'True' | 'False', reason: string, message: string): void {
    const old = this.#conditions.find((condition) => condition.type === type);
    const time = old?.status === status ? old.lastTransitionTime : undefined;
    const lastTransitionTime = time ?? formatTime(this.#options.now);
    const next = { type, status, reason, message, lastTransitionTime };
    this.#conditions =
      old === undefined
        ? [...this.#conditions, next]
        : this.#conditions.map((condition) => (condition === old ? next : condition));
  }

  #finish(current: number, desired: number, statuses: readonly MetricStatus[], rescaled: boolean): void {
    const { autoscaler, now } = this.#options;
    const last = rescaled ? formatTime(now) : autoscaler.status?.lastScaleTime;
    this.#write({
      currentReplicas: current,
      desiredReplicas: desired,
      ...(statuses.length === 0 ? {} : { currentMetrics: statuses }),
      ...(last === undefined ? {} : { lastScaleTime: last }),
    });
  }

  /** A write that conflicts is made up for by the next round. */
  #write(given: HorizontalPodAutoscalerStatus): void {
    const { client, autoscaler } = this.#options;
    const status = { ...given, conditions: this.#conditions };
    if (semanticEqual(status, autoscaler.status)) return;
    client.updateStatus(autoscalerKind, { ...autoscaler, status });
  }
}

function statusOf(
  { type }: MetricSpec,
  name: string,
  container: string | undefined,
  answer: ReplicaAnswer,
): MetricStatus {
  const quantity = name === 'cpu' ? quantityFromMilli(answer.average) : quantityFromValue(answer.average);
  const current = {
    averageValue: formatQuantity(quantity),
    ...(answer.utilization === undefined ? {} : { averageUtilization: answer.utilization }),
  };
  return container === undefined
    ? { type, resource: { name, current } }
    : { type, containerResource: { name, container, current } };
}
