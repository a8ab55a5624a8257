import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../src/apimachinery/freeze.ts';
import type { Json, JsonObject } from '../../src/apimachinery/json.ts';
import {
  applyJsonMergePatch,
  createJsonMergePatch,
  createThreeWayJsonMergePatch,
} from '../../src/apimachinery/jsonmergepatch.ts';
import { applyJsonPatch } from '../../src/apimachinery/jsonpatch.ts';
import { PatchError } from '../../src/apimachinery/patcherror.ts';

const parse = (text: string): JsonObject => deepFreeze(JSON.parse(text) as JsonObject);

describe('JSON merge patch', () => {
  // The test cases of RFC 7396, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s patched with %s is %s', (original, patch, result) => {
    expect(applyJsonMergePatch(parse(original), parse(patch))).toEqual(JSON.parse(result));
  });

  it('shares what does not change, and returns the original if nothing does', () => {
    const original = parse('{"a":{"x":[1,{"y":2}]},"b":1}');
    expect(applyJsonMergePatch(original, parse('{"a":{"x":[1,{"y":2}],"z":null},"b":1}'))).toBe(original);
    expect((applyJsonMergePatch(original, parse('{"b":2}')) as JsonObject).a).toBe(original.a);
  });

  it('treats __proto__ as a key like any other', () => {
    const result = applyJsonMergePatch({}, parse('{"__proto__":{"polluted":true}}'));
    expect(Object.hasOwn(result as object, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it('turns one object into another when made from their difference', () => {
    const objects = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.integer(), fc.array(fc.integer()), fc.dictionary(fc.constantFrom('x', 'y'), fc.integer())),
    );
    fc.assert(
      fc.property(objects, objects, (a, b) => {
        const [from, to] = [parse(JSON.stringify(a)), parse(JSON.stringify(b))];
        expect(applyJsonMergePatch(from, createJsonMergePatch(from, to))).toEqual(to);
      }),
    );
  });

  it('deletes in three ways only what was applied before', () => {
    const patch = createThreeWayJsonMergePatch(
      parse('{"a":1,"b":2}'),
      parse('{"a":3}'),
      parse('{"a":1,"b":2,"c":"of others"}'),
    );
    expect(patch).toEqual({ a: 3, b: null });
  });

  it('refuses nesting without end', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as Json;
    expect(applyJsonMergePatch({}, deep)).toBeInstanceOf(PatchError);
  });
});

