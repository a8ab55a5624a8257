import { describe, expect, it } from 'vitest';
import { answer } from '../../../src/game/goals/answer.ts';
import { budget } from '../../../src/game/goals/budget.ts';
import { never } from '../../../src/game/goals/never.ts';
import { goalTypes } from '../../../src/game/goals/registry.ts';
import { state } from '../../../src/game/goals/state.ts';
import { traffic } from '../../../src/game/goals/traffic.ts';
import { en } from '../../../src/game/texts/en.ts';
import { ko } from '../../../src/game/texts/ko.ts';
import { httpReply } from '../../../src/network/http.ts';
import { Objects, pod, readSpec } from './objects.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const POD = { apiVersion: 'v1', kind: 'Pod' };

function deployment(name: string, status: object): object {
  return { ...DEPLOYMENT, metadata: { name, namespace: 'default' }, spec: { replicas: 3 }, status };
}

describe('the registry of goal types', () => {
  it('is sorted by name', () => {
    const names = goalTypes.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
  });
});

describe('a state goal about one object', () => {
  const spec = {
    object: { ...DEPLOYMENT, metadata: { name: 'web' }, spec: { replicas: 3 }, status: { readyReplicas: 3 } },
  };

  it('matches nothing while the object does not exist', () => {
    const check = new Objects().check(state, spec);
    expect(check.evaluate()).toEqual({ matched: 0, total: 2 });
    expect(check.leaves(en)).toEqual([
      { path: 'Deployment web · replicas', wanted: '3', got: 'no such Deployment yet', ok: false },
      { path: 'Deployment web · readyReplicas', wanted: '3', got: 'no such Deployment yet', ok: false },
    ]);
  });

  it('counts the leaves that match, change by change', () => {
    const objects = new Objects();
    const check = objects.check(state, spec);
    objects.put(deployment('web', { readyReplicas: 1 }));
    expect(check.evaluate()).toEqual({ matched: 1, total: 2 });
    objects.put(deployment('web', { readyReplicas: 3 }));
    expect(check.evaluate()).toEqual({ matched: 2, total: 2 });
    objects.delete(deployment('web', {}));
    expect(check.evaluate()).toEqual({ matched: 0, total: 2 });
  });

  it('does not look at other objects of the kind', () => {
    const objects = new Objects();
    const check = objects.check(state, spec);
    objects.put(deployment('other', { readyReplicas: 3 }));
    objects.put({ ...deployment('web', { readyReplicas: 3 }), metadata: { name: 'web', namespace: 'shop' } });
    expect(check.evaluate().matched).toBe(0);
    expect(objects.changes).toBe(0);
  });

  it('adds an expression about the object to its leaves', () => {
    const objects = new Objects();
    const text = { en: 'at least half of six', ko: '여섯의 절반 이상' };
    const check = objects.check(state, {
      ...spec,
      expression: 'object.status.readyReplicas * 2 >= 6',
      text,
    });
    objects.put(deployment('web', { readyReplicas: 2 }));
    expect(check.evaluate()).toEqual({ matched: 1, total: 3 });
    expect(check.leaves(en).at(-1)).toEqual({
      path: 'Deployment web · at least half of six',
      wanted: '≥ 6',
      got: '4',
      ok: false,
    });
  });
});

