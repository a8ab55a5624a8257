import type { Node, Pod } from '../api/generated/types.ts';
import { requiredAffinity } from '../api/nodeselector.ts';
import { podRequests } from '../api/podrequests.ts';
import { isTolerated, tolerationsOf } from '../api/tolerations.ts';
import { milliOf, valueOf as unitsOf } from '../apimachinery/quantity.ts';
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
    (requiredAffinity(pod)?.matches(node) !== false
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
  const used = new Map<string, number>();
  let pods = 0;
  for (const other of others) {
    pods++;
    for (const [name, amount] of requestsOf(other)) used.set(name, (used.get(name) ?? 0) + amount);
  }
  const room = unitsOf(allocatable.pods ?? '0');
  if (pods + 1 > room) return insufficient('pods', 1, pods, room);
  for (const [name, requested] of requestsOf(pod)) {
    const text = allocatable[name];
    // What the node does not know at all is not the kubelet's to count (predicate.go removes it).
    if (requested === 0 || (text === undefined && name.includes('/'))) continue;
    const taken = used.get(name) ?? 0;
    const capacity = text === undefined ? 0 : name === 'cpu' ? milliOf(text) : unitsOf(text);
    if (taken + requested > capacity) return insufficient(name, requested, taken, capacity);
  }
  return undefined;
}

/** What a pod asks for by name: cpu in millicores, all else in whole units. */
function requestsOf(pod: Pod): readonly (readonly [string, number])[] {
  const { milliCPU, memory, ephemeralStorage, scalar } = podRequests(pod.spec);
  return [['cpu', milliCPU], ['memory', memory], ['ephemeral-storage', ephemeralStorage], ...scalar];
}

function insufficient(name: string, requested: number, used: number, capacity: number): Rejection {
  const message = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return reject(`OutOf${name}`, message);
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
  const tolerations = tolerationsOf(pod);
  return (node.spec.taints ?? []).every(
    (taint) => taint.effect !== 'NoExecute' || isTolerated(tolerations, taint),
  );
}
