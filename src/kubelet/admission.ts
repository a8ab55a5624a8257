import type { Node, Pod, PodSpec } from '../api/generated/types.ts';
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

/** What the pods that hold resources of a node ask for together. */
export class Usage {
  pods = 0;
  readonly #amounts = new Map<string, number>();

  /** Of one resource: millicores of cpu, whole units of all else. */
  amount(name: string): number {
    return this.#amounts.get(name) ?? 0;
  }

  add(spec: PodSpec): void {
    this.pods++;
    for (const [name, amount] of requestsOf(spec)) this.#amounts.set(name, this.amount(name) + amount);
  }

  remove(spec: PodSpec): void {
    this.pods--;
    for (const [name, amount] of requestsOf(spec)) this.#amounts.set(name, this.amount(name) - amount);
  }
}

/**
 * Whether a pod that was bound to this node may start here (pkg/kubelet/lifecycle/predicate.go):
 * labels and taints may have changed since it was scheduled, or it was never scheduled. `others` are
 * the pods that hold resources here, and `used` is what they ask for.
 */
export function admitPod(
  pod: Pod,
  node: Node,
  others: Iterable<Pod>,
  used: Usage = usageOf(others),
): Rejection | undefined {
  return (
    pressureOn(pod, node) ??
    wrongSystem(pod, node) ??
    lackOf(pod, node, used) ??
    (requiredAffinity(pod)?.matches(node) !== false
      ? undefined
      : reject(
          'NodeAffinity',
          "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        )) ??
    portConflict(pod, others) ??
    forbiddenSysctl(pod) ??
    (isStaticPod(pod) || toleratesNoExecute(pod, node)
      ? undefined
      : reject(
          'TaintToleration',
          "Predicate TaintToleration failed: node(s) had taints that the pod doesn't tolerate",
        ))
  );
}

/** A priority from which on a pod is critical (pkg/apis/scheduling/types.go). */
const CRITICAL = 2_000_000_000;

/** Under disk pressure nothing new is let in that the cluster can do without (eviction_manager.go Admit). */
function pressureOn(pod: Pod, node: Node): Rejection | undefined {
  const pressed = node.status?.conditions?.some(
    ({ type, status }) => type === 'DiskPressure' && status === 'True',
  );
  if (pressed !== true || isStaticPod(pod) || (pod.spec.priority ?? 0) >= CRITICAL) return undefined;
  return reject('Evicted', 'The node had condition: [DiskPressure]. ');
}

/** Pods for another operating system (predicate.go rejectPodAdmissionBasedOnOSSelector, ...OSField). */
function wrongSystem({ spec }: Pod, { metadata }: Node): Rejection | undefined {
  const label = spec.nodeSelector?.[OS_LABEL];
  if (label !== undefined && label !== (metadata.labels?.[OS_LABEL] ?? label))
    return reject(
      'PodOSSelectorNodeLabelDoesNotMatch',
      "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    );
  return spec.os === undefined || spec.os.name === 'linux'
    ? undefined
    : reject('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS");
}

const OS_LABEL = 'kubernetes.io/os';

function reject(reason: string, message: string): Rejection {
  return { reason, message };
}

function usageOf(pods: Iterable<Pod>): Usage {
  const usage = new Usage();
  for (const { spec } of pods) usage.add(spec);
  return usage;
}

/** What of its requests a node has no room for beside `used`. */
export function lackOf(pod: Pod, node: Node, used: Usage): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {};
  const { pods } = used;
  const room = unitsOf(allocatable.pods ?? '0');
  if (pods + 1 > room) return insufficient('pods', 1, pods, room);
  for (const [name, requested] of requestsOf(pod.spec)) {
    const text = allocatable[name];
    // What the node does not know at all is not the kubelet's to count (predicate.go removes it).
    if (requested === 0 || (text === undefined && name.includes('/'))) continue;
    const taken = used.amount(name);
    const capacity = text === undefined ? 0 : name === 'cpu' ? milliOf(text) : unitsOf(text);
    if (taken + requested > capacity) return insufficient(name, requested, taken, capacity);
  }
  return undefined;
}

/** What a pod asks for by name: cpu in millicores, all else in whole units. */
function requestsOf(spec: PodSpec): readonly (readonly [string, number])[] {
  const { milliCPU, memory, ephemeralStorage, scalar } = podRequests(spec);
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

/** Kernel parameters that a pod may set without the kubelet being told so (pkg/kubelet/sysctl/safe_sysctls.go). */
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);

function forbiddenSysctl({ spec }: Pod): Rejection | undefined {
  const sysctl = spec.securityContext?.sysctls?.find(
    ({ name }) => !SAFE_SYSCTLS.has(name.replaceAll('/', '.')),
  );
  if (sysctl === undefined) return undefined;
  return reject('SysctlForbidden', `forbidden sysctl: ${JSON.stringify(sysctl.name)} not allowlisted`);
}

function toleratesNoExecute(pod: Pod, node: Node): boolean {
  const tolerations = tolerationsOf(pod);
  return (node.spec.taints ?? []).every(
    (taint) => taint.effect !== 'NoExecute' || isTolerated(tolerations, taint),
  );
}
