import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/ui/editor/diagnostics.ts';
import { highlightYaml } from '../../src/ui/editor/highlight.ts';

describe('highlighting', () => {
  it.each([
    ['a key and a number', 'replicas: 3', { key: 'replicas', number: '3' }],
    ['a list item', '- name: web', { accent: '-', key: 'name', string: 'web' }],
    ['an image with colons', 'image: nginx:1.27', { key: 'image', string: 'nginx:1.27' }],
    ['a comment', '  # why', { comment: '# why' }],
    ['a quoted text', 'a: "b: c"', { string: '"b: c"' }],
    ['a flow map', '{app: web}', { key: 'app', string: 'web' }],
    ['a boolean', 'on: true', { number: 'true' }],
    ['a document mark', '---', { dim: '---' }],
    ['a negative number, not a list item', 'x: -1', { number: '-1' }],
  ])('colours %s', (_, line, expected) => {
    const spans = highlightYaml(line);
    for (const [style, text] of Object.entries(expected)) {
      expect(spans).toContainEqual({ text, style });
    }
  });

  it('changes no character of any line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const line = text.replaceAll('\n', '');
        expect(
          highlightYaml(line)
            .map((span) => span.text)
            .join(''),
        ).toBe(line);
      }),
    );
  });
});

describe('problems of a manifest', () => {
  const deployment = (spec: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n${spec}`;
  const good =
    '  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: web\n        image: nginx\n';

  it.each([
    ['none in a good one', deployment(good), []],
    ['none in an empty file', '\n# nothing\n', []],
    [
      'an unknown field with a suggestion',
      deployment(`  replica: 3\n${good}`),
      [[5, 'unknown field "spec.replica", did you mean "spec.replicas"?']],
    ],
    [
      'a wrong type',
      deployment(`  replicas: "3"\n${good}`),
      [[5, 'cannot unmarshal string into Go struct field']],
    ],
    [
      'a value out of bounds',
      deployment(`  replicas: -1\n${good}`),
      [[5, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ],
    [
      'a kind that does not exist',
      'apiVersion: v1\nkind: Pods\n',
      [[1, 'no matches for kind "Pods" in version "v1"']],
    ],
    ['a missing kind', 'apiVersion: v1\n', [[0, 'kind not set']]],
    ['a missing name', 'apiVersion: v1\nkind: ConfigMap\n', [[0, 'resource name may not be empty']]],
    ['broken YAML', 'a: [\n', [[1, "did not find expected ',' or ']'"]]],
    [
      'the second document only',
      `${deployment(good)}---\napiVersion: v1\nkind: Pod\nmetadata: {name: A}\nspec: {containers: [{name: a, image: b}]}\n`,
      [[17, 'metadata.name: Invalid value: "A"']],
    ],
    ['text that is no map', '- a\n', [[0, 'a manifest is a map']]],
  ] as const)('finds %s', (_, text, expected) => {
    const found = diagnose(text);
    expect(found).toHaveLength(expected.length);
    for (const [i, [line, message]] of expected.entries()) {
      expect(found[i]?.line).toBe(line);
      expect(found[i]?.message).toContain(message);
    }
  });

  it('reads a generated name as a name', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: [{name: a, image: b}]}\n';
    expect(diagnose(text)).toEqual([]);
  });

  it('leaves kinds of groups that are not Kubernetes own to the cluster, which knows what is defined', () => {
    const text = (apiVersion: string): string =>
      `apiVersion: ${apiVersion}\nkind: CronTab\nmetadata: {name: a}\n`;
    expect(diagnose(text('stable.example.com/v1'))).toEqual([]);
    expect(diagnose(text('apps/v1'))).toHaveLength(1);
    expect(diagnose(text('batch.k8s.io/v1'))).toHaveLength(1);
  });

  it('never throws, whatever is typed', () => {
    const piece = fc.constantFrom(
      'apiVersion: apps/v1\n',
      'kind: Deployment\n',
      'metadata:\n',
      '  name: x\n',
      'spec:\n',
      '  replicas: ',
      '1\n',
      '{',
      '[',
      '&a ',
      '*a ',
      '- ',
      '"',
      'template: {spec: {containers: [{}]}}\n',
      '  ',
      'metadata: 3\n',
      'spec: null\n',
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 14 }), (parts) => void diagnose(parts.join(''))));
  });
});
