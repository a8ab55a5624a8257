import { describe, expect, it } from 'vitest';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { serviceUnavailable } from '../../src/apimachinery/status.ts';
import { Harness, type NodeShape, type PodShape } from './harness.ts';

const TAINT = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
const NOT_HELPFUL = 'Preemption is not helpful for scheduling';
const NO_VICTIMS = 'No preemption victims found for incoming pod';

function started(...nodes: readonly [string, NodeShape?][]): Harness {
  const h = new Harness();
  for (const [name, shape] of nodes) h.node(name, shape);
  return h.start();
}

describe('the scheduler', () => {
  it('binds a pod to a node and says so in an event', () => {
    const h = started(['n1']);
    h.pod('web', { cpu: '1' });
    h.run();
    expect(h.nodeOf('web')).toBe('n1');
    expect(h.scheduled('web')).toBe('True');
    expect(h.events('web')).toEqual(['Normal Scheduled: Successfully assigned default/web to n1']);
    expect(h.eventObjects('web')[0]?.source?.component).toBe('default-scheduler');
  });

  it('puts each pod where most room is left', () => {
    const h = started(['n1'], ['n2'], ['n3']);
    for (let i = 0; i < 6; i++) h.pod(`web-${i}`, { cpu: '1', memory: '1Gi' });
    h.run();
    const nodes = [0, 1, 2, 3, 4, 5].map((i) => h.nodeOf(`web-${i}`));
    expect(nodes).toEqual(['n1', 'n2', 'n3', 'n1', 'n2', 'n3']);
  });

  it('counts a pod from the moment it has chosen a node for it', () => {
    const h = new Harness({ bindLatency: 500 });
    h.node('n1', { cpu: '1' });
    h.start();
    for (const name of ['a', 'b']) h.pod(name, { cpu: '600m' });
    h.run(400);
    expect([h.nodeOf('a'), h.nodeOf('b')]).toEqual(['', '']);
    expect(h.scheduled('b')).toContain('1 Insufficient cpu');
    h.run(500);
    expect([h.nodeOf('a'), h.nodeOf('b')]).toEqual(['n1', '']);
  });

  it('takes the pod of higher priority first', () => {
    const h = new Harness();
    h.node('n1', { cpu: '1' });
    h.pod('low', { cpu: '1' });
    h.pod('high', { cpu: '1', spec: { priority: 10 } });
    h.start();
    h.run();
    expect([h.nodeOf('low'), h.nodeOf('high')]).toEqual(['', 'n1']);
  });

  it('leaves pods of other schedulers, bound pods and gated pods alone', () => {
    const h = started(['n1']);
    h.pod('other', { spec: { schedulerName: 'mine' } });
    h.pod('manual', { spec: { nodeName: 'gone' } });
    h.pod('gated', { spec: { schedulingGates: [{ name: 'example.com/wait' }] } });
    h.run();
    expect([h.nodeOf('other'), h.nodeOf('manual'), h.nodeOf('gated')]).toEqual(['', 'gone', '']);
    expect(h.writes).toEqual([]);
    h.patchPod('gated', { spec: { schedulingGates: null } });
    h.run();
    expect(h.nodeOf('gated')).toBe('n1');
  });

  it('does not schedule a pod that is being deleted', () => {
    const h = new Harness();
    h.pod('web', { spec: { nodeSelector: { a: 'b' } } });
    h.patchPod('web', { metadata: { finalizers: ['example.com/hold'] } });
    h.deletePod('web');
    h.node('n1', { labels: { a: 'b' } });
    h.start();
    h.run();
    expect(h.nodeOf('web')).toBe('');
    expect(h.events('web')).toEqual(['Warning FailedScheduling: skip schedule deleting pod: default/web']);
  });

  it('does not count pods that have ended, and counts those that are ending', () => {
    const h = started(['n1', { cpu: '1' }]);
    h.pod('done', { cpu: '1', spec: { nodeName: 'n1' }, status: { phase: 'Succeeded' } });
    h.pod('web', { cpu: '1' });
    h.run();
    expect(h.nodeOf('web')).toBe('n1');
    h.admin.delete(podKind, 'web', 'default');
    h.pod('next', { cpu: '1' });
    h.run();
    expect(h.nodeOf('next')).toBe('');
    h.deletePod('web');
    h.run();
    expect(h.nodeOf('next')).toBe('n1');
  });

  it('does nothing when nothing happens', () => {
    const h = started(['n1']);
    h.pod('web');
    h.run();
    const [events, writes] = [h.sim.events, h.writes.length];
    h.run(30_000);
    expect([h.sim.events - events, h.writes.length - writes]).toEqual([0, 0]);
  });
});

