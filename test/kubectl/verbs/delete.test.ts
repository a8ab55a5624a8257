import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function bench(): Bench {
  const b = new Bench();
  b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  b.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} });
  b.run('create configmap a');
  b.run('create configmap b');
  return b;
}

const bound = (name: string, extra: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...extra },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'nginx' }] },
});

const IMMEDIATE =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n';

describe('kubectl delete', () => {
  it.each([
    ['one object', 'delete cm a', 'configmap "a" deleted from default namespace\n', ''],
    [
      'several',
      'delete cm/a cm/b',
      'configmap "a" deleted from default namespace\nconfigmap "b" deleted from default namespace\n',
      '',
    ],
    [
      'all',
      'delete cm --all',
      'configmap "a" deleted from default namespace\nconfigmap "b" deleted from default namespace\n',
      '',
    ],
    ['a cluster-scoped object', 'delete node n1', 'node "n1" deleted\n', ''],
    ['by force', 'delete cm a --force', 'configmap "a" force deleted from default namespace\n', IMMEDIATE],
    [
      'in a dry run',
      'delete cm a --dry-run=client',
      'configmap "a" deleted (dry run) from default namespace\n',
      '',
    ],
    ['nothing', 'delete cm -l a=b', 'No resources found\n', ''],
    ['what is not there, where that is fine', 'delete cm x --ignore-not-found', '', ''],
    ['and prints names', 'delete cm a -o name', 'configmap/a\n', ''],
  ])('deletes %s', (_, line, out, err) => {
    expect(bench().run(line, 1)).toEqual({ out, err, code: 0 });
  });

  it.each([
    ['what is not there', 'delete cm x', 'Error from server (NotFound): configmaps "x" not found\n'],
    ['a type without names', 'delete cm', 'error: resource(s) were provided, but no name was specified\n'],
    [
      '--now with a grace period',
      'delete cm a --now --grace-period=3',
      'error: --now and --grace-period cannot be specified together\n',
    ],
    [
      'an unknown cascade',
      'delete cm a --cascade=x',
      'error: invalid cascade value (x). Must be "background", "foreground", or "orphan"\n',
    ],
  ])('refuses %s', (_, line, err) => {
    expect(bench().run(line)).toEqual({ out: '', err, code: 1 });
  });

  it('waits until the object is gone, and not at all with --wait=false', () => {
    const b = bench();
    b.put(bound('p'));
    const { outcome } = b.start('delete pod p');
    b.pass(10);
    expect(outcome()).toEqual({ out: 'pod "p" deleted from default namespace\n', err: '', code: undefined });
    expect(b.run('delete pod p --wait=false').code).toBe(0);
    b.run('delete pod p --force');
    b.pass(1);
    expect(outcome().code).toBe(0);
  });

  it('gives up waiting at the timeout', () => {
    const b = bench();
    b.put(bound('p'));
    expect(b.run('delete pod p --timeout=2s', 5)).toEqual({
      out: 'pod "p" deleted from default namespace\n',
      err: 'error: timed out waiting for the condition on pods/p\n',
      code: 1,
    });
  });
});

describe('kubectl drain', () => {
  it('refuses pods without controller, with local storage or of daemon sets unless told', () => {
    const b = bench();
    b.put(bound('p'));
    expect(b.run('drain n1')).toEqual({
      out: 'node/n1 cordoned\n',
      err: `error: unable to drain node "n1" due to error: cannot delete Pods that declare no controller (use --force to override): default/p, continuing command...
There are pending nodes to be drained:
 n1
cannot delete Pods that declare no controller (use --force to override): default/p
`,
      code: 1,
    });
  });

  it('evicts with --force, and waits until the pods are gone', () => {
    const b = bench();
    b.put(bound('p'));
    const { outcome } = b.start('drain n1 --force');
    b.pass(1);
    expect(outcome()).toEqual({
      out: 'node/n1 cordoned\nevicting pod default/p\n',
      err: 'Warning: deleting Pods that declare no controller: default/p\n',
      code: undefined,
    });
    b.run('delete pod p --force');
    b.pass(1);
    expect(outcome().out).toBe('node/n1 cordoned\nevicting pod default/p\npod/p evicted\nnode/n1 drained\n');
    expect(outcome().code).toBe(0);
  });
});

describe('kubectl wait', () => {
  it('waits for deletion', () => {
    const b = bench();
    const { outcome } = b.start('wait --for=delete cm/a --timeout=60s');
    b.pass(1);
    expect(outcome().code).toBeUndefined();
    b.run('delete cm a');
    b.pass(1);
    expect(outcome()).toEqual({ out: 'configmap/a condition met\n', err: '', code: 0 });
  });

  it.each([
    [
      'a field that has the value',
      "wait --for=jsonpath='{.metadata.name}'=a cm/a",
      'configmap/a condition met\n',
      '',
      0,
    ],
    [
      'a condition that does not come',
      'wait --for=condition=Ready node/n1 --timeout=1s',
      '',
      'error: timed out waiting for the condition on nodes/n1\n',
      1,
    ],
    ['nothing', 'wait --for=condition=Ready pod -l a=b', '', 'error: no matching resources found\n', 1],
    ['what it does not know', 'wait --for=foo cm/a', '', 'error: unrecognized condition: "foo"\n', 1],
  ])('answers for %s', (_, line, out, err, code) => {
    expect(bench().run(line, 5)).toEqual({ out, err, code });
  });
});
