import { goQuote } from '../apimachinery/gostring.ts';
import type { PolicyRule, Subject } from './generated/types.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** What a request asks for, as rules are compared with it. */
export interface RuleQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

const NONE: readonly string[] = Object.freeze([]);

function holds(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(value) || list.includes('*'));
}

/** Whether a rule speaks of a verb, group and resource; which names it means is another question. */
export function ruleCovers(rule: PolicyRule, { verb, group, resource, subresource }: RuleQuestion): boolean {
  if (!holds(rule.verbs, verb) || !holds(rule.apiGroups, group)) return false;
  const combined = subresource === '' ? resource : `${resource}/${subresource}`;
  if (holds(rule.resources, combined)) return true;
  return subresource !== '' && rule.resources?.includes(`*/${subresource}`) === true;
}

/** Whether a rule allows a verb on a path such as `/healthz`. */
export function ruleCoversPath(rule: PolicyRule, verb: string, path: string): boolean {
  return holds(rule.verbs, verb) && (rule.nonResourceURLs ?? NONE).some((url) => urlCovers(url, path));
}

function urlCovers(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}

/** A rule as rules of one verb, group, resource and name, or of one verb and path (validation.BreakdownRule). */
export function breakdownRule(rule: PolicyRule): readonly PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const group of rule.apiGroups ?? NONE) {
    for (const resource of rule.resources ?? NONE) {
      for (const verb of rule.verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        const names = rule.resourceNames ?? NONE;
        if (names.length === 0) parts.push(part);
        for (const name of names) parts.push({ ...part, resourceNames: [name] });
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? NONE)
    for (const verb of rule.verbs) parts.push({ nonResourceURLs: [url], verbs: [verb] });
  return parts;
}

/** The parts of `wanted` that no single rule of `owned` allows (component-helpers Covers). */
export function uncovered(
  owned: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  return wanted.flatMap(breakdownRule).filter((part) => !owned.some((owner) => ownerCovers(owner, part)));
}

function coversAll(owner: readonly string[] | undefined, part: readonly string[] | undefined): boolean {
  return (part ?? NONE).every((value) => holds(owner, value));
}

function ownerCovers(owner: PolicyRule, part: PolicyRule): boolean {
  if (!coversAll(owner.verbs, part.verbs)) return false;
  const urls = part.nonResourceURLs ?? NONE;
  if (urls.length > 0)
    return urls.every((path) => (owner.nonResourceURLs ?? NONE).some((url) => urlCovers(url, path)));
  const [resource = ''] = part.resources ?? NONE;
  const slash = resource.indexOf('/');
  const anyParent = slash > 0 && owner.resources?.includes(`*/${resource.slice(slash + 1)}`) === true;
  if (!coversAll(owner.apiGroups, part.apiGroups)) return false;
  if (!anyParent && !coversAll(owner.resources, part.resources)) return false;
  const names = owner.resourceNames ?? NONE;
  if (names.length === 0) return true;
  const wanted = part.resourceNames ?? NONE;
  return wanted.length > 0 && wanted.every((name) => names.includes(name));
}

/** Joins rules of one group and one resource that differ in their verbs only (validation.CompactRules). */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const others: PolicyRule[] = [];
  const simple = new Map<string, { readonly rule: PolicyRule; readonly verbs: string[] }>();
  for (const rule of rules) {
    const { apiGroups = NONE, resources = NONE, resourceNames = NONE, nonResourceURLs = NONE } = rule;
    if (
      apiGroups.length !== 1 ||
      resources.length !== 1 ||
      nonResourceURLs.length > 0 ||
      resourceNames.length > 1
    ) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups[0], resources[0], resourceNames[0] ?? '']);
    const known = simple.get(key);
    if (known === undefined) simple.set(key, { rule, verbs: [...rule.verbs] });
    else known.verbs.push(...rule.verbs);
  }
  return [...others, ...[...simple.values()].map(({ rule, verbs }) => ({ ...rule, verbs }))];
}

/** `["get" "list"]`: a list of texts as Go's %q writes it. */
export function goQuotedList(list: readonly string[]): string {
  return `[${list.map(goQuote).join(' ')}]`;
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`: a rule in refusals (rbac/v1 CompactString). */
export function ruleText(rule: PolicyRule): string {
  const parts = (
    [
      ['APIGroups', rule.apiGroups],
      ['Resources', rule.resources],
      ['NonResourceURLs', rule.nonResourceURLs],
      ['ResourceNames', rule.resourceNames],
      ['Verbs', rule.verbs],
    ] as const
  ).filter(([, list]) => list !== undefined && list.length > 0);
  return `{${parts.map(([name, list]) => `${name}:${goQuotedList(list ?? NONE)}`).join(', ')}}`;
}

/** The name under which a service account signs in. */
export function serviceAccountUserName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Users, groups, service accounts of a binding, in the words of `kubectl get -o wide` (SubjectsStrings). */
export function subjectsByKind(subjects: readonly Subject[] | undefined): {
  readonly users: string;
  readonly groups: string;
  readonly accounts: string;
} {
  const named = (kind: string, text: (subject: Subject) => string): string =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(text)
      .join(', ');
  return {
    users: named('User', ({ name }) => name),
    groups: named('Group', ({ name }) => name),
    accounts: named('ServiceAccount', ({ namespace, name }) => `${namespace ?? ''}/${name}`),
  };
}
