import type { MutatingWebhook, RuleWithOperations, ValidatingWebhook } from '../generated/types.ts';

const HTTPS = 443;
const TIMEOUT_SECONDS = 10;
const EVERYTHING = Object.freeze({});

/** What both kinds of webhooks leave unsaid (pkg/apis/admissionregistration/v1/defaults.go). */
export function withWebhookDefaults<T extends MutatingWebhook | ValidatingWebhook>(hook: T): T {
  const { service } = hook.clientConfig;
  return {
    ...hook,
    clientConfig:
      service === undefined
        ? hook.clientConfig
        : { ...hook.clientConfig, service: { ...service, port: service.port ?? HTTPS } },
    failurePolicy: hook.failurePolicy ?? 'Fail',
    matchPolicy: hook.matchPolicy ?? 'Equivalent',
    namespaceSelector: hook.namespaceSelector ?? EVERYTHING,
    objectSelector: hook.objectSelector ?? EVERYTHING,
    timeoutSeconds: hook.timeoutSeconds ?? TIMEOUT_SECONDS,
    ...(hook.rules === undefined ? {} : { rules: hook.rules.map(withScope) }),
  };
}

function withScope(rule: RuleWithOperations): RuleWithOperations {
  return rule.scope === undefined ? { ...rule, scope: '*' } : rule;
}
