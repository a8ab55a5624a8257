import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../src/apimachinery/freeze.ts';
import type { Json, JsonObject } from '../../src/apimachinery/json.ts';
import type { Schema, SchemaField } from '../../src/apimachinery/schema.ts';
import { createThreeWayMergePatch, createTwoWayMergePatch } from '../../src/apimachinery/strategicdiff.ts';
import { applyStrategicMergePatch } from '../../src/apimachinery/strategicmergepatch.ts';

/**
 * The situations of pkg/util/strategicpatch/patch_test.go, in a type that has each kind of field: `crew`
 * is a list of maps merged by name, `marks` a list of scalars merged, `rows` and `codes` are atomic,
 * `notes` is a map, `plan` retains keys, `plans` is a merged list whose elements retain keys, `raw` is
 * replaced as a whole.
 */
const fields: Record<string, SchemaField> = {
  name: { type: 'string' },
  value: { type: 'string' },
  other: { type: 'string' },
  crew: { type: 'list', items: { type: 'ref', ref: 'Ship' }, patchStrategy: 'merge', patchMergeKey: 'name' },
  mates: { type: 'list', items: { type: 'ref', ref: 'Ship' }, patchStrategy: 'merge', patchMergeKey: 'name' },
  rows: { type: 'list', items: { type: 'ref', ref: 'Ship' } },
  marks: { type: 'list', items: { type: 'integer' }, patchStrategy: 'merge' },
  codes: { type: 'list', items: { type: 'integer' } },
  notes: { type: 'map', items: { type: 'string' } },
  plan: { type: 'ref', ref: 'Ship', patchStrategy: 'retainKeys' },
  plans: {
    type: 'list',
    items: { type: 'ref', ref: 'Ship' },
    patchStrategy: 'merge,retainKeys',
    patchMergeKey: 'name',
  },
  raw: { type: 'map', items: { type: 'string' }, patchStrategy: 'replace' },
};
const schema: Schema = { Ship: { fields } };

const n = (name: string, rest: JsonObject = {}): JsonObject => ({ name, ...rest });
const crew = (...names: readonly string[]): JsonObject[] => names.map((name) => ({ name }));
const gone = (name: string): JsonObject => ({ $patch: 'delete', name });

/** What was applied, what is to be, what is; the patches between them, and what the second makes of what is. */
interface Case {
  readonly original: JsonObject;
  readonly modified: JsonObject;
  readonly current: JsonObject;
  readonly twoWay: JsonObject;
  readonly threeWay?: JsonObject;
  readonly result: JsonObject;
}

