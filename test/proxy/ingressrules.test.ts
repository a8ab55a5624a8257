import { describe, expect, it } from 'vitest';
import type { Ingress, IngressSpec } from '../../src/api/generated/types.ts';
import { IngressTable, matchesPath } from '../../src/proxy/ingressrules.ts';

const backend = (name: string) => ({ service: { name, port: { number: 80 } } });
const ingress = (name: string, spec: IngressSpec, created = '2026-01-05T00:00:00Z'): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 'default', creationTimestamp: created },
  spec,
});
const path = (text: string, pathType: string, service: string) => ({
  path: text,
  pathType,
  backend: backend(service),
});

describe('a path', () => {
  // ingress-controller-conformance features/path_rules.feature
  it.each([
    ['Exact', '/foo', '/foo', true],
    ['Exact', '/foo', '/foo/', false],
    ['Exact', '/foo', '/FOO', false],
    ['Exact', '/foo/', '/foo', false],
    ['Prefix', '/', '/anything/at/all', true],
    ['Prefix', '/foo', '/foo/', true],
    ['Prefix', '/foo/', '/foo', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbb/ccc', true],
    ['Prefix', '/aaa/bbb', '/aaa/bbbxyz', false],
    ['ImplementationSpecific', '/foo', '/foobar', true],
  ])('%s %s and a request for %s: %s', (pathType, given, asked, expected) => {
    expect(matchesPath({ path: given, pathType }, asked)).toBe(expected);
  });
});

describe('a table of Ingresses', () => {
  const serviceAt = (table: IngressTable, host: string, asked: string): string | undefined =>
    table.find(host, asked).location?.backend.service?.name;

  it('prefers exact paths, then the longest', () => {
    const paths = [
      path('/', 'Prefix', 'root'),
      path('/a', 'Prefix', 'a'),
      path('/a/b', 'Prefix', 'b'),
      path('/a/b', 'Exact', 'exact'),
    ];
    const table = new IngressTable([ingress('x', { rules: [{ host: 'h.io', http: { paths } }] })]);
    const asked = ['/', '/a', '/a/b', '/a/b/', '/a/bc'].map((text) => serviceAt(table, 'h.io', text));
    expect(asked).toEqual(['root', 'a', 'exact', 'b', 'a']);
  });

  it('prefers the host itself, then a wildcard for one label, then rules for all hosts', () => {
    const of = (name: string) => ({ paths: [path('/', 'Prefix', name)] });
    const rules = [
      { host: 'a.foo.com', http: of('own') },
      { host: '*.foo.com', http: of('star') },
      { http: of('any') },
    ];
    const table = new IngressTable([ingress('x', { rules })]);
    const hosts = ['a.foo.com', 'b.foo.com', 'foo.com', 'a.b.foo.com', 'other.io'];
    expect(hosts.map((host) => serviceAt(table, host, '/'))).toEqual(['own', 'star', 'any', 'any', 'any']);
  });

  it('lets the older of two Ingresses have a path that both claim', () => {
    const claim = (name: string, created: string): Ingress =>
      ingress(name, { rules: [{ host: 'h.io', http: { paths: [path('/', 'Prefix', name)] } }] }, created);
    const table = new IngressTable([
      claim('young', '2026-01-05T00:00:09Z'),
      claim('zold', '2026-01-05T00:00:01Z'),
    ]);
    expect(serviceAt(table, 'h.io', '/')).toBe('zold');
  });

  it('asks the default backend where no rule matches, and knows nothing without one', () => {
    const rules = [{ host: 'h.io', http: { paths: [path('/a', 'Prefix', 'a')] } }];
    const some = new IngressTable([ingress('x', { rules, defaultBackend: backend('rest') })]);
    expect([serviceAt(some, 'h.io', '/b'), serviceAt(some, 'z.io', '/')]).toEqual(['rest', 'rest']);
    expect(serviceAt(new IngressTable([ingress('x', { rules })]), 'h.io', '/b')).toBeUndefined();
  });

  it('knows the Secret of a host', () => {
    const rules = [{ host: 'h.io', http: { paths: [path('/', 'Prefix', 'a')] } }];
    const table = new IngressTable([ingress('x', { rules, tls: [{ hosts: ['h.io'], secretName: 's' }] })]);
    expect(table.find('h.io', '/')).toMatchObject({ secret: 'default/s', tls: true });
  });
});
