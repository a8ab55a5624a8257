import type { Lease, Node, Pod } from '../../api/generated/types.ts';
import { nodeRoles } from '../../api/kinds/node.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { moment, quantity, writeAnnotations, writeLabels, writeTaints } from './common.ts';
import { describer } from './describer.ts';
import { writeNodeResources } from './noderesources.ts';
import type { DescribeWriter } from './writer.ts';

/** Nodes (`describeNode`). */
export const node = describer<Node>('nodes', (w, object, context) => {
  const { metadata, spec, status = {} } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Roles', nodeRoles(object).join(',') || '<none>');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('CreationTimestamp', moment(metadata.creationTimestamp));
  writeTaints(w, 'Taints', spec.taints);
  w.field('Unschedulable', spec.unschedulable === true);
  writeLease(w, context, metadata.name ?? '');
  writeNodeConditions(w, object);
  w.write(0, 'Addresses:\n');
  for (const { type, address } of status.addresses ?? []) w.field(type, address, 1);
  for (const [label, list] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ] as const) {
    const names = Object.keys(list ?? {}).sort();
    if (names.length > 0) w.write(0, `${label}:\n`);
    for (const name of names) w.field(name, quantity(list?.[name]), 1);
  }
  writeSystemInfo(w, object);
  if ((spec.podCIDR ?? '') !== '') w.field('PodCIDR', spec.podCIDR ?? '');
  if ((spec.podCIDRs ?? []).length > 0) w.field('PodCIDRs', (spec.podCIDRs ?? []).join(','));
  if ((spec.providerID ?? '') !== '') w.field('ProviderID', spec.providerID ?? '');
  const pods = context.client.list<KubeObject>(builtin('pods'), {
    fieldSelector: `spec.nodeName=${metadata.name ?? ''},status.phase!=Succeeded,status.phase!=Failed`,
  });
  if (pods.ok) writeNodeResources(w, object, pods.value.items as unknown as readonly Pod[], context.now());
  else w.field('Pods', 'not authorized');
});

function writeLease(w: DescribeWriter, context: KubectlContext, name: string): void {
  const found = context.client.get<KubeObject>(builtin('leases'), name, 'kube-node-lease');
  if (!found.ok) {
    w.field('Lease', `Failed to get lease: ${found.status.message ?? ''}`);
    return;
  }
  const { spec } = found.value as unknown as Lease;
  w.write(0, 'Lease:\n');
  w.field('HolderIdentity', spec?.holderIdentity ?? '<unset>', 1);
  w.field('AcquireTime', spec?.acquireTime === undefined ? '<unset>' : moment(spec.acquireTime), 1);
  w.field('RenewTime', spec?.renewTime === undefined ? '<unset>' : moment(spec.renewTime), 1);
}

function writeNodeConditions(w: DescribeWriter, { status }: Node): void {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n');
  for (const c of conditions) {
    const times = `${moment(c.lastHeartbeatTime)} \t${moment(c.lastTransitionTime)}`;
    w.write(1, `${c.type} \t${c.status} \t${times} \t${c.reason ?? ''} \t${c.message ?? ''}\n`);
  }
}

function writeSystemInfo(w: DescribeWriter, { status }: Node): void {
  const info = status?.nodeInfo;
  w.write(0, 'System Info:\n');
  w.field('Machine ID', info?.machineID ?? '', 1);
  w.field('System UUID', info?.systemUUID ?? '', 1);
  w.field('Boot ID', info?.bootID ?? '', 1);
  w.field('Kernel Version', info?.kernelVersion ?? '', 1);
  w.field('OS Image', info?.osImage ?? '', 1);
  w.field('Operating System', info?.operatingSystem ?? '', 1);
  w.field('Architecture', info?.architecture ?? '', 1);
  w.field('Container Runtime Version', info?.containerRuntimeVersion ?? '', 1);
  w.field('Kubelet Version', info?.kubeletVersion ?? '', 1);
  w.field('Kube-Proxy Version', info?.kubeProxyVersion ?? '', 1);
}
