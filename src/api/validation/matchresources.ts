import {
  child,
  duplicate,
  type FieldError,
  index,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../generated/types.ts';
import { complain, isPathSegmentName, isUnset } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { checkRule } from './webhooks.ts';

const MATCH_POLICIES: readonly string[] = ['Equivalent', 'Exact'];

/** What a policy or a binding is about (validateMatchResources); defaults are filled in. */
export function validateMatchResources(
  { matchPolicy, namespaceSelector, objectSelector, resourceRules, excludeResourceRules }: MatchResources,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isUnset(matchPolicy)) errors.push(required(child(path, 'matchPolicy')));
  else if (!MATCH_POLICIES.includes(matchPolicy ?? ''))
    errors.push(notSupported(child(path, 'matchPolicy'), matchPolicy, MATCH_POLICIES));
  errors.push(...validateLabelSelector(namespaceSelector, child(path, 'namespaceSelector')));
  errors.push(...validateLabelSelector(objectSelector, child(path, 'objectSelector')));
  for (const [i, rule] of (resourceRules ?? []).entries())
    checkNamedRule(errors, index(child(path, 'resourceRules'), i), rule);
  for (const [i, rule] of (excludeResourceRules ?? []).entries())
    checkNamedRule(errors, index(child(path, 'excludeResourceRules'), i), rule);
  return errors;
}

function checkNamedRule(errors: FieldError[], path: string, rule: NamedRuleWithOperations): void {
  const names = new Set<string>();
  for (const [i, name] of (rule.resourceNames ?? []).entries()) {
    const at = index(child(path, 'resourceNames'), i);
    complain(errors, at, name, isPathSegmentName(name));
    if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
  }
  checkRule(errors, path, rule as RuleWithOperations);
}
