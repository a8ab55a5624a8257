import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/apimachinery/json.ts';
import { parseManifests, toYaml } from '../../src/apimachinery/yaml.ts';

const values = (text: string): readonly Json[] => parseManifests(text).docs.map((d) => d.value);

describe('a manifest', () => {
  it.each([
    ['has several documents, empty ones left out', 'a: 1\n---\n---\n# no\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['may be empty', '', []],
    ['may be JSON', '{"a": [1, true, null]}', [{ a: [1, true, null] }]],
    ['may be JSON indented with tabs', '{\n\t"a": 1\n}', [{ a: 1 }]],
    [
      'reads YAML 1.1 booleans',
      'a: [yes, No, on, OFF, true, y]',
      [{ a: [true, false, true, false, true, true] }],
    ],
    ['leaves quoted texts alone', 'a: ["yes", \'1\', "null"]', [{ a: ['yes', '1', 'null'] }]],
    [
      'reads numbers as go-yaml does',
      'a: [0x1F, 010, 0b11, 1_000, 1.5e3, .5, -3, 08]',
      [{ a: [31, 8, 3, 1000, 1500, 0.5, -3, 8] }],
    ],
    [
      'keeps times and ratios as texts',
      'a: [2026-01-05, 1:30, 1.2.3, 10Mi]',
      [{ a: ['2026-01-05', '1:30', '1.2.3', '10Mi'] }],
    ],
    ['reads nulls', 'a:\nb: ~\nc: Null', [{ a: null, b: null, c: null }]],
    ['makes texts of keys', '1: a\non: b', [{ 1: 'a', true: 'b' }]],
    ['obeys tags', 'a: !!str 12\nb: !!int "5"', [{ a: '12', b: 5 }]],
    [
      'follows aliases and merge keys',
      'a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}',
      [{ a: { p: 1, q: 2 }, b: { q: 3, p: 1 } }],
    ],
    [
      'leaves lists as they are',
      'kind: List\nitems: [{kind: Pod}]',
      [{ kind: 'List', items: [{ kind: 'Pod' }] }],
    ],
    ['reads literal texts', 'a: |\n  x\n   y\nb: >-\n  x\n  y\n', [{ a: 'x\n y\n', b: 'x y' }]],
  ])('%s', (_, text, expected) => expect(values(text)).toEqual(expected));

  it('reads __proto__ as a key like any other', () => {
    expect(Object.keys(values('__proto__: {x: 1}')[0] as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('what is wrong with a manifest', () => {
  it.each([
    ['a nested mapping on a line', 'a: b: c', 1, 4, 'line 1: mapping values are not allowed in this context'],
    ['a tab', 'a:\n\tb: 1', 2, 1, 'line 2: found character that cannot start any token'],
    [
      'a key given twice',
      'a: 1\nb: 2\na: 3',
      3,
      1,
      'unmarshal errors:\n  line 3: key "a" already set in map',
    ],
    ['an open quote', 'a: "x', 1, 6, 'line 1: found unexpected end of stream'],
    ['an open list', 'a: [1, 2', 1, 9, "line 1: did not find expected ',' or ']'"],
    ['a line that is no mapping', 'a: b\nfoo\n', 2, 1, "line 2: could not find expected ':'"],
    ['bad indentation', 'a:\n  b: 1\n c: 2', 3, 1, 'line 3: did not find expected key'],
    ['an unknown alias', 'a: *x', 1, 4, "line 1: unknown anchor 'x' referenced"],
    ['an alias of itself', 'a: &x [*x]', 1, 8, "line 1: anchor 'x' value contains itself"],
    ['a bad escape', 'a: "\\q"', 1, 5, 'line 1: found unknown escape character'],
  ])('%s', (_, text, line, column, message) => {
    const { docs, errors } = parseManifests(text, { fileName: 'x.yaml' });
    expect(docs).toEqual([]);
    expect(errors[0]).toMatchObject({
      line,
      column,
      file: 'x.yaml',
      message: `error converting YAML to JSON: yaml: ${message}`,
    });
  });

  it('leaves the other documents readable', () => {
    const { docs, errors } = parseManifests('a: 1\n---\nb: c: d\n---\ne: 2\n');
    expect(docs.map((d) => d.value)).toEqual([{ a: 1 }, { e: 2 }]);
    expect(errors).toHaveLength(1);
  });

  it('stops at bombs, depth and size', () => {
    let bomb = 'a0: &a0 [x, x]\n';
    for (let i = 1; i < 40; i++) bomb += `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]\n`;
    expect(parseManifests(bomb).errors).toMatchObject([{ code: 'Aliases' }]);
    expect(parseManifests('['.repeat(500_000)).errors).toMatchObject([{ code: 'TooDeep' }]);
    expect(parseManifests('- '.repeat(50_000)).errors).toMatchObject([{ code: 'TooDeep' }]);
    expect(parseManifests('#'.repeat(4_000_000)).errors).toMatchObject([{ code: 'TooLarge' }]);
  });

  it('never throws', () => {
    const signs = fc.array(fc.constantFrom(...'ab:-?[]{},&*!|>\'"%@`# \n\t\\~1<='), { maxLength: 40 });
    fc.assert(
      fc.property(signs, (chars) => {
        const { docs, errors } = parseManifests(chars.join(''));
        expect(docs.length + errors.length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('positions', () => {
  const [doc] = parseManifests(
    '# a pod\nspec:\n  containers:\n  - name: a\n    image: x\nmetadata:\n  labels:\n    a.b/c: d\n',
  ).docs;
  it.each([
    ['spec.containers[0].image', 5, 12, 5, 5],
    ['spec.containers[0]', 4, 5, 4, 5],
    ['metadata.labels[a.b/c]', 8, 12, 8, 5],
    ['metadata.labels.a.b/c', 8, 12, 8, 5],
    ['spec.containers[0].ports[0]', 4, 5, 4, 5],
    ['spec.replicas', 2, 1, 2, 1],
  ])('of %s', (path, line, col, keyLine, keyCol) => {
    expect(doc?.position(path)).toEqual({ line, col });
    expect(doc?.keyPosition(path)).toEqual({ line: keyLine, col: keyCol });
  });
});

describe('YAML output', () => {
  it.each([
    ['true', '"true"'],
    ['yes', '"yes"'],
    ['y', '"y"'],
    ['1', '"1"'],
    ['1e3', '"1e3"'],
    ['0x1F', '"0x1F"'],
    ['', '""'],
    ['null', '"null"'],
    ['~', '"~"'],
    ['2026-01-05T00:00:00Z', '"2026-01-05T00:00:00Z"'],
    ['10:30', '"10:30"'],
    ['100m', '100m'],
    ['1.2.3', '1.2.3'],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ['#c', "'#c'"],
    ['x#c', 'x#c'],
    [' x', "' x'"],
    ['*', "'*'"],
    ['-', "'-'"],
    ['-x', '-x'],
    ["it's", "it's"],
    ["'q'", "'''q'''"],
    ['a\tb', '"a\\tb"'],
    ['\u001b[0m', '"\\e[0m"'],
    ['한국어', '한국어'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\nb\n', '|\n  a\n  b'],
    ['a \nb', '"a \\nb"'],
  ])('prints %j as %s', (text, printed) => expect(toYaml({ k: text })).toBe(`k: ${printed}\n`));

  it('sorts keys, indents by two, and puts lists at the column of their key', () => {
    const object = {
      kind: 'Pod',
      spec: {
        containers: [
          { name: 'a', args: ['x', 'y'], env: [] },
          { name: 'b', resources: {} },
        ],
      },
      apiVersion: 'v1',
      m: { a10: 1, a2: 2, B: null, nested: [[1, 2], []] },
    };
    expect(toYaml(object)).toBe(`apiVersion: v1
kind: Pod
m:
  B: null
  a2: 2
  a10: 1
  nested:
  - - 1
    - 2
  - []
spec:
  containers:
  - args:
    - x
    - "y"
    env: []
    name: a
  - name: b
    resources: {}
`);
  });

  it('folds long lines past column 80', () => {
    const message =
      '0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are available.';
    expect(toYaml({ message })).toBe(
      "message: '0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims\n  to deallocate, preemption: 0/1 nodes are available.'\n",
    );
  });

  it('reads back as the same value', () => {
    const scalars = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc
        .array(fc.constantFrom('a', ' ', '\n', ':', '#', "'", '"', '-', '1'), { maxLength: 120 })
        .map((c) => c.join('')),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const trees = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        scalars,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 10 }), tie('tree'), { maxKeys: 3 }),
      ),
    })).tree;
    fc.assert(
      fc.property(trees, (value) => {
        const { docs, errors } = parseManifests(toYaml({ value }));
        expect(errors).toEqual([]);
        expect(docs[0]?.value).toEqual({ value });
      }),
      { numRuns: 300 },
    );
  });
});
