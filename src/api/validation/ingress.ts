import {
  child,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isIP } from '../../apimachinery/ip.ts';
import {
  isDNS1035Label,
  isDNS1123Subdomain,
  isValidPortName,
  isValidPortNum,
  isWildcardDNS1123Subdomain,
} from '../../apimachinery/validation.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressSpec,
} from '../generated/types.ts';
import { complain, isUnset } from './common.ts';
import { checkLocalReference } from './localreference.ts';

/** Names the class of an Ingress, before there was a field for it. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

const PATH_TYPES: readonly string[] = Object.freeze(['Exact', 'ImplementationSpecific', 'Prefix']);
const FORBIDDEN_PARTS: readonly string[] = Object.freeze(['//', '/./', '/../', '%2f', '%2F']);
const FORBIDDEN_ENDS: readonly string[] = Object.freeze(['/..', '/.']);
const ABSOLUTE = 'must be an absolute path';

/** pkg/apis/networking/validation/validation.go ValidateIngressCreate and ValidateIngressUpdate. */
export function validateIngress({ metadata, spec }: Ingress): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkSpec(errors, spec);
  const annotation = metadata.annotations?.[CLASS_ANNOTATION];
  const { ingressClassName } = spec;
  if (annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName)
    errors.push(
      invalid(
        child('metadata.annotations', CLASS_ANNOTATION),
        annotation,
        'must match `ingressClassName` when both are specified',
      ),
    );
  return errors;
}

function checkSpec(
  errors: FieldError[],
  { rules = [], defaultBackend, tls = [], ingressClassName }: IngressSpec,
): void {
  if (rules.length === 0 && defaultBackend === undefined)
    errors.push(invalid('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend !== undefined) checkBackend(errors, 'spec.defaultBackend', defaultBackend);
  for (const [i, rule] of rules.entries()) checkRule(errors, index('spec.rules', i), rule);
  for (const [i, { hosts = [], secretName }] of tls.entries()) {
    const entry = index('spec.tls', i);
    for (const [n, host] of hosts.entries())
      complain(errors, index(child(entry, 'hosts'), n), host, hostComplaints(host));
    if (!isUnset(secretName))
      complain(errors, child(entry, 'secretName'), secretName, isDNS1123Subdomain(secretName));
  }
  if (ingressClassName !== undefined)
    complain(errors, 'spec.ingressClassName', ingressClassName, isDNS1123Subdomain(ingressClassName));
}

function hostComplaints(host: string): readonly string[] {
  return host.includes('*') ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host);
}

function checkRule(errors: FieldError[], path: string, { host = '', http }: IngressRule): void {
  if (host !== '') {
    if (isIP(host)) errors.push(invalid(child(path, 'host'), host, 'must be a DNS name, not an IP address'));
    complain(errors, child(path, 'host'), host, hostComplaints(host));
  }
  if (http === undefined) return;
  const pathsPath = child(child(path, 'http'), 'paths');
  if (isUnset(http.paths)) errors.push(required(pathsPath));
  for (const [i, entry] of (http.paths ?? []).entries()) checkPath(errors, index(pathsPath, i), entry);
}

function checkPath(
  errors: FieldError[],
  path: string,
  { path: text = '', pathType, backend }: HTTPIngressPath,
): void {
  const textPath = child(path, 'path');
  if (isUnset(pathType)) errors.push(required(child(path, 'pathType'), 'pathType must be specified'));
  else if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!text.startsWith('/')) errors.push(invalid(textPath, text, ABSOLUTE));
    if (text !== '') {
      for (const part of FORBIDDEN_PARTS)
        if (text.includes(part)) errors.push(invalid(textPath, text, `must not contain '${part}'`));
      for (const end of FORBIDDEN_ENDS)
        if (text.endsWith(end)) errors.push(invalid(textPath, text, `cannot end with '${end}'`));
    }
  } else if (pathType === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) errors.push(invalid(textPath, text, ABSOLUTE));
  } else errors.push(notSupported(child(path, 'pathType'), pathType, PATH_TYPES));
  checkBackend(errors, child(path, 'backend'), backend ?? {});
}

function checkBackend(errors: FieldError[], path: string, { service, resource }: IngressBackend): void {
  if (service !== undefined && resource !== undefined) {
    errors.push(invalid(path, '', 'cannot set both resource and service backends'));
    return;
  }
  if (resource !== undefined) {
    checkLocalReference(errors, child(path, 'resource'), resource);
    return;
  }
  if (service === undefined) {
    errors.push(invalid(path, '', 'resource or service backend is required'));
    return;
  }
  const servicePath = child(path, 'service');
  if (isUnset(service.name)) errors.push(required(child(servicePath, 'name')));
  else complain(errors, child(servicePath, 'name'), service.name, isDNS1035Label(service.name));
  const { name = '', number = 0 } = service.port ?? {};
  if (name !== '' && number !== 0) errors.push(invalid(path, '', 'cannot set both port name & port number'));
  else if (name !== '')
    complain(errors, child(child(servicePath, 'port'), 'name'), name, isValidPortName(name));
  else if (number !== 0)
    complain(errors, child(child(servicePath, 'port'), 'number'), number, isValidPortNum(number));
  else errors.push(required(path, 'port name or number is required'));
}
