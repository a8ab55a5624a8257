import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiVersionOf } from '../../src/api/kind.ts';
import { kinds } from '../../src/api/kinds/registry.ts';
import { schema } from '../../src/api/schema.ts';
import type { SchemaField } from '../../src/apimachinery/schema.ts';
import { Random } from '../../src/sim/random.ts';
import { Harness } from './harness.ts';

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  string: ['', 'a', 'web', 'Always', 'NodePort', 'a b', '__proto__', '10.96.0.9', 'x'.repeat(300)],
  integer: [0, 1, -1, 80, 30_080, 70_000, 2_147_483_647],
  number: [0, 1.5],
  boolean: [true, false],
  quantity: ['1', '100m', '-1', '1Gi', 5],
  intOrString: [1, 0, '25%', 'http', '', -1],
  time: ['2026-01-05T00:00:00Z'],
  microTime: ['2026-01-05T00:00:00.000000Z'],
  bytes: ['', 'YQ=='],
  any: [{}, { a: 1 }, 'x'],
};

/** A value that its type allows, with parts left out at random: what a schema alone cannot refuse. */
function valueFor(field: SchemaField, draw: () => number, depth: number): unknown {
  const some = (limit: number): number => Math.floor(draw() * limit);
  if (draw() < 0.03) return null;
  switch (field.type) {
    case 'list':
      return Array.from({ length: some(3) }, () => valueFor(field.items as SchemaField, draw, depth + 1));
    case 'map':
      return Object.fromEntries(
        ['a', 'example.com/b', '']
          .slice(some(3))
          .map((key) => [key, valueFor(field.items as SchemaField, draw, depth + 1)]),
      );
    case 'ref':
      return structOf(field.ref ?? '', draw, depth + 1);
    default: {
      const values = SCALARS[field.type] ?? [];
      return values[some(values.length)];
    }
  }
}

function structOf(typeName: string, draw: () => number, depth: number): unknown {
  const fields = Object.entries(schema[typeName]?.fields ?? {});
  const wanted = depth > 7 ? 0 : Math.min(1, (depth < 3 ? 12 : 5) / fields.length);
  const out: Record<string, unknown> = {};
  for (const [name, field] of fields) {
    if (draw() < (field.required === true ? 0.8 : wanted)) out[name] = valueFor(field, draw, depth);
  }
  return out;
}

describe('whatever a manifest leaves out or makes up, the server answers', () => {
  test.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = new Random(seed, 'hostile');
        const draw = (): number => random.float();
        const h = new Harness();
        const namespace = kind.namespaced ? { namespace: 'default' } : {};
        const at = { group: kind.group, resource: kind.plural, ...namespace };
        const wild = (): object => {
          const body = structOf(kind.schemaType, draw, 0) as object;
          return {
            ...body,
            apiVersion: apiVersionOf(kind),
            kind: kind.kind,
            metadata: { ...namespace, name: 'web' },
          };
        };
        h.send({ verb: 'create', ...at, body: wild() });
        for (let i = 0; i < 3; i++) {
          h.send({ verb: 'update', ...at, name: 'web', body: wild() });
          const merge = structOf(kind.schemaType, draw, 0);
          h.send({
            verb: 'patch',
            ...at,
            name: 'web',
            patchType: i === 0 ? 'merge' : 'strategic',
            body: merge,
          });
          h.send({ verb: 'update', ...at, name: 'web', subresource: 'status', body: wild() });
        }
        expect(h.send({ verb: 'delete', ...at, name: 'web' })).toBeDefined();
      }),
      { numRuns: 60 },
    );
  });
});
