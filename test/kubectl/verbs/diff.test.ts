import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

describe('kubectl diff', () => {
  it('shows which values of a secret differ, and none of them', () => {
    const bench = new Bench();
    bench.run('create secret generic s --from-literal=same=1 --from-literal=other=2 --from-literal=gone=3');
    bench.files.write(
      's.yaml',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {same: MQ==, other: NA==, new: NQ==}\n',
    );
    const { out, code } = bench.run('diff -f s.yaml');
    expect(code).toBe(1);
    expect(out).toContain("-  other: '*** (before)'\n");
    expect(out).toContain("+  other: '*** (after)'\n");
    expect(out).toContain("+  new: '***'\n");
    expect(out).not.toMatch(/MQ==|Mg==|NA==|NQ==/);
  });

  it('lets the server merge with --server-side', () => {
    const bench = new Bench();
    bench.files.write('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "1"}\n');
    bench.run('apply --server-side -f c.yaml');
    expect(bench.run('diff --server-side -f c.yaml')).toEqual({ out: '', err: '', code: 0 });
    bench.files.write('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "2"}\n');
    expect(bench.run('diff --server-side -f c.yaml').out).toContain('-  a: "1"\n+  a: "2"\n');
    expect(bench.run('diff --force-conflicts -f c.yaml').err).toBe(
      'error: --force-conflicts only works with --server-side\n',
    );
  });
});

describe('kubectl auth whoami', () => {
  it('prints the review with -o', () => {
    expect(new Bench().run('auth whoami -o jsonpath={.status.userInfo.username}').out).toBe(
      'kubernetes-admin',
    );
  });
});
