import type { MatchResources, NamedRuleWithOperations } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from '../context.ts';
import { isAbout, matchesRule } from '../webhooks/match.ts';

/** Whether a policy or a binding means a request; without rules, any (policy/matching/matching.go Matches). */
export function matchesResources(
  resources: MatchResources | undefined,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  if (resources === undefined) return true;
  const { matchPolicy, resourceRules = [], excludeResourceRules = [] } = resources;
  const means = (rule: NamedRuleWithOperations): boolean =>
    isNamed(rule, request, object) && matchesRule(rule, request, matchPolicy);
  if (resourceRules.length > 0 && !resourceRules.some(means)) return false;
  return !excludeResourceRules.some(means) && isAbout(resources, request, object);
}

function isNamed(
  { resourceNames = [] }: NamedRuleWithOperations,
  { ctx, old }: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  if (resourceNames.length === 0) return true;
  return resourceNames.includes(ctx.name === '' ? ((object ?? old)?.metadata.name ?? '') : ctx.name);
}
