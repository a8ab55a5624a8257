import { describe, expect, it } from 'vitest';
import { registerDescriptions } from '../../../src/api/descriptions.ts';
import { apiResources } from '../../../src/kubectl/verbs/apiresources.ts';
import { clusterInfo } from '../../../src/kubectl/verbs/clusterinfo.ts';
import { Bench } from '../harness.ts';

describe('verbs that look', () => {
  it.each([
    ['top', 'top pods', '', 'error: Metrics API not available\n', 1],
    ['api-versions', 'api-versions', 'apps/v1\ncoordination.k8s.io/v1\ndiscovery.k8s.io/v1\nv1\n', '', 0],
    [
      'version',
      'version',
      'Client Version: v1.35.6\nKustomize Version: v5.7.1\nServer Version: v1.35.6\n',
      '',
      0,
    ],
    ['config current-context', 'config current-context', 'kubernetes-admin@shipshape\n', '', 0],
    ['config use-context', 'config use-context x', '', 'error: no context exists with the name: "x"\n', 1],
    [
      'auth whoami',
      'auth whoami',
      'ATTRIBUTE   VALUE\nUsername    kubernetes-admin\nGroups      [system:masters]\n',
      '',
      0,
    ],
    ['events, when there are none', 'events', '', 'No events found in default namespace.\n', 0],
    ['explain of an unknown field', 'explain pod.spec.foo', '', 'error: field "foo" does not exist\n', 1],
    [
      'explain of an unknown type',
      'explain foo',
      '',
      'error: the server doesn\'t have a resource type "foo"\n',
      1,
    ],
  ])('%s', (name, line, out, err, code) => {
    const outcome = new Bench().run(line);
    if (name === 'api-versions') expect(outcome.out).toContain('apps/v1\n');
    else expect(outcome).toEqual({ out, err, code });
  });

  it('lists API resources with short names', () => {
    const { out } = new Bench().run(`${apiResources.name} --api-group=apps`);
    expect(out.split('\n')[0]).toMatch(/^NAME +SHORTNAMES +APIVERSION +NAMESPACED +KIND$/);
    expect(out).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m);
  });

  it('says in cluster-info where the control plane is', () => {
    expect(new Bench().run(clusterInfo.name).out).toMatch(
      /^Kubernetes control plane is running at https:\/\/192\.168\.0\.10:6443\n/,
    );
  });

  it('changes the namespace of the context', () => {
    const b = new Bench();
    expect(b.run('config set-context --current --namespace=kube-system').out).toBe(
      'Context "kubernetes-admin@shipshape" modified.\n',
    );
    expect(b.run('get pods').err).toBe('No resources found in kube-system namespace.\n');
  });

  it('explains a field from the registered descriptions', () => {
    registerDescriptions(() => ({
      PodSpec: { '': 'PodSpec is a description of a pod.', nodeName: 'Which node.' },
    }));
    expect(new Bench().run('explain pod.spec.nodeName').out).toBe(
      'KIND:       Pod\nVERSION:    v1\n\nFIELD: nodeName <string>\n\nDESCRIPTION:\n    Which node.\n    \n\n',
    );
    const { out } = new Bench().run('explain pods.spec');
    expect(out).toContain('FIELD: spec <PodSpec>');
    expect(out).toContain('    PodSpec is a description of a pod.\n');
    expect(out).toContain('  containers\t<[]Container> -required-\n');
    registerDescriptions(() => ({}));
  });

  it('shows events by age, counted', () => {
    const b = new Bench();
    const event = (name: string, extra: object): void => {
      b.put({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace: 'default' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: 'default', uid: 'u' },
        reason: 'BackOff',
        message: 'Back-off',
        source: { component: 'kubelet' },
        type: 'Warning',
        ...extra,
      });
    };
    event('b', { firstTimestamp: '2026-01-05T00:00:01Z', lastTimestamp: '2026-01-05T00:00:04Z', count: 3 });
    event('a', {
      firstTimestamp: '2026-01-05T00:00:02Z',
      lastTimestamp: '2026-01-05T00:00:02Z',
      count: 1,
      type: 'Normal',
    });
    expect(b.run('events').out).toBe(
      'LAST SEEN         TYPE      REASON    OBJECT   MESSAGE\n3s                Normal    BackOff   Pod/p    Back-off\n1s (x3 over 4s)   Warning   BackOff   Pod/p    Back-off\n',
    );
    expect(b.run('events --types=Normal --for pod/p --no-headers').out).toBe(
      '3s    Normal   BackOff   Pod/p   Back-off\n',
    );
  });
});
