import { describe, expect, test } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { forbidden } from '../../src/apimachinery/status.ts';
import type { AdmissionPlugin } from '../../src/apiserver/admission/admission.ts';
import { admissionPlugins } from '../../src/apiserver/admission/registry.ts';
import { creation, Harness, podBody } from './harness.ts';

function createPod(spec: object = {}, rest: object = {}, h = new Harness()): Pod {
  return h.create('pods', podBody('web', rest, spec)) as Pod;
}

describe('ServiceAccount', () => {
  test('mounts a token for the default account', () => {
    const { spec } = createPod();
    const [volume] = spec.volumes ?? [];
    expect(spec.serviceAccountName).toBe('default');
    expect(volume?.name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(volume?.projected?.sources?.[0]).toEqual({
      serviceAccountToken: { expirationSeconds: 3607, path: 'token' },
    });
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ]);
  });

  test('mounts nothing when the pod does not want it, whatever the account says', () => {
    expect(createPod({ automountServiceAccountToken: false }).spec.volumes).toBeUndefined();
  });

  test('mounts nothing when the account does not want it and the pod does not say', () => {
    const h = new Harness();
    const account = {
      metadata: { name: 'quiet', namespace: 'default' },
      automountServiceAccountToken: false,
    };
    h.create('serviceaccounts', account);
    expect(createPod({ serviceAccountName: 'quiet' }, {}, h).spec.volumes).toBeUndefined();
    const loud = podBody('loud', {}, { serviceAccountName: 'quiet', automountServiceAccountToken: true });
    expect((h.create('pods', loud) as Pod).spec.volumes?.length).toBe(1);
  });

  test('leaves a container alone that mounts something there itself', () => {
    const mount = { name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
    const { spec } = createPod({
      volumes: [{ name: 'own', emptyDir: {} }],
      containers: [
        { name: 'a', image: 'a', volumeMounts: [mount] },
        { name: 'b', image: 'b' },
      ],
    });
    expect(spec.containers.map(({ volumeMounts }) => volumeMounts?.length)).toEqual([1, 1]);
    expect(spec.containers[0]?.volumeMounts?.[0]?.name).toBe('own');
    expect(spec.volumes?.length).toBe(2);
  });

  test('gives the pull secrets of the account to pods that have none', () => {
    const h = new Harness();
    const account = {
      metadata: { name: 'puller', namespace: 'default' },
      imagePullSecrets: [{ name: 'registry' }],
    };
    h.create('serviceaccounts', account);
    expect(createPod({ serviceAccountName: 'puller' }, {}, h).spec.imagePullSecrets).toEqual([
      { name: 'registry' },
    ]);
  });
});

