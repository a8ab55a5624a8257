import { type Quantity, quantityFromValue } from '../../apimachinery/quantity.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Container, Pod, PodSpec, ScopedResourceSelectorRequirement } from '../generated/types.ts';
import { isRestartableInitContainer } from '../podstatus.ts';
import { qosClassOf } from '../qos.ts';
import { type Amounts, addTo, amountsOf, raiseTo } from './amounts.ts';

const ONE = quantityFromValue(1);
const COMPUTE: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);
const NATIVE: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];

type List = 'requests' | 'limits';

/** What a pod asks for, or may use at most, in all (component-helpers/resource PodRequests, PodLimits). */
export function podResources(spec: PodSpec, list: List): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  for (const { resources } of spec.containers ?? []) addTo(total, amountsOf(resources?.[list]));
  const sidecars = new Map<string, Quantity>();
  const most = new Map<string, Quantity>();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container.resources?.[list]);
    if (isRestartableInitContainer(container)) {
      addTo(total, own);
      addTo(sidecars, own);
      raiseTo(most, sidecars);
    } else {
      addTo(own, sidecars);
      raiseTo(most, own);
    }
  }
  raiseTo(total, most);
  for (const [name, amount] of amountsOf(spec.resources?.[list])) total.set(name, amount);
  const overhead = amountsOf(spec.overhead);
  addTo(total, list === 'requests' ? overhead : new Map([...overhead].filter(([name]) => total.has(name))));
  return total;
}

/** What some requests and limits count as in a quota (evaluator/core/pods.go podComputeUsageHelper). */
function computeUsage(requests: Amounts, limits: Amounts): Map<string, Quantity> {
  const usage = new Map<string, Quantity>();
  for (const [name, amount] of requests) {
    if (NATIVE.includes(name)) usage.set(name, amount);
    if (name.startsWith('hugepages-')) usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (NATIVE.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

/** Whether a pod takes anything but a name: not once it has ended, or should have been gone (QuotaV1Pod). */
export function isPodCounted(pod: Pod, now: number): boolean {
  const { phase } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  // deletionTimestamp lies at the end of the grace period already; upstream waits for another one.
  return now <= (parseTime(deletionTimestamp) ?? 0) + deletionGracePeriodSeconds * 1000;
}

/** What a pod uses of a quota. */
export function podUsage(pod: Pod, now: number): Map<string, Quantity> {
  const usage = new Map([['count/pods', ONE]]);
  if (!isPodCounted(pod, now)) return usage;
  usage.set('pods', ONE);
  addTo(usage, computeUsage(podResources(pod.spec, 'requests'), podResources(pod.spec, 'limits')));
  return usage;
}

/** What a pod's containers must say if a quota counts `tracked`; undefined when they say it. */
export function podConstraints(pod: Pod, tracked: Iterable<string>): string | undefined {
  const wanted = [...tracked].filter((name) => COMPUTE.has(name)).sort();
  const missing = wanted.flatMap((name) => {
    const silent = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]
      .filter((container) => !saysSo(container, name))
      .map((container) => container.name);
    return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent)].sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

function saysSo({ resources }: Container, name: string): boolean {
  return computeUsage(amountsOf(resources?.requests), amountsOf(resources?.limits)).has(name);
}

/** Whether a pod is of those that a scope means. */
export function podMatchesScope(
  pod: Pod,
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
): boolean {
  const isTerminating = (pod.spec.activeDeadlineSeconds ?? -1) >= 0;
  switch (scopeName) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return qosClassOf(pod) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(pod) !== 'BestEffort';
    case 'CrossNamespacePodAffinity':
      return usesCrossNamespaceAffinity(pod);
    case 'PriorityClass': {
      const name = pod.spec.priorityClassName ?? '';
      if (operator === 'Exists') return name !== '';
      if (operator === 'DoesNotExist') return name === '';
      return operator === 'NotIn' ? !values.includes(name) : values.includes(name);
    }
    default:
      return false;
  }
}

function usesCrossNamespaceAffinity({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  return [podAffinity, podAntiAffinity].some((affinity) =>
    [
      ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        (term) => term.podAffinityTerm,
      ),
    ].some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined),
  );
}
