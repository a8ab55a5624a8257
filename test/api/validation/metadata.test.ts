import { describe, expect, it } from 'vitest';
import type { ObjectMeta } from '../../../src/api/generated/types.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../../src/api/validation/metadata.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../../src/apimachinery/validation.ts';

const rules = { namespaced: true, validateName: isDNS1123Subdomain };
const valid: ObjectMeta = { name: 'web', namespace: 'default' };
const complaints = (meta: ObjectMeta): string[] => validateObjectMeta(meta, rules).map(formatFieldError);

describe('metadata is refused', () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u', controller: true };
  const cases: readonly (readonly [name: string, meta: ObjectMeta, expected: readonly string[]])[] = [
    [
      'without a name',
      { namespace: 'default' },
      ['metadata.name: Required value: name or generateName is required'],
    ],
    ['without a namespace', { name: 'web' }, ['metadata.namespace: Required value']],
    [
      'with a name in capitals',
      { ...valid, name: 'Web' },
      [
        `metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    ],
    [
      'with a label value that has spaces',
      { ...valid, labels: { app: 'my app' } },
      [
        `metadata.labels: Invalid value: "my app": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
      ],
    ],
    [
      'with too many annotations',
      { ...valid, annotations: { a: 'x'.repeat(262144) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    [
      'with two controllers',
      { ...valid, ownerReferences: [owner, { ...owner, name: 'b' }] },
      [
        'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"a","uid":"u","controller":true},{"apiVersion":"v1","kind":"Pod","name":"b","uid":"u","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/a and Pod/b',
      ],
    ],
    [
      'with a finalizer of nobody',
      { ...valid, finalizers: ['wait'] },
      [
        'metadata.finalizers[0]: Invalid value: "wait": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
  ];
  it.each(cases)('%s', (_, meta, expected) => {
    expect(complaints(meta)).toEqual(expected);
  });

  it('when a cluster-scoped object has a namespace', () => {
    expect(validateObjectMeta(valid, { ...rules, namespaced: false }).map(formatFieldError)).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
  });
});

describe('metadata is taken', () => {
  it.each([
    ['with a generated name', { ...valid, generateName: 'web-' }],
    ['with annotations in capitals', { ...valid, annotations: { 'Example.com/Note': 'any text at all' } }],
    ['with a qualified finalizer', { ...valid, finalizers: ['example.com/wait', 'foregroundDeletion'] }],
  ])('%s', (_, meta) => {
    expect(complaints(meta)).toEqual([]);
  });
});

describe('an update of metadata is refused', () => {
  it('when it adds a finalizer to an object that is being deleted', () => {
    const old = { ...valid, deletionTimestamp: '2026-01-05T00:00:00Z', finalizers: ['a.com/a'] };
    const next = { ...old, finalizers: ['a.com/a', 'a.com/b'] };
    expect(validateObjectMetaUpdate(next, old).map(formatFieldError)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.com/b"}',
    ]);
  });

  it('when it changes the uid', () => {
    expect(
      validateObjectMetaUpdate({ ...valid, uid: 'b' }, { ...valid, uid: 'a' }).map(formatFieldError),
    ).toEqual(['metadata.uid: Invalid value: "b": field is immutable']);
  });
});
