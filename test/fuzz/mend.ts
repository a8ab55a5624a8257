import { limitRange } from '../../src/api/kinds/limitrange.ts';
import { node as nodeKind } from '../../src/api/kinds/node.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import { resourceQuota } from '../../src/api/kinds/resourcequota.ts';
import { nameOf, namespaceOf } from '../../src/api/object.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';

const COMPONENTS = [
  'etcd',
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller-manager',
  'kubelet',
  'kube-proxy',
  'coredns',
] as const;
/** The finalizer that plans set and nobody but the player removes. */
export const PLAYERS_FINALIZER = 'example.com/wait';
const API_WAIT_MS = 1_000;
const API_TRIES = 900;

/** Ends every fault, takes the player's own finalizers away and lifts quotas, limits and what drives pods away, as somebody who tidies up. */
export function mend(cluster: Cluster): void {
  cluster.inject({ kind: 'ApiRecover' });
  cluster.inject({ kind: 'RegistryUp' });
  cluster.inject({ kind: 'DnsRight' });
  cluster.inject({ kind: 'WatchSlow', latency: 0 });
  cluster.inject({ kind: 'EtcdSlow', latency: 0 });
  cluster.inject({ kind: 'StorageUp' });
  for (const node of cluster.machines.keys())
    for (const to of cluster.machines.keys()) if (node < to) cluster.inject({ kind: 'LinkHeal', node, to });
  for (const node of cluster.machines.keys()) {
    cluster.inject({ kind: 'NetworkHeal', node });
    cluster.inject({ kind: 'NodeUnclog', node });
    cluster.inject({ kind: 'DiskFree', node });
    cluster.inject({ kind: 'ClockSkew', node, seconds: 0 });
    cluster.inject({ kind: 'NetworkPluginUp', node });
    cluster.inject({ kind: 'NodeUnload', node });
    cluster.inject({ kind: 'NodeUp', node });
  }
  for (const component of COMPONENTS) {
    cluster.inject({ kind: 'ComponentResume', component });
    cluster.inject({ kind: 'ComponentStart', component });
  }
  for (let i = 0; cluster.inject({ kind: 'EtcdFree' }) !== undefined && i < API_TRIES; i++)
    cluster.runFor(API_WAIT_MS);
  for (let i = 0; cluster.apiServer?.ready !== true && i < API_TRIES; i++) cluster.runFor(API_WAIT_MS);
  removeFinalizers(cluster);
  liftLimits(cluster);
  liftTaints(cluster);
}

/** Pods that bear it for a while only are driven away from such a node, and come back, for ever. */
function liftTaints(cluster: Cluster): void {
  const client = cluster.client('kubectl');
  for (const each of cluster.objects(nodeKind)) {
    const { taints = [] } = each.spec ?? {};
    const left = taints.filter(({ key, effect }) => key !== 'upkeep' || effect !== 'NoExecute');
    if (left.length < taints.length)
      client.patch(nodeKind, nameOf(each), '', 'merge', { spec: { taints: left } });
  }
}

/** A quota or a limit that keeps anybody from having what he wants is not what is waited for. */
function liftLimits(cluster: Cluster): void {
  const client = cluster.client('kubectl');
  for (const each of cluster.objects(resourceQuota)) {
    // A quota of cpu wants to be told of every container how much it asks for.
    const names = Object.keys(each.spec?.hard ?? {});
    const hard = Object.fromEntries(
      names.map((name) => [name, name.startsWith('requests.') ? null : '1000000']),
    );
    client.patch(resourceQuota, nameOf(each), namespaceOf(each), 'merge', { spec: { hard } });
  }
  for (const each of cluster.objects(limitRange)) client.delete(limitRange, nameOf(each), namespaceOf(each));
}

function removeFinalizers(cluster: Cluster): void {
  const client = cluster.client('kubectl');
  for (const kind of kinds) {
    for (const object of cluster.objects(kind)) {
      const { finalizers } = object.metadata;
      if (finalizers?.includes(PLAYERS_FINALIZER) !== true) continue;
      const rest = finalizers.filter((each) => each !== PLAYERS_FINALIZER);
      client.patch(kind, nameOf(object), namespaceOf(object), 'merge', { metadata: { finalizers: rest } });
    }
  }
}
