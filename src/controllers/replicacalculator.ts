import type { Pod } from '../api/generated/types.ts';
import { isTerminating, nameOf } from '../api/object.ts';
import { valueOf as bytesOf, milliOf } from '../apimachinery/quantity.ts';
import { parseTime } from '../apimachinery/time.ts';
import { readyCondition } from './ownership.ts';
import type { PodMetrics } from './podmetrics.ts';

/** How many pods a metric asks for (pkg/controller/podautoscaler/replica_calculator.go). */

/** After its start a pod's cpu use says little for this long. */
const CPU_INITIALIZATION_MS = 300_000;
/** A pod that became unready within this time of its start has never been ready. */
const INITIAL_READINESS_MS = 30_000;

export interface ResourceQuestion {
  /** `cpu` or `memory`. */
  readonly resource: string;
  /** Only this container counts; absent: the whole pod. */
  readonly container?: string;
  /** Percent of what was requested; or an amount for each pod (millicores, bytes). */
  readonly target: { readonly utilization: number } | { readonly average: number };
  readonly pods: readonly Pod[];
  readonly metrics: readonly PodMetrics[];
  readonly currentReplicas: number;
  /** How far the ratio may be off, up and down. */
  readonly tolerance: { readonly up: number; readonly down: number };
  /** ms since the epoch. */
  readonly now: number;
}

export interface ReplicaAnswer {
  readonly replicas: number;
  /** Percent of the request that is used; absent where the target is an amount. */
  readonly utilization?: number;
  /** For each pod, millicores or bytes. */
  readonly average: number;
}

interface Sorted {
  readonly ready: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
}

/** The answer, or why there is none. */
export function replicasFor(question: ResourceQuestion): ReplicaAnswer | { readonly error: string } {
  const { pods, resource, target, currentReplicas } = question;
  const use = usage(question);
  if (use.size === 0)
    return { error: unavailable(resource, 'no metrics returned from resource metrics API') };
  if (pods.length === 0) return { error: 'no pods returned by selector while calculating replica count' };
  const sorted = sortPods(question, use);
  if (use.size === 0) return { error: 'did not receive metrics for targeted pods (pods might be unready)' };
  const requests = 'utilization' in target ? requestsOf(question) : new Map<string, number>();
  if ('error' in requests) return requests;
  const first = ratioOf(use, requests, target);
  if ('error' in first) return first;
  const answer = (replicas: number): ReplicaAnswer => ({
    replicas,
    average: first.average,
    ...(first.utilization === undefined ? {} : { utilization: first.utilization }),
  });
  const { ratio } = first;
  const raising = sorted.unready.length > 0 && ratio > 1;
  if (!raising && sorted.missing.length === 0)
    return answer(within(question, ratio) ? currentReplicas : Math.ceil(ratio * sorted.ready));
  assume(use, requests, sorted, target, ratio);
  const second = ratioOf(use, requests, target);
  if ('error' in second) return second;
  const turned = (ratio < 1 && second.ratio > 1) || (ratio > 1 && second.ratio < 1);
  if (within(question, second.ratio) || turned) return answer(currentReplicas);
  const wanted = Math.ceil(second.ratio * use.size);
  const backwards =
    (second.ratio < 1 && wanted > currentReplicas) || (second.ratio > 1 && wanted < currentReplicas);
  return answer(backwards ? currentReplicas : wanted);
}

/** `unable to get metrics for resource cpu: ...`. */
export function unavailable(resource: string, why: string): string {
  return `unable to get metrics for resource ${resource}: ${why}`;
}

function within({ tolerance }: ResourceQuestion, ratio: number): boolean {
  return 1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up;
}

