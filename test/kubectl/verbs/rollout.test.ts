import { describe, expect, it } from 'vitest';
import { kindByName } from '../../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { Bench } from '../harness.ts';

/** A deployment with the ReplicaSets of two rollouts, as its controller would have made them. */
function bench(): Bench {
  const b = new Bench();
  b.run('create deployment web --image=nginx:1.27 --replicas=3');
  const deployment = JSON.parse(b.run('get deploy web -o json').out);
  for (const [revision, image] of [
    ['1', 'nginx:1.26'],
    ['2', 'nginx:1.27'],
  ] as const) {
    const labels = { app: 'web', 'pod-template-hash': `h${revision}` };
    const [container] = deployment.spec.template.spec.containers;
    b.put({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `web-h${revision}`,
        namespace: 'default',
        labels,
        annotations: {
          'deployment.kubernetes.io/revision': revision,
          ...(revision === '1' ? { 'kubernetes.io/change-cause': 'first' } : {}),
        },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'web',
            uid: deployment.metadata.uid,
            controller: true,
          },
        ],
      },
      spec: {
        replicas: revision === '2' ? 3 : 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { ...deployment.spec.template.spec, containers: [{ ...container, image }] },
        },
      },
    });
  }
  return b;
}

function setStatus(b: Bench, status: object): void {
  const kind = kindByName('deployments');
  if (kind === undefined) throw new Error('no kind');
  const found = b.client.get<KubeObject>(kind, 'web', 'default');
  if (found.ok) b.client.updateStatus(kind, { ...found.value, status } as KubeObject);
}

describe('kubectl rollout', () => {
  it('lists the history', () => {
    expect(bench().run('rollout history deploy/web').out).toBe(
      'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         first\n2         <none>\n\n',
    );
  });

  it('shows one revision', () => {
    const { out } = bench().run('rollout history deploy/web --revision=1');
    expect(out).toMatch(/^deployment\.apps\/web with revision #1\nPod Template:\n {2}Labels:/);
    // Upstream writes this without aligning it: the tabs stay.
    expect(out).toMatch(/^ {4}Image:\tnginx:1\.26$/m);
  });

  it('goes back to the revision before, or to one named', () => {
    const b = bench();
    expect(b.run('rollout undo deploy/web').out).toBe('deployment.apps/web rolled back\n');
    expect(b.run("get deploy web -o jsonpath='{..image} {.spec.template.metadata.labels}'").out).toBe(
      'nginx:1.26 {"app":"web"}',
    );
    expect(b.run('rollout undo deploy/web --to-revision=1').out).toBe(
      'deployment.apps/web skipped rollback (current template already matches revision 1)\n',
    );
    expect(b.run('rollout undo deploy/web --to-revision=7').err).toBe(
      'error: unable to find specified revision 7 in history\n',
    );
  });

  it('follows the status to the end', () => {
    const b = bench();
    const { outcome } = b.start('rollout status deploy/web');
    b.pass(1);
    setStatus(b, { observedGeneration: 1, replicas: 3, updatedReplicas: 1 });
    b.pass(1);
    setStatus(b, { observedGeneration: 1, replicas: 4, updatedReplicas: 3, availableReplicas: 3 });
    b.pass(1);
    setStatus(b, { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 2 });
    b.pass(1);
    setStatus(b, { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
    b.pass(1);
    expect(outcome()).toEqual({
      out: `Waiting for deployment spec update to be observed...
Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...
Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...
Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...
deployment "web" successfully rolled out
`,
      err: '',
      code: 0,
    });
  });

  it('ends when the progress deadline is exceeded', () => {
    const b = bench();
    const condition = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
    setStatus(b, { observedGeneration: 1, replicas: 3, updatedReplicas: 1, conditions: [condition] });
    expect(b.run('rollout status deploy/web')).toEqual({
      out: '',
      err: 'error: deployment "web" exceeded its progress deadline\n',
      code: 1,
    });
  });

  it('gives up at the timeout', () => {
    expect(bench().run('rollout status deploy/web --timeout=2s', 5).err).toBe(
      'error: timed out waiting for the condition\n',
    );
  });
});

describe('kubectl rollout with a type alone', () => {
  it.each([
    ['restart', 'restarted'],
    ['pause', 'paused'],
  ])('%s is about all objects of the type', (verb, done) => {
    const b = new Bench();
    for (const name of ['a', 'b']) b.run(`create deployment ${name} --image=nginx`);
    expect(b.run(`rollout ${verb} deployment`).out).toBe(
      `deployment.apps/a ${done}\ndeployment.apps/b ${done}\n`,
    );
  });
});
