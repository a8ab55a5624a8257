import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type { NetworkPolicy, NetworkPolicyPort, NetworkPolicySpec } from '../generated/types.ts';
import { type KindDefinition, mapShared, withDefaults, withField } from '../kind.ts';
import { validateNetworkPolicySpec } from '../validation/networkpolicy.ts';

const PORT: Partial<NetworkPolicyPort> = Object.freeze({ protocol: 'TCP' });

function defaultRules<R extends { readonly ports?: readonly NetworkPolicyPort[] }>(
  rules: readonly R[] | undefined,
): readonly R[] | undefined {
  if (rules === undefined) return undefined;
  return mapShared(rules, (rule) => {
    if (rule.ports === undefined) return rule;
    return withField(rule, 'ports', mapShared(rule.ports, (port) => withDefaults(port, PORT)) as R['ports']);
  });
}

/** pkg/apis/networking/v1/defaults.go: both ways only where there are rules for egress. */
function defaultSpec(given: NetworkPolicySpec): NetworkPolicySpec {
  let spec: NetworkPolicySpec = given.podSelector === undefined ? { ...given, podSelector: {} } : given;
  const [ingress, egress] = [defaultRules(spec.ingress), defaultRules(spec.egress)];
  if (ingress !== spec.ingress && ingress !== undefined) spec = { ...spec, ingress };
  if (egress !== spec.egress && egress !== undefined) spec = { ...spec, egress };
  if ((spec.policyTypes ?? []).length > 0) return spec;
  const policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return { ...spec, policyTypes };
}

/** The selector as kubectl prints it: `app=web`, `<none>` for all pods. */
export function podSelectorText({ spec }: NetworkPolicy): string {
  const selector = labelSelectorAsSelector(spec.podSelector ?? {});
  const text = 'error' in selector ? '' : selector.toString();
  return text === '' ? '<none>' : text;
}

/** networking.k8s.io/v1 NetworkPolicy: who may talk to whom (pkg/registry/networking/networkpolicy/strategy.go). */
export const networkPolicy: KindDefinition<NetworkPolicy> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  schemaType: 'NetworkPolicy',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  validate: ({ spec }) => validateNetworkPolicySpec(spec, 'spec'),
  statusSubresource: false,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [nameColumn, { name: 'Pod-Selector', cell: podSelectorText }, ageColumn],
};