/** What each measured pod uses; a pod whose container was not measured is left out. */
function usage({ pods, metrics, resource, container }: ResourceQuestion): Map<string, number> {
  const names = new Set(pods.map(nameOf));
  const use = new Map<string, number>();
  for (const { name, containers } of metrics) {
    if (!names.has(name)) continue;
    const counted = container === undefined ? [...containers.values()] : [containers.get(container)];
    if (counted.length === 0 || counted.includes(undefined)) continue;
    let sum = 0;
    for (const entry of counted) sum += (resource === 'cpu' ? entry?.cpu : entry?.memory) ?? 0;
    use.set(name, sum);
  }
  return use;
}

/** Takes what does not count out of `use` (groupPods). */
function sortPods(question: ResourceQuestion, use: Map<string, number>): Sorted {
  const { pods, metrics, resource, now } = question;
  const measured = new Map(metrics.map((metric) => [metric.name, metric]));
  const [unready, missing]: [string[], string[]] = [[], []];
  let ready = 0;
  for (const pod of pods) {
    const name = nameOf(pod);
    const metric = measured.get(name);
    if (isTerminating(pod) || pod.status?.phase === 'Failed') use.delete(name);
    else if (pod.status?.phase === 'Pending') unready.push(name);
    else if (metric === undefined || !use.has(name)) missing.push(name);
    else if (resource === 'cpu' && isStarting(pod, metric, now)) unready.push(name);
    else ready++;
  }
  for (const name of unready) use.delete(name);
  return { ready, unready, missing };
}

/** Whether a pod's cpu use is that of its start, or of a pod that never was ready. */
function isStarting(pod: Pod, metric: PodMetrics, now: number): boolean {
  const condition = readyCondition(pod);
  const started = parseTime(pod.status?.startTime ?? '');
  if (condition === undefined || started === undefined) return true;
  const since = parseTime(condition.lastTransitionTime ?? '') ?? 0;
  const isReady = condition.status !== 'False';
  if (started + CPU_INITIALIZATION_MS > now) return !isReady || metric.timestamp < since + metric.window;
  return !isReady && started + INITIAL_READINESS_MS > since;
}

function requestsOf(question: ResourceQuestion): Map<string, number> | { readonly error: string } {
  const { pods, resource, container } = question;
  const requests = new Map<string, number>();
  for (const pod of pods) {
    let sum = 0;
    const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always');
    for (const { name, resources } of [...pod.spec.containers, ...sidecars]) {
      if (container !== undefined && container !== name) continue;
      const request = resources?.requests?.[resource];
      if (request === undefined)
        return { error: `missing request for ${resource} in container ${name} of Pod ${nameOf(pod)}` };
      sum += resource === 'cpu' ? milliOf(request) : bytesOf(request);
    }
    requests.set(nameOf(pod), sum);
  }
  return requests;
}

interface Ratio {
  readonly ratio: number;
  readonly utilization?: number;
  readonly average: number;
}

/** How much is used of what is aimed at (metrics.GetResourceUtilizationRatio, GetMetricUsageRatio). */
function ratioOf(
  use: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  target: ResourceQuestion['target'],
): Ratio | { readonly error: string } {
  let [used, requested] = [0, 0];
  for (const [name, amount] of use) {
    used += amount;
    requested += requests.get(name) ?? 0;
  }
  const average = Math.floor(used / use.size);
  if ('average' in target) return { ratio: average / target.average, average };
  if (requested === 0) return { error: 'no metrics returned matched known pods' };
  const utilization = Math.floor((used * 100) / requested);
  return { ratio: utilization / target.utilization, utilization, average };
}

/** Pods that were not measured count for the side of caution; those not ready yet for nothing. */
function assume(
  use: Map<string, number>,
  requests: ReadonlyMap<string, number>,
  sorted: Sorted,
  target: ResourceQuestion['target'],
  ratio: number,
): void {
  for (const name of sorted.missing) {
    if (ratio > 1) use.set(name, 0);
    else if (ratio < 1)
      use.set(
        name,
        'average' in target
          ? target.average
          : ((requests.get(name) ?? 0) * Math.max(100, target.utilization)) / 100,
      );
  }
  if (ratio > 1) for (const name of sorted.unready) use.set(name, 0);
}