describe('the text of a failure', () => {
  const full: PodShape = { cpu: '3' };

  it.each<[string, readonly [string, NodeShape?][], Readonly<Record<string, PodShape>>, PodShape, string]>([
    [
      'counts the reasons and says what preemption could do',
      [['n1', { spec: { taints: [TAINT] } }], ['n2'], ['n3']],
      { n2: full, n3: full },
      { cpu: '2' },
      `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 1 ${NOT_HELPFUL}, 2 ${NO_VICTIMS}.`,
    ],
    [
      'counts a node once for each thing it is short of',
      [['n1']],
      { n1: { cpu: '3', memory: '7Gi' } },
      { cpu: '2', memory: '2Gi' },
      `0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${NO_VICTIMS}.`,
    ],
    [
      'sorts the reasons as text',
      [
        ['n1', { spec: { unschedulable: true } }],
        ['n2', { spec: { taints: [TAINT] } }],
      ],
      {},
      {},
      `0/2 nodes are available: 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 ${NOT_HELPFUL}.`,
    ],
    [
      'says that preemption does not help when the pod is larger than any node',
      [['n1'], ['n2']],
      {},
      { cpu: '64' },
      `0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 ${NOT_HELPFUL}.`,
    ],
    [
      'says that a pod may not preempt',
      [['n1']],
      { n1: full },
      { cpu: '2', spec: { priority: 5, preemptionPolicy: 'Never' } },
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    ],
    [
      'says why evicting pods would not be enough',
      [['n1']],
      { n1: { cpu: '3', spec: { priority: 9 } } },
      { cpu: '2', spec: { priority: 5 } },
      `0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${NO_VICTIMS}.`,
    ],
    ['is another when there are no nodes', [], {}, {}, 'no nodes available to schedule pods'],
  ])('%s', (_, nodes, placed, pod, message) => {
    const h = started(...nodes);
    for (const [node, shape] of Object.entries(placed))
      h.pod(`on-${node}`, { ...shape, spec: { ...shape.spec, nodeName: node } });
    h.pod('web', pod);
    h.run();
    expect(h.scheduled('web')).toBe(`False/Unschedulable: ${message}`);
    expect(h.events('web')).toEqual([`Warning FailedScheduling: ${message}`]);
  });

  it('says what a plugin found before it looked at nodes, and for nodes it left out which plugin did', () => {
    const h = started(['n1'], ['n2', { cpu: '1' }]);
    const affinity = (...names: readonly string[]): PodShape['spec'] => ({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchFields: names.map((name) => ({ key: 'metadata.name', operator: 'In', values: [name] })),
              },
            ],
          },
        },
      },
    });
    h.pod('both', { spec: affinity('n1', 'n2') ?? {} });
    h.pod('one', { cpu: '2', spec: affinity('n2') ?? {} });
    h.run();
    expect(h.scheduled('both')).toBe(
      `False/Unschedulable: 0/2 nodes are available: pod affinity terms conflict. no new claims to deallocate, preemption: 0/2 nodes are available: 2 ${NOT_HELPFUL}.`,
    );
    expect(h.scheduled('one')).toBe(
      `False/Unschedulable: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 2 ${NOT_HELPFUL}.`,
    );
  });

  it('is written to the condition again only when it changes', () => {
    const h = started(['n1', { spec: { taints: [TAINT] } }]);
    h.pod('web');
    h.run();
    h.patchNode('n1', { spec: { taints: [{ ...TAINT, key: 'other' }] } });
    h.run(400_000);
    expect(h.writes).toEqual(['patch pods/status web']);
    h.node('n2', { spec: { taints: [TAINT] } });
    h.run(400_000);
    expect(h.writes).toEqual(['patch pods/status web', 'patch pods/status web']);
  });
});

describe('DynamicResources', () => {
  it('has nothing to give back for pods without claims, and hands on to preemption', () => {
    const h = started(['n1']);
    h.pod('web', { cpu: '5' });
    h.run();
    expect(h.scheduled('web')).toContain('1 Insufficient cpu. no new claims to deallocate, preemption: ');
  });
});

describe('a pod that fits nowhere', () => {
  it.each<[string, PodShape, (h: Harness) => void]>([
    ['another pod goes', { cpu: '2' }, (h) => h.deletePod('big')],
    [
      'another pod ends',
      { cpu: '2' },
      (h) => h.patchPod('big', { status: { phase: 'Succeeded' } }, 'status'),
    ],
    ['a node joins', { cpu: '2' }, (h) => h.node('n2')],
    [
      'the node grows',
      { cpu: '2' },
      (h) => h.patchNode('n1', { status: { allocatable: { cpu: '8' } } }, 'status'),
    ],
    [
      'the node gets the label',
      { spec: { nodeSelector: { disk: 'ssd' } } },
      (h) => h.patchNode('n1', { metadata: { labels: { disk: 'ssd' } } }),
    ],
    ['the taint goes', { spec: { tolerations: [] } }, (h) => h.patchNode('n1', { spec: { taints: [] } })],
    ['the node is uncordoned', {}, (h) => h.patchNode('n1', { spec: { unschedulable: null } })],
    ['the port is free', { hostPort: 80 }, (h) => h.deletePod('port')],
  ])('is scheduled when %s', (cause, pod, change) => {
    const spec =
      cause === 'the taint goes'
        ? { taints: [TAINT] }
        : cause.includes('uncordoned')
          ? { unschedulable: true }
          : {};
    const h = started(['n1', { spec }]);
    h.pod('big', { cpu: '3', spec: { nodeName: 'n1' } });
    h.pod('port', { hostPort: 80, spec: { nodeName: 'n1' } });
    h.pod('web', pod);
    h.run(5000);
    expect(h.nodeOf('web')).toBe('');
    change(h);
    h.run(2000);
    expect(h.nodeOf('web')).not.toBe('');
  });

  it('is tried again every few seconds while there are no nodes', () => {
    const h = started();
    h.pod('web');
    h.run(20_000);
    // At once, then when 1, 2, 4 and 8 s of backoff have ended with their second: after 2, 5, 10 and 19 s.
    expect(h.eventObjects('web')[0]?.count).toBe(5);
    h.node('n1');
    h.run(11_000);
    expect(h.nodeOf('web')).toBe('n1');
  });

  it('is forgotten when it is deleted', () => {
    const h = started();
    h.pod('web');
    h.run();
    h.deletePod('web');
    h.run();
    expect(h.scheduler.queue.size).toBe(0);
  });
});

