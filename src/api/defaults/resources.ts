import {
  formatQuantity,
  isQuantityError,
  milliValue,
  parseQuantity,
  quantityFromMilli,
} from '../../apimachinery/quantity.ts';
import type { Quantity, ResourceRequirements } from '../generated/types.ts';

type ResourceList = Readonly<Record<string, Quantity>>;

/**
 * Quantities in their canonical text, fractions of a thousandth rounded up (SetDefaults_ResourceList).
 * What is no quantity stays for validation to refuse.
 */
export function defaultResourceList(list: ResourceList): ResourceList {
  let out: Record<string, Quantity> | undefined;
  for (const [name, given] of Object.entries(list)) {
    const text = canonicalMilli(given);
    if (text === given) continue;
    out ??= { ...list };
    out[name] = text;
  }
  return out ?? list;
}

function canonicalMilli(given: Quantity): Quantity {
  const quantity = parseQuantity(String(given));
  if (isQuantityError(quantity)) return given;
  if (typeof quantity.amount === 'number') return formatQuantity(quantity);
  return formatQuantity(quantityFromMilli(milliValue(quantity), quantity.format));
}

/** Canonical quantities in requests and limits. */
export function defaultResources(resources: ResourceRequirements): ResourceRequirements {
  const { requests, limits } = resources;
  const nextRequests = requests === undefined ? undefined : defaultResourceList(requests);
  const nextLimits = limits === undefined ? undefined : defaultResourceList(limits);
  if (nextRequests === requests && nextLimits === limits) return resources;
  return {
    ...resources,
    ...(nextRequests === undefined ? {} : { requests: nextRequests }),
    ...(nextLimits === undefined ? {} : { limits: nextLimits }),
  };
}

/** Requests that are not given equal the limits; of pods only, not of templates (SetDefaults_Pod). */
export function requestsFromLimits(resources: ResourceRequirements): ResourceRequirements {
  const { requests, limits } = resources;
  if (limits === undefined) return resources;
  let out: Record<string, Quantity> | undefined;
  for (const [name, limit] of Object.entries(limits)) {
    if (requests !== undefined && Object.hasOwn(requests, name)) continue;
    out ??= { ...requests };
    out[name] = limit;
  }
  return out === undefined ? resources : { ...resources, requests: out };
}
