import { describe, expect, it } from 'vitest';
import type { Namespace, ObjectMeta } from '../../../src/api/generated/types.ts';
import { namespace } from '../../../src/api/kinds/namespace.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { deepFreeze } from '../../../src/apimachinery/freeze.ts';

function make(metadata: ObjectMeta, rest: Partial<Namespace> = {}): Namespace {
  return deepFreeze({ apiVersion: 'v1', kind: 'Namespace', metadata, spec: {}, ...rest });
}

const HARBOUR = make({ name: 'harbour' });
const ACTIVE = make(
  { name: 'harbour' },
  { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
);

describe('a new namespace', () => {
  it('carries its name as a label', () => {
    expect(namespace.applyDefaults(HARBOUR).metadata.labels).toEqual({
      'kubernetes.io/metadata.name': 'harbour',
    });
  });

  it('cannot carry another name in that label', () => {
    const labels = { 'kubernetes.io/metadata.name': 'sea', a: 'b' };
    expect(namespace.applyDefaults(make({ name: 'harbour', labels })).metadata.labels).toEqual({
      'kubernetes.io/metadata.name': 'harbour',
      a: 'b',
    });
  });

  it('is Active and held by the finalizer kubernetes, whatever the client says', () => {
    const object = make(
      { name: 'x' },
      { spec: { finalizers: ['example.com/a'] }, status: { phase: 'Terminating' } },
    );
    expect(namespace.prepareForCreate?.(object)).toMatchObject({
      spec: { finalizers: ['example.com/a', 'kubernetes'] },
      status: { phase: 'Active' },
    });
    expect(namespace.prepareForCreate?.(HARBOUR).spec).toEqual({ finalizers: ['kubernetes'] });
  });

  it('may not have a finalizer that is neither standard nor qualified', () => {
    const object = make({ name: 'x' }, { spec: { finalizers: ['mine'] } });
    expect(namespace.validate(object).map(formatFieldError)).toEqual([
      'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ]);
  });

  it.each([
    ['a label', 'harbour-1', 0],
    ['no dots', 'harbour.one', 1],
    ['no capitals', 'Harbour', 1],
    ['63 characters at most', 'a'.repeat(64), 1],
  ])('has a name that is %s', (_rule, name, count) => {
    expect(namespace.validateName(name)).toHaveLength(count);
  });
});

describe('an update of a namespace', () => {
  it('does not touch the finalizers of its spec', () => {
    expect(namespace.prepareForUpdate?.(HARBOUR, ACTIVE).spec).toBe(ACTIVE.spec);
  });

  it('may not turn it Terminating while it is not deleted', () => {
    const next = { ...ACTIVE, status: { phase: 'Terminating' } };
    expect(namespace.validateUpdate?.(next, ACTIVE).map(formatFieldError)).toEqual([
      `status.Phase: Invalid value: "Terminating": may only be 'Active' if \`deletionTimestamp\` is empty`,
    ]);
  });

  it('may not turn it Active once it is deleted', () => {
    const metadata = { ...ACTIVE.metadata, deletionTimestamp: '2026-01-05T00:00:00Z' };
    const old = { ...ACTIVE, metadata, status: { phase: 'Terminating' } };
    expect(
      namespace.validateUpdate?.({ ...old, status: { phase: 'Active' } }, old).map(formatFieldError),
    ).toEqual([
      `status.Phase: Invalid value: "Active": may only be 'Terminating' if \`deletionTimestamp\` is not empty`,
    ]);
  });
});

it('kubectl get namespaces shows name, status and age', () => {
  expect(namespace.columns.map((c) => c.name.toUpperCase())).toEqual(['NAME', 'STATUS', 'AGE']);
  expect(namespace.columns[1]?.cell(ACTIVE, 0)).toBe('Active');
  expect(namespace.selectableFields?.['status.phase']?.(ACTIVE)).toBe('Active');
});
