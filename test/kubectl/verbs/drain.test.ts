import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

/** A ReplicaSet's pod by default; without owner it declares no controller. */
function pod(
  b: Bench,
  name: string,
  options: { node?: string; owner?: string; emptyDir?: boolean } = {},
): void {
  const { node = 'n1', owner = 'ReplicaSet', emptyDir = false } = options;
  const ref = { apiVersion: 'apps/v1', kind: owner, name: 'web', uid: 'u', controller: true };
  b.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { app: name },
      ...(owner === '' ? {} : { ownerReferences: [ref] }),
    },
    spec: {
      nodeName: node,
      containers: [{ name: 'c', image: 'i' }],
      ...(emptyDir ? { volumes: [{ name: 'tmp', emptyDir: {} }] } : {}),
    },
  });
  // Nobody keeps a pod that does not run yet.
  b.run(`patch pod ${name} --subresource=status --type=merge -p '{"status":{"phase":"Running"}}'`);
}

/** Two nodes. No controller and no kubelet runs. */
function bench(): Bench {
  const b = new Bench();
  const account = { name: 'default', namespace: 'default' };
  b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account, automountServiceAccountToken: false });
  for (const name of ['n1', 'n2']) b.put({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} });
  return b;
}

const UNMANAGED = 'cannot delete Pods that declare no controller (use --force to override): default';
const STORAGE = 'cannot delete Pods with local storage (use --delete-emptydir-data to override): default';

// Texts of kubectl pkg/cmd/drain/drain.go, pkg/drain/drain.go and filters.go.
describe('kubectl drain', () => {
  it('tells what stands against one node in brackets, and once more a line each', () => {
    const b = bench();
    pod(b, 'a', { owner: '' });
    pod(b, 'b', { emptyDir: true });
    expect(b.run('drain n1')).toMatchObject({
      out: 'node/n1 cordoned\n',
      err: `error: unable to drain node "n1" due to error: [${UNMANAGED}/a, ${STORAGE}/b], continuing command...
There are pending nodes to be drained:
 n1
${UNMANAGED}/a
${STORAGE}/b
`,
      code: 1,
    });
  });

  it('tells what stands against several nodes in a line a node', () => {
    const b = bench();
    pod(b, 'a', { owner: '' });
    pod(b, 'b', { emptyDir: true });
    pod(b, 'c', { owner: '', node: 'n2' });
    const { err } = b.run('drain n1 n2');
    expect(err.slice(err.indexOf('There are'))).toBe(`There are pending nodes to be drained:
 n1
 n2
[${UNMANAGED}/a, ${STORAGE}/b]
${UNMANAGED}/c
`);
  });

  it('says nothing of local storage that it deletes, for later filters overrule that warning', () => {
    const b = bench();
    pod(b, 'b', { emptyDir: true });
    const { out, err } = b.run('drain n1 --delete-emptydir-data --grace-period=0', 5);
    expect(err).toBe('');
    expect(out).toBe('node/n1 cordoned\nevicting pod default/b\npod/b evicted\nnode/n1 drained\n');
  });

  it('warns of pods without a controller that force deletes', () => {
    const b = bench();
    pod(b, 'a', { owner: '' });
    expect(b.run('drain n1 --force', 5).err).toBe(
      'Warning: deleting Pods that declare no controller: default/a\n',
    );
  });

  it('asks the server in a server dry run, and leaves everything there', () => {
    const b = bench();
    pod(b, 'a');
    b.run('create pdb a --selector=app=a --min-available=1');
    expect(b.run('drain n1 --dry-run=server --timeout=2s', 10).err).toContain(
      'error when evicting pods/"a" -n "default" (will retry after 5s): Cannot evict pod',
    );
    b.run('delete pdb a');
    expect(b.run('drain n1 --dry-run=server', 5).out).toBe(
      'node/n1 cordoned (server dry run)\nevicting pod default/a (server dry run)\nnode/n1 drained (server dry run)\n',
    );
    expect(b.run('get pod a -o name').out).toBe('pod/a\n');
    expect(b.run('drain n1 --dry-run=client').out).toContain('evicting pod default/a (dry run)\n');
  });

  it('deletes without a word before it where eviction is disabled', () => {
    const b = bench();
    pod(b, 'a');
    expect(b.run('drain n1 --disable-eviction --grace-period=0', 5).out).toBe(
      'node/n1 cordoned\npod/a deleted\nnode/n1 drained\n',
    );
  });

  it('lists the pods that are left when it gives up', () => {
    const b = bench();
    pod(b, 'a');
    b.run('create pdb a --selector=app=a --min-available=1');
    const { err } = b.run('drain n1 --timeout=2s', 20);
    const reached = 'error when evicting pods/"a" -n "default": global timeout reached: 2s';
    expect(err).toContain(
      `There are pending pods in node "n1" when an error occurred: ${reached}\npod/a\nerror: unable to drain node "n1" due to error: ${reached}, continuing command...\n`,
    );
  });

  it('goes on with the other pods when one of them cannot be evicted in time', () => {
    const b = bench();
    pod(b, 'a');
    pod(b, 'b');
    b.run('create pdb a --selector=app=a --min-available=1');
    const { out, code } = b.run('drain n1 --timeout=2s --grace-period=0', 20);
    expect(code).toBe(1);
    expect(out).toContain('pod/b evicted\n');
  });

  it('does not wait for pods that have been going away for longer than told', () => {
    const b = bench();
    pod(b, 'a');
    const { out, code } = b.run('drain n1 --skip-wait-for-delete-timeout=3', 60);
    expect(out).toBe(
      'node/n1 cordoned\nevicting pod default/a\npod "a" has DeletionTimestamp older than 3 seconds, skipping\nnode/n1 drained\n',
    );
    expect(code).toBe(0);
  });

  it('refuses a pod selector that is none, and node names beside a selector', () => {
    const b = bench();
    expect(b.run(`drain n1 --pod-selector='a in ('`).err).toBe(
      'error: --pod-selector=<pod_selector> must be a valid label selector\n',
    );
    expect(b.run('drain n1 -l a=b').err).toBe(
      "error: cannot specify both a node name and a --selector option\nSee 'kubectl drain -h' for help and examples\n",
    );
    expect(b.run('drain').err).toBe(
      "error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples\n",
    );
  });

  it('touches no node where one of those named is missing', () => {
    const b = bench();
    expect(b.run('cordon n1 nope')).toMatchObject({
      out: '',
      err: 'Error from server (NotFound): nodes "nope" not found\n',
      code: 1,
    });
  });
});
