import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

describe('kubectl describe of rbac', () => {
  it('joins what the rules of a role say of one resource', () => {
    const b = new Bench();
    const rule = (...verbs: string[]) => ({ apiGroups: ['apps'], resources: ['deployments'], verbs });
    b.put({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'x' },
      rules: [rule('get'), rule('list'), { nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    });
    const lines = b.run('describe clusterrole x').out.split('\n');
    expect(lines.slice(-3)).toEqual([
      '  deployments.apps  []                 []              [get list]',
      '                    [/metrics]         []              [get]',
      '',
    ]);
  });
});
