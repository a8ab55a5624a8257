import {
  child,
  type FieldError,
  forbidden,
  invalid,
  key,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import {
  cmp,
  formatQuantity,
  isQuantityError,
  milliValue,
  parseQuantity,
  type Quantity,
  sign,
} from '../../apimachinery/quantity.ts';
import { isQualifiedName } from '../../apimachinery/validation.ts';
import type { ResourceRequirements } from '../generated/types.ts';
import { complain, IS_NEGATIVE } from './common.ts';

const HUGEPAGES = 'hugepages-';
const CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([
  ...['cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.ephemeral-storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage', 'pods', 'resourcequotas', 'services'],
  ...[
    'replicationcontrollers',
    'secrets',
    'configmaps',
    'persistentvolumeclaims',
    'storage',
    'requests.storage',
  ],
  ...['services.nodeports', 'services.loadbalancers'],
]);
const POD_RESOURCES = ['cpu', HUGEPAGES, 'memory'] as const;

/** Whether it is the name of huge pages of one size, e.g. `hugepages-2Mi`. */
export function isHugePageResource(name: string): boolean {
  return name.startsWith(HUGEPAGES);
}

/** Whether Kubernetes itself defines the resource (IsNativeResource). */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** Whether it is a resource such as `example.com/gpu`, counted in whole units (IsExtendedResourceName). */
export function isExtendedResource(name: string): boolean {
  return (
    !isNativeResource(name) &&
    !name.startsWith('requests.') &&
    isQualifiedName(`requests.${name}`).length === 0
  );
}

/** Whether more of the resource may be promised than there is. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePageResource(name);
}

/** The name of a resource of any sort (validateResourceName); false where it is none. */
export function checkResourceName(errors: FieldError[], path: string, name: string): boolean {
  const complaints = isQualifiedName(name);
  complain(errors, path, name, complaints);
  if (complaints.length > 0) return false;
  if (name.includes('/') || STANDARD_RESOURCES.has(name) || isHugePageResource(name)) return true;
  errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  return false;
}

/** The name of a resource that containers have (validateContainerResourceName). */
export function checkContainerResourceName(errors: FieldError[], path: string, name: string): void {
  checkResourceName(errors, path, name);
  if (!name.includes('/')) {
    if (CONTAINER_RESOURCES.has(name) || isHugePageResource(name)) return;
    errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
}

function checkPodResourceName(errors: FieldError[], path: string, name: string): void {
  if (!checkResourceName(errors, path, name)) return;
  if (name === 'cpu' || name === 'memory' || isHugePageResource(name)) return;
  errors.push(notSupported(path, name, POD_RESOURCES));
}

/** A quantity that may be an amount of the resource; undefined, with an error, where it is no quantity. */
function checkQuantity(errors: FieldError[], path: string, name: string, text: string): Quantity | undefined {
  const quantity = parseQuantity(String(text));
  if (isQuantityError(quantity)) {
    errors.push(invalid(path, text, quantity.error));
    return undefined;
  }
  if (sign(quantity) < 0) errors.push(invalid(path, formatQuantity(quantity), IS_NEGATIVE));
  if (isExtendedResource(name) && milliValue(quantity) % 1000 !== 0) {
    errors.push(invalid(path, formatQuantity(quantity), 'must be an integer'));
  }
  if (isHugePageResource(name)) checkHugePages(errors, path, name, quantity);
  return quantity;
}

function checkHugePages(errors: FieldError[], path: string, name: string, quantity: Quantity): void {
  const size = parseQuantity(name.slice(HUGEPAGES.length));
  const page = isQuantityError(size) ? 0 : milliValue(size);
  if (page > 0 && milliValue(quantity) % page === 0) return;
  const text = formatQuantity(quantity);
  errors.push(invalid(path, text, `${text} is not positive integer multiple of ${name}`));
}

/** What a container requests and is limited to (ValidateContainerResourceRequirements). */
export function checkContainerResources(
  errors: FieldError[],
  path: string,
  resources: ResourceRequirements | undefined,
  claimNames: ReadonlySet<string>,
): void {
  if (resources === undefined) return;
  checkRequirements(errors, path, resources, checkContainerResourceName);
  checkClaims(errors, child(path, 'claims'), resources, claimNames);
}

/** What the pod as a whole requests and is limited to (validatePodResourceRequirements). */
export function checkPodResources(
  errors: FieldError[],
  path: string,
  resources: ResourceRequirements | undefined,
): void {
  if (resources === undefined) return;
  if (resources.claims !== undefined) {
    errors.push(forbidden(child(path, 'claims'), 'claims cannot be set for Resources at pod-level'));
  }
  checkRequirements(errors, path, resources, checkPodResourceName);
}

function checkRequirements(
  errors: FieldError[],
  path: string,
  resources: ResourceRequirements,
  checkName: (errors: FieldError[], path: string, name: string) => void,
): void {
  const limits = new Map<string, Quantity>();
  const names: string[] = [];
  for (const [name, text] of Object.entries(resources.limits ?? {})) {
    const entry = key(child(path, 'limits'), name);
    checkName(errors, entry, name);
    const quantity = checkQuantity(errors, entry, name, text);
    if (quantity !== undefined) limits.set(name, quantity);
    names.push(name);
  }
  for (const [name, text] of Object.entries(resources.requests ?? {})) {
    const entry = key(child(path, 'requests'), name);
    checkName(errors, entry, name);
    const quantity = checkQuantity(errors, entry, name, text);
    if (quantity !== undefined) checkAgainstLimit(errors, path, name, quantity, limits.get(name));
    names.push(name);
  }
  const computes = names.includes('cpu') || names.includes('memory');
  if (!computes && names.some(isHugePageResource))
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
}

function checkAgainstLimit(
  errors: FieldError[],
  path: string,
  name: string,
  request: Quantity,
  limit: Quantity | undefined,
): void {
  if (limit === undefined) {
    if (isOvercommitAllowed(name)) return;
    errors.push(required(child(path, 'limits'), 'Limit must be set for non overcommitable resources'));
    return;
  }
  const order = cmp(request, limit);
  const relation = isOvercommitAllowed(name) ? 'less than or equal' : 'equal';
  if (order > 0 || (order !== 0 && !isOvercommitAllowed(name))) {
    const why = `must be ${relation} to ${name} limit of ${formatQuantity(limit)}`;
    errors.push(invalid(child(path, 'requests'), formatQuantity(request), why));
  }
}

function checkClaims(
  errors: FieldError[],
  path: string,
  resources: ResourceRequirements,
  claimNames: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  for (const [i, { name }] of (resources.claims ?? []).entries()) {
    const entry = `${path}[${i}]`;
    if (name === undefined || name === '') {
      errors.push(required(entry));
      continue;
    }
    if (seen.has(name))
      errors.push({ type: 'FieldValueDuplicate', field: entry, badValue: name, detail: '' });
    seen.add(name);
    if (claimNames.has(name)) continue;
    const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`;
    const detail = `must be one of the names in pod.spec.resourceClaims${known}`;
    errors.push({ type: 'FieldValueNotFound', field: entry, badValue: name, detail });
  }
}
