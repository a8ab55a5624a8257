import { describe, expect, it } from 'vitest';
import { mutatingWebhookConfiguration } from '../../../src/api/kinds/mutatingwebhookconfiguration.ts';
import { validatingWebhookConfiguration } from '../../../src/api/kinds/validatingwebhookconfiguration.ts';
import { complaints, defaulted } from './manifests.ts';

const HOOK = {
  name: 'hook.example.com',
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  clientConfig: { service: { name: 'hook', namespace: 'default' } },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const manifest = (...webhooks: readonly object[]): unknown => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'w' },
  webhooks,
});
const withHook = (change: object): unknown => manifest({ ...HOOK, ...change });
const withRule = (change: object): unknown => withHook({ rules: [{ ...HOOK.rules[0], ...change }] });
const withService = (change: object): unknown =>
  withHook({ clientConfig: { service: { ...HOOK.clientConfig.service, ...change } } });
const AT = 'webhooks[0]';

// From pkg/apis/admissionregistration/validation.
describe('a webhook configuration', () => {
  it.each([
    [withHook({ name: '' }), `${AT}.name: Required value`],
    [
      withHook({ name: 'k8s.io' }),
      `${AT}.name: Invalid value: "k8s.io": should be a domain with at least three segments separated by dots`,
    ],
    [withRule({ operations: [] }), `${AT}.rules[0].operations: Required value`],
    [
      withRule({ operations: ['CREATE', '*'] }),
      `${AT}.rules[0].operations: Invalid value: ["CREATE","*"]: if '*' is present, must not specify other operations`,
    ],
    [
      withRule({ operations: ['PATCH'] }),
      `${AT}.rules[0].operations[0]: Unsupported value: "PATCH": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"`,
    ],
    [withRule({ apiGroups: [] }), `${AT}.rules[0].apiGroups: Required value`],
    [
      withRule({ apiGroups: ['a', '*'] }),
      `${AT}.rules[0].apiGroups: Invalid value: ["a","*"]: if '*' is present, must not specify other API groups`,
    ],
    [withRule({ apiVersions: [''] }), `${AT}.rules[0].apiVersions[0]: Required value`],
    [withRule({ resources: [] }), `${AT}.rules[0].resources: Required value`],
    [
      withRule({ resources: ['pods/*', 'pods/log'] }),
      `${AT}.rules[0].resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`,
    ],
    [
      withRule({ resources: ['*/scale', 'pods/scale'] }),
      `${AT}.rules[0].resources[1]: Invalid value: "pods/scale": if '*/scale' is present, must not specify pods/scale`,
    ],
    [
      withRule({ resources: ['*/*', 'a'] }),
      `${AT}.rules[0].resources: Invalid value: ["*/*","a"]: if '*/*' is present, must not specify other resources`,
    ],
    [
      withRule({ resources: ['*', 'a'] }),
      `${AT}.rules[0].resources: Invalid value: ["*","a"]: if '*' is present, must not specify other resources without subresources`,
    ],
    [
      withRule({ scope: 'Pods' }),
      `${AT}.rules[0].scope: Unsupported value: "Pods": supported values: "*", "Cluster", "Namespaced"`,
    ],
    [
      withHook({ failurePolicy: 'Maybe' }),
      `${AT}.failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"`,
    ],
    [
      withHook({ sideEffects: undefined }),
      `${AT}.sideEffects: Required value: must specify one of None, NoneOnDryRun`,
    ],
    [
      withHook({ sideEffects: 'Some' }),
      `${AT}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`,
    ],
    [
      withHook({ timeoutSeconds: 31 }),
      `${AT}.timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds`,
    ],
    [
      withHook({ clientConfig: {} }),
      `${AT}.clientConfig: Required value: exactly one of url or service is required`,
    ],
    [
      withHook({ clientConfig: { url: 'http://hook.example.com' } }),
      `${AT}.clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
    ],
    [
      withHook({ clientConfig: { url: 'https://a@hook.example.com' } }),
      `${AT}.clientConfig.url: Invalid value: "a": user information is not permitted in the URL`,
    ],
    [
      withHook({ clientConfig: { url: 'https://hook.example.com?a=b' } }),
      `${AT}.clientConfig.url: Invalid value: "a=b": query parameters are not permitted in the URL`,
    ],
    [withService({ name: '' }), `${AT}.clientConfig.service.name: Required value: service name is required`],
    [
      withService({ port: 70000 }),
      `${AT}.clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive`,
    ],
    [
      withService({ path: 'a' }),
      `${AT}.clientConfig.service.path: Invalid value: "a": must start with a '/'`,
    ],
    [
      withService({ path: '/a//b' }),
      `${AT}.clientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty`,
    ],
    [
      withHook({ admissionReviewVersions: [] }),
      `${AT}.admissionReviewVersions: Required value: must specify one of v1, v1beta1`,
    ],
    [
      withHook({ admissionReviewVersions: ['v3'] }),
      `${AT}.admissionReviewVersions: Invalid value: ["v3"]: must include at least one of v1, v1beta1`,
    ],
    [manifest(HOOK, HOOK), 'webhooks[1].name: Duplicate value: "hook.example.com"'],
  ])('%# is refused', (object, message) => {
    expect(complaints(validatingWebhookConfiguration, object)[0]).toBe(message);
  });

  it('is filled up with what upstream takes for granted', () => {
    const filled = {
      ...HOOK,
      rules: [{ ...HOOK.rules[0], scope: '*' }],
      clientConfig: { service: { name: 'hook', namespace: 'default', port: 443 } },
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
    };
    expect(defaulted(validatingWebhookConfiguration, manifest(HOOK)).webhooks).toEqual([filled]);
    expect(defaulted(mutatingWebhookConfiguration, manifest(HOOK)).webhooks).toEqual([
      { ...filled, reinvocationPolicy: 'Never' },
    ]);
  });
});
