import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

function config(name: string, labels = ''): string {
  const labelled = labels === '' ? '' : `, labels: ${labels}`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${labelled}}\ndata: {a: "1"}\n`;
}

describe('kubectl apply --prune', () => {
  it('deletes what was applied once and is in the files no more, and leaves what others made', () => {
    const bench = new Bench();
    bench.files.write('x.yaml', `${config('one')}---\n${config('two')}`);
    bench.run('apply -f x.yaml');
    bench.run('create configmap other');
    bench.files.write('x.yaml', config('one'));
    expect(bench.run('apply -f x.yaml --prune --all --dry-run=client').out).toContain(
      'configmap/two pruned (dry run)\n',
    );
    expect(bench.run('apply -f x.yaml --prune --all')).toEqual({
      out: 'configmap/one unchanged\nconfigmap/two pruned\n',
      err: '',
      code: 0,
    });
    expect(bench.run('get cm -o name').out).toBe('configmap/one\nconfigmap/other\n');
  });

  it('keeps to the selector and to the allowed kinds', () => {
    const bench = new Bench();
    bench.files.write('x.yaml', `${config('one', '{app: a}')}---\n${config('two', '{app: b}')}`);
    bench.run('apply -f x.yaml');
    bench.files.write('y.yaml', config('three', '{app: a}'));
    bench.run('apply -f y.yaml --prune -l app=a --prune-allowlist=core/v1/Secret');
    expect(bench.run('get cm -o name').out).toBe('configmap/one\nconfigmap/three\nconfigmap/two\n');
    bench.run('apply -f y.yaml --prune -l app=a --prune-allowlist=core/v1/ConfigMap');
    expect(bench.run('get cm -o name').out).toBe('configmap/three\nconfigmap/two\n');
  });

  it.each([
    [
      '--prune',
      'error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector\n',
    ],
    ['--prune --all -l a=b', 'error: cannot set --all and --selector at the same time\n'],
    [
      '--prune --all --prune-allowlist=x',
      'error: invalid GroupVersionKind format: x, please follow <group/version/kind>\n',
    ],
  ])('refuses %s', (flags, err) => {
    const bench = new Bench();
    bench.files.write('x.yaml', config('one'));
    expect(bench.run(`apply -f x.yaml ${flags}`)).toEqual({ out: '', err, code: 1 });
  });
});

describe('the last applied configuration', () => {
  it('is shown as JSON, set from a file, and edited', () => {
    const bench = new Bench();
    bench.files.write('x.yaml', config('one'));
    bench.run('create -f x.yaml');
    expect(bench.run('apply set-last-applied -f x.yaml').err).toBe(
      'error: no last-applied-configuration annotation found on resource: one, to create the annotation, run the command with --create-annotation\n',
    );
    expect(bench.run('apply set-last-applied -f x.yaml --create-annotation').out).toBe(
      'configmap/one configured\n',
    );
    expect(bench.run('apply set-last-applied -f x.yaml').out).toBe(
      'set-last-applied one: no changes required.\n',
    );
    expect(bench.run('apply view-last-applied cm/one -o json').out).toContain(
      '"data": {\n        "a": "1"\n    }',
    );
    const { job, outcome } = bench.start('apply edit-last-applied cm/one');
    const wait = job.wait;
    expect(wait?.type === 'editor' ? wait.text : '').toContain(
      "# Please edit the 'last-applied-configuration'",
    );
    job.edited(wait?.type === 'editor' ? wait.text.replace('a: "1"', 'a: "2"') : undefined);
    expect(outcome()).toEqual({ out: 'configmap/one edited\n', err: '', code: 0 });
    expect(bench.run('apply view-last-applied cm/one').out).toContain('a: "2"');
    expect(bench.run('get cm one -o jsonpath={.data.a}').out).toBe('1');
  });
});