describe('a state goal about a number of objects', () => {
  const running = { ...POD, status: { phase: 'Running' } };

  it.each<[string, unknown, number, number, number]>([
    ['none of three', 3, 0, 0, 3],
    ['two of three', 3, 2, 2, 3],
    ['three of three', 3, 3, 3, 3],
    ['four where exactly three are wanted', 3, 4, 3, 4],
    ['four where at least three are wanted', { min: 3 }, 4, 3, 3],
    ['none where none is wanted', 0, 0, 1, 1],
    ['one where none is wanted', 0, 1, 0, 1],
    ['two where at most two are wanted', { max: 2 }, 2, 1, 1],
    ['three where at most two are wanted', { max: 2 }, 3, 0, 1],
  ])('matches %s', (_, count, pods, matched, total) => {
    const objects = new Objects();
    const check = objects.check(state, { object: running, selector: 'app=web', count });
    for (let i = 0; i < pods; i++) objects.put(pod(`web-${i}`));
    objects.put(pod('db', { labels: { app: 'db' } }));
    expect(check.evaluate()).toEqual({ matched, total });
  });

  it('gives part of the match for objects that are half way', () => {
    const objects = new Objects();
    const check = objects.check(state, {
      object: { ...POD, spec: { nodeName: 'n1' }, status: { phase: 'Running' } },
      count: 2,
    });
    objects.put(pod('a', { node: 'n1' }));
    objects.put(pod('b', { node: 'n2' }));
    expect(check.evaluate()).toEqual({ matched: 3, total: 4 });
    expect(check.leaves(en)).toEqual([
      { path: 'matching Pods', wanted: '2', got: '1', ok: false },
      { path: 'b · nodeName', wanted: 'n1', got: 'n2', ok: false },
    ]);
  });

  it('follows a pod that loses its label', () => {
    const objects = new Objects();
    const check = objects.check(state, { object: running, selector: 'app=web', count: 1 });
    objects.put(pod('a'));
    expect(check.evaluate()).toEqual({ matched: 1, total: 1 });
    objects.put(pod('a', { labels: {} }));
    expect(check.evaluate()).toEqual({ matched: 0, total: 1 });
  });
});

describe('a state goal as an expression', () => {
  const text = { en: 'Two pods are ready', ko: '준비된 파드가 둘입니다' };

  it('matches part by part, and shows the words of the author instead of the expression', () => {
    const objects = new Objects();
    const cel = 'pods.filter(p, ready(p)).size() >= 2 && pods.size() < 9';
    const check = objects.check(state, { cel, text });
    objects.put(pod('a'));
    objects.put(pod('b', { ready: false }));
    expect(check.evaluate()).toEqual({ matched: 1, total: 2 });
    expect(check.leaves(en)).toEqual([{ path: 'Two pods are ready', wanted: 'yes', got: 'no', ok: false }]);
    expect(check.leaves(ko)[0]?.path).toBe('준비된 파드가 둘입니다');
  });

  it.each<[string, string, string]>([
    ['pods.size() >= 2', '≥ 2', '1'],
    ['pods.size() == 2', '2', '1'],
    ['pods[0].metadata.name != "a"', '≠ a', 'a'],
    ['pods[0].metadata.name == pods[0].kind', 'yes', 'no'],
    ['pods.exists(p, !ready(p))', 'yes', 'no'],
  ])('%s is shown as wanted %s, got %s', (cel, wanted, got) => {
    const objects = new Objects();
    const check = objects.check(state, { cel, text });
    objects.put(pod('a'));
    expect(check.leaves(en)).toEqual([{ path: text.en, wanted, got, ok: false }]);
  });

  it('sees no objects of the system', () => {
    const objects = new Objects();
    objects.put(pod('dns', { namespace: 'kube-system' }));
    expect(objects.check(state, { cel: 'pods.size() == 0', text }).evaluate()).toEqual({
      matched: 1,
      total: 1,
    });
  });

  it('does not match while it cannot be computed', () => {
    const check = new Objects().check(state, { cel: 'pods[0].metadata.name == "a"', text });
    expect(check.evaluate()).toEqual({ matched: 0, total: 1 });
    expect(check.leaves(en)[0]).toMatchObject({ wanted: 'a', got: 'none' });
  });

  it.each<[string, object, string]>([
    ['an expression without words', { cel: 'pods.size() > 1' }, 'state: wanted a field "text"'],
    ['words without an expression', { object: POD, text }, 'state.text: wanted no text'],
    [
      'an expression about each object without words',
      { object: POD, expression: 'object.spec.nodeName != "a"' },
      'state: wanted a field "text"',
    ],
  ])('refuses %s', (_, spec, message) => {
    expect(() => readSpec(state, spec)).toThrow(message);
  });
});

