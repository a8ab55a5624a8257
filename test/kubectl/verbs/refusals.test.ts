import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function bench(): Bench {
  const b = new Bench();
  const meta = (name: string): object => ({ name, namespace: 'default', labels: { app: name } });
  b.put({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta('default'),
    automountServiceAccountToken: false,
  });
  const spec = { containers: [{ name: 'c', image: 'i' }] };
  b.put({ apiVersion: 'v1', kind: 'Pod', metadata: meta('p'), spec });
  b.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', namespace: 'default' }, spec });
  b.put({ apiVersion: 'v1', kind: 'Service', metadata: meta('plain'), spec: { ports: [{ port: 80 }] } });
  const template = { metadata: { labels: { app: 'w', tier: 'a' } }, spec };
  const matchExpressions = [{ key: 'tier', operator: 'In', values: ['a', 'b'] }];
  for (const [kind, name, selector] of [
    ['StatefulSet', 's', { matchLabels: { app: 'w' } }],
    ['Deployment', 'd', { matchLabels: { app: 'w' }, matchExpressions }],
    ['Deployment', 'e', { matchExpressions }],
  ] as const)
    b.put({
      apiVersion: 'apps/v1',
      kind,
      metadata: meta(name),
      spec: { selector, template, serviceName: 's' },
    });
  return b;
}

const INTROSPECTION = "error: couldn't retrieve selectors via --selector flag or introspection: ";
const SEE = "\nSee 'kubectl expose -h' for help and examples\n";

// kubectl pkg/cmd/expose, pkg/cmd/wait, pkg/cmd/logs, pkg/cmd/run and pkg/polymorphichelpers.
describe('kubectl refuses as upstream', () => {
  it.each([
    ['expose sts s --port=80 --selector=a=b', 'error: cannot expose a StatefulSet.apps\n'],
    ['expose sa default --port=80', 'error: cannot expose a ServiceAccount\n'],
    ['expose pod bare --port=80', `${INTROSPECTION}the pod has no labels and cannot be exposed${SEE}`],
    ['expose svc plain --name=x', `${INTROSPECTION}the service has no pod selector set${SEE}`],
    [
      'expose deploy d --port=80',
      `${INTROSPECTION}couldn't convert expressions - "[{Key:tier Operator:In Values:[a b]}]" to map-based selector format${SEE}`,
    ],
    [
      'expose deploy e --port=80',
      `${INTROSPECTION}invalid deployment: no selectors, therefore cannot be exposed${SEE}`,
    ],
    ['expose pod p', `error: couldn't find port via --port flag or introspection${SEE}`],
    ['wait pod/p --for=condition=Ready --timeout=0', 'error: condition not met for pods/p\n'],
    ['wait pod/p --for=delete --timeout=0s', 'error: condition not met for pods/p\n'],
    [
      'wait pod/p --for=condition=Ready --timeout=1s',
      'error: timed out waiting for the condition on pods/p\n',
    ],
    [
      "wait pod/p --for=jsonpath='{.status.phase}'=",
      "error: jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3\n",
    ],
    [
      'logs p --since-time=yesterday',
      'error: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"\n',
    ],
    [
      'logs p --since-time=2026-01-05',
      'error: parsing time "2026-01-05" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"\n',
    ],
    [
      'logs p --since-time=2026-13-05T00:00:00Z',
      'error: parsing time "2026-13-05T00:00:00Z": month out of range\n',
    ],
    ['logs p c -c c', 'error: only one of -c or an inline [CONTAINER] arg is allowed\n'],
    [
      'logs p c --all-containers',
      'error: --all-containers=true should not be specified with container name c\n',
    ],
    ['cp a', 'error: source and destination are required\n'],
    ['cp a b', 'error: one of src or dest must be a remote file specification\n'],
    ['cp p:a p:b', 'error: one of src or dest must be a local file specification\n'],
    ['exec p', 'error: you must specify at least one command for the container\n'],
    ['exec', 'error: pod, type/name or --filename must be specified\n'],
    [
      'run x --image=i --image-pull-policy=Sometimes',
      "error: invalid image pull policy: Sometimes\nSee 'kubectl run -h' for help and examples\n",
    ],
  ])('%s', (line, err) => {
    expect(bench().run(line, 2)).toMatchObject({ err, code: 1 });
  });

  it('but exposes without a port what is to be headless', () => {
    const b = bench();
    expect(b.run('expose pod p --cluster-ip=None').out).toBe('service/p exposed\n');
    expect(b.run("get svc p -o jsonpath='{.spec.clusterIP} {.spec.ports}'").out).toBe('None ');
  });
});