const cases: Readonly<Record<string, Case>> = {
  'nothing was applied before': {
    original: {},
    modified: { name: '1', value: '1' },
    current: { name: '1', other: 'a' },
    twoWay: { name: '1', value: '1' },
    threeWay: { value: '1' },
    result: { name: '1', value: '1', other: 'a' },
  },
  'a field is added, and one changed by others set back': {
    original: { name: '1' },
    modified: { name: '1', value: '1' },
    current: { name: 'a', other: 'a' },
    twoWay: { value: '1' },
    threeWay: { name: '1', value: '1' },
    result: { name: '1', value: '1', other: 'a' },
  },
  'a field goes and one comes': {
    original: { name: '1' },
    modified: { value: '1' },
    current: { name: 'a', other: 'a' },
    twoWay: { name: null, value: '1' },
    result: { value: '1', other: 'a' },
  },
  'a key of a map goes, one that others changed is set back': {
    original: { notes: { a: '1', b: '1' } },
    modified: { notes: { a: '1' } },
    current: { notes: { a: 'x', b: '1', c: 'y' } },
    twoWay: { notes: { b: null } },
    threeWay: { notes: { a: '1', b: null } },
    result: { notes: { a: '1', c: 'y' } },
  },
  'a null that the file states takes away what others set': {
    original: { name: '2' },
    modified: { name: '1', other: null },
    current: { name: 'a', other: 'a' },
    twoWay: { name: '1', other: null },
    result: { name: '1' },
  },
  'an atomic list is replaced': {
    original: { codes: [1, 2] },
    modified: { codes: [2, 3] },
    current: { codes: [1, 4] },
    twoWay: { codes: [2, 3] },
    result: { codes: [2, 3] },
  },
  'all elements of a merged list go': {
    original: { crew: crew('1', '2') },
    modified: { crew: [] },
    current: { crew: [n('1', { other: 'a' }), n('3')] },
    twoWay: { '$setElementOrder/crew': [], crew: [gone('1'), gone('2')] },
    result: { crew: [n('3')] },
  },
  'an element goes that is gone already, and the one that stays was deleted by others': {
    original: { crew: crew('1', '2') },
    modified: { crew: crew('2') },
    current: { crew: [n('3', { other: 'a' })] },
    twoWay: { '$setElementOrder/crew': crew('2'), crew: [gone('1')] },
    threeWay: { '$setElementOrder/crew': crew('2'), crew: [n('2'), gone('1')] },
    result: { crew: [n('2'), n('3', { other: 'a' })] },
  },
  'scalars go from a merged list, those of others stay': {
    original: { marks: [1, 2, 3, 3] },
    modified: { marks: [1, 2] },
    current: { marks: [1, 2, 3, 3, 4] },
    twoWay: { '$setElementOrder/marks': [1, 2], '$deleteFromPrimitiveList/marks': [3] },
    result: { marks: [1, 2, 4] },
  },
  'a scalar goes and one comes that others added already': {
    original: { marks: [1, 2, 3] },
    modified: { marks: [1, 2, 4] },
    current: { marks: [1, 2, 3, 4] },
    twoWay: { '$setElementOrder/marks': [1, 2, 4], '$deleteFromPrimitiveList/marks': [3], marks: [4] },
    threeWay: { '$setElementOrder/marks': [1, 2, 4], '$deleteFromPrimitiveList/marks': [3] },
    result: { marks: [1, 2, 4] },
  },
  'a scalar is put in front, others between stay': {
    original: { marks: [1, 2] },
    modified: { marks: [3, 1, 2] },
    current: { marks: [1, 4, 2] },
    twoWay: { '$setElementOrder/marks': [3, 1, 2], marks: [3] },
    result: { marks: [3, 1, 4, 2] },
  },
  'scalars change places around those of others': {
    original: { marks: [1, 2, 3, 4] },
    modified: { marks: [2, 1, 4, 3] },
    current: { marks: [1, 2, 7, 9, 8, 3, 4] },
    twoWay: { '$setElementOrder/marks': [2, 1, 4, 3] },
    result: { marks: [2, 1, 7, 9, 8, 4, 3] },
  },
  'scalars that stand twice are gathered by the order': {
    original: { marks: [1, 2, 3, 2, 4] },
    modified: { marks: [2, 1, 4, 3, 2] },
    current: { marks: [1, 2, 3, 2, 4] },
    twoWay: { '$setElementOrder/marks': [2, 1, 4, 3, 2] },
    result: { marks: [2, 2, 1, 4, 3] },
  },
  'elements come in front and at the end': {
    original: { crew: [n('1'), n('2', { value: '2' })] },
    modified: { crew: [n('4', { value: '4' }), n('1'), n('2', { value: '2' }), n('3', { value: '3' })] },
    current: { crew: [n('1', { other: 'a' }), n('2', { value: '3', other: 'b' })] },
    twoWay: {
      '$setElementOrder/crew': crew('4', '1', '2', '3'),
      crew: [n('4', { value: '4' }), n('3', { value: '3' })],
    },
    threeWay: {
      '$setElementOrder/crew': crew('4', '1', '2', '3'),
      crew: [n('4', { value: '4' }), n('2', { value: '2' }), n('3', { value: '3' })],
    },
    result: {
      crew: [
        n('4', { value: '4' }),
        n('1', { other: 'a' }),
        n('2', { value: '2', other: 'b' }),
        n('3', { value: '3' }),
      ],
    },
  },
  'an element that is to come is there already': {
    original: { crew: [n('1', { value: 'a' })] },
    modified: { crew: [n('1', { value: 'a' }), n('3')] },
    current: { crew: [n('1', { value: 'a', other: 'x' }), n('2'), n('3')] },
    twoWay: { '$setElementOrder/crew': crew('1', '3'), crew: crew('3') },
    threeWay: { '$setElementOrder/crew': crew('1', '3') },
    result: { crew: [n('1', { value: 'a', other: 'x' }), n('2'), n('3')] },
  },
  'elements come and go around one of others': {
    original: { crew: crew('1', '2') },
    modified: { crew: crew('2', '3') },
    current: { crew: [n('1', { other: 'a' }), n('4')] },
    twoWay: { '$setElementOrder/crew': crew('2', '3'), crew: [n('3'), gone('1')] },
    threeWay: { '$setElementOrder/crew': crew('2', '3'), crew: [n('2'), n('3'), gone('1')] },
    result: { crew: [n('4'), n('2'), n('3')] },
  },
  'a field of an element goes': {
    original: { crew: [n('1', { value: '1' }), n('2')] },
    modified: { crew: crew('1', '2') },
    current: { crew: [n('1', { value: 'x', other: 'a' }), n('2')] },
    twoWay: { '$setElementOrder/crew': crew('1', '2'), crew: [n('1', { value: null })] },
    result: { crew: [n('1', { other: 'a' }), n('2')] },
  },
  'an atomic list in an element is replaced': {
    original: { crew: [n('1', { rows: [n('1'), n('2', { value: '2' })] }), n('2')] },
    modified: { crew: [n('1', { rows: [n('1', { value: '1' })] }), n('2')] },
    current: { crew: [n('1', { other: 'a', rows: [n('2', { value: '2' })] }), n('2', { other: 'b' })] },
    twoWay: {
      '$setElementOrder/crew': crew('1', '2'),
      crew: [n('1', { rows: [n('1', { value: '1' })] })],
    },
    result: { crew: [n('1', { other: 'a', rows: [n('1', { value: '1' })] }), n('2', { other: 'b' })] },
  },
  'a merged list in an element is merged and put in order': {
    original: { crew: [n('1', { crew: [n('1'), n('2', { value: '2' })] }), n('2')] },
    modified: { crew: [n('1', { crew: [n('2', { value: '2' }), n('1', { value: '1' })] }), n('2')] },
    current: { crew: [n('1', { other: 'a', crew: [n('2', { value: '2', other: 'd' })] }), n('2')] },
    twoWay: {
      '$setElementOrder/crew': crew('1', '2'),
      crew: [n('1', { '$setElementOrder/crew': crew('2', '1'), crew: [n('1', { value: '1' })] })],
    },
    result: {
      crew: [
        n('1', { other: 'a', crew: [n('2', { value: '2', other: 'd' }), n('1', { value: '1' })] }),
        n('2'),
      ],
    },
  },
  'only the order of elements changes': {
    original: { crew: crew('1', '2', '3', '4') },
    modified: { crew: crew('2', '1', '4', '3') },
    current: { crew: [n('1', { other: 'a' }), ...crew('2', '7', '9', '8', '3', '4')] },
    twoWay: { '$setElementOrder/crew': crew('2', '1', '4', '3') },
    result: { crew: [n('2'), n('1', { other: 'a' }), ...crew('7', '9', '8', '4', '3')] },
  },
  'an element comes and one goes while the rest change places': {
    original: { crew: [n('1'), n('3', { value: '3' }), n('2')] },
    modified: { crew: [n('4', { value: '4' }), n('2'), n('1')] },
    current: { crew: [n('1', { other: 'a' }), n('2'), n('3', { value: '3' })] },
    twoWay: {
      '$setElementOrder/crew': crew('4', '2', '1'),
      crew: [n('4', { value: '4' }), gone('3')],
    },
    result: { crew: [n('4', { value: '4' }), n('2'), n('1', { other: 'a' })] },
  },
  'elements that share their key are gathered by the order': {
    original: { crew: [n('1'), n('2', { value: 'x' }), n('3'), n('2', { value: 'y' }), n('4')] },
    modified: { crew: [n('2', { value: 'x' }), n('1'), n('4'), n('3'), n('2', { value: 'y' })] },
    current: { crew: [n('1'), n('2', { value: 'x' }), n('3'), n('2', { value: 'y' }), n('4')] },
    twoWay: { '$setElementOrder/crew': crew('2', '1', '4', '3', '2') },
    result: { crew: [n('2', { value: 'x' }), n('2', { value: 'y' }), n('1'), n('4'), n('3')] },
  },
  'one of two elements that share their key goes, and takes the other along': {
    original: { crew: [n('1', { value: 'x' }), n('1', { value: 'x' }), n('2')] },
    modified: { crew: [n('1', { value: 'x' }), n('2')] },
    current: { crew: [n('1', { value: 'x' }), n('1', { value: 'x' }), n('2')] },
    twoWay: { '$setElementOrder/crew': crew('1', '2'), crew: [gone('1')] },
    result: { crew: [n('2')] },
  },
  'one list loses an element and another changes order': {
    original: { crew: crew('a', 'b'), mates: crew('c', 'd') },
    modified: { crew: crew('b'), mates: crew('d', 'c') },
    current: { crew: crew('a', 'b'), mates: crew('c', 'd') },
    twoWay: {
      '$setElementOrder/crew': crew('b'),
      '$setElementOrder/mates': crew('d', 'c'),
      crew: [gone('a')],
    },
    result: { crew: crew('b'), mates: crew('d', 'c') },
  },
  'retained keys clear what was defaulted': {
    original: {},
    modified: { plan: { name: 'new', other: 'bar' } },
    current: { plan: { name: 'old', value: 'foo' } },
    twoWay: { plan: { name: 'new', other: 'bar' } },
    threeWay: { plan: { $retainKeys: ['name', 'other'], name: 'new', other: 'bar' } },
    result: { plan: { name: 'new', other: 'bar' } },
  },
  'retained keys clear what others added though nothing is applied anew': {
    original: { plan: { name: 'foo', value: 'bar' } },
    modified: { plan: { name: 'foo', value: 'bar' } },
    current: { plan: { name: 'foo', value: 'bar', other: 'a' } },
    twoWay: {},
    threeWay: { plan: { $retainKeys: ['name', 'value'] } },
    result: { plan: { name: 'foo', value: 'bar' } },
  },
  'a key of a retaining map goes': {
    original: { plan: { name: 'foo', value: 'bar' } },
    modified: { plan: { name: 'foo' } },
    current: { plan: { name: 'foo', value: 'bar', other: 'a' } },
    twoWay: { plan: { $retainKeys: ['name'], value: null } },
    result: { plan: { name: 'foo' } },
  },
  'a map in a retaining map is merged': {
    original: { plan: { name: 'foo', notes: { a: 'old', b: 'b' } } },
    modified: { plan: { name: 'foo', notes: { a: 'mine', b: 'b' } } },
    current: { plan: { name: 'foo', notes: { a: 'new', b: 'b', c: 'c' } } },
    twoWay: { plan: { $retainKeys: ['name', 'notes'], notes: { a: 'mine' } } },
    result: { plan: { name: 'foo', notes: { a: 'mine', b: 'b', c: 'c' } } },
  },
  'an atomic list in a retaining map is set back': {
    original: { plan: { name: 'foo', rows: crew('a', 'b') } },
    modified: { plan: { name: 'foo', value: 'bar', rows: crew('a', 'b') } },
    current: { plan: { name: 'foo', rows: crew('a', 'b', 'c') } },
    twoWay: { plan: { $retainKeys: ['name', 'rows', 'value'], value: 'bar' } },
    threeWay: { plan: { $retainKeys: ['name', 'rows', 'value'], value: 'bar', rows: crew('a', 'b') } },
    result: { plan: { name: 'foo', value: 'bar', rows: crew('a', 'b') } },
  },
  'a merged list in a retaining map loses and gains scalars': {
    original: { plan: { name: 'foo', marks: [1, 2, 3] } },
    modified: { plan: { name: 'foo', marks: [1, 3, 5] } },
    current: { plan: { name: 'foo', marks: [1, 2, 3, 4] } },
    twoWay: {
      plan: {
        $retainKeys: ['marks', 'name'],
        '$setElementOrder/marks': [1, 3, 5],
        '$deleteFromPrimitiveList/marks': [2],
        marks: [5],
      },
    },
    result: { plan: { name: 'foo', marks: [1, 3, 5, 4] } },
  },
  'a merged list in a retaining map only gets its order': {
    original: { plan: { name: 'foo', crew: crew('a', 'b') } },
    modified: { plan: { name: 'foo', value: 'bar', crew: crew('a', 'b') } },
    current: { plan: { name: 'foo', crew: crew('a', 'b', 'c') } },
    twoWay: { plan: { $retainKeys: ['crew', 'name', 'value'], value: 'bar' } },
    threeWay: {
      plan: {
        $retainKeys: ['crew', 'name', 'value'],
        '$setElementOrder/crew': crew('a', 'b'),
        value: 'bar',
      },
    },
    result: { plan: { name: 'foo', value: 'bar', crew: crew('a', 'b', 'c') } },
  },
  'a list in a retaining map goes': {
    original: { plan: { name: 'foo', crew: crew('a', 'b') } },
    modified: { plan: { name: 'foo', value: 'bar' } },
    current: { plan: { name: 'foo', crew: crew('a', 'b', 'c') } },
    twoWay: { plan: { $retainKeys: ['name', 'value'], value: 'bar', crew: null } },
    result: { plan: { name: 'foo', value: 'bar' } },
  },
  'an element retains keys though it is as the file says': {
    original: { plans: [n('bar'), n('foo', { value: 'a' })] },
    modified: { plans: [n('bar'), n('foo', { value: 'a' })] },
    current: { plans: [n('bar'), n('foo', { value: 'a', other: 'x' })] },
    twoWay: {},
    threeWay: {
      '$setElementOrder/plans': crew('bar', 'foo'),
      plans: [n('foo', { $retainKeys: ['name', 'value'] })],
    },
    result: { plans: [n('bar'), n('foo', { value: 'a' })] },
  },
  'an element that retains keys loses one': {
    original: { plans: [n('bar'), n('foo', { value: 'a' })] },
    modified: { plans: [n('bar'), n('foo')] },
    current: { plans: [n('bar'), n('foo', { value: 'a', other: 'x' })] },
    twoWay: {
      '$setElementOrder/plans': crew('bar', 'foo'),
      plans: [n('foo', { $retainKeys: ['name'], value: null })],
    },
    result: { plans: [n('bar'), n('foo')] },
  },
  'what is replaced as a whole is stated whole': {
    original: { name: 'x', crew: crew('1'), raw: { a: 'b', c: 'd' } },
    modified: { name: 'x', crew: crew('1', '2'), raw: { e: 'f', c: 'd' } },
    current: { name: 'x', crew: crew('1', '3'), raw: { a: 'b', c: 'd' } },
    twoWay: { '$setElementOrder/crew': crew('1', '2'), crew: crew('2'), raw: { e: 'f', c: 'd' } },
    result: { name: 'x', crew: crew('1', '2', '3'), raw: { e: 'f', c: 'd' } },
  },
  'fields nobody knows are stated whole, and may go': {
    original: { name: 'foo', scalar: true, complex: { nested: true } },
    modified: { name: 'foo', array: [1, 2] },
    current: { name: 'foo', scalar: true, complex: { nested: true }, more: [1] },
    twoWay: { array: [1, 2], complex: null, scalar: null },
    result: { name: 'foo', array: [1, 2], more: [1] },
  },
};

