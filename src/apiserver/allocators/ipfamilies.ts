import type { ServiceSpec } from '../../api/generated/types.ts';
import { validateServiceClusterIPs } from '../../api/validation/serviceips.ts';
import { semanticEqual } from '../../apimachinery/equal.ts';
import { type FieldError, index, invalid } from '../../apimachinery/fielderror.ts';
import { type IP, parseIP } from '../../apimachinery/ip.ts';

type Family = IP['family'];
const NO_LIST: readonly never[] = Object.freeze([]);
const POLICY = 'spec.ipFamilyPolicy';

/** A spec whose `ipFamilies` and `ipFamilyPolicy` are settled, or why they cannot be. */
export type SettledFamilies = { readonly spec: ServiceSpec } | { readonly errors: readonly FieldError[] };

/**
 * Settles the IP families of a Service by what the cluster has, its first family being the default
 * (pkg/registry/core/service/storage/alloc.go initIPFamilyFields). A policy is never changed
 * without the client's saying so.
 */
export function settleFamilies(
  next: ServiceSpec,
  old: ServiceSpec | undefined,
  configured: readonly Family[],
): SettledFamilies {
  if (next.type === 'ExternalName' || isUnchangedPreference(next, old)) return { spec: next };
  const bare = next.clusterIP === 'None' && Object.keys(next.selector ?? {}).length === 0;
  const policy = next.ipFamilyPolicy ?? old?.ipFamilyPolicy ?? (bare ? 'RequireDualStack' : 'SingleStack');
  let spec: ServiceSpec = { ...next, ipFamilyPolicy: policy };
  const malformed = validateServiceClusterIPs(spec);
  if (malformed.length > 0) return { errors: malformed };
  const errors = old === undefined ? [] : [...reductionErrors(spec, old)];
  if (old !== undefined && policy === 'SingleStack') spec = withoutSecondary(spec, old);
  errors.push(...policyErrors(spec));
  const inferred = inferFamilies(spec, configured);
  if ('errors' in inferred) errors.push(...inferred.errors);
  if (errors.length > 0 || 'errors' in inferred) return { errors };
  const families = inferred.families.length > 0 ? inferred.families : configured.slice(0, 1);
  if (bare) return { spec: { ...spec, ipFamilies: policy === 'SingleStack' ? families : bothOf(families) } };
  const missing = configurationErrors(policy, families, configured);
  if (missing.length > 0) return { errors: missing };
  const both = policy !== 'SingleStack' && configured.length === 2;
  return { spec: { ...spec, ipFamilies: both ? bothOf(families) : families } };
}

/** A preference for two families does not follow the cluster's configuration by itself. */
function isUnchangedPreference(next: ServiceSpec, old: ServiceSpec | undefined): boolean {
  if (old === undefined || old.type === 'ExternalName') return false;
  if (next.ipFamilyPolicy !== 'PreferDualStack' || old.ipFamilyPolicy !== 'PreferDualStack') return false;
  return semanticEqual(next.clusterIPs, old.clusterIPs) && semanticEqual(next.ipFamilies, old.ipFamilies);
}

/** Giving up the second address or family takes the policy SingleStack. */
function reductionErrors(next: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (next.ipFamilyPolicy === 'SingleStack') return NO_LIST;
  const errors: FieldError[] = [];
  const reduced = (is: readonly string[] = NO_LIST, was: readonly string[] = NO_LIST): boolean =>
    is.length > 0 && is.length < was.length;
  const [value, head] = [next.ipFamilyPolicy, "must be 'SingleStack' to release the secondary"];
  if (reduced(next.clusterIPs, old.clusterIPs)) errors.push(invalid(POLICY, value, `${head} cluster IP`));
  if (reduced(next.ipFamilies, old.ipFamilies)) errors.push(invalid(POLICY, value, `${head} IP family`));
  return errors;
}

/** With SingleStack, a second address or family that the client did not touch goes. */
function withoutSecondary(next: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const { clusterIPs = NO_LIST, ipFamilies = NO_LIST } = next;
  const dropIP = clusterIPs.length > 1 && semanticEqual(clusterIPs, old.clusterIPs);
  const dropFamily = ipFamilies.length > 1 && semanticEqual(ipFamilies, old.ipFamilies);
  return {
    ...next,
    ...(dropIP ? { clusterIPs: clusterIPs.slice(0, 1) } : {}),
    ...(dropFamily ? { ipFamilies: ipFamilies.slice(0, 1) } : {}),
  };
}

function policyErrors(spec: ServiceSpec): readonly FieldError[] {
  if (spec.ipFamilyPolicy !== 'SingleStack') return NO_LIST;
  const errors: FieldError[] = [];
  const head = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  if (spec.clusterIPs?.length === 2) {
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, `${head} cluster IPs are specified`));
  }
  if (spec.ipFamilies?.length === 2) {
    errors.push(invalid(POLICY, spec.ipFamilyPolicy, `${head} IP families are specified`));
  }
  return errors;
}

/** The families that are given, and those of addresses that are given without. */
function inferFamilies(
  spec: ServiceSpec,
  configured: readonly Family[],
): { readonly families: readonly string[] } | { readonly errors: readonly FieldError[] } {
  const families = [...(spec.ipFamilies ?? NO_LIST)];
  const clusterIPs = spec.clusterIPs ?? NO_LIST;
  const errors: FieldError[] = [];
  for (let i = families.length; i < clusterIPs.length; i++) {
    const family = parseIP(clusterIPs[i] ?? '')?.family;
    if (family === undefined) break;
    if (configured.includes(family)) families.push(family);
    else {
      const detail = `${family} is not configured on this cluster`;
      errors.push(invalid(index('spec.clusterIPs', i), clusterIPs, detail));
    }
  }
  return errors.length > 0 ? { errors } : { families };
}

function configurationErrors(
  policy: string,
  families: readonly string[],
  configured: readonly string[],
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (policy === 'RequireDualStack' && configured.length < 2) {
    errors.push(invalid(POLICY, policy, 'this cluster is not configured for dual-stack services'));
  }
  families.forEach((family, i) => {
    if (configured.includes(family)) return;
    errors.push(invalid(index('spec.ipFamilies', i), family, 'not configured on this cluster'));
  });
  return errors;
}

function bothOf(families: readonly string[]): readonly string[] {
  if (families.length !== 1) return families;
  return families[0] === 'IPv4' ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4'];
}
