import { type CompiledCondition, compileConditions, matchConditions } from '../../api/cel/admission.ts';
import type {
  LabelSelector,
  MutatingWebhook,
  RuleWithOperations,
  ValidatingWebhook,
} from '../../api/generated/types.ts';
import { namespace as namespaceKind } from '../../api/kinds/namespace.ts';
import type { KubeObject } from '../../api/object.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import type { Status } from '../../apimachinery/status.ts';
import { scopeOf } from '../admissionscope.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';

type Webhook = MutatingWebhook | ValidatingWebhook;

/** What narrows down the objects that a webhook or a policy is about. */
export interface Selectors {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/**
 * Whether a webhook is asked about a request: its rules, then its selectors, then its conditions; a Status where a
 * condition cannot be evaluated and that means a refusal
 * (apiserver pkg/admission/plugin/webhook/generic/webhook.go ShouldCallHook, predicates/rules).
 */
export function concerns(
  hook: Webhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): boolean | Status {
  if (!(hook.rules ?? []).some((rule) => matchesRule(rule, request, hook.matchPolicy))) return false;
  if (!isAbout(hook, request, object)) return false;
  return hook.matchConditions === undefined || hook.matchConditions.length === 0
    ? true
    : meetsConditions(hook, request, object);
}

/** The conditions of webhooks, ready to run; a webhook is compiled when it is first asked. */
const compiled = new WeakMap<Webhook, readonly CompiledCondition[]>();

function meetsConditions(
  hook: Webhook,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): boolean | Status {
  let conditions = compiled.get(hook);
  if (conditions === undefined) {
    conditions = compileConditions(hook.matchConditions ?? [], false);
    compiled.set(hook, conditions);
  }
  const outcome = matchConditions(conditions, scopeOf(request, object, undefined), hook.failurePolicy);
  if (outcome.matches || outcome.error === undefined) return outcome.matches;
  return admissionForbidden(request.ctx, object ?? request.old, outcome.error);
}

/** Whether an object, as it will be or as it was, and its namespace are among the selected ones. */
export function isAbout(
  selectors: Selectors,
  request: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  return inNamespace(selectors, request, object) && isSelected(selectors, request, object);
}

/**
 * Whether a rule means a request. Unless the policy is `Exact`, one that names another version in which the resource
 * is served means it too: objects are shown in the version in which they are stored.
 */
export function matchesRule(
  rule: Omit<RuleWithOperations, 'resourceNames'>,
  { operation, ctx, namespace }: AdmissionRequest,
  matchPolicy: string | undefined,
): boolean {
  const { kind, version, custom, versions } = ctx.resource;
  const asked = version?.kind.version ?? kind.version;
  const others = custom?.served ?? versions;
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, kind.group) &&
    (has(rule.apiVersions, asked) ||
      (matchPolicy !== 'Exact' &&
        (has(rule.apiVersions, kind.version) ||
          rule.apiVersions?.some((each) => others?.has(each) === true) === true))) &&
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
  hook: Selectors,
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
function isSelected(hook: Selectors, { old }: AdmissionRequest, object: KubeObject | undefined): boolean {
  const selector = compiledSelector(hook.objectSelector ?? {});
  if (selector.isEmpty()) return true;
  const matches = (each: KubeObject | undefined): boolean =>
    each !== undefined && selector.matches(each.metadata.labels);
  return matches(object) || matches(old);
}
