import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiResponse } from '../../src/api/request.ts';
import { Harness } from './harness.ts';

const GROUP = 'apiextensions.k8s.io';
const KEYS = [
  'type',
  'properties',
  'items',
  'additionalProperties',
  'anyOf',
  'allOf',
  'oneOf',
  'not',
  'enum',
  'default',
  'nullable',
  'pattern',
  'format',
  'minimum',
  'maxLength',
  'minItems',
  'required',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-int-or-string',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
] as const;

const scalar = fc.constantFrom<unknown>(
  'object',
  'array',
  'string',
  'integer',
  'map',
  'set',
  'date-time',
  '(',
  '^a+$',
  '__proto__',
  'self.a > 1',
  'self.all(x, x.all(y, y > 0))',
  true,
  false,
  null,
  0,
  -1,
  1.5,
  [],
  {},
  ['a'],
  [null],
  [{ rule: 'self ==' }],
);

/** Something like a schema: the right words in the wrong places. */
const { schema } = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 5 },
    fc.record({ type: fc.constantFrom('object', 'string', 'integer', 'boolean') }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5 }),
  ),
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    tie('schema'),
    fc.dictionary(fc.constantFrom('a', 'spec', 'metadata', '__proto__', 'x.y'), tie('schema'), {
      maxKeys: 3,
    }),
    fc.array(tie('schema'), { maxLength: 2 }),
  ),
}));

const body = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.dictionary(fc.constantFrom('a', 'spec', 'status', 'metadata', '__proto__', 'x.y'), tie('value'), {
      maxKeys: 4,
    }),
  ),
})).value;

function definition(openAPIV3Schema: unknown): object {
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
  const names = { plural: 'ships', kind: 'Ship' };
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'CustomResourceDefinition',
    metadata: { name: 'ships.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
  };
}

describe('hostile definitions', () => {
  const define = (h: Harness, openAPIV3Schema: unknown): ApiResponse =>
    h.send({
      verb: 'create',
      group: GROUP,
      resource: 'customresourcedefinitions',
      body: definition(openAPIV3Schema),
    });

  it('are refused or served, and so are their objects, without a throw', () => {
    const served = { count: 0 };
    fc.assert(
      fc.property(schema, fc.array(body, { minLength: 1, maxLength: 3 }), (drawn, bodies) => {
        const h = new Harness();
        const made = define(h, drawn);
        if (!made.ok) {
          expect(made.status.code).toBeLessThan(500);
          return;
        }
        h.sim.runUntil(h.sim.now() + 100);
        served.count++;
        for (const [i, each] of bodies.entries()) {
          const whole = typeof each === 'object' && each !== null ? each : {};
          const object = {
            ...whole,
            apiVersion: 'example.com/v1',
            kind: 'Ship',
            metadata: { name: `s${i}` },
          };
          const response = h.send({
            verb: 'create',
            group: 'example.com',
            resource: 'ships',
            namespace: 'default',
            body: object,
          });
          if (!response.ok) expect(response.status.code).toBeLessThan(500);
        }
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(served.count).toBeGreaterThan(20);
  });

  it('do not make a value with deep alternatives take for ever', () => {
    const h = new Harness();
    let nested: object = { minimum: 1 };
    for (let i = 0; i < 60; i++) nested = { anyOf: [nested], oneOf: [{ maximum: -1 }, { minimum: 1 }] };
    const made = define(h, {
      type: 'object',
      properties: { a: { type: 'integer', ...nested } },
    });
    expect(made.ok).toBe(true);
    h.sim.runUntil(h.sim.now() + 100);
    const object = { apiVersion: 'example.com/v1', kind: 'Ship', metadata: { name: 's' }, a: 0 };
    const response = h.send({
      verb: 'create',
      group: 'example.com',
      resource: 'ships',
      namespace: 'default',
      body: object,
    });
    expect(response).toMatchObject({ ok: false, status: { code: 422 } });
  });

  it('are refused when they are nested too deep', () => {
    let nested: object = { type: 'string' };
    for (let i = 0; i < 100; i++) nested = { type: 'object', properties: { a: nested } };
    expect(define(new Harness(), nested)).toMatchObject({ ok: false, status: { code: 422 } });
  });
});
