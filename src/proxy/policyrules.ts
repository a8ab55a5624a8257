import type {
  IPBlock,
  LabelSelector,
  Namespace,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
} from '../api/generated/types.ts';
import { keyOf, namespaceOf } from '../api/object.ts';
import { cidrContains, parseCIDR, parseIP } from '../apimachinery/ip.ts';
import { labelSelectorAsSelector } from '../apimachinery/labels.ts';
import type { Flow } from '../network/types.ts';

export type Direction = 'ingress' | 'egress';

/** Who is at the other end: an address, and the pod that has it, if any. */
export interface Peer {
  readonly ip: string;
  readonly pod: Pod | undefined;
  readonly namespace: Namespace | undefined;
}

/** One rule: whom and which ports it allows. */
export interface CompiledRule {
  /** `target` is the pod that is dialled, whose named ports count. */
  allows(peer: Peer, flow: Flow, target: Pod | undefined): boolean;
}

/** A policy ready to be asked. A direction that it does not isolate is undefined. */
export interface CompiledPolicy {
  readonly key: string;
  readonly ingress: readonly CompiledRule[] | undefined;
  readonly egress: readonly CompiledRule[] | undefined;
  selects(pod: Pod): boolean;
}

type Labels = Readonly<Record<string, string>> | undefined;

/** Policies are immutable and every node reads the same ones: each is compiled once for all of them. */
const compiled = new WeakMap<NetworkPolicy, CompiledPolicy>();

/** Reads a policy (networking/v1 types.go says what its fields mean). */
export function compilePolicy(policy: NetworkPolicy): CompiledPolicy {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const { spec } = policy;
  const home = namespaceOf(policy);
  const types = spec.policyTypes ?? ['Ingress'];
  const selects = matcher(spec.podSelector ?? {});
  const made: CompiledPolicy = {
    key: keyOf(policy),
    ingress: types.includes('Ingress')
      ? (spec.ingress ?? []).map(({ from, ports }) => compileRule(home, from, ports))
      : undefined,
    egress: types.includes('Egress')
      ? (spec.egress ?? []).map(({ to, ports }) => compileRule(home, to, ports))
      : undefined,
    selects: (pod) => selects(pod.metadata.labels),
  };
  compiled.set(policy, made);
  return made;
}

function compileRule(
  home: string,
  peers: readonly NetworkPolicyPeer[] | undefined,
  ports: readonly NetworkPolicyPort[] | undefined,
): CompiledRule {
  // An empty list is no list: it allows everybody, or every port.
  const who = (peers ?? []).map((peer) => compilePeer(home, peer));
  const where = ports ?? [];
  return {
    allows: (peer, flow, target) =>
      (who.length === 0 || who.some((matches) => matches(peer))) &&
      (where.length === 0 || where.some((port) => isPort(port, flow, target))),
  };
}

function compilePeer(home: string, peer: NetworkPolicyPeer): (peer: Peer) => boolean {
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock !== undefined) return compileBlock(ipBlock);
  const pods = podSelector === undefined ? undefined : matcher(podSelector);
  const namespaces = namespaceSelector === undefined ? undefined : matcher(namespaceSelector);
  return ({ pod, namespace }) => {
    if (pod === undefined) return false;
    const near =
      namespaces === undefined
        ? namespaceOf(pod) === home
        : namespace !== undefined && namespaces(namespace.metadata.labels);
    return near && (pods === undefined || pods(pod.metadata.labels));
  };
}

function compileBlock({ cidr, except = [] }: IPBlock): (peer: Peer) => boolean {
  const range = parseCIDR(cidr);
  const holes = except.map(parseCIDR);
  return ({ ip }) => {
    const address = parseIP(ip);
    if (address === undefined || range === undefined || !cidrContains(range, address)) return false;
    return !holes.some((hole) => hole !== undefined && cidrContains(hole, address));
  };
}

function isPort(
  { port, endPort, protocol = 'TCP' }: NetworkPolicyPort,
  flow: Flow,
  target: Pod | undefined,
): boolean {
  if (flow.transport !== protocol) return false;
  const dialled = flow.destination.port;
  if (port === undefined) return true;
  if (typeof port === 'number')
    return endPort === undefined ? dialled === port : dialled >= port && dialled <= endPort;
  return (target?.spec.containers ?? []).some(({ ports = [] }) =>
    ports.some(
      (own) => own.name === port && (own.protocol ?? 'TCP') === protocol && own.containerPort === dialled,
    ),
  );
}

function matcher(given: LabelSelector): (labels: Labels) => boolean {
  const selector = labelSelectorAsSelector(given);
  return 'error' in selector ? () => false : (labels) => selector.matches(labels);
}
