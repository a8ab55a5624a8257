import { describe, expect, it } from 'vitest';
import { Harness } from './harness.ts';

describe('the scheduler', () => {
  it('binds a pod to a node and says so in an event', () => {
    const h = new Harness().start();
    h.node('n1');
    h.pod('web', { cpu: '1' });
    h.run();
    expect(h.nodeOf('web')).toBe('n1');
    expect(h.scheduled('web')).toBe('True');
    expect(h.events('web')).toEqual(['Normal Scheduled: Successfully assigned default/web to n1']);
  });

  it('words a failure as v1.35 does', () => {
    const h = new Harness().start();
    h.node('n1', {
      spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] },
    });
    h.node('n2');
    h.node('n3');
    for (const node of ['n2', 'n3']) h.pod(`full-${node}`, { cpu: '3', spec: { nodeName: node } });
    h.pod('web', { cpu: '2' });
    h.run();
    const message =
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.';
    expect(h.scheduled('web')).toBe(`False/Unschedulable: ${message}`);
    expect(h.events('web')).toEqual([`Warning FailedScheduling: ${message}`]);
  });
});
