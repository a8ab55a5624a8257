import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../src/apimachinery/freeze.ts';
import type { Json, JsonObject } from '../../src/apimachinery/json.ts';
import { isPatchError } from '../../src/apimachinery/patcherror.ts';
import { createThreeWayMergePatch, createTwoWayMergePatch } from '../../src/apimachinery/strategicdiff.ts';
import { applyStrategicMergePatch } from '../../src/apimachinery/strategicmergepatch.ts';
import { schema } from './testschema.ts';

function apply(original: JsonObject, patch: JsonObject, type = 'PodSpec'): JsonObject {
  const result = applyStrategicMergePatch(deepFreeze(original), deepFreeze(patch), schema, type);
  if (isPatchError(result)) throw new Error(result.error);
  return result;
}

const [a, b, c] = [
  { name: 'a', image: 'a:1' },
  { name: 'b', image: 'b:1' },
  { name: 'c', image: 'c:1' },
];

describe('a strategic merge patch', () => {
  const cases: readonly [string, JsonObject, JsonObject, JsonObject][] = [
    [
      'merges list elements by their key',
      { containers: [a, b] },
      { containers: [{ name: 'b', image: 'b:2' }] },
      { containers: [a, { name: 'b', image: 'b:2' }] },
    ],
    [
      'puts a new element in front of those it does not name',
      { containers: [a] },
      { containers: [b] },
      { containers: [b, a] },
    ],
    [
      'deletes an element by its key',
      { containers: [a, b] },
      { containers: [{ $patch: 'delete', name: 'a' }] },
      { containers: [b] },
    ],
    [
      'replaces a whole list where an element says so',
      { containers: [a, b] },
      { containers: [{ $patch: 'replace' }, c] },
      { containers: [c] },
    ],
    [
      'replaces lists that do not merge',
      { tolerations: [{ key: 'x' }] },
      { tolerations: [] },
      { tolerations: [] },
    ],
    [
      'merges maps and deletes with null',
      { nodeSelector: { x: '1', y: '2' } },
      { nodeSelector: { x: null, z: '3' } },
      { nodeSelector: { y: '2', z: '3' } },
    ],
    [
      'replaces a map that says so',
      { nodeSelector: { x: '1' } },
      { nodeSelector: { $patch: 'replace', z: '3' } },
      { nodeSelector: { z: '3' } },
    ],
    [
      'empties a map that says delete',
      { nodeSelector: { x: '1' } },
      { nodeSelector: { $patch: 'delete' } },
      { nodeSelector: {} },
    ],
    [
      'keeps only retained keys',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] },
      { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
    ],
    [
      'orders elements as told, others where they were',
      { containers: [a, b, c] },
      {
        '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
        containers: [{ name: 'a', image: 'a:2' }],
      },
      { containers: [b, c, { name: 'a', image: 'a:2' }] },
    ],
    [
      'merges into an element nested in an element',
      { containers: [{ ...a, env: [{ name: 'X', value: '1' }] }] },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
      {
        containers: [
          {
            ...a,
            env: [
              { name: 'Y', value: '2' },
              { name: 'X', value: '1' },
            ],
          },
        ],
      },
    ],
    [
      'leaves no directives or nulls in what it adds',
      {},
      { containers: [{ ...a, env: [{ $patch: 'delete', name: 'X' }], args: null }] },
      { containers: [a] },
    ],
    ['takes null for what is not there', {}, { restartPolicy: null }, {}],
  ];
  it.each(cases)('%s', (_, original, patch, result) => expect(apply(original, patch)).toEqual(result));

  it('merges and deletes primitives', () => {
    const original = { finalizers: ['x', 'y'] };
    expect(apply(original, { finalizers: ['z', 'y'] }, 'ObjectMeta').finalizers).toEqual(['z', 'x', 'y']);
    expect(apply(original, { '$deleteFromPrimitiveList/finalizers': ['x'] }, 'ObjectMeta')).toEqual({
      finalizers: ['y'],
    });
  });

  it('replaces the strategy of a Deployment with retained keys', () => {
    const original = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
    const patch = { strategy: { $retainKeys: ['type'], type: 'Recreate' } };
    expect(apply(original, patch, 'DeploymentSpec')).toEqual({ strategy: { type: 'Recreate' } });
  });

  it('returns the original if nothing changes, and shares what does not', () => {
    const original = deepFreeze({ containers: [a, { ...b, args: ['x'] }], nodeSelector: { x: '1' } });
    expect(apply(original, { containers: [{ name: 'b', args: ['x'] }], nodeSelector: { y: null } })).toBe(
      original,
    );
    const changed = apply(original, { containers: [{ name: 'b', image: 'b:2' }] });
    expect(changed.nodeSelector).toBe(original.nodeSelector);
    expect((changed.containers as readonly Json[])[0]).toBe(original.containers[0]);
  });

  it.each([
    [{ containers: [{ image: 'x' }] }, /does not contain declared merge key: name/],
    [{ containers: ['x'] }, /list element types are not identical/],
    [{ containers: [[1]] }, /lists of lists are not supported/],
    [{ nodeSelector: { $patch: 'spam' } }, /unknown patch type: spam/],
    [{ volumes: [{ name: 'v', $retainKeys: ['name'], hostPath: {} }] }, /invalid patch format of retainKeys/],
    [{ '$deleteFromPrimitiveList/args': 'x' }, /invalid patch format of primitive list/],
    [
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [a, b] },
      /doesn't match \$setElementOrder list/,
    ],
  ] as [JsonObject, RegExp][])('%j is refused', (patch, error) => {
    const result = applyStrategicMergePatch(
      { containers: [a], volumes: [{ name: 'v' }], nodeSelector: {} },
      patch,
      schema,
      'PodSpec',
    );
    expect(result).toMatchObject({ error: expect.stringMatching(error) });
  });

  it('writes no prototype', () => {
    const patch = JSON.parse('{"nodeSelector":{"__proto__":{"polluted":true}}}') as JsonObject;
    apply({ nodeSelector: {} }, patch);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a two-way strategic merge patch', () => {
  it('names what changed, the order, and what is gone', () => {
    const patch = createTwoWayMergePatch(
      { containers: [a, b] },
      { containers: [c, { name: 'a', image: 'a:2' }] },
      schema,
      'PodSpec',
    );
    expect(patch).toEqual({
      '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
      containers: [c, { name: 'a', image: 'a:2' }, { $patch: 'delete', name: 'b' }],
    });
  });

  it('retains keys where the schema says so', () => {
    const from = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
    expect(
      createTwoWayMergePatch(from, { strategy: { type: 'Recreate' } }, schema, 'DeploymentSpec'),
    ).toEqual({
      strategy: { $retainKeys: ['type'], rollingUpdate: null, type: 'Recreate' },
    });
  });

  it('turns one object into the other when applied', () => {
    const element = fc.record({
      image: fc.constantFrom('1', '2'),
      args: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    });
    const containers = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), element)
      .map((d) => Object.entries(d).map(([name, rest]) => ({ name, ...rest })));
    const specs = fc.record({
      containers,
      nodeSelector: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2')),
    });
    fc.assert(
      fc.property(specs, specs, (from, to) => {
        const patch = createTwoWayMergePatch(from, to, schema, 'PodSpec');
        expect(isPatchError(patch) ? patch : apply(from, patch)).toEqual(to);
      }),
    );
  });
});

describe('a three-way strategic merge patch', () => {
  it('sets what the file says, deletes what it no longer says, and leaves what others set', () => {
    const patch = createThreeWayMergePatch(
      { containers: [a, b], nodeSelector: { x: '1', y: '1' } },
      { containers: [{ name: 'a', image: 'a:2' }], nodeSelector: { x: '1' } },
      { containers: [a, b, c], nodeSelector: { x: '2', y: '1', z: 'of others' }, restartPolicy: 'Always' },
      schema,
      'PodSpec',
    );
    expect(patch).toEqual({
      '$setElementOrder/containers': [{ name: 'a' }],
      containers: [
        { name: 'a', image: 'a:2' },
        { $patch: 'delete', name: 'b' },
      ],
      nodeSelector: { x: '1', y: null },
    });
  });

  it('is empty where the live object is as the file says', () => {
    const file = { containers: [a], nodeSelector: { x: '1' } };
    const live = {
      containers: [{ ...a, imagePullPolicy: 'Always' }],
      nodeSelector: { x: '1' },
      restartPolicy: 'Always',
    };
    expect(createThreeWayMergePatch(file, file, live, schema, 'PodSpec')).toEqual({});
  });
});