describe('strategic merge patches made and applied', () => {
  it.each(Object.entries(cases))('%s', (_, c) => {
    const { original, modified, current, twoWay, result } = deepFreeze(c);
    expect(createTwoWayMergePatch(original, modified, schema, 'Ship')).toEqual(twoWay);
    const patch = createThreeWayMergePatch(original, modified, current, schema, 'Ship');
    expect(patch).toEqual(c.threeWay ?? twoWay);
    expect(applyStrategicMergePatch(current, patch as JsonObject, schema, 'Ship')).toEqual(result);
  });
});

describe('a strategic merge patch as someone writes it', () => {
  const applied: Readonly<Record<string, readonly [JsonObject, JsonObject, JsonObject]>> = {
    'adds scalars once': [{ marks: [1, 2] }, { marks: [2, 3] }, { marks: [1, 2, 3] }],
    'empties an object': [{ name: '1', value: '1' }, { $patch: 'replace' }, {}],
    'replaces an object': [{ name: '1', value: '1' }, { other: 'a', $patch: 'replace' }, { other: 'a' }],
    'empties a merged list': [{ crew: crew('1', '2') }, { crew: [{ $patch: 'replace' }] }, { crew: [] }],
    'deletes all that share a key': [
      { crew: [...crew('1', '1'), n('2', { value: 'a' }), ...crew('3', '3')] },
      { crew: [gone('1'), gone('3')] },
      { crew: [n('2', { value: 'a' })] },
    ],
    'leaves a retaining map without directive as it is': [
      { plan: { name: 'foo', value: 'a' } },
      { plan: {} },
      { plan: { name: 'foo', value: 'a' } },
    ],
    'keeps the order of the patch': [
      { crew: [n('1'), n('2', { value: 'b' }), n('3')] },
      { crew: [n('3', { value: 'c' }), n('1', { value: 'a' })] },
      { crew: [n('2', { value: 'b' }), n('3', { value: 'c' }), n('1', { value: 'a' })] },
    ],
    'keeps the order of the patch in scalars': [
      { marks: [1, 2, 3] },
      { marks: [3, 1] },
      { marks: [2, 3, 1] },
    ],
    'takes an order with more than there is': [
      { crew: crew('1', '3') },
      { '$setElementOrder/crew': crew('3', '2', '1'), crew: [n('3', { value: '3' })] },
      { crew: [n('3', { value: '3' }), n('1')] },
    ],
    'adds a list with an order, without what it deletes': [
      {},
      { '$setElementOrder/crew': crew('b', 'a'), crew: [n('b'), n('a'), gone('c')] },
      { crew: crew('b', 'a') },
    ],
    'drops what is marked in what it adds': [
      {},
      { notes: { $patch: 'replace', a: '1' }, plan: { name: 'x', notes: { $patch: 'delete' } } },
      { plan: { name: 'x' } },
    ],
    'deletes scalars only where there are any': [{}, { '$deleteFromPrimitiveList/marks': [1] }, {}],
  };
  it.each(Object.entries(applied))('%s', (_, [original, patch, result]) => {
    expect(applyStrategicMergePatch(deepFreeze(original), deepFreeze(patch), schema, 'Ship')).toEqual(result);
  });

  it.each([
    [{ notes: { $patch: 'merge' } }, 'unknown patch type: merge in map: map[$patch:merge]'],
    [{ crew: [{ $patch: 'merge', name: '1' }] }, 'merging lists cannot yet be specified in the patch'],
    [{ crew: [{ $patch: 'up', name: '1' }] }, 'unknown patch type: up in map: map[$patch:up name:1]'],
    [{ crew: [{ $patch: 'delete' }] }, 'map: map[$patch:delete] does not contain declared merge key: name'],
    [{ crew: [{ value: 'b' }] }, 'map: map[value:b] does not contain declared merge key: name'],
    [
      { '$setElementOrder/marks': [1, 2, 3], marks: [3, 1] },
      "The order in patch list:\n[3 1]\n doesn't match $setElementOrder list:\n[1 2 3]\n",
    ],
    [{ '$setElementOrder/crew': 'x' }, 'expected a []interface {}, but received a string'],
    [{ '$setElementOrder/crew': [], crew: null }, 'expected a []interface {}, but received a %!s(<nil>)'],
    [
      { '$setElementOrder/crew': [], crew: {} },
      'expected a []interface {}, but received a map[string]interface {}',
    ],
  ] as [JsonObject, string][])('%j is refused', (patch, error) => {
    const original: JsonObject = { crew: [n('1')], notes: {}, marks: [1, 2, 3] as Json };
    expect(applyStrategicMergePatch(original, patch, schema, 'Ship')).toMatchObject({ code: 500, error });
  });
});
