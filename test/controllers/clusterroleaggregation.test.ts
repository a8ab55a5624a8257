import { describe, expect, it } from 'vitest';
import type { ClusterRole } from '../../src/api/generated/types.ts';
import { clusterRole } from '../../src/api/kinds/clusterrole.ts';
import { clusterRoleAggregationController } from '../../src/controllers/clusterroleaggregation.ts';
import { Cluster, must } from './support.ts';

const READ = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] });

function role(name: string, labels: Record<string, string>, rules: ClusterRole['rules'] = []): ClusterRole {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules,
  };
}

describe('the ClusterRole aggregation controller', () => {
  it('keeps the rules of an aggregated role equal to those of the roles it selects', () => {
    const c = new Cluster({ controllers: [clusterRoleAggregationController] });
    const selector = { matchLabels: { part: 'yes' } };
    must(
      c.admin.create(clusterRole, {
        ...role('all', {}),
        aggregationRule: { clusterRoleSelectors: [selector] },
      }),
    );
    must(c.admin.create(clusterRole, role('b', { part: 'yes' }, [READ('pods')])));
    must(c.admin.create(clusterRole, role('a', { part: 'yes' }, [READ('nodes'), READ('pods')])));
    must(c.admin.create(clusterRole, role('c', { part: 'no' }, [READ('secrets')])));
    c.run(1_000);
    const rules = () => must(c.admin.get(clusterRole, 'all')).rules;
    expect(rules()).toEqual([READ('nodes'), READ('pods')]);
    must(c.admin.delete(clusterRole, 'a', undefined));
    c.run(1_000);
    expect(rules()).toEqual([READ('pods')]);
  });
});
