import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const BOTH =
  'apiVersion: v1\nkind: Namespace\nmetadata: {name: dev}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: dev}\nspec: {containers: [{name: a, image: b}]}\n';

describe('a pod in a namespace that is so young that it has no default account', () => {
  it.each([
    ['apply', 'apply -f both.yaml', 'namespace/dev created\npod/p created\n'],
    ['create', 'create -f both.yaml', 'namespace/dev created\npod/p created\n'],
    ['run', 'run p --image=b -n dev', 'pod/p created\n'],
  ])('%s waits for the account', (verb, line, wanted) => {
    const b = new Bench();
    b.files.write('both.yaml', BOTH);
    if (verb === 'run') b.run('create namespace dev');
    const { outcome } = b.start(line);
    b.pass(0.4);
    expect(outcome().code).toBeUndefined();
    b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'dev' } });
    b.pass(0.2);
    expect(outcome()).toEqual({ out: wanted, err: '', code: 0 });
  });

  it('is refused when the account does not come', () => {
    const b = new Bench();
    b.files.write('both.yaml', BOTH);
    const { err, code } = b.run('apply -f both.yaml', 3);
    expect(code).toBe(1);
    expect(err).toBe(
      'Error from server (Forbidden): error when creating "both.yaml": pods "p" is forbidden: error looking up service account dev/default: serviceaccount "default" not found\n',
    );
  });

  it('is refused at once when there is no namespace', () => {
    expect(new Bench().run('run p --image=b -n dev').err).toBe(
      'Error from server (NotFound): namespaces "dev" not found\n',
    );
  });
});
