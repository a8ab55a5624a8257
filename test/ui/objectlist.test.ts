import { describe, expect, it } from 'vitest';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { nameOf } from '../../src/api/object.ts';
import { ObjectList } from '../../src/ui/model/objectlist.ts';
import { FakeCluster, newPod } from './fakecluster.ts';

function names(list: ObjectList): string[] {
  return list.objects.map(nameOf);
}

describe('the list of a kind', () => {
  it("has the player's objects by name, then those of the cluster itself", () => {
    const cluster = new FakeCluster();
    cluster.put('pods', newPod('coredns', { namespace: 'kube-system' }));
    cluster.put('pods', newPod('web'));
    cluster.put('pods', newPod('db'));
    expect(names(new ObjectList(cluster, podKind))).toEqual(['db', 'web', 'coredns']);
  });

  it('follows what is created, changed and deleted', () => {
    const cluster = new FakeCluster();
    cluster.put('pods', newPod('web'));
    const list = new ObjectList(cluster, podKind);
    cluster.put('pods', newPod('proxy', { namespace: 'kube-system' }));
    cluster.put('pods', newPod('api'));
    const changed = newPod('web', { phase: 'Failed' });
    cluster.put('pods', changed);
    expect(names(list)).toEqual(['api', 'web', 'proxy']);
    expect(list.objects[1]).toBe(changed);
    cluster.remove('/registry/pods/default/api');
    cluster.remove('/registry/pods/default/never-there');
    expect(names(list)).toEqual(['web', 'proxy']);
  });

  it('leaves other kinds alone', () => {
    const cluster = new FakeCluster();
    const list = new ObjectList(cluster, podKind);
    cluster.put('podtemplates', newPod('x'));
    expect(list.objects).toEqual([]);
  });
});
