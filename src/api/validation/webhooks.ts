import {
  child,
  duplicate,
  type FieldError,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import {
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isValidPortNum,
} from '../../apimachinery/validation.ts';
import type {
  MutatingWebhook,
  RuleWithOperations,
  ServiceReference,
  ValidatingWebhook,
} from '../generated/types.ts';
import { checkEnum, complain, isUnset } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { validateMatchConditions } from './matchconditions.ts';

type Webhook = MutatingWebhook | ValidatingWebhook;

const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1'];
const SIDE_EFFECTS: readonly string[] = ['None', 'NoneOnDryRun'];
const OPERATIONS: readonly string[] = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES: readonly string[] = ['*', 'Cluster', 'Namespaced'];
const MAX_TIMEOUT_SECONDS = 30;

/** The webhooks of either kind of configuration (pkg/apis/admissionregistration/validation/validation.go). */
export function validateWebhooks(webhooks: readonly Webhook[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, hook] of webhooks.entries()) {
    const path = index('webhooks', i);
    checkWebhook(errors, path, hook);
    checkReviewVersions(errors, child(path, 'admissionReviewVersions'), hook.admissionReviewVersions ?? []);
    if (isUnset(hook.name)) continue;
    if (names.has(hook.name)) errors.push(duplicate(child(path, 'name'), hook.name));
    names.add(hook.name);
  }
  return errors;
}

