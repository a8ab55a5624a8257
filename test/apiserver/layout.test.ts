import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ObjectMeta } from '../../src/api/generated/types.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { withMetadata, withSystemFields, withVersion } from '../../src/apiserver/layout.ts';

const KEYS = ['generateName', 'namespace', 'labels', 'ownerReferences', 'name', 'annotations'];
const SERVER_KEYS = ['uid', 'creationTimestamp', 'generation', 'resourceVersion'];

/** Some of the keys, in the order of the list or in any other. */
function someOf(keys: string[]): fc.Arbitrary<string[]> {
  return fc.oneof(fc.subarray(keys), fc.shuffledSubarray(keys), fc.constant(keys.slice(0, 4)));
}

function withKeys(keys: readonly string[]): ObjectMeta {
  return Object.fromEntries(keys.map((key) => [key, `the ${key}`]));
}

it('copies say what a plain copy says, field by field in the same order', () => {
  fc.assert(
    fc.property(someOf([...KEYS, ...SERVER_KEYS]), (keys) => {
      const metadata = withKeys(keys);
      expect(JSON.stringify(withVersion(metadata, '7'))).toBe(
        JSON.stringify({ ...metadata, resourceVersion: '7' }),
      );
    }),
  );
  fc.assert(
    fc.property(someOf(['apiVersion', 'kind', 'metadata', 'spec', 'status', 'data']), (keys) => {
      const object = withKeys(keys) as unknown as KubeObject;
      expect(JSON.stringify(withMetadata(object, {}))).toBe(JSON.stringify({ ...object, metadata: {} }));
    }),
  );
});

it.each([
  ['named by the client', ['name', 'namespace'], undefined, undefined],
  ['of a controller', ['generateName', 'namespace', 'labels', 'ownerReferences'], 'drawn', 1],
  ['of a controller, without generation', ['generateName', 'namespace'], 'drawn', undefined],
  ['with anything else', ['labels', 'name', 'annotations'], undefined, 1],
])('what the server says of an object %s follows what the client said', (_, keys, name, generation) => {
  const given = withKeys(keys);
  const system = { name, uid: 'u', creationTimestamp: 't', generation };
  const drawn = name === undefined ? {} : { name };
  const counted = generation === undefined ? {} : { generation };
  expect(JSON.stringify(withSystemFields(given, system))).toBe(
    JSON.stringify({ ...given, ...drawn, uid: 'u', creationTimestamp: 't', ...counted }),
  );
});
