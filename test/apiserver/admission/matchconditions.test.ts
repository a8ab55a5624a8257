import { describe, expect, it } from 'vitest';
import { creation, Harness, podBody } from '../harness.ts';

// Expectations from apiserver pkg/admission/plugin/webhook/matchconditions/matcher.go, plugin/cel/condition.go and
// https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
// (src/api/cel/admission.ts, src/apiserver/admissionscope.ts, webhooks/match.ts).
const GROUP = 'admissionregistration.k8s.io';

/** A server with a webhook that refuses all it is asked about, because nobody answers. */
function hooked(conditions: readonly string[], more: object = {}): Harness {
  const h = new Harness({ authorizationMode: ['RBAC'] });
  h.create(
    'validatingwebhookconfigurations',
    {
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.com',
          rules: [
            {
              operations: ['CREATE', 'UPDATE', 'DELETE'],
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['pods', 'configmaps'],
            },
          ],
          clientConfig: { url: 'https://hook.example.com' },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          matchConditions: conditions.map((expression, i) => ({ name: `condition-${i}`, expression })),
          ...more,
        },
      ],
    },
    { group: GROUP },
  );
  return h;
}

const pod = creation('pods', podBody('web', { labels: { app: 'web' } }));

/** Whether the webhook is asked about the pod. */
function asked(...conditions: readonly string[]): boolean {
  const response = hooked(conditions).send(pod);
  if (response.ok) return false;
  expect(response.status.message).toContain('failed calling webhook "hook.example.com"');
  return true;
}

describe('match conditions of a webhook', () => {
  it.each([
    "object.metadata.name == 'web'",
    'oldObject == null',
    "request.operation == 'CREATE' && request.resource.resource == 'pods' && request.resource.group == ''",
    "request.userInfo.username == 'kubernetes-admin' && 'system:masters' in request.userInfo.groups",
    "request.namespace == 'default' && request.kind.kind == 'Pod' && !request.dryRun",
    "object.apiVersion == 'v1' && object.kind == 'Pod'",
    "!has(object.metadata.annotations) && object.metadata.labels['app'].matches('^w')",
    'size(object.spec.containers) == 1',
  ])('that hold have it asked: %s', (condition) => {
    expect(asked(condition)).toBe(true);
  });

  it.each([["object.metadata.name == 'db'"], ["'system:nodes' in request.userInfo.groups"]])(
    'that do not hold leave it out: %s',
    (condition) => {
      expect(asked(condition)).toBe(false);
      expect(asked('true', condition)).toBe(false);
    },
  );

  it('leave it out when one is false, whatever is wrong with the others', () => {
    expect(asked('object.spec.nothing == 1', 'false')).toBe(false);
  });

  it('that cannot be evaluated refuse the request', () => {
    expect(hooked(['object.spec.nothing == 1']).refusal(pod)).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'pods "web" is forbidden: expression \'object.spec.nothing == 1\' resulted in error: no such key: nothing',
    });
    const two = hooked(['object.a == 1', 'object.b == 1']).refusal(pod).message;
    expect(two).toContain(
      "[expression 'object.a == 1' resulted in error: no such key: a, expression 'object.b == 1' resulted in error: no such key: b]",
    );
  });

  it('that cannot be evaluated leave it out when failures are ignored', () => {
    expect(hooked(['object.spec.nothing == 1'], { failurePolicy: 'Ignore' }).send(pod).ok).toBe(true);
  });

  it.each([
    // The example of a break-glass permission in the documentation.
    "!authorizer.group('admissionregistration.k8s.io').resource('validatingwebhookconfigurations').name('my-webhook.example.com').check('breakglass').allowed()",
    "authorizer.group('').resource('pods').namespace('default').check('create').allowed() == false",
    "!authorizer.requestResource.check('update').allowed() && !authorizer.path('/healthz').check('get').allowed()",
    "authorizer.serviceAccount('kube-system', 'x').group('apps').resource('deployments').subresource('scale').check('get').allowed()",
  ])('may ask who may do what: %s', (condition) => {
    expect(asked(condition)).toBe(false);
  });

  it('see the old object of an update, and no new one of a deletion', () => {
    const h = hooked([
      "request.operation != 'CREATE' && (object == null || object.data.a != oldObject.data.a)",
    ]);
    const named = { namespace: 'default', name: 'c' };
    const body = (a: string): object => ({ metadata: named, data: { a } });
    h.create('configmaps', body('1'));
    const put = { verb: 'update', resource: 'configmaps', ...named } as const;
    expect(h.send({ ...put, body: { ...body('1'), immutable: false } }).ok).toBe(true);
    expect(h.refusal({ ...put, body: body('2') }).message).toContain('failed calling webhook');
    expect(h.refusal({ verb: 'delete', resource: 'configmaps', ...named }).message).toContain(
      'failed calling webhook',
    );
  });

  it.each([
    ['', 'webhooks[0].matchConditions[0].expression: Required value'],
    ['1 + 1', 'Invalid value: "1 + 1": must evaluate to bool'],
    ['object.spec.hostNetwork', 'Invalid value: "object.spec.hostNetwork": must evaluate to bool'],
    ['object.', 'Invalid value: "object.": compilation failed: ERROR: <input>:1:'],
    ['params.x == 1', "compilation failed: ERROR: <input>:1:1: undeclared reference to 'params'"],
  ])('are checked when they are stored: %o', (expression, why) => {
    expect(() => hooked([expression])).toThrow(why);
  });

  it('are acted on, so that nobody is warned', () => {
    const h = new Harness();
    const body = {
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.com',
          clientConfig: { url: 'https://hook.example.com' },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          matchConditions: [{ name: 'a', expression: 'true' }],
        },
      ],
    };
    const response = h.send({
      verb: 'create',
      group: GROUP,
      resource: 'validatingwebhookconfigurations',
      body,
    });
    expect(response).toMatchObject({ ok: true, warnings: [] });
  });
});
