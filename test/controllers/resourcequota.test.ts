import { describe, expect, it } from 'vitest';
import type { ResourceQuota } from '../../src/api/generated/types.ts';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { resourceQuota } from '../../src/api/kinds/resourcequota.ts';
import { resourceQuotaController } from '../../src/controllers/resourcequota.ts';
import { Cluster, must } from './support.ts';

describe('the resource quota controller', () => {
  it('counts what is there, and what is left when something goes', () => {
    const c = new Cluster({ controllers: [resourceQuotaController] });
    const map = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
    });
    must(c.admin.create(configMap, map('a')));
    const quota: ResourceQuota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { configmaps: '5', pods: '3' } },
    };
    must(c.admin.create(resourceQuota, quota));
    c.run(1_000);
    const status = () => must(c.admin.get(resourceQuota, 'q', 'default')).status;
    expect(status()).toEqual({ hard: { configmaps: '5', pods: '3' }, used: { configmaps: '1', pods: '0' } });
    must(c.admin.create(configMap, map('b')));
    expect(status()?.used).toEqual({ configmaps: '2', pods: '0' });
    must(c.admin.delete(configMap, 'a', 'default'));
    c.run(1_000);
    expect(status()?.used).toEqual({ configmaps: '1', pods: '0' });
  });
});
