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
    [
      'replaces a member that is not there',
      '{"a":1}',
      '[{"op":"replace","path":"/b","value":2}]',
      '{"a":1,"b":2}',
    ],
    ['takes a missing value as null', '{"a":1}', '[{"op":"add","path":"/b"}]', '{"a":1,"b":null}'],
    [
      'copies null from where nothing is',
      '{"a":1}',
      '[{"op":"copy","from":"/x","path":"/b"}]',
      '{"a":1,"b":null}',
    ],
    ['counts from the end', '{"a":[1,2,3]}', '[{"op":"remove","path":"/a/-1"}]', '{"a":[1,2]}'],
    ['adds before the end', '{"a":[1,2]}', '[{"op":"add","path":"/a/-1","value":3}]', '{"a":[1,2,3]}'],
    [
      'reads an index with zeros',
      '{"a":[1,2]}',
      '[{"op":"replace","path":"/a/01","value":3}]',
      '{"a":[1,3]}',
    ],
    ['tests what is not there against nothing', '{"a":1}', '[{"op":"test","path":"/b"}]', '{"a":1}'],
    ['moves onto itself', '{"a":{"b":1}}', '[{"op":"move","from":"/a","path":"/a"}]', '{"a":{"b":1}}'],
    ['ignores what stands before the first slash', '{"a":1}', '[{"op":"remove","path":"x/a"}]', '{}'],
    ['leaves other escapes alone', '{"a~2":1}', '[{"op":"remove","path":"/a~2"}]', '{}'],
    ['reads ~01 as ~1', '{"~1":1}', '[{"op":"remove","path":"/~01"}]', '{}'],
  ])('%s', (_, original, patch, result) => {
    expect(applyJsonPatch(parse(original), parse(patch) as unknown as Json)).toEqual(JSON.parse(result));
  });

  // The texts of evanphx/json-patch v4, patch.go.
  it.each([
    ['[{"op":"test","path":"/a","value":2}]', 'testing value /a failed: test failed'],
    ['[{"op":"test","path":"/b","value":2}]', 'testing value /b failed: test failed'],
    [
      '[{"op":"test","path":"/x/y","value":2}]',
      'test operation does not apply: is missing path: /x/y: missing value',
    ],
    [
      '[{"op":"test","path":"/l/3","value":2}]',
      "error in test for path: '/l/3': Unable to access invalid index: 3: invalid index referenced",
    ],
    ['[{"op":"test"}]', 'test operation failed to decode path: operation missing path field: missing value'],
    [
      '[{"op":"remove","path":"/x"}]',
      "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value",
    ],
    [
      '[{"op":"remove","path":""}]',
      'remove operation does not apply: doc is missing path: "": missing value',
    ],
    [
      '[{"op":"remove","path":"/l/5"}]',
      "error in remove for path: '/l/5': Unable to access invalid index: 5: invalid index referenced",
    ],
    [
      '[{"op":"remove","path":"/l/-"}]',
      `error in remove for path: '/l/-': strconv.Atoi: parsing "-": invalid syntax`,
    ],
    [
      '[{"op":"replace","path":"/l/-","value":1}]',
      'replace operation does not apply: doc is missing key: /l/-: missing value',
    ],
    [
      '[{"op":"replace","path":"/x/y","value":1}]',
      'replace operation does not apply: doc is missing path: /x/y: missing value',
    ],
    [
      '[{"op":"replace"}]',
      'replace operation failed to decode path: operation missing path field: missing value',
    ],
    [
      '[{"op":"add","path":"/x/y","value":1}]',
      'add operation does not apply: doc is missing path: "/x/y": missing value',
    ],
    [
      '[{"op":"add","path":"/a/y","value":1}]',
      'add operation does not apply: doc is missing path: "/a/y": missing value',
    ],
    [
      '[{"op":"add","path":"","value":{}}]',
      'add operation does not apply: doc is missing path: "": missing value',
    ],
    [
      '[{"op":"add","path":"a","value":1}]',
      'add operation does not apply: doc is missing path: "a": missing value',
    ],
    ['[{"op":"add","value":1}]', 'add operation failed to decode path: missing value'],
    [
      '[{"op":"add","path":"/l/2","value":1}]',
      "error in add for path: '/l/2': Unable to access invalid index: 2: invalid index referenced",
    ],
    [
      '[{"op":"add","path":"/l/x","value":1}]',
      `error in add for path: '/l/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
    ],
    [
      '[{"op":"move","from":"/o","path":"/o/x"}]',
      'move operation does not apply: doc is missing destination path: /o/x: missing value',
    ],
    [
      '[{"op":"move","from":"/x","path":"/y"}]',
      "error in move for path: 'x': Unable to remove nonexistent key: x: missing value",
    ],
    [
      '[{"op":"move","path":"/y"}]',
      'move operation failed to decode from: operation, missing from field: missing value',
    ],
    [
      '[{"op":"copy","from":"/x/y","path":"/b"}]',
      'copy operation does not apply: doc is missing from path: /x/y: missing value',
    ],
    ['[{"op":"spam","path":"/a"}]', 'Unexpected kind: spam'],
    ['[{"path":"/a"}]', 'Unexpected kind: unknown'],
    ['[null]', 'Unexpected kind: unknown'],
  ])('refuses %s with 422', (patch, error) => {
    const result = applyJsonPatch(parse('{"a":1,"l":[1],"o":{}}'), parse(patch) as unknown as Json);
    expect(result).toMatchObject({ code: 422, error });
  });

  it.each([
    ['{}', 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['[1]', 'json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
    ['[{"op":1}]', 'json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string'],
    [
      '[{"op":"add","path":[]}]',
      'json: cannot unmarshal array into Go struct field jsonPatchOp.path of type string',
    ],
  ])('cannot decode %s', (patch, error) => {
    const result = applyJsonPatch(parse('{"a":1}'), parse(patch) as unknown as Json);
    expect(result).toMatchObject({ code: 400, error: `error decoding patch: ${error}` });
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
    expect(applyJsonPatch({ a: {} }, patch)).toMatchObject({
      code: 422,
      error: expect.stringMatching(/^Unable to complete the copy, the accumulated size increase of copy is /),
    });
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