function checkWebhook(errors: FieldError[], path: string, hook: Webhook): void {
  checkFullyQualified(errors, child(path, 'name'), hook.name);
  for (const [i, rule] of (hook.rules ?? []).entries())
    checkRule(errors, index(child(path, 'rules'), i), rule);
  checkEnum(errors, child(path, 'failurePolicy'), hook.failurePolicy, ['Fail', 'Ignore']);
  checkEnum(errors, child(path, 'matchPolicy'), hook.matchPolicy, ['Equivalent', 'Exact']);
  if (isUnset(hook.sideEffects))
    errors.push(required(child(path, 'sideEffects'), `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  else checkEnum(errors, child(path, 'sideEffects'), hook.sideEffects, SIDE_EFFECTS);
  const { timeoutSeconds } = hook;
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS))
    errors.push(
      invalid(
        child(path, 'timeoutSeconds'),
        timeoutSeconds,
        'the timeout value must be between 1 and 30 seconds',
      ),
    );
  errors.push(...validateLabelSelector(hook.namespaceSelector, child(path, 'namespaceSelector')));
  errors.push(...validateLabelSelector(hook.objectSelector, child(path, 'objectSelector')));
  if ('reinvocationPolicy' in hook)
    checkEnum(errors, child(path, 'reinvocationPolicy'), hook.reinvocationPolicy, ['IfNeeded', 'Never']);
  const config = child(path, 'clientConfig');
  const { url, service } = hook.clientConfig ?? {};
  if ((url === undefined) === (service === undefined))
    errors.push(required(config, 'exactly one of url or service is required'));
  else if (url !== undefined) checkUrl(errors, child(config, 'url'), url);
  else if (service !== undefined) checkService(errors, child(config, 'service'), service);
  errors.push(...validateMatchConditions(hook.matchConditions ?? [], child(path, 'matchConditions'), false));
}

/** IsFullyQualifiedName: at least three segments, `policy.example.com`. */
function checkFullyQualified(errors: FieldError[], path: string, name: string | undefined): void {
  if (isUnset(name)) {
    errors.push(required(path));
    return;
  }
  const complaints = isDNS1123Subdomain(name ?? '');
  if (complaints.length > 0) {
    errors.push(invalid(path, name, complaints.join(',')));
    return;
  }
  const segments = (name ?? '').split('.');
  if (segments.length < 3) {
    errors.push(invalid(path, name, 'should be a domain with at least three segments separated by dots'));
    return;
  }
  for (const segment of segments) complain(errors, path, segment, isDNS1123Label(segment));
}

function checkReviewVersions(errors: FieldError[], path: string, versions: readonly string[]): void {
  if (versions.length === 0) {
    errors.push(required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
    return;
  }
  const seen = new Set<string>();
  for (const [i, version] of versions.entries()) {
    if (seen.has(version)) errors.push(invalid(index(path, i), version, 'duplicate version'));
    else complain(errors, index(path, i), version, isDNS1035Label(version));
    seen.add(version);
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

/** ValidateRuleWithOperations: of webhooks and of policies. */
export function checkRule(errors: FieldError[], path: string, rule: RuleWithOperations): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const at = child(path, 'operations');
  if (operations.length === 0) errors.push(required(at));
  if (operations.length > 1 && operations.includes('*'))
    errors.push(invalid(at, operations, "if '*' is present, must not specify other operations"));
  for (const [i, operation] of operations.entries())
    if (!OPERATIONS.includes(operation)) errors.push(notSupported(index(at, i), operation, OPERATIONS));
  if (apiGroups.length === 0) errors.push(required(child(path, 'apiGroups')));
  if (apiGroups.length > 1 && apiGroups.includes('*'))
    errors.push(
      invalid(child(path, 'apiGroups'), apiGroups, "if '*' is present, must not specify other API groups"),
    );
  const versions = child(path, 'apiVersions');
  if (apiVersions.length === 0) errors.push(required(versions));
  if (apiVersions.length > 1 && apiVersions.includes('*'))
    errors.push(invalid(versions, apiVersions, "if '*' is present, must not specify other API versions"));
  for (const [i, version] of apiVersions.entries())
    if (version === '') errors.push(required(index(versions, i)));
  checkResources(errors, child(path, 'resources'), resources);
  if (scope !== undefined && !SCOPES.includes(scope))
    errors.push(notSupported(child(path, 'scope'), scope, SCOPES));
}

/** validateResources: `pods`, `pods/log`, `pods/*`, `*\/scale`, `*`, `*\/*`, without contradictions. */
function checkResources(errors: FieldError[], path: string, resources: readonly string[]): void {
  if (resources.length === 0) errors.push(required(path));
  const allSubresourcesOf = new Set<string>();
  const subresourceOfAll = new Set<string>();
  let last = false;
  for (const [i, resource] of resources.entries()) {
    if (resource === '') {
      errors.push(required(index(path, i)));
      continue;
    }
    const slash = resource.indexOf('/');
    if (slash < 0) {
      last = resource !== '*';
      continue;
    }
    const [name, sub] = [resource.slice(0, slash), resource.slice(slash + 1)];
    if (allSubresourcesOf.has(name))
      errors.push(
        invalid(index(path, i), resource, `if '${name}/*' is present, must not specify ${resource}`),
      );
    if (subresourceOfAll.has(sub))
      errors.push(
        invalid(index(path, i), resource, `if '*/${sub}' is present, must not specify ${resource}`),
      );
    if (sub === '*') allSubresourcesOf.add(name);
    if (name === '*') subresourceOfAll.add(sub);
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && last)
    errors.push(
      invalid(path, resources, "if '*' is present, must not specify other resources without subresources"),
    );
}

const URL_FORM = '; desired format: https://host[/path]';

/** ValidateWebhookURL (apiserver pkg/util/webhook/validation.go). */
function checkUrl(errors: FieldError[], path: string, url: string): void {
  const parts =
    /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/i.exec(url);
  const [, scheme = '', user, host = '', query = '', fragment = ''] = parts ?? [];
  if (scheme.toLowerCase() !== 'https')
    errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${URL_FORM}`));
  if (host === '') errors.push(invalid(path, host, `host must be provided${URL_FORM}`));
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
}

/** ValidateWebhookService. */
function checkService(errors: FieldError[], path: string, service: ServiceReference): void {
  const { name, namespace, port = 0, path: urlPath } = service;
  if (isUnset(name)) errors.push(required(child(path, 'name'), 'service name is required'));
  if (isUnset(namespace)) errors.push(required(child(path, 'namespace'), 'service namespace is required'));
  const complaints = isValidPortNum(port);
  if (complaints.length > 0)
    errors.push(invalid(child(path, 'port'), port, `port is not valid: ${complaints.join(', ')}`));
  if (urlPath === undefined || urlPath === '' || urlPath === '/') return;
  const at = child(path, 'path');
  if (urlPath === '//') {
    errors.push(invalid(at, urlPath, 'segment[0] may not be empty'));
    return;
  }
  if (!urlPath.startsWith('/')) errors.push(invalid(at, urlPath, "must start with a '/'"));
  for (const [i, segment] of urlPath.slice(1).replace(/\/$/, '').split('/').entries()) {
    if (segment === '') errors.push(invalid(at, urlPath, `segment[${i}] may not be empty`));
    else
      for (const complaint of isDNS1123Subdomain(segment))
        errors.push(invalid(at, urlPath, `segment[${i}]: ${complaint}`));
  }
}
