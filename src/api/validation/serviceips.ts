import {
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { parseIP } from '../../apimachinery/ip.ts';
import type { ServiceSpec } from '../generated/types.ts';
import { isHeadless } from '../service.ts';
import { isDualStack, validateIP } from './net.ts';
import { NO_ERRORS } from './once.ts';

const FAMILIES: readonly string[] = Object.freeze(['IPv4', 'IPv6']);
const FAMILY_POLICIES: readonly string[] = Object.freeze([
  'PreferDualStack',
  'RequireDualStack',
  'SingleStack',
]);
const NO_LIST: readonly never[] = Object.freeze([]);
const NOT_ONCE_SET = 'may not change once set';

/**
 * `clusterIP`, `clusterIPs`, `ipFamilies` and `ipFamilyPolicy` agree
 * (pkg/apis/core/validation/validation.go ValidateServiceClusterIPsRelatedFields).
 */
export function validateServiceClusterIPs(spec: ServiceSpec): readonly FieldError[] {
  if (spec.type === 'ExternalName') return NO_LIST;
  const { clusterIP = '', clusterIPs = NO_LIST, ipFamilies = NO_LIST, ipFamilyPolicy } = spec;
  const path = 'spec.clusterIPs';
  const errors: FieldError[] = [];
  if (clusterIP !== '' && clusterIPs.length === 0) errors.push(required(path));
  else if (clusterIP !== '' && clusterIPs[0] !== clusterIP) {
    errors.push(invalid(path, clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIP === '' && clusterIPs.length > 0) {
    errors.push(invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
  ipFamilies.forEach((family, i) => {
    const at = index('spec.ipFamilies', i);
    if (!FAMILIES.includes(family)) errors.push(notSupported(at, family, FAMILIES));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(at, family));
  });
  if (ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES));
  }
  const addressErrors = validateAddresses(path, clusterIPs);
  errors.push(...addressErrors);
  if (clusterIPs.length > 2) errors.push(invalid(path, clusterIPs, 'may only hold up to 2 values'));
  if (addressErrors.length > 0) return errors;
  if (clusterIPs.length > 1 && isDualStack(clusterIPs) !== true) {
    errors.push(invalid(path, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (!isHeadless(spec)) errors.push(...validateFamilies(path, clusterIPs, ipFamilies));
  return errors;
}

function validateAddresses(path: string, clusterIPs: readonly string[]): readonly FieldError[] {
  return clusterIPs.flatMap((ip, i) => {
    if (i > 0 || ip !== 'None') return validateIP(index(path, i), ip);
    return clusterIPs.length > 1
      ? [invalid(path, clusterIPs, "'None' must be the first and only value")]
      : NO_LIST;
  });
}

function validateFamilies(
  path: string,
  ips: readonly string[],
  families: readonly string[],
): readonly FieldError[] {
  return ips.flatMap((ip, i) => {
    const family = families[i];
    if (family === undefined || !FAMILIES.includes(family) || parseIP(ip)?.family === family)
      return NO_ERRORS;
    return [invalid(index(path, i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)];
  });
}

/** The first cluster IP of a Service stays its own; a second may come and go (validateUpgradeDowngradeClusterIPs). */
export function validateClusterIPsUpdate(next: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (next.type === 'ExternalName' || old.type === 'ExternalName') return NO_LIST;
  if (isHeadless(old) && isHeadless(next)) return NO_LIST;
  const path = 'spec.clusterIPs';
  const [was, is] = [old.clusterIPs ?? NO_LIST, next.clusterIPs ?? NO_LIST];
  if (was.length === is.length) {
    const changed = was.flatMap((ip, i) =>
      ip === is[i] ? NO_ERRORS : [invalid(index(path, i), is, NOT_ONCE_SET)],
    );
    return changed;
  }
  const errors: FieldError[] = [];
  const first = index(path, 0);
  // In Go there is no list when nothing is in it.
  if (is.length === 0) errors.push(invalid(first, null, 'primary clusterIP can not be unset'));
  else if (was.length > 0 && is[0] !== was[0]) errors.push(invalid(first, is, NOT_ONCE_SET));
  if (was.length > is.length && is.length === 1) errors.push(...singleStackNeeded(next, 'clusterIP'));
  return errors;
}

/** Likewise the first IP family (validateUpgradeDowngradeIPFamilies). */
export function validateIPFamiliesUpdate(next: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (next.type === 'ExternalName' || old.type === 'ExternalName') return NO_LIST;
  if (isHeadless(old) || isHeadless(next)) return NO_LIST;
  const path = 'spec.ipFamilies[0]';
  const [was, is] = [old.ipFamilies ?? NO_LIST, next.ipFamilies ?? NO_LIST];
  if (was.length === is.length) {
    return was.flatMap((family, i) => (family === is[i] ? NO_ERRORS : [invalid(path, is, NOT_ONCE_SET)]));
  }
  const errors: FieldError[] = [];
  if (was.length > is.length && (next.clusterIPs ?? NO_LIST).length === 0) {
    errors.push(invalid(path, next.ipFamilies ?? null, 'primary ipFamily can not be unset'));
  }
  if (was.length > 0 && is.length > 0 && is[0] !== was[0]) {
    errors.push(invalid(path, next.clusterIPs ?? null, NOT_ONCE_SET));
  }
  if (was.length > is.length && is.length === 1) errors.push(...singleStackNeeded(next, 'ipFamily'));
  return errors;
}

function singleStackNeeded(next: ServiceSpec, what: string): readonly FieldError[] {
  if (next.ipFamilyPolicy === 'SingleStack') return NO_LIST;
  const detail = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  return [invalid('spec.ipFamilyPolicy', next.ipFamilyPolicy ?? null, detail)];
}
