import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/apimachinery/json.ts';
import type { WebhookAnswer, WebhookCall } from '../../../src/apiserver/webhooks/dial.ts';
import { webhookAnswer } from '../../../src/kubelet/apps/agnhostwebhook.ts';
import { creation, Harness, type Partially, podBody } from '../harness.ts';

// The plugins are mutatingwebhook and validatingwebhook; expectations from upstream's dispatchers and its test webhook.
const GROUP = 'admissionregistration.k8s.io';
const RULE = {
  operations: ['CREATE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['pods', 'configmaps'],
};

/** A server whose webhooks are answered by the test webhook of Kubernetes, or by `answer`. */
class Hooked extends Harness {
  readonly calls: WebhookCall[];

  constructor(answer: (call: WebhookCall) => WebhookAnswer = agnhost) {
    const calls: WebhookCall[] = [];
    super({
      serviceCIDR: '10.96.0.0/16',
      dialWebhook: (call) => {
        calls.push(call);
        return answer(call);
      },
    });
    this.calls = calls;
    const ports = [{ port: 443 }];
    this.create('services', { metadata: { name: 'hook', namespace: 'default' }, spec: { ports } });
  }

  configure(kind: 'mutating' | 'validating', ...hooks: readonly object[]): void {
    const webhooks = hooks.map((hook, i) => ({
      name: `hook-${i}.example.com`,
      rules: [RULE],
      clientConfig: { service: { name: 'hook', namespace: 'default', path: '/pods' } },
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      ...hook,
    }));
    this.create(`${kind}webhookconfigurations`, { metadata: { name: kind }, webhooks }, { group: GROUP });
  }

  get review(): JsonObject {
    return (JSON.parse(this.calls.at(-1)?.body ?? '{}') as { request: JsonObject }).request;
  }
}

function agnhost(call: WebhookCall): WebhookAnswer {
  const { path, body, serverName: host } = call;
  const { status, body: said } = webhookAnswer(
    { protocol: 'http', method: 'POST', path, headers: {}, body, host },
    'busybox:1.36',
  );
  return { ok: true, status, body: said };
}

const at = (path: string): object => ({
  clientConfig: { service: { name: 'hook', namespace: 'default', path } },
});
const message = (h: Hooked, request: Partially): string => h.refusal(request).message ?? '';
const configMap = (name: string, data: object): object => ({
  metadata: { name, namespace: 'default' },
  data,
});

describe('validating webhooks', () => {
  it('refuse a request in their own words, by name', () => {
    const h = new Hooked();
    h.configure('validating', {});
    const labels = { 'webhook-e2e-test': 'webhook-disallow' };
    expect(h.refusal(creation('pods', podBody('bad', { labels })))).toMatchObject({
      code: 400,
      message: 'admission webhook "hook-0.example.com" denied the request: the pod contains unwanted label;',
    });
    expect(h.has('pods', 'bad')).toBe(false);
    h.create('pods', podBody('good'));
  });

  it('are sent a review of the object as it is to be stored, with who asks', () => {
    const h = new Hooked();
    h.configure('validating', {});
    h.create('pods', podBody('web'));
    expect(h.calls[0]).toMatchObject({
      host: expect.stringMatching(/^10\.96\./),
      port: 443,
      path: '/pods?timeout=10s',
      serverName: 'hook.default.svc',
      timeoutMs: 10_000,
    });
    expect(h.review).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: 'web',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters'] },
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        spec: { restartPolicy: 'Always', serviceAccountName: 'default' },
      },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    });
  });

  it('see the old object of an update and nothing else of a deletion', () => {
    const h = new Hooked();
    h.create('configmaps', configMap('c', { a: '1' }));
    h.configure('validating', {
      ...at('/configmaps'),
      rules: [{ ...RULE, operations: ['UPDATE', 'DELETE'] }],
    });
    const wanted = { namespace: 'default', name: 'c' };
    h.object({ verb: 'update', resource: 'configmaps', ...wanted, body: configMap('c', { a: '2' }) });
    expect(h.review).toMatchObject({ object: { data: { a: '2' } }, oldObject: { data: { a: '1' } } });
    h.send({ verb: 'delete', resource: 'configmaps', ...wanted });
    expect(h.review).toMatchObject({ operation: 'DELETE', object: null, oldObject: { data: { a: '2' } } });
  });

  it.each([
    [
      'refused',
      { ok: false, error: 'dial tcp 10.96.0.9:443: connect: connection refused' },
      'dial tcp 10.96.0.9:443: connect: connection refused',
    ],
    ['too slow', { ok: false, error: 'context deadline exceeded' }, 'context deadline exceeded'],
  ] as const)(
    'that cannot be asked (%s) refuse everything with Fail and nothing with Ignore',
    (_, answer, why) => {
      const h = new Hooked(() => answer);
      h.configure('validating', {});
      expect(h.refusal(creation('pods', podBody('a')))).toMatchObject({
        code: 500,
        reason: 'InternalError',
        message: `Internal error occurred: failed calling webhook "hook-0.example.com": failed to call webhook: Post "https://hook.default.svc:443/pods?timeout=10s": ${why}`,
      });
      const open = new Hooked(() => answer);
      open.configure('validating', { failurePolicy: 'Ignore' });
      open.create('pods', podBody('a'));
    },
  );

  it.each([
    [
      'an answer of another request',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"x","allowed":true}}',
      /received invalid webhook response: expected response\.uid="[0-9a-f-]+", got "x"$/,
    ],
    [
      'no answer',
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}',
      /received invalid webhook response: webhook response was absent$/,
    ],
    [
      'no review',
      '{"response":{"allowed":true}}',
      /expected webhook response of admission\.k8s\.io\/v1, Kind=AdmissionReview, got , Kind=$/,
    ],
    ['no JSON', '<html>', /json parse error/],
  ])('are not believed: %s', (_, body, says) => {
    const h = new Hooked(() => ({ ok: true, status: 200, body }));
    h.configure('validating', {});
    expect(message(h, creation('pods', podBody('a')))).toMatch(says);
  });

  it.each([
    [404, 'the server could not find the requested resource'],
    [500, 'an error on the server ("boom") has prevented the request from succeeding'],
    [503, 'the server is currently unable to handle the request'],
  ])('that answer %i have failed', (status, says) => {
    const h = new Hooked(() => ({ ok: true, status, body: 'boom' }));
    h.configure('validating', {});
    expect(message(h, creation('pods', podBody('a')))).toBe(
      `Internal error occurred: failed calling webhook "hook-0.example.com": failed to call webhook: ${says}`,
    );
  });

  it.each([
    ['ghost', 443, 'service "ghost" not found'],
    ['hook', 8443, 'no service port 8443 found for service "hook"'],
  ])('of a service that is not there (%s:%i) cannot be asked', (name, port, why) => {
    const h = new Hooked();
    h.configure('validating', { clientConfig: { service: { name, namespace: 'default', port } } });
    expect(message(h, creation('pods', podBody('a')))).toMatch(new RegExp(`: ${why}$`));
    expect(h.calls).toEqual([]);
  });

  it('are asked about what their rules and selectors name, and never about webhooks', () => {
    const h = new Hooked(() => ({ ok: false, error: 'asked' }));
    h.configure('validating', {
      rules: [{ ...RULE, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], scope: 'Namespaced' }],
      objectSelector: { matchLabels: { asked: 'yes' } },
    });
    h.configure('mutating', { namespaceSelector: { matchLabels: { hooked: 'yes' } } });
    h.create('pods', podBody('unlabelled'));
    h.create('namespaces', { metadata: { name: 'n', labels: { asked: 'yes', hooked: 'yes' } } });
    expect(h.calls).toEqual([]);
    expect(message(h, creation('pods', podBody('labelled', { labels: { asked: 'yes' } })))).toMatch(/asked$/);
    h.create('serviceaccounts', { metadata: { name: 'default', namespace: 'n' } });
    const there = {
      metadata: { name: 'p', namespace: 'n' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    expect(message(h, creation('pods', there))).toMatch(/asked$/);
  });

  it('hear of subresources only where a rule names them', () => {
    const h = new Hooked(() => ({ ok: false, error: 'asked' }));
    h.create('pods', podBody('web'));
    h.configure('validating', { rules: [{ ...RULE, operations: ['*'], resources: ['pods/status'] }] });
    h.create('pods', podBody('other'));
    const body = { ...h.get('pods', 'web'), status: { phase: 'Running' } };
    const status: Partially = {
      verb: 'update',
      resource: 'pods',
      subresource: 'status',
      namespace: 'default',
      name: 'web',
      body,
    };
    expect(message(h, status)).toMatch(/asked$/);
  });

  it('send warnings along', () => {
    const h = new Hooked(({ body }) => {
      const { uid } = (JSON.parse(body) as { request: { uid: string } }).request;
      const response = { uid, allowed: true, warnings: ['mind the gap'] };
      return {
        ok: true,
        status: 200,
        body: JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response }),
      };
    });
    h.configure('validating', {});
    const answer = h.send(creation('pods', podBody('a')));
    expect(answer.ok && answer.kind === 'object' ? answer.warnings : []).toContain('mind the gap');
  });
});

