import { describe, expect, it } from 'vitest';
import { Bench } from '../harness.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';

describe('kustomizations that mean no good', () => {
  it('do not take forever where each leads twice to the next', () => {
    const bench = new Bench();
    bench.files.write('a0/kustomization.yaml', 'resources: [c.yaml]\nnamePrefix: a');
    bench.files.write('a0/c.yaml', MAP);
    bench.files.write('b0/kustomization.yaml', 'resources: [c.yaml]\nnamePrefix: b');
    bench.files.write('b0/c.yaml', MAP);
    for (let i = 1; i < 40; i++)
      for (const side of ['a', 'b'])
        bench.files.write(
          `${side}${i}/kustomization.yaml`,
          `resources: [../a${i - 1}, ../b${i - 1}]\nnamePrefix: ${side}`,
        );
    expect(bench.run('kustomize a39').err).toContain('more than 300 kustomizations are read');
  });

  it('do not take forever with very many resources', () => {
    const bench = new Bench();
    const many = Array.from({ length: 3000 }, (_, i) => MAP.replace('name: c', `name: c${i}`)).join('---\n');
    bench.files.write('kustomization.yaml', 'resources: [many.yaml]');
    bench.files.write('many.yaml', many);
    expect(bench.run('kustomize').err).toContain('there are more than 1000 resources');
  });

  it.each([
    [
      'keys of every object',
      'commonLabels: {__proto__: x, constructor: z}\nresources: [c.yaml]',
      /__proto__: x/,
    ],
    [
      'a pattern without an end',
      "patches: [{target: {name: '(a+)+$('}, patch: '[]'}]\nresources: [c.yaml]",
      /error parsing regexp/,
    ],
    [
      'a list for a map',
      'namespace: [a]',
      /cannot unmarshal array into Go struct field Kustomization.namespace of type string/,
    ],
    ['nothing but text', 'hello', /cannot unmarshal string into/],
    ['a path out of the folder', 'resources: [../../../../etc/passwd]', /no such file or directory/],
    ['an address', 'resources: [https://example.com/x]', /the internet is out of reach from here/],
  ])('are read or refused: %s', (_, kustomization, said) => {
    const bench = new Bench();
    bench.files.write('kustomization.yaml', kustomization);
    bench.files.write('c.yaml', MAP);
    const { out, err } = bench.run('kustomize');
    expect(out + err).toMatch(said);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
