import type { Amounts } from '../../api/quota/amounts.ts';
import { approximate, cmp, formatQuantity, isZero, type Quantity } from '../../apimachinery/quantity.ts';

/** What is wrong with one resource of a container, pod or claim, in upstream's words; undefined: nothing. */
type Verdict = string | undefined;

const shown = (amount: Quantity): string => formatQuantity(amount);
const get = (amounts: Amounts, name: string): Quantity | undefined => amounts.get(name);

/** limitranger minConstraint. */
export function minimum(
  type: string,
  name: string,
  enforced: Amounts,
  requests: Amounts,
  limits: Amounts,
): Verdict {
  const min = get(enforced, name) as Quantity;
  const request = get(requests, name);
  const limit = get(limits, name);
  const head = `minimum ${name} usage per ${type} is ${shown(min)}`;
  if (request === undefined) return `${head}.  No request is specified`;
  if (cmp(request, min) < 0) return `${head}, but request is ${shown(request)}`;
  if (limit !== undefined && cmp(limit, min) < 0) return `${head}, but limit is ${shown(limit)}`;
  return undefined;
}

/** limitranger maxConstraint. */
export function maxLimit(
  type: string,
  name: string,
  enforced: Amounts,
  requests: Amounts,
  limits: Amounts,
): Verdict {
  const max = get(enforced, name) as Quantity;
  const request = get(requests, name);
  const limit = get(limits, name);
  const head = `maximum ${name} usage per ${type} is ${shown(max)}`;
  if (limit === undefined) return `${head}.  No limit is specified`;
  if (cmp(limit, max) > 0) return `${head}, but limit is ${shown(limit)}`;
  if (request !== undefined && cmp(request, max) > 0) return `${head}, but request is ${shown(request)}`;
  return undefined;
}

/** limitranger maxRequestConstraint. */
export function maxRequest(type: string, name: string, enforced: Amounts, requests: Amounts): Verdict {
  const max = get(enforced, name) as Quantity;
  const request = get(requests, name);
  const head = `maximum ${name} usage per ${type} is ${shown(max)}`;
  if (request === undefined) return `${head}.  No request is specified`;
  return cmp(request, max) > 0 ? `${head}, but request is ${shown(request)}` : undefined;
}

/** limitranger limitRequestRatioConstraint. */
export function ratio(
  type: string,
  name: string,
  enforced: Amounts,
  requests: Amounts,
  limits: Amounts,
): Verdict {
  const max = get(enforced, name) as Quantity;
  const request = get(requests, name);
  const limit = get(limits, name);
  const head = `${name} max limit to request ratio per ${type} is ${shown(max)}`;
  if (request === undefined || isZero(request)) return `${head}, but no request is specified or request is 0`;
  if (limit === undefined || isZero(limit)) return `${head}, but no limit is specified or limit is 0`;
  const observed = approximate(limit) / approximate(request);
  return observed > approximate(max) ? `${head}, but provided ratio is ${observed.toFixed(6)}` : undefined;
}
