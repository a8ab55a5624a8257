import { describe, expect, it } from 'vitest';
import { schema } from '../../src/api/schema.ts';
import type { Json } from '../../src/apimachinery/json.ts';
import { formatTypedErrors, typedErrors } from '../../src/apimachinery/typedvalue.ts';

const wrong = (type: string, value: Json): string =>
  formatTypedErrors(typedErrors(value, { type: 'ref', ref: type }, schema));

/** In the words of structured-merge-diff (typed/validate.go, typed/helpers.go). */
const PODS: readonly { readonly spec: Json; readonly says: string }[] = [
  { spec: { colour: 'red' }, says: '.spec.colour: field not declared in schema' },
  {
    spec: { nodeName: 1 },
    says: '.spec.nodeName: expected string, got &value.valueUnstructured{Value:1}',
  },
  {
    spec: { nodeName: { a: [true, null, 'x'] } },
    says: '.spec.nodeName: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":[]interface {}{true, interface {}(nil), "x"}}}',
  },
  { spec: { priority: 'high' }, says: '.spec.priority: expected numeric (int or float), got string' },
  { spec: { priority: true }, says: '.spec.priority: expected numeric (int or float), got bool' },
  { spec: { priority: [1] }, says: '.spec.priority: expected numeric (int or float), got []interface {}' },
  {
    spec: { priority: {} },
    says: '.spec.priority: expected numeric (int or float), got map[string]interface {}',
  },
  { spec: { hostNetwork: 'yes' }, says: '.spec.hostNetwork: expected boolean, got &{yes}' },
  { spec: { containers: 'web' }, says: '.spec.containers: expected list, got &{web}' },
  { spec: { nodeSelector: ['a'] }, says: '.spec.nodeSelector: expected map, got &{[a]}' },
  { spec: 'x', says: '.spec: expected map, got &{x}' },
  {
    spec: { overhead: { cpu: { a: 1 } } },
    says: '.spec.overhead.cpu: expected any scalar, got &{map[a:1]}',
  },
  {
    spec: { containers: [{ image: 'i' }] },
    says: '.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn\'t have default value)',
  },
  {
    spec: { containers: [null] },
    says: ".spec.containers: element 0: associative list with keys has an element that's explicitly null",
  },
  {
    spec: { containers: ['web'] },
    says: '.spec.containers: element 0: associative list with keys may not have non-map elements',
  },
  {
    spec: { containers: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] },
    says: '.spec.containers: duplicate entries for key [name="a"]',
  },
  {
    spec: {
      containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }],
    },
    says: '.spec.containers[name="a"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
  },
  {
    spec: { containers: [{ name: 'a', command: ['x', 1] }] },
    says: '.spec.containers[name="a"].command[1]: expected string, got &value.valueUnstructured{Value:1}',
  },
  {
    spec: { hostPID: 1, tolerations: [{ colour: 'red' }] },
    says: 'errors:\n  .spec.hostPID: expected boolean, got &{1}\n  .spec.tolerations[0].colour: field not declared in schema',
  },
];

describe('a configuration that has not the shape of its type', () => {
  it.each(PODS)('$says', ({ spec, says }) => {
    expect(wrong('Pod', { spec })).toBe(says);
  });

  it.each([
    { list: ['a', 'b', 'a'], says: '.metadata.finalizers: duplicate entries for key [="a"]' },
    {
      list: [null],
      says: ".metadata.finalizers: element 0: associative list without keys has an element that's explicitly null",
    },
    {
      list: [{}],
      says: ".metadata.finalizers: element 0: associative list without keys has an element that's a map type",
    },
    {
      list: [[]],
      says: ".metadata.finalizers: element 0: associative list without keys has an element that's a list type",
    },
  ] satisfies { list: Json[]; says: string }[])('$says', ({ list, says }) => {
    expect(wrong('Pod', { metadata: { finalizers: list } })).toBe(says);
  });
});

describe('a configuration of the right shape', () => {
  it.each([
    { spec: null },
    {
      spec: {
        nodeName: null,
        containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }],
      },
    },
    { spec: { overhead: { cpu: 1, memory: '1Gi' }, tolerations: [{ key: 'a' }, { key: 'a' }] } },
    { metadata: { creationTimestamp: null, finalizers: ['a', 'b'], labels: { a: 'b' } } },
  ] satisfies Json[])('%j', (value) => {
    expect(typedErrors(value, { type: 'ref', ref: 'Pod' }, schema)).toEqual([]);
  });
});