describe('JSON patch', () => {
  it.each([
    ['adds a member', '{"a":1}', '[{"op":"add","path":"/b","value":2}]', '{"a":1,"b":2}'],
    ['inserts into a list', '{"a":[1,3]}', '[{"op":"add","path":"/a/1","value":2}]', '{"a":[1,2,3]}'],
    ['appends to a list', '{"a":[1]}', '[{"op":"add","path":"/a/-","value":2}]', '{"a":[1,2]}'],
    ['removes', '{"a":{"b":1,"c":2}}', '[{"op":"remove","path":"/a/b"}]', '{"a":{"c":2}}'],
    ['removes from a list', '{"a":[1,2]}', '[{"op":"remove","path":"/a/0"}]', '{"a":[2]}'],
    ['replaces', '{"a":1}', '[{"op":"replace","path":"/a","value":null}]', '{"a":null}'],
    ['replaces all', '{"a":1}', '[{"op":"replace","path":"","value":[]}]', '[]'],
    ['moves', '{"a":{"b":1},"c":{}}', '[{"op":"move","from":"/a/b","path":"/c/d"}]', '{"a":{},"c":{"d":1}}'],
    ['moves within a list', '{"a":[1,2,3]}', '[{"op":"move","from":"/a/0","path":"/a/2"}]', '{"a":[2,3,1]}'],
    ['copies', '{"a":{"b":1}}', '[{"op":"copy","from":"/a","path":"/c"}]', '{"a":{"b":1},"c":{"b":1}}'],
    ['tests', '{"a":{"b":[1]}}', '[{"op":"test","path":"/a","value":{"b":[1]}}]', '{"a":{"b":[1]}}'],
    [
      'reads escapes in paths',
      '{"m":{"a/b":1,"c~d":2}}',
      '[{"op":"remove","path":"/m/a~1b"},{"op":"replace","path":"/m/c~0d","value":3}]',
      '{"m":{"c~d":3}}',
    ],
    ['takes an empty key', '{"":1}', '[{"op":"replace","path":"/","value":2}]', '{"":2}'],
  ])('%s', (_, original, patch, result) => {
    expect(applyJsonPatch(parse(original), parse(patch) as unknown as Json)).toEqual(JSON.parse(result));
  });

  it.each([
    ['a failed test', '[{"op":"test","path":"/a","value":2}]', 422, 'testing value /a failed: test failed'],
    [
      'removing what is not there',
      '[{"op":"remove","path":"/x"}]',
      422,
      'remove operation does not apply: doc is missing key: /x: missing value',
    ],
    [
      'replacing what is not there',
      '[{"op":"replace","path":"/x","value":1}]',
      422,
      'replace operation does not apply: doc is missing key: /x: missing value',
    ],
    ['a parent that is not there', '[{"op":"add","path":"/x/y","value":1}]', 422, /missing path: "\/x\/y"/],
    ['a place past the end', '[{"op":"add","path":"/l/2","value":1}]', 422, /invalid index/],
    ['a place with a leading zero', '[{"op":"remove","path":"/l/00"}]', 422, /missing key/],
    ['a bad path', '[{"op":"add","path":"a","value":1}]', 422, /invalid path/],
    ['a bad escape', '[{"op":"add","path":"/a~2","value":1}]', 422, /invalid path/],
    ['an unknown operation', '[{"op":"spam","path":"/a"}]', 422, 'Unexpected kind: spam'],
    ['moving into itself', '[{"op":"move","from":"/o","path":"/o/x"}]', 422, /moved into itself/],
    ['a missing value', '[{"op":"add","path":"/b"}]', 422, /needs a value/],
    ['no list', '{}', 400, /must be a list/],
  ])('refuses %s', (_, patch, code, error) => {
    const result = applyJsonPatch(parse('{"a":1,"l":[1],"o":{}}'), parse(patch) as unknown as Json);
    expect(result).toBeInstanceOf(PatchError);
    expect(result).toMatchObject({
      code,
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    });
  });

  it('refuses more than 10000 operations', () => {
    const patch = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(applyJsonPatch({ a: 1 }, patch)).toMatchObject({
      code: 413,
      error: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
    });
  });

  it('refuses copies that grow without end', () => {
    const patch = Array.from({ length: 60 }, (_, i) => ({ op: 'copy', from: '/a', path: `/a/k${i}` }));
    expect(applyJsonPatch({ a: {} }, patch)).toMatchObject({ code: 413 });
  });

  it('refuses moves that nest without end', () => {
    const nest = (i: number): Json[] => [
      { op: 'add', path: '/n', value: {} },
      { op: 'move', from: '/a', path: '/n/a' },
      { op: 'move', from: '/n', path: '/a' },
      { op: 'test', path: '/i', value: i * 0 },
    ];
    const patch = Array.from({ length: 2000 }, (_, i) => nest(i)).flat();
    expect(applyJsonPatch({ a: {}, i: 0 }, patch)).toMatchObject({ code: 422 });
  });

  it('returns the original if nothing changes, and shares the rest', () => {
    const original = parse('{"a":{"x":1},"b":[1]}');
    expect(applyJsonPatch(original, [{ op: 'replace', path: '/b', value: [1] }])).toBe(original);
    const changed = applyJsonPatch(original, [{ op: 'add', path: '/b/-', value: 2 }]) as JsonObject;
    expect(changed.a).toBe(original.a);
  });

  it('writes no prototype', () => {
    const result = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.hasOwn(result as object, '__proto__')).toBe(true);
    expect(applyJsonPatch({}, [{ op: 'add', path: '/__proto__/x', value: 1 }])).toBeInstanceOf(PatchError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
