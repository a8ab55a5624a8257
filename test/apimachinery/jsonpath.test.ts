import { describe, expect, it } from 'vitest';
import { compileJsonPath, relaxedJsonPath } from '../../src/apimachinery/jsonpath.ts';

const data = {
  kind: 'List',
  items: [
    {
      metadata: { name: 'a', labels: { 'app.kubernetes.io/name': 'x' } },
      status: { phase: 'Running', n: 1, ready: true },
    },
    { metadata: { name: 'b' }, status: { phase: 'Pending', n: 20, ready: false } },
    { metadata: { name: 'c' }, status: { phase: 'Running', n: 3 } },
  ],
};

function print(template: string, allowMissingKeys = true): string {
  const path = compileJsonPath(template, allowMissingKeys);
  if ('error' in path) return `error: ${path.error}`;
  const text = path.print(data);
  return typeof text === 'string' ? text : `error: ${text.error}`;
}

describe('JSONPath', () => {
  // Templates and results after kubernetes.io/docs/reference/kubectl/jsonpath/.
  it.each([
    ['prints text as it is', 'kind is {.kind}', 'kind is List'],
    ['accepts a root', '{$.kind}', 'List'],
    ['accepts brackets', "{['kind']}", 'List'],
    ['joins all items', '{.items[*].metadata.name}', 'a b c'],
    ['indexes', '{.items[1].metadata.name}', 'b'],
    ['indexes from the end', '{.items[-1].metadata.name}', 'c'],
    ['slices', '{.items[0:2].metadata.name}', 'a b'],
    ['slices with a step', '{.items[0:3:2].metadata.name}', 'a c'],
    ['searches recursively', '{..phase}', 'Running Pending Running'],
    ['filters by text', '{.items[?(@.status.phase=="Running")].metadata.name}', 'a c'],
    ['filters by number', '{.items[?(@.status.n>2)].metadata.name}', 'b c'],
    ['filters by presence', '{.items[?(@.metadata.labels)].metadata.name}', 'a'],
    ['filters by boolean', '{.items[?(@.status.ready==true)].metadata.name}', 'a'],
    ['unites paths', "{.items[*]['metadata.name', 'status.n']}", 'a b c 1 20 3'],
    ['takes quoted keys as paths', "{.items[0]['metadata.name']}", 'a'],
    ['escapes dots in quoted keys', "{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}", 'x'],
    ['repeats', '{range .items[*]}[{.metadata.name},{.status.n}] {end}', '[a,1] [b,20] [c,3] '],
    [
      'prints quoted text',
      '{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}',
      'a\tRunning\nb\tPending\nc\tRunning\n',
    ],
    ['escapes dots', '{.items[0].metadata.labels.app\\.kubernetes\\.io/name}', 'x'],
    ['prints objects as JSON', '{.items[1].metadata}', '{"name":"b"}'],
    ['prints nothing for missing keys', '{.items[0].nothing.at.all}', ''],
  ])('%s', (_, template, wanted) => {
    expect(print(template)).toBe(wanted);
  });

  it.each([
    ['a missing key where that is not allowed', '{.nothing}', 'error: nothing is not found'],
    ['an index out of bounds', '{.items[7]}', 'error: array index out of bounds: index 7, length 3'],
    ['an action that is not closed', '{.kind', 'error: unclosed action'],
    ['brackets that are not closed', '{.items[0}', 'error: unterminated array'],
    ['a quote that is not closed', '{.items[?(@.a=="b)]}', 'error: unclosed action'],
    ['an end without range', '{end}', 'error: not in range, nothing to end'],
  ])('refuses %s', (_, template, wanted) => {
    expect(print(template, false)).toBe(wanted);
  });

  it.each([
    ['.metadata.name', '{.metadata.name}'],
    ['metadata.name', '{.metadata.name}'],
    ['{metadata.name}', '{.metadata.name}'],
    ['{.metadata.name}', '{.metadata.name}'],
    ['.items[?(@.a=="b")].c', '{.items[?(@.a=="b")].c}'],
  ])('relaxes %s', (expression, wanted) => {
    expect(relaxedJsonPath(expression)).toBe(wanted);
  });
});
