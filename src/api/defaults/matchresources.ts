import type { MatchResources, NamedRuleWithOperations } from '../generated/types.ts';
import { mapShared, withDefaults, withField } from '../kind.ts';

const DEFAULTS: Partial<MatchResources> = Object.freeze({
  matchPolicy: 'Equivalent',
  namespaceSelector: Object.freeze({}),
  objectSelector: Object.freeze({}),
});

/** What policies and their bindings leave unsaid (SetDefaults_MatchResources, SetDefaults_Rule). */
export function withMatchDefaults(given: MatchResources): MatchResources {
  const resources = withDefaults(given, DEFAULTS);
  const rules = withField(resources, 'resourceRules', withScopes(resources.resourceRules));
  return withField(rules, 'excludeResourceRules', withScopes(rules.excludeResourceRules));
}

function withScopes<R extends readonly NamedRuleWithOperations[] | undefined>(rules: R): R {
  return rules === undefined ? rules : (mapShared(rules, (rule) => withDefaults(rule, { scope: '*' })) as R);
}
