import type { Node, Pod } from '../../src/api/generated/types.ts';
import { milliOf, valueOf as unitsOf } from '../../src/apimachinery/quantity.ts';

/**
 * Whether a pod may run on a node, written a second time and as plainly as possible, so that the
 * scheduler is not judged by its own code. Cheap it is not.
 */

/** What pods ask of a node: millicores, bytes, places. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

export const NOTHING: Amounts = Object.freeze({ cpu: 0, memory: 0, pods: 0 });

export function asked(pod: Pod): Amounts {
  const of = (
    list: NonNullable<Pod['spec']>['containers'] | undefined,
    pick: 'sum' | 'max',
    what: 'cpu' | 'memory',
  ) =>
    (list ?? []).reduce((total, { resources }) => {
      const text = resources?.requests?.[what];
      const amount = what === 'cpu' ? milliOf(text) : unitsOf(text);
      return pick === 'sum' ? total + amount : Math.max(total, amount);
    }, 0);
  const total = (what: 'cpu' | 'memory') =>
    Math.max(of(pod.spec?.containers, 'sum', what), of(pod.spec?.initContainers, 'max', what));
  return { cpu: total('cpu'), memory: total('memory'), pods: 1 };
}

export function sum(a: Amounts, b: Amounts): Amounts {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory, pods: a.pods + b.pods };
}

export function allocatable(node: Node): Amounts {
  const { cpu, memory, pods } = node.status?.allocatable ?? {};
  return { cpu: milliOf(cpu), memory: unitsOf(memory), pods: unitsOf(pods) };
}

/** What is over the node's allocatable, in words; undefined when all fits. */
export function excess(total: Amounts, room: Amounts): string | undefined {
  for (const what of ['cpu', 'memory', 'pods'] as const)
    if (total[what] > room[what]) return `${what}: ${total[what]} of ${room[what]}`;
  return undefined;
}

/** Whether a pod still takes up room. */
export function isActive(pod: Pod): boolean {
  return pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

/** Why the pod may not be put on the node whatever its room; undefined when it may. */
export function forbids(pod: Pod, node: Node): string | undefined {
  const taint = untolerated(pod, node);
  if (taint !== undefined) return `taint ${taint}`;
  return selects(pod, node) ? undefined : 'its node selector or affinity';
}

/** Whether `nodeSelector` and required node affinity take the node. */
export function selects(pod: Pod, node: Node): boolean {
  for (const [key, wanted] of Object.entries(pod.spec.nodeSelector ?? {}))
    if (node.metadata.labels?.[key] !== wanted) return false;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined) return true;
  return terms.some(({ matchFields = [], matchExpressions = [] }) =>
    [
      ...matchFields.map(({ operator, values = [] }) => holds(operator, values, node.metadata.name)),
      ...matchExpressions.map(({ key, operator, values = [] }) =>
        holds(operator, values, node.metadata.labels?.[key]),
      ),
    ].every(Boolean),
  );
}

/** Whether a requirement on one label or field is met. */
export function holds(operator: string, values: readonly string[], actual: string | undefined): boolean {
  if (operator === 'In') return actual !== undefined && values.includes(actual);
  if (operator === 'NotIn') return actual === undefined || !values.includes(actual);
  return (operator === 'Exists') === (actual !== undefined);
}

/** Ports of its node that a pod takes. */
export function hostPorts({ spec }: Pod): readonly string[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports
      .filter(({ hostPort }) => hostPort !== undefined && hostPort > 0)
      .map(({ protocol = 'TCP', hostPort }) => `${protocol} ${hostPort}`),
  );
}

/** The first taint that keeps the pod off the node. */
export function untolerated(pod: Pod, node: Node): string | undefined {
  const tolerations = pod.spec?.tolerations ?? [];
  for (const { key, value = '', effect } of node.spec?.taints ?? []) {
    if (effect === 'PreferNoSchedule') continue;
    const tolerated = tolerations.some(
      (each) =>
        (each.effect === undefined || each.effect === '' || each.effect === effect) &&
        (each.key === undefined || each.key === '' ? each.operator === 'Exists' : each.key === key) &&
        (each.operator === 'Exists' || (each.value ?? '') === value),
    );
    if (!tolerated) return key;
  }
  return undefined;
}
