import type {
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../api/generated/types.ts';
import { podSelectorText } from '../../api/kinds/networkpolicy.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

/** The words in which the two directions differ. */
interface Words {
  readonly name: 'ingress' | 'egress';
  readonly side: 'From' | 'To';
  readonly end: 'source' | 'destination';
}

const INGRESS: Words = Object.freeze({ name: 'ingress', side: 'From', end: 'source' });
const EGRESS: Words = Object.freeze({ name: 'egress', side: 'To', end: 'destination' });

interface Rule {
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

/** NetworkPolicies (`describeNetworkPolicy`). */
export const networkPolicy = describer<NetworkPolicy>(
  'networkpolicies',
  (w, object) => {
    const { metadata, spec } = object;
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
    w.field('Created on', createdOn(metadata.creationTimestamp));
    writeLabels(w, 'Labels', metadata.labels);
    writeAnnotations(w, 'Annotations', metadata.annotations);
    w.flush();
    w.write(0, 'Spec:\n');
    const selector = podSelectorText(object);
    const all = '<none> (Allowing the specific traffic to all pods in this namespace)';
    w.write(1, `PodSelector:     ${selector === '<none>' ? all : selector}\n`);
    const types = spec.policyTypes ?? [];
    const ingress = (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }));
    const egress = (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
    writeDirection(w, INGRESS, types.includes('Ingress') ? ingress : undefined);
    writeDirection(w, EGRESS, types.includes('Egress') ? egress : undefined);
    w.write(1, `Policy Types: ${types.length === 0 ? '<none>' : types.join(', ')}\n`);
  },
  { events: false },
);

/** `2026-01-05 00:00:00 +0000 UTC`, as Go prints a time. */
function createdOn(timestamp: string | undefined): string {
  return timestamp === undefined ? '' : `${timestamp.replace('T', ' ').replace('Z', '')} +0000 UTC`;
}

function writeDirection(w: DescribeWriter, words: Words, rules: readonly Rule[] | undefined): void {
  const { name, side, end } = words;
  if (rules === undefined) {
    w.write(1, `Not affecting ${name} traffic\n`);
    return;
  }
  w.write(1, `Allowing ${name} traffic:\n`);
  if (rules.length === 0) w.write(2, `<none> (Selected pods are isolated for ${name} connectivity)\n`);
  rules.forEach(({ peers, ports }, i) => {
    if (ports.length === 0) w.write(2, 'To Port: <any> (traffic allowed to all ports)\n');
    for (const port of ports) w.write(2, `${portText(port)}\n`);
    if (peers.length === 0) w.write(2, `${side}: <any> (traffic not restricted by ${end})\n`);
    for (const peer of peers) writePeer(w, side, peer);
    if (i < rules.length - 1) w.write(2, '----------\n');
  });
}

function portText({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort): string {
  if (endPort !== undefined) return `To Port Range: ${port ?? '<nil>'}-${endPort}/${protocol}`;
  return `To Port: ${port ?? '<nil>'}/${protocol}`;
}

function writePeer(w: DescribeWriter, side: string, peer: NetworkPolicyPeer): void {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  w.write(2, `${side}:\n`);
  if (namespaceSelector !== undefined) w.write(3, `NamespaceSelector: ${selectorText(namespaceSelector)}\n`);
  if (podSelector !== undefined) w.write(3, `PodSelector: ${selectorText(podSelector)}\n`);
  if (ipBlock === undefined || namespaceSelector !== undefined || podSelector !== undefined) return;
  w.write(3, 'IPBlock:\n');
  w.write(4, `CIDR: ${ipBlock.cidr}\n`);
  w.write(4, `Except: ${(ipBlock.except ?? []).join(', ')}\n`);
}

function selectorText(given: LabelSelector): string {
  const selector = labelSelectorAsSelector(given);
  const text = 'error' in selector ? '' : selector.toString();
  return text === '' ? '<none>' : text;
}
