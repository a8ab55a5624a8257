import { describe, expect, it } from 'vitest';
import { compareVersions, customKind } from '../../../src/api/customresources/customkind.ts';
import type { CustomResourceDefinitionVersion, JSONSchemaProps } from '../../../src/api/generated/types.ts';
import type { KindDefinition } from '../../../src/api/kind.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import type { JsonObject } from '../../../src/apimachinery/json.ts';

function kindWith(
  spec: JSONSchemaProps,
  more: Partial<CustomResourceDefinitionVersion> = {},
): KindDefinition {
  const openAPIV3Schema = { type: 'object', properties: { spec } };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...more };
  return customKind(
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ships.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'ships', kind: 'Ship' },
        versions: [version],
      },
    },
    version,
  );
}

const ship = (spec: unknown): KubeObject & JsonObject =>
  ({ apiVersion: 'example.com/v1', kind: 'Ship', metadata: { name: 'a' }, spec }) as never;

function errorsOf(schema: JSONSchemaProps, spec: unknown, old?: unknown): readonly string[] {
  const { custom } = kindWith(schema);
  const before = old === undefined ? undefined : ship(old);
  return (custom?.validate(ship(spec), before) ?? []).map(formatFieldError);
}

const of = (properties: Readonly<Record<string, JSONSchemaProps>>): JSONSchemaProps => ({
  type: 'object',
  properties,
});
const STILL =
  '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

