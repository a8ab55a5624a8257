import type {
  ControllerRevision,
  DaemonSet,
  Node,
  Pod,
  PodTemplateSpec,
  Toleration,
} from '../api/generated/types.ts';
import { TEMPLATE_GENERATION } from '../api/kinds/daemonset.ts';
import { type RequiredAffinity, requiredAffinity } from '../api/nodeselector.ts';
import { nameOf } from '../api/object.ts';
import { allTolerated, isTolerated } from '../api/tolerations.ts';
import { getScaledValueFromIntOrPercent } from '../apimachinery/intorstring.ts';

/** What pods a DaemonSet makes, and for which nodes (pkg/controller/daemon/util). */

/** The label of pods and revisions that says which revision they are (apps.DefaultDaemonSetUniqueLabelKey). */
export const REVISION_HASH = 'controller-revision-hash';
const POD_TEMPLATE_GENERATION = 'pod-template-generation';

/** What every daemon tolerates: it is there to run on troubled nodes too (util.AddOrUpdateDaemonPodTolerations). */
const DAEMON_TOLERATIONS: readonly Toleration[] = Object.freeze([
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]);
const HOST_NETWORK_TOLERATION: Toleration = Object.freeze({
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
});

/** What a template demands of nodes and what it tolerates of them. */
interface Demands {
  readonly affinity: RequiredAffinity | undefined;
  readonly tolerations: readonly Toleration[];
}

/** Worked out once for each version of a template, not for each node. */
const demandsOfTemplates = new WeakMap<PodTemplateSpec, Demands>();

function demandsOf(template: PodTemplateSpec): Demands {
  let demands = demandsOfTemplates.get(template);
  if (demands === undefined) {
    const spec = template.spec ?? { containers: [] };
    const affinity = requiredAffinity({ apiVersion: 'v1', kind: 'Pod', metadata: {}, spec });
    demands = { affinity, tolerations: daemonTolerations(template) };
    demandsOfTemplates.set(template, demands);
  }
  return demands;
}

/** Whether a daemon is to be started on a node, and whether one that runs there may stay. */
interface Decision {
  readonly run: boolean;
  readonly stay: boolean;
}

const RUN: Decision = Object.freeze({ run: true, stay: true });
const STAY: Decision = Object.freeze({ run: false, stay: true });
const LEAVE: Decision = Object.freeze({ run: false, stay: false });

/** What is to be done on a node (NodeShouldRunDaemonPod). */
export function decide(set: DaemonSet, node: Node): Decision {
  const { template } = set.spec;
  const { affinity, tolerations } = demandsOf(template);
  if (affinity?.matches(node) === false) return LEAVE;
  const named = template.spec?.nodeName ?? '';
  if (named !== '' && named !== nameOf(node)) return LEAVE;
  if (node.spec.taints === undefined) return RUN;
  const taints = node.spec.taints.filter((taint) => taint.effect !== 'PreferNoSchedule');
  if (allTolerated(tolerations, taints)) return RUN;
  // What runs already is only driven out by NoExecute.
  const stay = taints.every((taint) => taint.effect !== 'NoExecute' || isTolerated(tolerations, taint));
  return stay ? STAY : LEAVE;
}

function daemonTolerations(template: PodTemplateSpec): readonly Toleration[] {
  const own = template.spec?.tolerations ?? [];
  const extra = template.spec?.hostNetwork === true ? [HOST_NETWORK_TOLERATION] : [];
  return [...own, ...DAEMON_TOLERATIONS, ...extra];
}

/** The template for one node: pinned by name, so that the scheduler binds it there and nowhere else. */
export function daemonTemplate(set: DaemonSet, node: string, hash: string): PodTemplateSpec {
  const { template } = set.spec;
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION];
  const labels = {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [POD_TEMPLATE_GENERATION]: generation }),
    [REVISION_HASH]: hash,
  };
  const spec = template.spec ?? { containers: [] };
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const nodeSelectorTerms =
    terms === undefined ? [{ matchFields }] : terms.map((term) => ({ ...term, matchFields }));
  return {
    metadata: { ...template.metadata, labels },
    spec: {
      ...spec,
      affinity: {
        ...spec.affinity,
        nodeAffinity: {
          ...spec.affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
        },
      },
      tolerations: daemonTolerations(template),
    },
  };
}

/** Where a daemon's pod runs, or will run: the node of its affinity until it is bound. */
export function targetNode(pod: Pod): string {
  const bound = pod.spec.nodeName ?? '';
  if (bound !== '') return bound;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.find((field) => field.key === 'metadata.name')?.values?.[0] ?? '';
}

/** The hash that a revision's pods carry. */
export function revisionHash(revision: ControllerRevision): string {
  return revision.metadata.labels?.[REVISION_HASH] ?? '';
}

/** Whether a pod is of the revision with this hash. */
export function isUpToDate(pod: Pod, hash: string): boolean {
  return pod.metadata.labels?.[REVISION_HASH] === hash;
}

/** Whether an update may start the new pod before the old one is gone (util.AllowsSurge). */
export function surgeAllowed(set: DaemonSet): boolean {
  const surge = set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0;
  return surge !== 0 && surge !== '0%';
}

/** A number, or a percentage of `total` rounded up. */
export function scaled(value: number | string, total: number): number {
  const result = getScaledValueFromIntOrPercent(value, total, true);
  return typeof result === 'number' ? result : 0;
}

/** Oldest first; the same second by name. */
export function byAge(a: Pod, b: Pod): number {
  const left = a.metadata.creationTimestamp ?? '';
  const right = b.metadata.creationTimestamp ?? '';
  if (left !== right) return left < right ? -1 : 1;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
