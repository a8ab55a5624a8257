import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { cidrContains, parseCIDR } from '../../apimachinery/ip.ts';
import { isValidPortName, isValidPortNum } from '../../apimachinery/validation.ts';
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../generated/types.ts';
import { complain, isUnset } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { validateCIDR } from './net.ts';

const PROTOCOLS: readonly string[] = Object.freeze(['SCTP', 'TCP', 'UDP']);
const POLICY_TYPES: readonly string[] = Object.freeze(['Egress', 'Ingress']);

/** pkg/apis/networking/validation/validation.go ValidateNetworkPolicySpec. */
export function validateNetworkPolicySpec(spec: NetworkPolicySpec, path: string): readonly FieldError[] {
  const errors: FieldError[] = [...validateLabelSelector(spec.podSelector, child(path, 'podSelector'))];
  for (const [i, rule] of (spec.ingress ?? []).entries()) {
    const rulePath = index(child(path, 'ingress'), i);
    checkPorts(errors, child(rulePath, 'ports'), rule.ports);
    checkPeers(errors, child(rulePath, 'from'), rule.from);
  }
  for (const [i, rule] of (spec.egress ?? []).entries()) {
    const rulePath = index(child(path, 'egress'), i);
    checkPorts(errors, child(rulePath, 'ports'), rule.ports);
    checkPeers(errors, child(rulePath, 'to'), rule.to);
  }
  const types = spec.policyTypes ?? [];
  const typesPath = child(path, 'policyTypes');
  if (types.length > POLICY_TYPES.length) {
    errors.push(invalid(typesPath, types, 'may not specify more than two policyTypes'));
    return errors;
  }
  for (const [i, type] of types.entries())
    if (!POLICY_TYPES.includes(type)) errors.push(notSupported(index(typesPath, i), type, POLICY_TYPES));
  return errors;
}

function checkPorts(
  errors: FieldError[],
  path: string,
  ports: readonly NetworkPolicyPort[] | undefined,
): void {
  for (const [i, { port, protocol, endPort }] of (ports ?? []).entries()) {
    const entry = index(path, i);
    const endPath = child(entry, 'endPort');
    if (protocol !== undefined && !PROTOCOLS.includes(protocol))
      errors.push(notSupported(child(entry, 'protocol'), protocol, PROTOCOLS));
    if (typeof port === 'number') {
      complain(errors, child(entry, 'port'), port, isValidPortNum(port));
      if (endPort === undefined) continue;
      if (endPort < port) errors.push(invalid(endPath, port, 'must be greater than or equal to `port`'));
      complain(errors, endPath, endPort, isValidPortNum(endPort));
    } else if (port === undefined) {
      if (endPort !== undefined)
        errors.push(invalid(endPath, endPort, 'may not be specified when `port` is not specified'));
    } else {
      if (endPort !== undefined)
        errors.push(invalid(endPath, endPort, 'may not be specified when `port` is non-numeric'));
      complain(errors, child(entry, 'port'), port, isValidPortName(port));
    }
  }
}

function checkPeers(
  errors: FieldError[],
  path: string,
  peers: readonly NetworkPolicyPeer[] | undefined,
): void {
  for (const [i, peer] of (peers ?? []).entries()) {
    const entry = index(path, i);
    const { podSelector, namespaceSelector, ipBlock } = peer;
    errors.push(...validateLabelSelector(podSelector, child(entry, 'podSelector')));
    errors.push(...validateLabelSelector(namespaceSelector, child(entry, 'namespaceSelector')));
    if (ipBlock !== undefined) checkBlock(errors, child(entry, 'ipBlock'), ipBlock);
    const selects = podSelector !== undefined || namespaceSelector !== undefined;
    if (!selects && ipBlock === undefined) errors.push(required(entry, 'must specify a peer'));
    else if (selects && ipBlock !== undefined)
      errors.push(forbidden(entry, 'may not specify both ipBlock and another peer'));
  }
}

function checkBlock(errors: FieldError[], path: string, { cidr, except = [] }: IPBlock): void {
  if (isUnset(cidr)) {
    errors.push(required(child(path, 'cidr')));
    return;
  }
  const complaints = validateCIDR(child(path, 'cidr'), cidr);
  errors.push(...complaints);
  const outer = complaints.length === 0 ? parseCIDR(cidr) : undefined;
  for (const [i, text] of except.entries()) {
    const entry = index(child(path, 'except'), i);
    const wrong = validateCIDR(entry, text);
    errors.push(...wrong);
    const inner = wrong.length === 0 ? parseCIDR(text) : undefined;
    if (outer === undefined || inner === undefined) continue;
    if (!cidrContains(outer, inner.address) || inner.prefix <= outer.prefix)
      errors.push(invalid(entry, text, 'must be a strict subset of `cidr`'));
  }
}
