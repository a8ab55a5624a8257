import {
  child,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import type { PolicyRule, RoleRef, Subject } from '../generated/types.ts';
import { RBAC_GROUP } from '../rbac.ts';
import { complain, isPathSegmentName, isUnset } from './common.ts';

/** The rules of a role (pkg/apis/rbac/validation). Those of a namespace cannot speak of paths. */
export function validateRules(
  rules: readonly PolicyRule[] | undefined,
  namespaced: boolean,
): readonly FieldError[] {
  return (rules ?? []).flatMap((rule, i) => validateRule(rule, namespaced, index('rules', i)));
}

function validateRule(rule: PolicyRule, namespaced: boolean, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isUnset(rule.verbs))
    errors.push(required(child(path, 'verbs'), 'verbs must contain at least one value'));
  const urls = rule.nonResourceURLs;
  if (!isUnset(urls)) {
    const urlPath = child(path, 'nonResourceURLs');
    if (namespaced) errors.push(invalid(urlPath, urls, 'namespaced rules cannot apply to non-resource URLs'));
    if (!isUnset(rule.apiGroups) || !isUnset(rule.resources) || !isUnset(rule.resourceNames))
      errors.push(
        invalid(urlPath, urls, 'rules cannot apply to both regular resources and non-resource URLs'),
      );
    return errors;
  }
  if (isUnset(rule.apiGroups))
    errors.push(required(child(path, 'apiGroups'), 'resource rules must supply at least one api group'));
  if (isUnset(rule.resources))
    errors.push(required(child(path, 'resources'), 'resource rules must supply at least one resource'));
  return errors;
}

/** What a binding refers to, and whom it binds. */
export function validateBinding(
  binding: { readonly roleRef: RoleRef; readonly subjects?: readonly Subject[] },
  namespaced: boolean,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef;
  if (apiGroup !== RBAC_GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (name === '') errors.push(required('roleRef.name'));
  else complain(errors, 'roleRef.name', name, isPathSegmentName(name));
  (binding.subjects ?? []).forEach((subject, i) => {
    checkSubject(errors, subject, namespaced, index('subjects', i));
  });
  return errors;
}

function checkSubject(errors: FieldError[], subject: Subject, namespaced: boolean, path: string): void {
  const { kind = '', name = '', namespace = '', apiGroup = '' } = subject;
  const [kindPath, namePath, groupPath] = [child(path, 'kind'), child(path, 'name'), child(path, 'apiGroup')];
  if (name === '') errors.push(required(namePath));
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') complain(errors, namePath, name, isDNS1123Subdomain(name));
      if (apiGroup !== '') errors.push(notSupported(groupPath, apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(required(child(path, 'namespace')));
      break;
    case 'User':
    case 'Group':
      if (name === '') errors.push(invalid(namePath, name, `${kind.toLowerCase()} name cannot be empty`));
      if (apiGroup !== RBAC_GROUP) errors.push(notSupported(groupPath, apiGroup, [RBAC_GROUP]));
      break;
    default:
      errors.push(notSupported(kindPath, kind, ['ServiceAccount', 'User', 'Group']));
  }
}

/** A binding leads to one role for ever. */
export function validateRoleRefUpdate(next: RoleRef, old: RoleRef): readonly FieldError[] {
  const same = next.kind === old.kind && next.name === old.name && next.apiGroup === old.apiGroup;
  return same ? [] : [invalid('roleRef', next, 'cannot change roleRef')];
}
