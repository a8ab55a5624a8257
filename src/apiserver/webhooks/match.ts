import type { MutatingWebhook, RuleWithOperations, ValidatingWebhook } from '../../api/generated/types.ts';
import { namespace as namespaceKind } from '../../api/kinds/namespace.ts';
import type { KubeObject } from '../../api/object.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import type { AdmissionRequest } from '../context.ts';

/**
 * Whether a webhook is asked about a request: its rules, then its selectors
 * (apiserver pkg/admission/plugin/webhook/generic/webhook.go ShouldCallHook, predicates/rules).
 */
export function concerns(
  hook: MutatingWebhook | ValidatingWebhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  return (
    (hook.rules ?? []).some((rule) => matchesRule(rule, request)) &&
    inNamespace(hook, request, object) &&
    isSelected(hook, request, object)
  );
}

function matchesRule(rule: RuleWithOperations, { operation, ctx, namespace }: AdmissionRequest): boolean {
  const { kind } = ctx.resource;
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, kind.group) &&
    has(rule.apiVersions, kind.version) &&
    inScope(rule.scope ?? '*', kind.namespaced && namespace !== '') &&
    (rule.resources ?? []).some((resource) => matchesResource(resource, kind.plural, ctx.subresource))
  );
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list?.some((each) => each === '*' || each === value) === true;
}

function inScope(scope: string, namespaced: boolean): boolean {
  return scope === '*' || (scope === 'Namespaced') === namespaced;
}

/** `pods` is the pods alone, `pods/*` their subresources, `*` everything but subresources. */
function matchesResource(pattern: string, plural: string, subresource: string): boolean {
  const slash = pattern.indexOf('/');
  const [resource, sub] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)];
  return (resource === '*' || resource === plural) && (sub === '*' || sub === subresource);
}

/** Cluster-scoped objects always match, except that a namespace is matched by its own labels. */
function inNamespace(
  hook: MutatingWebhook | ValidatingWebhook,
  { ctx, namespace, old }: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  const selector = compiledSelector(hook.namespaceSelector ?? {});
  if (selector.isEmpty()) return true;
  const { kind } = ctx.resource;
  if (kind.group === '' && kind.plural === 'namespaces')
    return selector.matches((object ?? old)?.metadata.labels);
  if (!kind.namespaced || namespace === '') return true;
  return selector.matches(ctx.server.lookup(namespaceKind, '', namespace)?.metadata.labels);
}

/** The object matches as it will be or as it was. */
function isSelected(
  hook: MutatingWebhook | ValidatingWebhook,
  { old }: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  const selector = compiledSelector(hook.objectSelector ?? {});
  if (selector.isEmpty()) return true;
  const matches = (each: KubeObject | undefined): boolean =>
    each !== undefined && selector.matches(each.metadata.labels);
  return matches(object) || matches(old);
}
