import type { Namespace, NetworkPolicy, Pod } from '../api/generated/types.ts';
import { namespace as namespaceKind } from '../api/kinds/namespace.ts';
import { networkPolicy as policyKind } from '../api/kinds/networkpolicy.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { keyOf, namespaceOf } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Flow, FlowFilter, HostPolicy, NetworkNamespace } from '../network/types.ts';
import type { Process } from '../sim/process.ts';
import { type CompiledPolicy, compilePolicy, type Direction, type Peer } from './policyrules.ts';

const BY_NAMESPACE = 'namespace';
const BY_ADDRESS = 'address';
const ALLOWED: ReturnType<FlowFilter> = Object.freeze({ allow: true, rule: '' });

export interface PolicyAgentOptions {
  readonly process: Process;
  readonly client: Client;
  /** The host namespace of its node. */
  readonly namespace: NetworkNamespace;
}

/**
 * The agent of the network plugin that enforces NetworkPolicies on one node: each connection of a pod
 * is judged where it leaves and where it arrives. Policies only ever allow; a pod that none selects
 * for a direction is open in it; what is not allowed is dropped without a word. Pods on the host
 * network, and what the node itself says to its pods, are exempt. Without policies it watches those
 * alone. When it dies, what it knew stays in force.
 */
export class PolicyAgent implements HostPolicy {
  readonly #host: NetworkNamespace['host'];
  readonly #policies: Informer<NetworkPolicy>;
  readonly #pods: Informer<Pod>;
  readonly #namespaces: Informer<Namespace>;
  /** Pod key -> the policies that select it; emptied when one of them, or its labels, changes. */
  #selecting = new Map<string, readonly CompiledPolicy[]>();

  constructor({ process, client, namespace }: PolicyAgentOptions) {
    this.#host = namespace.host;
    this.#policies = new Informer(process, client, policyKind);
    this.#pods = new Informer(process, client, podKind);
    this.#namespaces = new Informer(process, client, namespaceKind);
  }

  start(): void {
    this.#policies.addIndex(BY_NAMESPACE, (policy) => [namespaceOf(policy)]);
    this.#pods.addIndex(BY_ADDRESS, (pod) => (pod.spec.hostNetwork === true ? [] : addressesOf(pod)));
    const changed = (): void => this.#policiesChanged();
    this.#policies.addHandler({ add: changed, update: changed, delete: changed });
    const pod = (object: Pod): void => void this.#selecting.delete(keyOf(object));
    this.#pods.addHandler({
      update: (old, next) => {
        if (old.metadata.labels !== next.metadata.labels) pod(next);
      },
      delete: pod,
    });
    // What a predecessor knew holds until this one knows better.
    this.#policies.start();
    if (this.#policies.synced && this.#policies.size === 0) this.#host.policy = undefined;
  }

  #policiesChanged(): void {
    this.#selecting = new Map();
    if (this.#policies.size === 0) {
      this.#host.policy = undefined;
      return;
    }
    this.#namespaces.start();
    this.#pods.start();
    this.#host.policy = this;
  }

  ingress(namespace: string, flow: Flow): ReturnType<FlowFilter> {
    if (flow.ownHost) return ALLOWED;
    return this.#judge('ingress', namespace, flow, flow.source.ip, this.#pods.get(namespace));
  }

  egress(namespace: string, flow: Flow): ReturnType<FlowFilter> {
    return this.#judge('egress', namespace, flow, flow.destination.ip, this.#podAt(flow.destination.ip));
  }

  /** `target` is the pod whose named ports count: the one that is dialled. */
  #judge(
    direction: Direction,
    key: string,
    flow: Flow,
    peerIp: string,
    target: Pod | undefined,
  ): ReturnType<FlowFilter> {
    const subject = this.#pods.get(key);
    if (subject === undefined) return ALLOWED;
    const isolating = this.#selectingOf(key, subject).filter((policy) => policy[direction] !== undefined);
    if (isolating.length === 0) return ALLOWED;
    const pod = this.#podAt(peerIp);
    const peer: Peer = {
      ip: peerIp,
      pod,
      namespace: pod === undefined ? undefined : this.#namespaces.get(namespaceOf(pod)),
    };
    for (const policy of isolating)
      if (policy[direction]?.some((rule) => rule.allows(peer, flow, target)) === true)
        return { allow: true, rule: policy.key };
    return { allow: false, rule: isolating.map((policy) => policy.key).join(', ') };
  }

  #selectingOf(key: string, pod: Pod): readonly CompiledPolicy[] {
    let found = this.#selecting.get(key);
    if (found === undefined) {
      found = this.#policies
        .byIndex(BY_NAMESPACE, namespaceOf(pod))
        .map(compilePolicy)
        .filter((policy) => policy.selects(pod))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      this.#selecting.set(key, found);
    }
    return found;
  }

  #podAt(ip: string): Pod | undefined {
    return this.#pods
      .byIndex(BY_ADDRESS, ip)
      .find(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  }
}

function addressesOf({ status }: Pod): readonly string[] {
  return status?.podIPs?.map(({ ip }) => ip ?? '') ?? [];
}