describe('a never goal', () => {
  it('is broken by the first object that matches', () => {
    const objects = new Objects();
    const check = objects.check(never, { matching: { object: { ...POD, spec: { nodeName: 'n4' } } } });
    objects.put(pod('a', { node: 'n1' }));
    expect(check.evaluate()).toEqual({ matched: 1, total: 1 });
    objects.put(pod('b', { node: 'n4' }));
    expect(check.evaluate()).toEqual({ matched: 0, total: 1 });
    objects.put(pod('c', { node: 'n1' }));
    expect(check.subjects()).toEqual([{ kind: 'Pod', namespace: 'default', name: 'b' }]);
  });

  it('says after every change that it may be broken', () => {
    const objects = new Objects();
    objects.check(never, { matching: { object: POD, moreThan: 1 } });
    objects.put(pod('a'));
    objects.put(pod('a', { ready: false }));
    objects.delete(pod('a'));
    expect(objects.changes).toBe(3);
  });

  it('counts ready endpoints of a Service over all its slices', () => {
    const objects = new Objects();
    const check = objects.check(never, { noEndpoints: { service: 'web' } });
    const slice = (ready: boolean): object => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
    });
    expect(check.evaluate().matched).toBe(0);
    objects.put(slice(true));
    expect(check.evaluate().matched).toBe(1);
    objects.put(slice(false));
    expect(check.evaluate().matched).toBe(0);
  });

  it('counts the nodes in use without those of daemon sets and the system', () => {
    const objects = new Objects();
    const check = objects.check(never, { nodesInUse: { moreThan: 1 } });
    objects.put(pod('a', { node: 'n1' }));
    objects.put(pod('proxy', { node: 'n2', namespace: 'kube-system' }));
    objects.put(pod('agent', { node: 'n3', owner: 'DaemonSet' }));
    objects.put(pod('done', { node: 'n4', phase: 'Succeeded' }));
    objects.put(pod('waiting', {}));
    expect(check.evaluate().matched).toBe(1);
    objects.put(pod('b', { node: 'n2' }));
    expect(check.evaluate().matched).toBe(0);
    objects.delete(pod('b', { node: 'n2' }));
    expect(check.evaluate().matched).toBe(1);
  });
});

describe('a budget goal', () => {
  it('compares each bound with what is used', () => {
    const objects = new Objects();
    const check = objects.check(budget, { nodes: 1, cpu: '1', moves: 2, time: '30s', restarts: 1 });
    expect(check.evaluate()).toEqual({ matched: 5, total: 5 });
    objects.put(pod('a', { node: 'n1', cpu: '700m' }));
    objects.put(pod('b', { node: 'n2', cpu: '500m', restarts: 1 }));
    objects.moves = 3;
    objects.sim.runUntil(objects.start + 31_000);
    expect(check.evaluate()).toEqual({ matched: 1, total: 5 });
    expect(check.leaves(en).map(({ path, wanted, got, ok }) => [path, wanted, got, ok])).toEqual([
      ['nodes in use', 'at most 1', '2', false],
      ['requested cpu', 'at most 1', '1.2', false],
      ['moves', 'at most 2', '3', false],
      ['time', 'at most 30 s', '31 s', false],
      ['container restarts', 'at most 1', '1', true],
    ]);
  });

  it('does not forget the restarts of a pod that is gone', () => {
    const objects = new Objects();
    const check = objects.check(budget, { restarts: 0 });
    objects.put(pod('a', { node: 'n1' }));
    objects.put(pod('a', { node: 'n1', restarts: 1 }));
    objects.delete(pod('a', { node: 'n1' }));
    expect(check.evaluate().matched).toBe(0);
  });
});

