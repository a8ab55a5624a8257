import {
  child,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { canonicalize } from '../../apimachinery/quantity.ts';
import {
  isConfigMapKey,
  isDNS1123Subdomain,
  isEnvVarName,
  isQualifiedName,
} from '../../apimachinery/validation.ts';
import type {
  ConfigMapKeySelector,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../generated/types.ts';
import { checkLocalNonReservedPath, complain, isUnset } from './common.ts';

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
] as const;

/** The fields that a file of a downward API volume may show. */
export const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
] as const;

/** Every field the downward API knows anywhere, beside single labels and annotations. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.host',
]);

const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
] as const;
const RESOURCE_FIELD_PREFIXES = ['limits.hugepages-', 'requests.hugepages-'] as const;
const BYTE_DIVISORS = [
  '1',
  '1k',
  '1M',
  '1G',
  '1T',
  '1P',
  '1E',
  '1Ki',
  '1Mi',
  '1Gi',
  '1Ti',
  '1Pi',
  '1Ei',
] as const;

/** `env` of a container (ValidateEnv). */
export function checkEnv(errors: FieldError[], path: string, vars: readonly EnvVar[] | undefined): void {
  for (const [i, variable] of (vars ?? []).entries()) {
    const entry = index(path, i);
    if (isUnset(variable.name)) errors.push(required(child(entry, 'name')));
    else complain(errors, child(entry, 'name'), variable.name, isEnvVarName(variable.name));
    if (variable.valueFrom !== undefined)
      checkValueFrom(errors, child(entry, 'valueFrom'), variable, variable.valueFrom);
  }
}

function checkValueFrom(errors: FieldError[], path: string, variable: EnvVar, source: EnvVarSource): void {
  let sources = 0;
  if (source.fieldRef !== undefined) {
    sources++;
    checkFieldRef(errors, child(path, 'fieldRef'), source.fieldRef, ENV_FIELDS);
  }
  if (source.resourceFieldRef !== undefined) {
    sources++;
    checkResourceFieldRef(errors, child(path, 'resourceFieldRef'), source.resourceFieldRef, false);
  }
  if (source.configMapKeyRef !== undefined) {
    sources++;
    checkKeyRef(errors, child(path, 'configMapKeyRef'), source.configMapKeyRef);
  }
  if (source.secretKeyRef !== undefined) {
    sources++;
    checkKeyRef(errors, child(path, 'secretKeyRef'), source.secretKeyRef);
  }
  if (source.fileKeyRef !== undefined) {
    sources++;
    checkFileKeyRef(errors, child(path, 'fileKeyRef'), source.fileKeyRef);
  }
  if (sources === 0) {
    const why = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalid(path, '', why));
  } else if (!isUnset(variable.value)) {
    errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1)
    errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
}

const SUBSCRIPTED = /^(.+)\['(.*)'\]$/s;

/** A field of the pod itself, as in `metadata.labels['app']` (validateObjectFieldSelector). */
export function checkFieldRef(
  errors: FieldError[],
  path: string,
  ref: ObjectFieldSelector,
  supported: readonly string[],
): void {
  if (isUnset(ref.apiVersion)) {
    errors.push(required(child(path, 'apiVersion')));
    return;
  }
  const fieldPath = ref.fieldPath ?? '';
  if (fieldPath === '') {
    errors.push(required(child(path, 'fieldPath')));
    return;
  }
  if (ref.apiVersion !== 'v1') {
    const why = `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`;
    errors.push(invalid(child(path, 'fieldPath'), fieldPath, why));
    return;
  }
  const [, outer, subscript = ''] = SUBSCRIPTED.exec(fieldPath) ?? [];
  const known = outer === undefined ? KNOWN_FIELDS.has(fieldPath) : isSubscriptable(outer);
  if (!known) {
    const why = `error converting fieldPath: field label not supported: ${fieldPath}`;
    errors.push(invalid(child(path, 'fieldPath'), fieldPath, why));
  } else if (outer === 'metadata.annotations')
    complain(errors, path, subscript.toLowerCase(), isQualifiedName(subscript.toLowerCase()));
  else if (outer === 'metadata.labels') complain(errors, path, subscript, isQualifiedName(subscript));
  else if (!supported.includes(fieldPath)) {
    errors.push(notSupported(child(path, 'fieldPath'), fieldPath, supported));
  }
}