describe('the values of a custom object (kube-openapi pkg/validation/validate)', () => {
  it.each<[string, JSONSchemaProps, unknown, string]>([
    [
      'minimum',
      { type: 'integer', minimum: 1 },
      0,
      'Invalid value: 0: spec.a in body should be greater than or equal to 1',
    ],
    [
      'maximum',
      { type: 'integer', maximum: 10 },
      11,
      'Invalid value: 11: spec.a in body should be less than or equal to 10',
    ],
    [
      'exclusive minimum',
      { type: 'number', minimum: 1, exclusiveMinimum: true },
      1,
      'Invalid value: 1: spec.a in body should be greater than 1',
    ],
    [
      'multipleOf',
      { type: 'integer', multipleOf: 5 },
      7,
      'Invalid value: 7: spec.a in body should be a multiple of 5',
    ],
    [
      'pattern',
      { type: 'string', pattern: '^b+$' },
      'abc',
      'Invalid value: "abc": spec.a in body should match \'^b+$\'',
    ],
    [
      'minLength',
      { type: 'string', minLength: 3 },
      'ab',
      'Invalid value: "ab": spec.a in body should be at least 3 chars long',
    ],
    [
      'minItems',
      { type: 'array', minItems: 2, items: { type: 'string' } },
      ['a'],
      'Invalid value: 1: spec.a in body should have at least 2 items',
    ],
    [
      'minProperties',
      { type: 'object', minProperties: 1 },
      {},
      'Invalid value: 0: spec.a in body should have at least 1 properties',
    ],
  ])('break a %s', (_, schema, value, error) => {
    expect(errorsOf(of({ a: schema }), { a: value })).toEqual([`spec.a: ${error}`]);
  });

  it.each<[string, JSONSchemaProps, unknown, string]>([
    [
      'type',
      { type: 'integer' },
      'x',
      'Invalid value: "string": spec.a in body must be of type integer: "string"',
    ],
    [
      'whole number',
      { type: 'integer' },
      1.5,
      'Invalid value: "number": spec.a in body must be of type integer: "number"',
    ],
    [
      'number or text',
      { 'x-kubernetes-int-or-string': true },
      true,
      'Invalid value: "boolean": spec.a in body must be of type integer,string: "boolean"',
    ],
    [
      'format',
      { type: 'string', format: 'date-time' },
      'today',
      'Invalid value: "today": spec.a in body must be of type date-time: "today"',
    ],
    [
      'enumeration',
      { type: 'string', enum: ['x', 'y'] },
      'z',
      'Unsupported value: "z": supported values: "x", "y"',
    ],
    ['maxLength', { type: 'string', maxLength: 2 }, 'abc', 'Too long: may not be more than 2 bytes'],
    [
      'maxItems',
      { type: 'array', maxItems: 1, items: { type: 'string' } },
      ['a', 'b'],
      'Too many: 2: must have at most 1 item',
    ],
  ])('of another %s end the validation', (_, schema, value, error) => {
    expect(errorsOf(of({ a: schema }), { a: value })).toEqual([`spec.a: ${error}`]);
    const ruled = { ...of({ a: schema }), 'x-kubernetes-validations': [{ rule: 'false' }] };
    expect(errorsOf(ruled, { a: value })).toEqual([`spec.a: ${error}`, STILL]);
  });

  it('must be there where they are required', () => {
    expect(errorsOf({ ...of({ a: { type: 'string' } }), required: ['a'] }, {})).toEqual([
      'spec.a: Required value',
    ]);
  });

  it('may be null where the schema says so', () => {
    expect(errorsOf(of({ a: { type: 'string', nullable: true } }), { a: null })).toEqual([]);
  });

  it('are of one alternative, and of one only', () => {
    const schema: JSONSchemaProps = {
      ...of({ a: { type: 'string' }, b: { type: 'string' } }),
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    };
    expect(errorsOf(schema, { a: 'x' })).toEqual([]);
    expect(errorsOf(schema, { a: 'x', b: 'y' })).toEqual([
      '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ]);
    expect(errorsOf(schema, {})).toContain(
      '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
    );
  });

  it('come once in a set and under one key in a list of maps', () => {
    const schema = of({
      s: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      m: {
        type: 'array',
        items: { type: 'object', properties: { k: { type: 'string' } }, required: ['k'] },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      } as JSONSchemaProps,
    });
    expect(errorsOf(schema, { s: ['a', 'a'], m: [{ k: 'x' }, { k: 'x' }] })).toEqual([
      'spec.s[1]: Duplicate value: "a"',
      'spec.m[1]: Duplicate value: {"k":"x"}',
    ]);
  });

  it('that are objects of their own say of what kind, and have metadata by the usual rules', () => {
    const schema = of({
      template: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    });
    const template = { kind: 'Pod', metadata: { name: 'a', labels: { 'not ok': 'x' } }, spec: {} };
    const [missing, label, ...others] = errorsOf(schema, { template });
    expect(missing).toBe('spec.template.apiVersion: Required value: must not be empty');
    expect(label).toContain('spec.template.metadata.labels: Invalid value: "not ok"');
    expect(others).toEqual([]);
    expect(errorsOf(schema, { template: { apiVersion: 'v1', kind: 'Pod' } })).toEqual([]);
  });

  it('that were there before the schema forbade them may stay as they are', () => {
    const schema = of({ a: { type: 'integer', maximum: 3 }, b: { type: 'string' } });
    expect(errorsOf(schema, { a: 5, b: 'new' }, { a: 5 })).toEqual([]);
    expect(errorsOf(schema, { a: 6 }, { a: 5 })).toHaveLength(1);
  });
});

describe('the rules of a custom object', () => {
  const rules = (...list: JSONSchemaProps['x-kubernetes-validations'] & object): JSONSchemaProps => ({
    ...of({ min: { type: 'integer' }, max: { type: 'integer' }, name: { type: 'string' } }),
    'x-kubernetes-validations': list,
  });

  it('say their message, or the rule itself', () => {
    const schema = rules({ rule: 'self.min <= self.max', message: 'min over max' }, { rule: 'self.max < 9' });
    expect(errorsOf(schema, { min: 20, max: 10 })).toEqual([
      'spec: Invalid value: "object": min over max',
      'spec: Invalid value: "object": failed rule: self.max < 9',
    ]);
    expect(errorsOf(schema, { min: 1, max: 2 })).toEqual([]);
  });

  it('may work out their message, and name a field and a reason', () => {
    const schema = rules({
      rule: 'self.max < 9',
      messageExpression: '"at most 8, not " + string(self.max)',
      fieldPath: '.max',
      reason: 'FieldValueForbidden',
    });
    expect(errorsOf(schema, { max: 10 })).toEqual(['spec.max: Forbidden: at most 8, not 10']);
  });

  it('fail on a field that is not there', () => {
    expect(errorsOf(rules({ rule: 'self.max < 9' }), {})).toEqual([
      'spec: Invalid value: "object": no such key: max evaluating rule: failed rule: self.max < 9',
    ]);
  });

  it('about the old state run on updates only', () => {
    const schema = rules({ rule: 'self.name == oldSelf.name', message: 'name is immutable' });
    expect(errorsOf(schema, { name: 'a' })).toEqual([]);
    expect(errorsOf(schema, { name: 'b' }, { name: 'a' })).toEqual([
      'spec: Invalid value: "object": name is immutable',
    ]);
    expect(errorsOf(schema, { name: 'a', max: 1 }, { name: 'a' })).toEqual([]);
  });

  it('may take the old state for optional', () => {
    const schema = rules({
      rule: 'oldSelf.hasValue() || self.name == "first"',
      message: 'begin with first',
      optionalOldSelf: true,
    });
    expect(errorsOf(schema, { name: 'b' })).toEqual(['spec: Invalid value: "object": begin with first']);
    expect(errorsOf(schema, { name: 'b' }, { name: 'a' })).toEqual([]);
  });

  it('match in linear time', () => {
    const schema = rules({ rule: "self.name.matches('^(a+)+$')" });
    expect(errorsOf(schema, { name: `${'a'.repeat(5000)}!` })).toHaveLength(1);
  });

  it('know the functions of Kubernetes', () => {
    const schema = {
      ...of({ l: { type: 'array', items: { type: 'integer' } }, q: { type: 'string' } }),
      'x-kubernetes-validations': [
        { rule: 'self.l.isSorted() && self.l.sum() == 6 && self.l.max() == 3' },
        { rule: "quantity(self.q).isLessThan(quantity('1Gi'))" },
      ],
    };
    expect(errorsOf(schema, { l: [1, 2, 3], q: '500Mi' })).toEqual([]);
    expect(errorsOf(schema, { l: [3, 2, 1], q: '2Gi' })).toHaveLength(2);
  });
});

describe('reading a custom object', () => {
  const schema = of({
    image: { type: 'string', default: 'busybox' },
    inner: of({ size: { type: 'integer', default: 1 } }),
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: of({}) } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    list: { type: 'array', items: of({ a: { type: 'string' } }) } as JSONSchemaProps,
    gone: { type: 'string' },
  });
  const read = (spec: unknown) => kindWith(schema).custom?.read(ship(spec), true);

  it('drops what the schema does not know, and tells what that was', () => {
    const found = read({ x: 1, list: [{ a: 'b', z: 1 }], inner: { y: {} }, labels: { any: 'thing' } });
    expect(found?.unknownFields).toEqual(['spec.inner.y', 'spec.list[0].z', 'spec.x']);
    expect(found?.object.spec).toEqual({
      image: 'busybox',
      inner: { size: 1 },
      labels: { any: 'thing' },
      list: [{ a: 'b' }],
    });
  });

  it('keeps unknown fields where the schema says so, but not below fields that it specifies', () => {
    const found = read({ free: { a: { b: 1 }, known: { c: 1 } } });
    expect(found?.object.spec).toMatchObject({ free: { a: { b: 1 }, known: {} } });
    expect(found?.unknownFields).toEqual(['spec.free.known.c']);
  });

  it('takes null for nothing, so that the default is filled in', () => {
    expect(read({ image: null, gone: null })?.object.spec).toEqual({ image: 'busybox' });
  });

  it('fills in the defaults of objects that are there only', () => {
    expect(read({})?.object.spec).toEqual({ image: 'busybox' });
    expect(read({ inner: {} })?.object.spec).toEqual({ image: 'busybox', inner: { size: 1 } });
  });
});

describe('the columns of a custom kind', () => {
  const additionalPrinterColumns = [
    { name: 'Spec', type: 'string', jsonPath: '.spec.a' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.n', priority: 1 },
    { name: 'Since', type: 'date', jsonPath: '.spec.at' },
  ];
  const cells = (kind: KindDefinition, object: KubeObject) =>
    kind.columns.map((column) => column.cell(object, Date.parse('2026-01-05T00:10:00Z')));

  it('are its name and age, if it says nothing', () => {
    expect(kindWith(of({})).columns.map(({ name }) => name)).toEqual(['Name', 'Age']);
  });

  it('are those of the definition, with dates as ages and nothing where nothing is', () => {
    const kind = kindWith(of({}), { additionalPrinterColumns });
    expect(kind.columns.map(({ name, wide }) => [name, wide])).toEqual([
      ['Name', undefined],
      ['Spec', undefined],
      ['Replicas', true],
      ['Since', undefined],
    ]);
    expect(cells(kind, ship({ a: 'x', n: 3, at: '2026-01-05T00:00:00Z' }))).toEqual(['a', 'x', 3, '10m']);
    expect(cells(kind, ship({ n: 'text', at: 'never' }))).toEqual(['a', '', '', '<invalid>']);
  });
});

it('sorts versions as discovery prefers them (apimachinery pkg/version)', () => {
  const versions = [
    'v1alpha1',
    'foo10',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v10',
    'v2',
    'v12alpha1',
    'foo1',
  ];
  expect(versions.sort(compareVersions)).toEqual([
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v1alpha1',
    'foo1',
    'foo10',
  ]);
});