describe('an answer goal', () => {
  const question = { en: 'Which node?', ko: '어느 노드?' };

  it.each<[string, object, string, boolean]>([
    ['a literal', { accept: ['n1', 'node one'] }, ' Node  One ', true],
    ['another text', { accept: ['n1'] }, 'n2', false],
    [
      'a value of an object',
      { value: { object: { ...POD, metadata: { name: 'a' } }, path: 'spec.nodeName' } },
      'n1',
      true,
    ],
    [
      'a value with its kind in front',
      { value: { object: { ...POD, metadata: { name: 'a' } }, path: 'spec.nodeName' } },
      'node/n1',
      true,
    ],
    [
      'a value in a list',
      { value: { object: { ...POD, metadata: { name: 'a' } }, path: 'spec.containers[0].image' } },
      'nginx',
      true,
    ],
    ['a label', { value: { object: POD, selector: 'app=web', path: 'metadata.labels[app]' } }, 'web', true],
    ['an expression', { cel: 'pods.size()' }, '1', true],
    ['one of several values', { cel: 'pods.map(p, p.metadata.name)' }, 'a', true],
    ['nothing', { accept: ['n1'] }, '', false],
  ])('takes %s', (_, spec, given, right) => {
    const objects = new Objects();
    const check = objects.check(answer, { question, ...spec });
    objects.put(pod('a', { node: 'n1' }));
    expect(check.answer?.(given)).toBe(right);
    expect(check.evaluate().matched).toBe(right ? 1 : 0);
    expect(check.answers?.()).toEqual([given]);
  });

  it('does not tell what is right', () => {
    const check = new Objects().check(answer, { question, accept: ['n1'] });
    expect(check.leaves(en)).toEqual([{ path: 'answer', wanted: '', got: 'none yet', ok: false }]);
    expect(check.leaves(ko)[0]).toMatchObject({ path: '답', wanted: '', got: '아직 없음' });
  });

  it('computes what is right when it is answered, not when it is asked', () => {
    const objects = new Objects();
    const check = objects.check(answer, {
      question,
      value: { object: { ...POD, metadata: { name: 'a' } }, path: 'spec.nodeName' },
    });
    expect(check.rightAnswer?.()).toBeUndefined();
    objects.put(pod('a', { node: 'n2' }));
    expect(check.rightAnswer?.()).toBe('n2');
  });
});

describe('a traffic goal', () => {
  function serving(): { objects: Objects; close: () => void } {
    const objects = new Objects();
    const host = objects.fabric.addHost({ name: 'n1', ip: '192.168.0.10' });
    const listening = host.namespace.listen(80, () => httpReply(200, 'hello', 5));
    if (!listening.ok) throw new Error(listening.error);
    return { objects, close: () => listening.listener.close() };
  }

  /** Lets seconds pass as the session does. */
  function pass(objects: Objects, check: ReturnType<Objects['check']>, from: number, to: number): void {
    for (let second = from; second <= to; second++) {
      objects.sim.runUntil(objects.start + second * 1000);
      check.tick?.();
    }
  }

  it('matches once a whole window was answered', () => {
    const { objects } = serving();
    const check = objects.check(traffic, {
      url: 'http://192.168.0.10/',
      window: '3s',
      expect: { status: 200, body: 'hello' },
    });
    pass(objects, check, 1, 3);
    expect(check.evaluate()).toEqual({ matched: 0, total: 1 });
    pass(objects, check, 4, 5);
    expect(check.evaluate()).toEqual({ matched: 1, total: 1 });
    expect(check.unavailable?.()).toBe(0);
  });

  it('counts what was not answered, and names the reason', () => {
    const { objects, close } = serving();
    const check = objects.check(traffic, { url: 'http://192.168.0.10/', window: '4s', latency: '100ms' });
    pass(objects, check, 1, 5);
    objects.sim.runUntil(objects.start + 5950);
    close();
    pass(objects, check, 6, 9);
    expect(check.evaluate()).toEqual({ matched: 1, total: 2 });
    expect(check.leaves(en)[0]).toMatchObject({ wanted: '≥ 99 %', got: '50 % (refused)', ok: false });
    expect(check.unavailable?.()).toBe(2);
  });

  it('waits for an address that the cluster has not assigned yet', () => {
    const { objects } = serving();
    const check = objects.check(traffic, { url: 'http://{nodeIP:n1}/', window: '2s' });
    pass(objects, check, 1, 5);
    expect(check.leaves(en)[0]).toMatchObject({ got: '0 % (no address)', ok: false });
    objects.put({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { addresses: [{ type: 'InternalIP', address: '192.168.0.10' }] },
    });
    pass(objects, check, 6, 10);
    expect(check.evaluate().matched).toBe(1);
  });

  it.each(['ftp://x/', 'http://', 'http://{secret:web}/', 'http://x:99999/'])(
    'refuses the address %s',
    (url) => {
      expect(() => readSpec(traffic, { url })).toThrow('traffic.url');
    },
  );
});

