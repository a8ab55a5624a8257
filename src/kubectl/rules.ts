import type { PolicyRule } from '../api/generated/types.ts';
import { breakdownRule, compactRules, ruleText } from '../api/rbac.ts';

/** The columns of a list of rules, for `describe role` and `auth can-i --list`. */
export const RULE_HEADERS: readonly string[] = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'];

/** Rules as rows: each resource once, in the order of their texts (pkg/describe, pkg/util/rbac). */
export function ruleRows(rules: readonly PolicyRule[]): readonly (readonly string[])[] {
  const compact = compactRules(rules.flatMap(breakdownRule)).map((rule) => ({ rule, text: ruleText(rule) }));
  return compact
    .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ rule }) => [
      combined(rule.resources?.[0], rule.apiGroups?.[0]),
      list(rule.nonResourceURLs),
      list(rule.resourceNames),
      list(rule.verbs),
    ]);
}

/** A list as Go prints it. */
function list(values: readonly string[] | undefined): string {
  return `[${(values ?? []).join(' ')}]`;
}

/** `deployments.apps/scale` (CombineResourceGroup). */
function combined(resource: string | undefined, group: string | undefined): string {
  if (resource === undefined) return '';
  const slash = resource.indexOf('/');
  const [name, sub] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)];
  return `${name}${group === undefined || group === '' ? '' : `.${group}`}${sub}`;
}
