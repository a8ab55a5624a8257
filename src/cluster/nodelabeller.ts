import { node as nodeKind } from '../api/kinds/node.ts';
import type { KubeObject } from '../api/object.ts';
import { storagePrefix } from '../apiserver/storagekey.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import type { Etcd } from '../etcd/etcd.ts';
import type { Simulation } from '../sim/simulation.ts';
import { SUPER_ADMIN } from './identities.ts';

type Labels = Readonly<Record<string, string>>;

/** What the labeller needs of the cluster. */
export interface LabelledCluster {
  readonly sim: Simulation;
  readonly etcd: Etcd<KubeObject>;
  transport(from?: string): Transport;
}

const RETRY_MS = 1_000;

/**
 * Labels that a kubelet may not give its own node, such as its role: whoever installs the cluster sets
 * them when the node has joined (kubeadm phase mark-control-plane).
 */
export class NodeLabeller {
  readonly #cluster: LabelledCluster;
  readonly #wanted = new Map<string, Labels>();

  constructor(cluster: LabelledCluster) {
    this.#cluster = cluster;
    const prefix = storagePrefix(nodeKind);
    cluster.etcd.observe((record) => {
      if (
        !record.key.startsWith(prefix) ||
        record.value === undefined ||
        record.previous?.value !== undefined
      )
        return;
      const name = record.value.metadata.name ?? '';
      if (this.#wanted.has(name)) cluster.sim.after(0, () => this.#label(name));
    });
  }

  /** Says what a machine is to be labelled with once its node exists. */
  expect(name: string, labels: Labels): void {
    if (Object.keys(labels).length > 0) this.#wanted.set(name, labels);
  }

  #label(name: string): void {
    const client = new Client(this.#cluster.transport(), { user: SUPER_ADMIN, component: 'kubeadm' });
    client.setCause({ component: 'kubeadm', trigger: 0, input: 'kubeadm init phase mark-control-plane' });
    const metadata = { labels: this.#wanted.get(name) };
    const patched = client.patch(nodeKind, name, undefined, 'strategic', { metadata });
    if (patched.ok || patched.status.code === 404) return;
    this.#cluster.sim.after(RETRY_MS, () => this.#label(name));
  }
}
