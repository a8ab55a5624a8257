import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

/** A pod on a node, under a budget that lets nobody go. No controller and no kubelet runs. */
function bench(budget: boolean): Bench {
  const b = new Bench();
  const account = { name: 'default', namespace: 'default' };
  b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account, automountServiceAccountToken: false });
  b.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} });
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true };
  const pod = b.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' }, ownerReferences: [owner] },
    spec: { nodeName: 'n1', containers: [{ name: 'web', image: 'nginx:1.27' }] },
  });
  const kind = 'pods';
  b.run(
    `patch ${kind} ${pod.metadata.name} --subresource=status --type=merge -p '{"status":{"phase":"Running"}}'`,
  );
  if (budget) b.run('create pdb web --selector=app=web --min-available=1');
  return b;
}

describe('kubectl drain with a timeout', () => {
  it('says which pod a budget kept', () => {
    const { err, code } = bench(true).run('drain n1 --force --timeout=12s', 20);
    expect(code).toBe(1);
    expect(err).toContain('error when evicting pods/"web" -n "default": global timeout reached: 12s');
  });

  it('says which pod did not go', () => {
    const { err, code } = bench(false).run('drain n1 --force --timeout=1m30s', 120);
    expect(code).toBe(1);
    expect(err).toContain(
      'error when waiting for pod "web" in namespace "default" to terminate: context deadline exceeded',
    );
  });
});
