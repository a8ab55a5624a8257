import type {
  Node,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Pod,
  Taint,
  Toleration,
} from '../api/generated/types.ts';
import { type Operator, requirementMatches } from '../apimachinery/labels.ts';
import { milliOf } from '../apimachinery/quantity.ts';
import { type MilliList, podRequests } from './podrequests.ts';
import { isStaticPod } from './podtext.ts';

/** Why a pod may not run on this node. `message` stands in the pod's status after `Pod was rejected: `. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * Whether a pod that was bound to this node may start here (pkg/kubelet/lifecycle/predicate.go):
 * labels and taints may have changed since it was scheduled, or it was never scheduled. `others` are
 * the pods that hold resources here.
 */
export function admitPod(pod: Pod, node: Node, others: Iterable<Pod>): Rejection | undefined {
  return (
    lackOf(pod, node, others) ??
    (matchesNode(pod, node)
      ? undefined
      : reject(
          'NodeAffinity',
          "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        )) ??
    portConflict(pod, others) ??
    (isStaticPod(pod) || toleratesNoExecute(pod, node)
      ? undefined
      : reject(
          'TaintToleration',
          "Predicate TaintToleration failed: node(s) had taints that the pod doesn't tolerate",
        ))
  );
}

function reject(reason: string, message: string): Rejection {
  return { reason, message };
}

function lackOf(pod: Pod, node: Node, others: Iterable<Pod>): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {};
  const used: Record<string, number> = {};
  let pods = 0;
  for (const other of others) {
    pods++;
    const requests = podRequests(other.spec);
    for (const name in requests) used[name] = (used[name] ?? 0) + (requests[name] ?? 0);
  }
  const room = milliOf(allocatable.pods) / 1000;
  if (pods + 1 > room) return insufficient('pods', 1, pods, room);
  return lackOfOne(podRequests(pod.spec), used, allocatable);
}

function lackOfOne(
  requests: MilliList,
  used: MilliList,
  allocatable: Readonly<Record<string, string>>,
): Rejection | undefined {
  for (const name of Object.keys(requests)) {
    const [requested, taken, capacity] = [requests[name] ?? 0, used[name] ?? 0, milliOf(allocatable[name])];
    // What the node does not know at all is not the kubelet's to count (predicate.go removes it).
    if (requested === 0 || (allocatable[name] === undefined && name.includes('/'))) continue;
    if (taken + requested <= capacity) continue;
    // cpu is counted in millicores, all else in whole units.
    const unit = name === 'cpu' ? 1 : 1000;
    return insufficient(name, requested / unit, taken / unit, capacity / unit);
  }
  return undefined;
}

function insufficient(name: string, requested: number, used: number, capacity: number): Rejection {
  const message = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return reject(`OutOf${name}`, message);
}

/** nodeSelector and required node affinity. */
function matchesNode(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = pod.spec.nodeSelector;
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => matchesTerm(term, node));
}

function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  const fields = { 'metadata.name': node.metadata.name ?? '' };
  return (
    matchExpressions.every((r) => matchesRequirement(r, node.metadata.labels ?? {})) &&
    matchFields.every((r) => matchesRequirement(r, fields))
  );
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
  ['Gt', 'gt'],
  ['Lt', 'lt'],
]);

function matchesRequirement(r: NodeSelectorRequirement, values: Readonly<Record<string, string>>): boolean {
  const operator = OPERATORS.get(r.operator);
  if (operator === undefined) return false;
  return requirementMatches({ key: r.key, operator, values: r.values ?? [] }, values);
}

function hostPorts(pod: Pod): string[] {
  const ports: string[] = [];
  for (const { ports: declared } of pod.spec.containers) {
    for (const { hostPort, protocol = 'TCP', hostIP = '' } of declared ?? []) {
      if (hostPort !== undefined && hostPort > 0) ports.push(`${hostIP}|${protocol}|${hostPort}`);
    }
  }
  return ports;
}

function portConflict(pod: Pod, others: Iterable<Pod>): Rejection | undefined {
  const wanted = hostPorts(pod);
  if (wanted.length === 0) return undefined;
  for (const other of others) {
    if (hostPorts(other).some((port) => wanted.includes(port)))
      return reject(
        'NodePorts',
        "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
      );
  }
  return undefined;
}

function toleratesNoExecute(pod: Pod, node: Node): boolean {
  const tolerations = pod.spec.tolerations ?? [];
  return (node.spec.taints ?? []).every(
    (taint) => taint.effect !== 'NoExecute' || tolerations.some((t) => tolerates(t, taint)),
  );
}

function tolerates(t: Toleration, taint: Taint): boolean {
  if ((t.effect ?? '') !== '' && t.effect !== taint.effect) return false;
  if ((t.key ?? '') !== '' && t.key !== taint.key) return false;
  return t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '');
}