describe('DefaultTolerationSeconds', () => {
  const NOT_READY = {
    key: 'node.kubernetes.io/not-ready',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  };
  const UNREACHABLE = { ...NOT_READY, key: 'node.kubernetes.io/unreachable' };
  const OTHER = { key: 'a', operator: 'Exists' };

  test.each([
    ['adds both', [], [NOT_READY, UNREACHABLE]],
    ['keeps the others first', [OTHER], [OTHER, NOT_READY, UNREACHABLE]],
    [
      'leaves what the pod says',
      [{ ...NOT_READY, tolerationSeconds: 5 }],
      [{ ...NOT_READY, tolerationSeconds: 5 }, UNREACHABLE],
    ],
    ['adds nothing where everything is tolerated', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
  ])('%s', (_sentence, tolerations, expected) => {
    expect(createPod({ tolerations }).spec.tolerations).toEqual(expected);
  });

  test('one list serves all pods that have none', () => {
    const h = new Harness();
    const a = h.create('pods', podBody('a')) as Pod;
    const b = h.create('pods', podBody('b')) as Pod;
    expect(a.spec.tolerations).toBe(b.spec.tolerations);
    expect(a.spec.volumes?.[0]?.projected).toBe(b.spec.volumes?.[0]?.projected);
  });
});

describe('TaintNodesByCondition', () => {
  test('a new node takes no pods yet', () => {
    const node = new Harness().create('nodes', { metadata: { name: 'n1' } });
    expect(node).toMatchObject({
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    });
  });
});

describe("a plugin of one's own", () => {
  const refuseLatest: AdmissionPlugin = {
    name: 'RefuseLatest',
    handles: ({ operation, resource }) => operation === 'CREATE' && resource === 'pods',
    validate(_request, object) {
      const latest = (object as Pod).spec.containers.some(({ image }) => image?.endsWith(':latest'));
      return latest
        ? forbidden({ group: '', resource: 'pods' }, object.metadata.name ?? '', 'no latest')
        : undefined;
    },
  };

  test('sees complete objects, and its refusal is the answer', () => {
    const h = new Harness({ admission: [...admissionPlugins, refuseLatest] });
    const status = h.refusal(
      creation('pods', podBody('web', {}, { containers: [{ name: 'a', image: 'a:latest' }] })),
    );
    expect(status.message).toBe('pods "web" is forbidden: no latest');
    createPod({}, {}, h);
  });
});

describe('authorization', () => {
  test('a refusal says who may not do what, and has no effect', () => {
    const h = new Harness({ authorizationMode: ['RBAC'] });
    h.create('pods', podBody('web'));
    const bob = { name: 'bob', groups: ['system:authenticated'] };
    const request = {
      verb: 'delete',
      group: '',
      resource: 'pods',
      namespace: 'default',
      name: 'web',
    } as const;
    const response = h.server.handle({ ...request, user: bob, cause: { component: 'test', trigger: 0 } });
    expect(response.kind === 'error' && response.status).toMatchObject({
      code: 403,
      message:
        'pods "web" is forbidden: User "bob" cannot delete resource "pods" in API group "" in the namespace "default"',
    });
    expect(h.has('pods', 'web')).toBe(true);
  });
});

describe('PodTopologyLabels', () => {
  const WEB = { resource: 'pods', namespace: 'default', name: 'web' } as const;

  test('a pod that is bound learns the topology of its node', () => {
    const h = new Harness();
    h.create('nodes', {
      metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1', other: 'x' } },
    });
    h.create('pods', podBody('web', { labels: { app: 'a' } }));
    h.send({ verb: 'create', ...WEB, subresource: 'binding', body: { target: { name: 'n1' } } });
    expect(h.get('pods', 'web').metadata.labels).toEqual({ app: 'a', 'topology.kubernetes.io/zone': 'z1' });
  });
});

describe('NamespaceLifecycle', () => {
  test('wants a namespace that exists, also in a dry run', () => {
    const body = podBody('web', { namespace: 'nowhere' });
    const status = new Harness().refusal(creation('pods', body, { options: { dryRun: true } }));
    expect([status.code, status.message]).toEqual([404, 'namespaces "nowhere" not found']);
  });
});

describe('Priority', () => {
  test.each([
    ['without a class', {}, 0],
    ['of the cluster', { priorityClassName: 'system-cluster-critical' }, 2_000_000_000],
    ['of the nodes', { priorityClassName: 'system-node-critical' }, 2_000_001_000],
  ])('resolves the class of a pod %s', (_name, spec, priority) => {
    expect(createPod(spec).spec).toMatchObject({ priority, preemptionPolicy: 'PreemptLowerPriority' });
  });

  test.each([
    [
      'a class that does not exist',
      { priorityClassName: 'high' },
      'no PriorityClass with name high was found',
    ],
    [
      'a number of its own',
      { priority: 7 },
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
  ])('refuses %s', (_name, spec, why) => {
    const refusal = new Harness().refusal(creation('pods', podBody('web', {}, spec)));
    expect(refusal.code).toBe(403);
    expect(refusal.message).toBe(`pods "web" is forbidden: ${why}`);
  });
});
