import { describe, expect, it } from 'vitest';
import {
  changedFields,
  difference,
  fieldsOf,
  intersection,
  mergeFields,
  pathsOf,
  union,
  withoutFields,
} from '../../src/apimachinery/fieldset.ts';
import type { Json } from '../../src/apimachinery/json.ts';
import type { Schema, SchemaField } from '../../src/apimachinery/schema.ts';

const schema: Schema = {
  Pod: {
    fields: {
      labels: { type: 'map', items: { type: 'string' } },
      selector: { type: 'map', mapType: 'atomic', items: { type: 'string' } },
      args: { type: 'list', listType: 'atomic', items: { type: 'string' } },
      finalizers: { type: 'list', listType: 'set', items: { type: 'string' } },
      containers: {
        type: 'list',
        listType: 'map',
        listMapKeys: ['name'],
        items: { type: 'ref', ref: 'Container' },
      },
      ports: {
        type: 'list',
        listType: 'map',
        listMapKeys: ['containerPort', 'protocol'],
        items: { type: 'ref', ref: 'Port' },
      },
    },
  },
  Container: { fields: { name: { type: 'string' }, image: { type: 'string' } } },
  Port: {
    fields: { containerPort: { type: 'integer' }, protocol: { type: 'string' }, name: { type: 'string' } },
  },
};
const POD: SchemaField = { type: 'ref', ref: 'Pod' };
const of = (value: Json) => fieldsOf(value, POD, schema);

describe('the fields of a value', () => {
  it.each<[string, Json, object]>([
    ['maps by key', { labels: { a: '1' } }, { 'f:labels': { 'f:a': {} } }],
    [
      'atomic maps and lists whole',
      { selector: { a: '1' }, args: ['x'] },
      { 'f:selector': {}, 'f:args': {} },
    ],
    ['sets by value', { finalizers: ['x'] }, { 'f:finalizers': { 'v:"x"': {} } }],
    [
      'lists of maps by key',
      { containers: [{ name: 'web', image: 'a' }] },
      { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} } } },
    ],
    [
      'ports by number and protocol, which has a default',
      { ports: [{ containerPort: 80 }] },
      { 'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } } },
    ],
  ])('are those of %s', (_, value, want) => {
    expect(of(value)).toEqual(want);
  });

  it('that changed are the new and the different ones', () => {
    const old = { labels: { a: '1', b: '1' }, containers: [{ name: 'web', image: 'a' }] };
    const next = { labels: { a: '2', b: '1' }, containers: [{ name: 'web', image: 'a' }, { name: 'x' }] };
    expect(changedFields(next, old, POD, schema)).toEqual({
      'f:labels': { 'f:a': {} },
      'f:containers': { 'k:{"name":"x"}': { '.': {}, 'f:name': {} } },
    });
    expect(changedFields(old, { ...old }, POD, schema)).toBeUndefined();
  });
});

describe('sets of fields', () => {
  const a = of({ labels: { a: '1', b: '1' } });
  const b = of({ labels: { b: '1', c: '1' } });

  it('are joined, cut and subtracted', () => {
    expect(union(a, b)).toEqual(of({ labels: { a: '', b: '', c: '' } }));
    expect(intersection(a, b)).toEqual(of({ labels: { b: '' } }));
    expect(difference(a, b)).toEqual(of({ labels: { a: '' } }));
    expect(difference(a, a)).toBeUndefined();
  });

  it('have paths', () => {
    expect(pathsOf(of({ containers: [{ name: 'web', image: 'a' }], finalizers: ['x'] }))).toEqual([
      '.containers[name="web"]',
      '.containers[name="web"].name',
      '.containers[name="web"].image',
      '.finalizers[="x"]',
    ]);
  });
});

describe('a merge', () => {
  it('keeps what the configuration does not mention', () => {
    const live = {
      labels: { a: '1' },
      args: ['x'],
      containers: [{ name: 'web', image: 'a' }, { name: 'y' }],
    };
    const config = {
      labels: { b: '2' },
      args: ['z'],
      containers: [{ name: 'web', image: 'b' }, { name: 'n' }],
    };
    expect(mergeFields(live, config, POD, schema)).toEqual({
      labels: { a: '1', b: '2' },
      args: ['z'],
      containers: [{ name: 'web', image: 'b' }, { name: 'y' }, { name: 'n' }],
    });
  });

  it('loses the fields that are taken out, and elements with all that is in them', () => {
    const value = {
      labels: { a: '1', b: '2' },
      containers: [
        { name: 'web', image: 'a' },
        { name: 'y', image: 'b' },
      ],
    };
    const removed = of({ labels: { a: '' }, containers: [{ name: 'web', image: '' }, { name: 'y' }] });
    const kept = { 'f:labels': { 'f:b': {} }, 'f:containers': { 'k:{"name":"y"}': { 'f:image': {} } } };
    expect(withoutFields(value, removed, kept, POD, schema)).toEqual({
      labels: { b: '2' },
      containers: [],
    });
  });

  it('loses a struct of which nobody owns a field, with what was filled in', () => {
    const value = { labels: { a: '1', b: 'nobody’s' }, args: ['x'] };
    expect(withoutFields(value, of({ labels: { a: '' } }), undefined, POD, schema)).toEqual({ args: ['x'] });
  });

  // typed/merge_test.go and merge/list_test.go of structured-merge-diff.
  it.each([
    ['abc', 'de', 'abcde'],
    ['abc', 'abd', 'abcd'],
    ['abc', 'bad', 'bcad'],
    ['abcd', 'dba', 'cdba'],
    ['abcde', 'edba', 'cedba'],
    ['abcde', 'adbe', 'acdbe'],
    ['abc', 'axyzb', 'axyzbc'],
    ['ab', 'ba', 'ba'],
    ['a', 'na', 'na'],
  ])('of the lists %s and %s is in the order %s', (live, applied, merged) => {
    const list = (letters: string) => ({ finalizers: [...letters] });
    expect(mergeFields(list(live), list(applied), POD, schema)).toEqual(list(merged));
  });
});
