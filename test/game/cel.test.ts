import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { type CelScope, compileCel } from '../../src/game/cel.ts';
import { pod } from './goals/objects.ts';

const PODS = [
  pod('a', { node: 'n1', cpu: '500m', restarts: 2 }),
  pod('b', { node: 'n1', ready: false }),
  pod('c', { node: 'n2', cpu: '1' }),
] as KubeObject[];
const NODES = [
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    status: { allocatable: { cpu: '4', memory: '8Gi' } },
  },
] as unknown as KubeObject[];
const scope: CelScope = {
  objects: (kind) => (kind.plural === 'pods' ? PODS : kind.plural === 'nodes' ? NODES : []),
};

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['pods.size()', 3n],
    ['pods.filter(p, ready(p)).size() == 2', true],
    ['pods.exists(p, p.metadata.name == "b" && !ready(p))', true],
    ['pods.map(p, p.spec.nodeName)', ['n1', 'n1', 'n2']],
    ['distinct(pods.map(p, p.spec.nodeName)).size()', 2n],
    ['sum(pods.map(p, requested(p, "cpu")))', 1.5],
    ['greatest(pods.map(p, restarts(p)))', 2],
    ['least(pods.map(p, restarts(p)))', 0],
    ['requested(nodes[0], "memory") == quantity("8Gi")', true],
    ['quantity("1500m") > 1.4', true],
    ['pods[0].status.containerStatuses[0].restartCount + 1 == 3', true],
    ['2 * pods[0].status.containerStatuses[0].restartCount == 4', true],
    ['pods.exists(p, has(p.spec.hostname))', false],
    ['pods[0].?spec.?hostname.orValue("none")', 'none'],
    ['deployments.size()', 0n],
    ['pods.filter(p, p.metadata.name in ["a", "c"]).all(p, ready(p))', true],
    ['pods[0].metadata.name.startsWith("a")', true],
    [
      'pods.filter(p, nodes.exists(n, n.metadata.name == p.spec.nodeName)).map(p, p.metadata.name)',
      ['a', 'b'],
    ],
    ['pods.filter(p, ready(p)).filter(p, restarts(p) > 1.0).map(p, p.metadata.name)', ['a']],
  ])('%s is computed', (text, value) => {
    const compiled = compileCel(text);
    expect(compiled).not.toHaveProperty('error');
    if (!('error' in compiled)) expect(compiled.evaluate(scope)).toEqual({ ok: true, value });
  });

  it.each<[string, string, string, number]>([
    ['a mistake in its syntax', 'pods.size( >', 'unexpected_token', 11],
    ['an unknown variable', '1 + pots.size()', 'unknown_variable', 4],
    ['an unknown function', 'shell("rm")', 'no_matching_overload', 0],
    ['a regular expression', 'pods[0].metadata.name.matches("(a+)+$")', 'refused', 0],
    ['three loops inside each other', 'pods.all(a, pods.all(b, pods.all(c, true)))', 'refused', 24],
    [
      'a third loop in what two go over',
      'pods.map(a, pods.map(b, pods.filter(c, true).size()))',
      'refused',
      24,
    ],
    ['too much text', `${'1+'.repeat(600)}1`, 'too_long', 1000],
  ])('with %s is refused at its place', (_, text, code, offset) => {
    expect(compileCel(text)).toMatchObject({ error: { code, offset } });
  });

  it('that is too large or too deep is refused', () => {
    expect(compileCel(`${'1+'.repeat(400)}1`)).toHaveProperty('error');
    expect(compileCel(`${'('.repeat(60)}1${')'.repeat(60)}`)).toHaveProperty('error');
  });

  it('that cannot be computed says why, as a value', () => {
    const compiled = compileCel('pods[0].spec.nope == 1');
    if ('error' in compiled) throw new Error(compiled.error.message);
    expect(compiled.evaluate(scope)).toMatchObject({ ok: false, error: { code: 'no_such_key' } });
  });

  it.each([
    'restarts({"status": {"containerStatuses": 5}}) > 0',
    'ready({"status": {"conditions": 1}})',
    'requested({"spec": {"containers": [null]}}, "cpu") > 1',
    'timestamp("2020-01-01T00:00:00Z").getHours("No/Where") == 1',
    'pods.map(p, p.nope) == [1]',
  ])('of made-up values fails as a value: %s', (text) => {
    const compiled = compileCel(text);
    if ('error' in compiled) throw new Error(compiled.error.message);
    expect(compiled.evaluate(scope)).toMatchObject({ ok: false });
    expect(compiled.terms[0]?.evaluate(scope)).toMatchObject({ ok: false });
  });

  it.each(['object.constructor', 'object.__proto__', 'object.toString', 'pods.constructor'])(
    'reaches nothing behind the objects: %s',
    (text) => {
      const compiled = compileCel(text);
      if ('error' in compiled) return;
      expect(compiled.evaluate(scope, PODS[0])).toMatchObject({ ok: false });
    },
  );

  it('never throws, whatever its text', () => {
    const token = fc.constantFrom(
      'pods',
      'object',
      '.',
      '(',
      ')',
      'map',
      'p',
      ',',
      '1',
      '"a"',
      '+',
      '&&',
      '!',
      '[',
      ']',
      '?',
      ':',
      'size',
      '-',
      '{',
      '}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(token, { maxLength: 20 }).map((t) => t.join('')),
        ),
        (text) => {
          const compiled = compileCel(text);
          if (!('error' in compiled)) expect(typeof compiled.evaluate(scope, PODS[0]).ok).toBe('boolean');
        },
      ),
      { numRuns: 500 },
    );
  });
});