function isSubscriptable(fieldPath: string): boolean {
  return fieldPath === 'metadata.annotations' || fieldPath === 'metadata.labels';
}

/** A request or limit of a container (validateContainerResourceFieldSelector). */
export function checkResourceFieldRef(
  errors: FieldError[],
  path: string,
  ref: ResourceFieldSelector,
  inVolume: boolean,
): void {
  const resource = ref.resource ?? '';
  const isKnown =
    (RESOURCE_FIELDS as readonly string[]).includes(resource) ||
    RESOURCE_FIELD_PREFIXES.some((prefix) => resource.startsWith(prefix));
  if (inVolume && isUnset(ref.containerName)) errors.push(required(child(path, 'containerName')));
  else if (resource === '') errors.push(required(child(path, 'resource')));
  else if (!isKnown) errors.push(notSupported(child(path, 'resource'), resource, RESOURCE_FIELDS));
  checkDivisor(errors, child(path, 'divisor'), resource, ref.divisor);
}

function checkDivisor(errors: FieldError[], path: string, resource: string, given: string | undefined): void {
  if (given === undefined) return;
  const divisor = canonicalize(String(given));
  if (divisor === '0') return;
  const isCpu = resource.endsWith('.cpu');
  const allowed: readonly string[] = isCpu ? ['1m', '1'] : BYTE_DIVISORS;
  if (typeof divisor === 'string' && allowed.includes(divisor)) return;
  if (isCpu)
    errors.push(
      invalid(path, resource, "only divisor's values 1m and 1 are supported with the cpu resource"),
    );
  const kind = byteResourceKind(resource);
  if (kind === undefined) return;
  const why = `only divisor's values ${BYTE_DIVISORS.join(', ')} are supported with the ${kind} resource`;
  errors.push(invalid(path, resource, why));
}

function byteResourceKind(resource: string): string | undefined {
  if (resource.endsWith('.memory')) return 'memory';
  if (resource.endsWith('.ephemeral-storage')) return 'local ephemeral storage';
  return RESOURCE_FIELD_PREFIXES.some((prefix) => resource.startsWith(prefix)) ? 'hugepages' : undefined;
}

/** A key of a ConfigMap or Secret, which have the same rules. */
function checkKeyRef(errors: FieldError[], path: string, ref: ConfigMapKeySelector): void {
  complain(errors, child(path, 'name'), ref.name ?? '', isDNS1123Subdomain(ref.name ?? ''));
  if (isUnset(ref.key)) errors.push(required(child(path, 'key')));
  else complain(errors, child(path, 'key'), ref.key, isConfigMapKey(ref.key));
}

function checkFileKeyRef(errors: FieldError[], path: string, ref: FileKeySelector): void {
  if (isUnset(ref.key)) errors.push(required(child(path, 'key')));
  else complain(errors, child(path, 'key'), ref.key, isEnvVarName(ref.key));
  if (isUnset(ref.volumeName)) errors.push(required(child(path, 'volumeName')));
  if (isUnset(ref.path)) errors.push(required(child(path, 'path')));
  else checkLocalNonReservedPath(errors, child(path, 'path'), ref.path);
}

/** `envFrom` of a container (ValidateEnvFrom). */
export function checkEnvFrom(
  errors: FieldError[],
  path: string,
  sources: readonly EnvFromSource[] | undefined,
): void {
  for (const [i, source] of (sources ?? []).entries()) {
    const entry = index(path, i);
    if (!isUnset(source.prefix))
      complain(errors, child(entry, 'prefix'), source.prefix, isEnvVarName(source.prefix));
    if (source.configMapRef !== undefined)
      checkSourceName(errors, child(entry, 'configMapRef'), source.configMapRef.name);
    if (source.secretRef !== undefined)
      checkSourceName(errors, child(entry, 'secretRef'), source.secretRef.name);
    const count = Number(source.configMapRef !== undefined) + Number(source.secretRef !== undefined);
    // Upstream names the list here, not the element.
    if (count === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
}

function checkSourceName(errors: FieldError[], path: string, name: string | undefined): void {
  if (isUnset(name)) errors.push(required(child(path, 'name')));
  else complain(errors, child(path, 'name'), name, isDNS1123Subdomain(maskTrailingDash(name)));
}

/** Upstream takes these names for prefixes, which may end in a hyphen. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
