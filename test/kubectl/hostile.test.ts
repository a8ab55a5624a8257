import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiVersionOf } from '../../src/api/kind.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import { schema } from '../../src/api/schema.ts';
import { toYaml } from '../../src/apimachinery/yaml.ts';
import { Bench } from './harness.ts';

const ODD_KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '$patch',
  '$setElementOrder/containers',
  '',
  'a b',
  '한',
];
const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  'yes',
  '1e3',
  '\u001b[31m',
  '\u0000',
  '\u202e',
  '\ud800',
  'a\r\nb',
  '- x',
  '{',
  '.',
];

/** Any JSON, with the names of real fields among the keys. */
function json(fields: readonly string[]): fc.Arbitrary<unknown> {
  const key = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...fields) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_KEYS) },
  );
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 3 }),
      fc
        .array(fc.tuple(key, tie('value')), { maxLength: 5 })
        .map((entries) => entries.reduce<object>((all, [k, v]) => define(all, k, v), {})),
    ),
  })).value;
}

function define(object: object, key: string, value: unknown): object {
  return Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

const FIELDS: readonly string[] = [
  ...new Set(
    [
      'PodSpec',
      'Container',
      'ServiceSpec',
      'ServicePort',
      'DeploymentSpec',
      'ObjectMeta',
      'Volume',
      'Probe',
    ].flatMap((type) => Object.keys(schema[type]?.fields ?? {})),
  ),
];

const LINES = [
  'apply -f x.json',
  'apply -f x.json --validate=false',
  'apply -f x.yaml --dry-run=server -o yaml',
  'create -f x.json --validate=warn',
  'create -f x.json --dry-run=client -o yaml',
  'diff -f x.json',
  'replace -f x.json',
  'get -f x.json -o yaml',
  'describe -f x.json',
  'delete -f x.json --wait=false',
];

describe('whatever JSON a manifest holds, kubectl ends and says what is wrong with it', () => {
  test.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
    const top = Object.keys(schema[kind.schemaType]?.fields ?? {}).filter(
      (name) => !['apiVersion', 'kind', 'metadata'].includes(name),
    );
    const body = fc.record({
      metadata: fc.oneof(
        fc.constant({ name: 'x' }),
        json([...Object.keys(schema.ObjectMeta?.fields ?? {})]).map((more) => ({
          ...Object(more),
          name: 'x',
        })),
        json(FIELDS),
      ),
      rest: fc.array(fc.tuple(fc.constantFrom(...top, 'metadata', 'nope'), json(FIELDS)), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(body, ({ metadata, rest }) => {
        const object = {
          metadata,
          ...Object.fromEntries(rest),
          apiVersion: apiVersionOf(kind),
          kind: kind.kind,
        };
        const b = new Bench();
        b.put({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: 'default' },
        });
        b.files.write('x.json', JSON.stringify(object));
        b.files.write('x.yaml', toYaml(JSON.parse(JSON.stringify(object))));
        for (const line of LINES) {
          const { code, err } = b.run(line, 1);
          if (code === undefined) throw new Error(`${line} goes on`);
          const differs = line.startsWith('diff') && code === 1 && err === '';
          if (code > 2 || (code !== 0 && err === '' && !differs)) throw new Error(`${line}: ${code}`);
        }
      }),
      { numRuns: 10, seed: 1 },
    );
  });
});

describe('whatever text a manifest holds', () => {
  test('kubectl ends', () => {
    const line = fc.constantFrom(
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      '  name: x',
      '  labels: {a: b',
      'data:',
      '  a: |',
      '    x',
      '\ta: b',
      '---',
      '...',
      '- a',
      '? b',
      '&a *a',
      '<<: *a',
      '!!binary x',
      '%YAML 9',
      '"',
      "'",
      '}',
      ']',
      '\u0000',
      '\ufeff',
      '  - - - ? x',
      'a: b: c',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'), (lines, end) => {
        const b = new Bench();
        b.files.write('x.yaml', lines.join(end));
        const { code, err, out } = b.run('apply -f x.yaml', 1);
        expect(code).toBe(err === '' ? 0 : 1);
        expect(err + out).not.toBe('');
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});
