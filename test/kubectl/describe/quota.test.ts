import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

describe('kubectl describe of quota', () => {
  it('shows a priority class', () => {
    const b = new Bench();
    expect(b.run('create priorityclass high --value=10 --description=urgent').out).toBe(
      'priorityclass.scheduling.k8s.io/high created\n',
    );
    expect(b.run('describe pc high').out).toContain(
      'Name:              high\nValue:             10\nGlobalDefault:     false\nPreemptionPolicy:  PreemptLowerPriority\nDescription:       urgent\nAnnotations:       <none>\n',
    );
  });

  it('shows a quota and its scopes', () => {
    const b = new Bench();
    b.run('create quota q --hard=pods=1 --scopes=BestEffort');
    expect(b.run('describe quota q').out).toContain(
      'Scopes:     BestEffort\n * Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.\n',
    );
    expect(b.run('create quota q2 --hard=pods').err).toBe(
      'error: Invalid argument syntax pods, expected <resource>=<value>\n',
    );
  });

  it('shows what a limit range gives', () => {
    const b = new Bench();
    const item = { type: 'Container', max: { cpu: '1' } };
    b.put({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'l', namespace: 'default' },
      spec: { limits: [item] },
    });
    expect(b.run('describe limits l').out.split('\n').at(-2)).toBe(
      'Container   cpu       -    1    1                1              -',
    );
  });
});
