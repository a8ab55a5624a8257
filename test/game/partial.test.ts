import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import type { JsonObject } from '../../src/apimachinery/json.ts';
import { kindNamed } from '../../src/game/kindof.ts';
import { compilePartial, type Partial } from '../../src/game/partial.ts';
import { en } from '../../src/game/texts/en.ts';
import { ko } from '../../src/game/texts/ko.ts';

function partial(object: JsonObject): Partial {
  const kind = kindNamed(object);
  if (kind === undefined) throw new Error('no such kind');
  return compilePartial(kind, object);
}

const POD = { apiVersion: 'v1', kind: 'Pod' };
const ACTUAL = {
  ...POD,
  metadata: {
    name: 'web',
    namespace: 'default',
    labels: { app: 'web', 'app.kubernetes.io/name': 'shop' },
    finalizers: ['a', 'b'],
  },
  spec: {
    nodeName: 'n1',
    containers: [
      { name: 'side', image: 'busybox' },
      {
        name: 'web',
        image: 'nginx:1.28',
        args: ['-g', 'x'],
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        resources: { limits: { cpu: '500m' } },
      },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
} as unknown as KubeObject;

describe('a partial object', () => {
  it.each<[string, JsonObject, number, number]>([
    ['with its identity only wants the object to exist', { metadata: { name: 'web' } }, 1, 1],
    ['matches scalars', { status: { phase: 'Running' } }, 1, 1],
    ['does not match other scalars', { status: { phase: 'Failed' } }, 0, 1],
    ['counts each leaf', { status: { phase: 'Failed' }, spec: { nodeName: 'n1' } }, 1, 2],
    [
      'matches labels with dots in their keys',
      { metadata: { labels: { 'app.kubernetes.io/name': 'shop' } } },
      1,
      1,
    ],
    [
      'finds list elements by their merge key, not their place',
      { spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } },
      1,
      1,
    ],
    ['finds conditions by their type', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, 1, 1],
    [
      'misses elements that are not there',
      { status: { conditions: [{ type: 'Nope', status: 'True' }] } },
      0,
      1,
    ],
    [
      'wants an element that is nothing but its key',
      { spec: { containers: [{ name: 'side' }, { name: 'nope' }] } },
      1,
      2,
    ],
    [
      'compares quantities by their amount',
      { spec: { containers: [{ name: 'web', resources: { limits: { cpu: '0.5' } } }] } },
      1,
      1,
    ],
    ['compares lists of scalars as a whole', { spec: { containers: [{ name: 'web', args: ['-g'] }] } }, 0, 1],
    [
      'matches the same list of scalars',
      { spec: { containers: [{ name: 'web', args: ['-g', 'x'] }] } },
      1,
      1,
    ],
    ['wants members of a set in any order', { metadata: { finalizers: ['b'] } }, 1, 1],
    [
      'compares other lists of maps element by element and by length',
      { spec: { tolerations: [{ key: 'a' }] } },
      2,
      2,
    ],
    ['misses a longer list', { spec: { tolerations: [{ key: 'a' }, { key: 'b' }] } }, 1, 3],
    ['wants nothing where it says null', { metadata: { deletionTimestamp: null } }, 1, 1],
    ['misses null where there is something', { spec: { nodeName: null } }, 0, 1],
    ['wants something where it says {}', { spec: {}, status: { conditions: [{ type: 'Ready' }] } }, 2, 2],
    ['takes an absent list for an empty one', { metadata: { ownerReferences: [] } }, 1, 1],
    ['does not take 3 for "3"', { spec: { nodeName: 1 } }, 0, 1],
    ['reads nothing from a prototype', { metadata: { labels: { constructor: {} } } }, 0, 1],
  ])('%s', (_, wanted, matched, total) => {
    const compiled = partial({ ...POD, ...wanted });
    expect([compiled.matched(ACTUAL), compiled.size]).toEqual([matched, total]);
    const leaves = compiled.explain(ACTUAL, 'web', en);
    expect(leaves).toHaveLength(total);
    expect(leaves.filter(({ ok }) => ok)).toHaveLength(matched);
  });

  it('matches in nothing an object that does not exist', () => {
    const compiled = partial({ ...POD, status: { phase: 'Running' }, metadata: { deletionTimestamp: null } });
    expect(compiled.matched(undefined)).toBe(0);
    const leaves = compiled.explain(undefined, 'web', en);
    expect(leaves.map(({ ok, got }) => [ok, got])).toEqual([
      [false, 'no such Pod yet'],
      [false, 'no such Pod yet'],
    ]);
    expect(compiled.explain(undefined, 'web', ko)[0]?.got).toBe('아직 없음');
  });

  it('shows short paths and values', () => {
    const compiled = partial({
      ...POD,
      metadata: { labels: { app: 'db' }, finalizers: null },
      spec: { containers: [{ name: 'web', image: 'nginx:1.29', ports: null }], hostname: {} },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    expect(compiled.explain(ACTUAL, 'web', en).map(({ path, wanted, got }) => [path, wanted, got])).toEqual([
      ['web · labels.app', 'db', 'web'],
      ['web · finalizers', 'none', '["a","b"]'],
      ['web · image', 'nginx:1.29', 'nginx:1.28'],
      ['web · ports', 'none', '1'],
      ['web · hostname', 'any', 'none'],
      ['web · Ready', 'True', 'True'],
    ]);
  });

  it('matches itself in all leaves, whatever it is', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const tree = fc.letrec<{ node: JsonObject }>((tie) => ({
      node: fc.dictionary(
        fc.string({ maxLength: 8 }),
        fc.oneof({ maxDepth: 3 }, scalar, fc.array(scalar, { maxLength: 3 }), tie('node')),
        { maxKeys: 4 },
      ),
    })).node;
    fc.assert(
      fc.property(tree, (data) => {
        const object = {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', annotations: data },
        } as JsonObject;
        const compiled = partial(object);
        expect(compiled.matched(object as unknown as KubeObject)).toBe(compiled.size);
      }),
    );
  });
});