describe('a binding that fails', () => {
  it('is taken back, reported and repeated after backoff', () => {
    const h = started(['n1', { cpu: '1' }]);
    let left = 1;
    h.refuse = ({ subresource }) =>
      subresource === 'binding' && left-- > 0 ? serviceUnavailable('etcd is away') : undefined;
    h.pod('web', { cpu: '1' });
    h.run(50);
    expect(h.nodeOf('web')).toBe('');
    expect(h.scheduled('web')).toBe(
      'False/SchedulerError: running Bind plugin "DefaultBinder": etcd is away',
    );
    expect(h.scheduler.cache.node('n1')?.podCount).toBe(0);
    h.run(3000);
    expect(h.nodeOf('web')).toBe('n1');
  });

  it('does not hold the place of a pod that was deleted meanwhile', () => {
    const h = new Harness({ bindLatency: 50 });
    h.node('n1', { cpu: '1' });
    h.start();
    h.pod('web', { cpu: '1' });
    h.run(20);
    expect(h.scheduler.cache.node('n1')?.podCount).toBe(1);
    h.deletePod('web');
    h.run(200);
    expect(h.scheduler.cache.node('n1')?.podCount).toBe(0);
    expect(h.events('web')).toEqual([]);
  });

  it('gives way to whoever bound the pod first', () => {
    const h = new Harness({ bindLatency: 50 });
    h.node('n1');
    h.node('n2');
    h.start();
    h.pod('web', { cpu: '1' });
    h.run(20);
    const target = { kind: 'Node', name: 'n2' };
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'web', namespace: 'default' },
      target,
    };
    h.admin.createSubresource(podKind, 'web', 'default', 'binding', binding);
    h.run(10_000);
    expect(h.nodeOf('web')).toBe('n2');
    expect([h.scheduler.cache.node('n1')?.podCount, h.scheduler.cache.node('n2')?.podCount]).toEqual([0, 1]);
    expect(h.scheduler.queue.size).toBe(0);
  });
});

describe('a scheduler that is killed', () => {
  it.each([0, 1, 2, 3, 5, 8])('leaves nothing half done when it dies after %i ms', (ms) => {
    const h = new Harness({ podsPerCycle: 1 });
    for (const name of ['n1', 'n2']) h.node(name, { cpu: '2' });
    h.start();
    for (let i = 0; i < 5; i++) h.pod(`web-${i}`, { cpu: '1' });
    h.run(ms);
    h.restart();
    h.run(1000);
    const nodes = [0, 1, 2, 3, 4].map((i) => h.nodeOf(`web-${i}`));
    expect([...nodes].sort()).toEqual(['', 'n1', 'n1', 'n2', 'n2']);
    h.node('n3');
    h.run(3000);
    expect([0, 1, 2, 3, 4].map((i) => h.nodeOf(`web-${i}`))).toContain('n3');
  });

  it('waits for the API server when that is away', () => {
    const h = new Harness();
    h.refuse = () => serviceUnavailable('the server is currently unable to handle the request');
    h.node('n1');
    h.pod('web');
    h.start();
    h.run(5000);
    expect(h.nodeOf('web')).toBe('');
    h.refuse = () => undefined;
    h.run(30_000);
    expect(h.nodeOf('web')).toBe('n1');
  });
});

describe('a thousand nodes', () => {
  it('never take more than they have, and share the load', () => {
    const h = new Harness();
    for (let i = 0; i < 1000; i++)
      h.node(`n${i}`, { cpu: '2', labels: { 'topology.kubernetes.io/zone': `z${i % 3}` } });
    for (let i = 0; i < 1000; i++) h.pod(`web-${i}`, { cpu: '1', memory: '1Gi' });
    h.start();
    h.run(5000);
    const perNode = new Map<string, number>();
    for (let i = 0; i < 1000; i++) {
      const node = h.nodeOf(`web-${i}`);
      expect(node).not.toBe('');
      perNode.set(node, (perNode.get(node) ?? 0) + 1);
    }
    expect(Math.max(...perNode.values())).toBeLessThanOrEqual(2);
  });
});