describe('mutating webhooks', () => {
  it('change what is stored, and what they add gets defaults and the plugins before them once more', () => {
    const h = new Hooked();
    h.create('limitranges', {
      metadata: { name: 'l', namespace: 'default' },
      spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] },
    });
    h.configure('mutating', at('/mutating-pods-sidecar'));
    expect(h.create('pods', podBody('web'))).toMatchObject({
      spec: {
        containers: [
          { name: 'web' },
          {
            name: 'webhook-added-sidecar',
            image: 'busybox:1.36',
            imagePullPolicy: 'IfNotPresent',
            resources: { limits: { cpu: '1' } },
            volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
          },
        ],
      },
    });
    expect(h.calls).toHaveLength(1);
  });

  it('run one after the other, and are asked once more if they want it and the object has changed since', () => {
    const h = new Hooked();
    const stages = at('/mutating-configmaps');
    const paths = (): readonly string[] => h.calls.map(({ path }) => path.split('?')[0] ?? '');
    h.configure('mutating', { ...stages, reinvocationPolicy: 'IfNeeded' }, at('/add-label'));
    expect(h.create('configmaps', configMap('c', { 'mutation-start': 'yes' }))).toMatchObject({
      data: { 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' },
      metadata: { labels: { 'added-label': 'yes' } },
    });
    expect(paths()).toEqual(['/mutating-configmaps', '/add-label', '/mutating-configmaps']);
  });

  it('are asked once where they do not want more, or where nothing has changed since', () => {
    const h = new Hooked();
    h.configure('mutating', at('/mutating-configmaps'), {
      ...at('/add-label'),
      reinvocationPolicy: 'IfNeeded',
    });
    const stored = h.create('configmaps', configMap('c', { 'mutation-start': 'yes' }));
    expect((stored as { data?: object }).data).toEqual({
      'mutation-start': 'yes',
      'mutation-stage-1': 'yes',
    });
    expect(h.calls).toHaveLength(2);
  });

  it('may not make an invalid object, and what they make is validated', () => {
    const h = new Hooked();
    h.configure('mutating', at('/mutating-pods'));
    const pod = h.create('pods', podBody('webhook-to-be-mutated')) as {
      spec?: { initContainers?: object[] };
    };
    expect(pod.spec?.initContainers).toMatchObject([
      { name: 'webhook-added-init-container', image: 'webhook-added-image' },
    ]);
  });

  it('take no part in a dry run that would have side effects', () => {
    const h = new Hooked();
    h.configure('mutating', at('/add-label'));
    const dry = { ...creation('configmaps', configMap('c', {})), options: { dryRun: true } };
    expect(h.object(dry)).toMatchObject({ metadata: { labels: { 'added-label': 'yes' } } });
    expect(h.review).toMatchObject({ dryRun: true });
    expect(h.has('configmaps', 'c')).toBe(false);
  });
});