const TO_NODE = {
  url: 'http://{nodeIP:n1}:30000/',
  from: { node: 'n2' },
  expect: { status: 200, body: 'hello' },
};

describe('the sentence of a goal', () => {
  const named = (name: string): object => ({ ...POD, metadata: { name } });
  const web = { ...DEPLOYMENT, metadata: { name: 'web' } };
  it.each<[string, () => string, () => string, string, string]>([
    ...(
      [
        [
          { object: { ...web, status: { readyReplicas: 3 } } },
          'Deployment web has 3 ready pods',
          'Deployment web은 준비된 파드가 3개입니다',
        ],
        [
          { object: { ...POD, status: { phase: 'Running' } }, selector: 'app=web', count: 3 },
          'Exactly 3 Pods labelled app=web are running',
          '레이블이 app=web이고 Running 상태인 Pod가 3개 있습니다',
        ],
        [
          { object: { ...POD, spec: { nodeName: 'n1' } }, count: { min: 1 } },
          'At least 1 Pod is on n1',
          'n1에 실려 있는 Pod가 1개 이상 있습니다',
        ],
        [{ object: web }, 'Deployment web exists', 'Deployment web이 있습니다'],
        [{ object: POD, count: 0 }, 'No Pods exist', 'Pod가 하나도 없습니다'],
        [
          { cel: 'pods.size() > 1', text: { en: 'Two pods or more', ko: '파드가 둘 이상' } },
          'Two pods or more',
          '파드가 둘 이상',
        ],
        [
          {
            object: { ...POD, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
            expression: 'object.spec.nodeName != "n1"',
            text: { en: 'anywhere but on n1', ko: 'n1이 아닌 배에서' },
            count: { min: 2 },
          },
          'At least 2 Pods are ready, anywhere but on n1',
          '준비된 Pod가 2개 이상 있습니다 (n1이 아닌 배에서)',
        ],
        [
          {
            object: {
              ...named('redis'),
              spec: { containers: [{ name: 'redis', image: 'redis' }] },
              status: { conditions: [{ type: 'Ready', status: 'True' }] },
            },
          },
          'Pod redis runs image redis and is ready',
          'Pod redis는 redis 이미지를 실행하고 준비되어 있습니다',
        ],
        [
          { object: { ...web, spec: { replicas: 3 }, status: { replicas: 3, updatedReplicas: 3 } } },
          'Deployment web has 3 replicas, 3 pods and 3 updated pods',
          'Deployment web은 레플리카가 3개이고 파드가 3개이고 갱신된 파드가 3개입니다',
        ],
        [
          { object: { ...web, status: { conditions: [{ type: 'Available', status: 'True' }] } } },
          'Deployment web is available',
          'Deployment web은 사용 가능한 상태입니다',
        ],
        [
          { object: { ...web, status: { availableReplicas: 1 } } },
          'Deployment web has 1 available pod',
          'Deployment web은 사용 가능한 파드가 1개입니다',
        ],
        [
          {
            object: {
              apiVersion: 'v1',
              kind: 'Service',
              metadata: { name: 'web' },
              spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080, targetPort: 8080 }] },
            },
          },
          'Service web is of type NodePort, has node port 30080 and target port 8080',
          'Service web은 유형이 NodePort이고 노드 포트가 30080이고 대상 포트가 8080입니다',
        ],
        [
          { object: { ...POD, metadata: { name: 'a', labels: { tier: 'db' }, ownerReferences: null } } },
          'Pod a has label tier=db and no owner',
          'Pod a는 레이블 tier=db가 붙어 있고 주인이 없습니다',
        ],
        [
          {
            object: {
              ...POD,
              metadata: { deletionTimestamp: {}, ownerReferences: [{ kind: 'ReplicaSet' }] },
            },
          },
          'At least 1 Pod is being deleted and owned by a ReplicaSet',
          '삭제 중이고 주인이 ReplicaSet인 Pod가 1개 이상 있습니다',
        ],
        [
          {
            object: {
              ...POD,
              status: { conditions: [{ type: 'DisruptionTarget', reason: 'DeletionByTaintManager' }] },
            },
            selector: 'app=web',
          },
          'At least 1 Pod labelled app=web is given up (DeletionByTaintManager)',
          '레이블이 app=web이고 포기 대상(DeletionByTaintManager)인 Pod가 1개 이상 있습니다',
        ],
        [
          { object: { ...named('a'), metadata: { name: 'a', deletionTimestamp: null } } },
          'Pod a is not being deleted',
          'Pod a는 삭제 중이 아닙니다',
        ],
        [
          { object: { ...named('a'), spec: { containers: [{ resources: { requests: { cpu: '6' } } }] } } },
          'Pod a requests 6 cpu',
          'Pod a는 cpu 6을 요청합니다',
        ],
        [
          { object: { ...named('a'), spec: { hostname: 'x', subdomain: null } } },
          'Pod a has hostname x and no subdomain',
          'Pod a는 hostname이 x이고 subdomain이 없습니다',
        ],
      ] as const
    ).map(([spec, english, korean]): [string, () => string, () => string, string, string] => [
      english,
      () => state.sentence(readSpec(state, spec), en),
      () => state.sentence(readSpec(state, spec), ko),
      english,
      korean,
    ]),
    ...(
      [
        [
          { noEndpoints: { service: 'web' } },
          'Service web is never without a ready endpoint',
          'Service web에 준비된 엔드포인트가 한순간도 끊기지 않습니다',
        ],
        [
          { nodesInUse: { moreThan: 3 } },
          'There are never more than 3 nodes in use',
          '쓰이는 노드가 한순간도 3개를 넘지 않습니다',
        ],
        [
          { matching: { object: { ...POD, spec: { nodeName: 'n4' } } } },
          'No Pod is ever on n4',
          'n4에 실려 있는 Pod가 한순간도 없습니다',
        ],
        [
          { matching: { object: { ...POD, metadata: { name: 'a', deletionTimestamp: {} } } } },
          'Pod a is never being deleted',
          'Pod a는 한순간도 삭제 중인 때가 없습니다',
        ],
        [
          { matching: { object: POD, selector: 'app=web', moreThan: 3 } },
          'There are never more than 3 Pods labelled app=web',
          '레이블이 app=web인 Pod가 한순간도 3개를 넘지 않습니다',
        ],
      ] as const
    ).map(([spec, english, korean]): [string, () => string, () => string, string, string] => [
      english,
      () => never.sentence(readSpec(never, spec), en),
      () => never.sentence(readSpec(never, spec), ko),
      english,
      korean,
    ]),
    [
      'traffic',
      () =>
        traffic.sentence(
          readSpec(traffic, { url: 'http://web/', availability: '99%', latency: '100ms' }),
          en,
        ),
      () =>
        traffic.sentence(
          readSpec(traffic, { url: 'http://web/', availability: '99%', latency: '100ms' }),
          ko,
        ),
      'At least 99 % of requests from outside to http://web/ are answered within 100 ms for 99 of 100, over 10 s',
      '10초 동안 밖에서 http://web/로 보낸 요청의 99% 이상이 응답을 받습니다 (100건 중 99건은 100ms 안에)',
    ],
    [
      'traffic to a node',
      () => traffic.sentence(readSpec(traffic, TO_NODE), en),
      () => traffic.sentence(readSpec(traffic, TO_NODE), ko),
      'At least 99 % of requests from n2 to http://n1:30000/ are answered with 200 and "hello", over 10 s',
      '10초 동안 n2에서 http://n1:30000/로 보낸 요청의 99% 이상이 "hello"가 담긴 200 응답을 받습니다',
    ],
    [
      'budget',
      () => budget.sentence(readSpec(budget, { nodes: 2, time: '90s' }), en),
      () => budget.sentence(readSpec(budget, { nodes: 2, time: '90s' }), ko),
      'At most 2 nodes in use and 1 min 30 s',
      '쓰이는 노드가 2 이하이고 걸린 시간이 1분 30초 이하입니다',
    ],
  ])('is generated in both languages: %s', (_, english, korean, wantedEnglish, wantedKorean) => {
    expect(english()).toBe(wantedEnglish);
    expect(korean()).toBe(wantedKorean);
  });
});
