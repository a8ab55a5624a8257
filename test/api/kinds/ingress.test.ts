import { describe, expect, it } from 'vitest';
import { ingress } from '../../../src/api/kinds/ingress.ts';
import { ingressClass } from '../../../src/api/kinds/ingressclass.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { complaints, defaulted } from './manifests.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };
const manifest = (spec: object, annotations: object = {}): unknown => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'a', namespace: 'default', annotations },
  spec,
});
const withPath = (path: object): unknown =>
  manifest({ rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...path }] } }] });
const PATH = 'spec.rules[0].http.paths[0]';

describe('an Ingress', () => {
  it.each([
    [manifest({}), 'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
    [withPath({ pathType: undefined }), `${PATH}.pathType: Required value: pathType must be specified`],
    [
      withPath({ pathType: 'Regex' }),
      `${PATH}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
    [withPath({ path: 'api' }), `${PATH}.path: Invalid value: "api": must be an absolute path`],
    [withPath({ path: '/a//b' }), `${PATH}.path: Invalid value: "/a//b": must not contain '//'`],
    [withPath({ path: '/a%2Fb' }), `${PATH}.path: Invalid value: "/a%2Fb": must not contain '%2F'`],
    [withPath({ path: '/a/..' }), `${PATH}.path: Invalid value: "/a/..": cannot end with '/..'`],
    [
      withPath({ backend: {} }),
      `${PATH}.backend: Invalid value: "": resource or service backend is required`,
    ],
    [
      withPath({ backend: { service: { name: 'web' } } }),
      `${PATH}.backend: Required value: port name or number is required`,
    ],
    [
      withPath({ backend: { service: { name: 'web', port: { name: 'http', number: 80 } } } }),
      `${PATH}.backend: Invalid value: "": cannot set both port name & port number`,
    ],
    [
      manifest({ rules: [{ host: '10.0.0.1' }] }),
      'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ],
    [manifest({ rules: [{ http: { paths: [] } }] }), 'spec.rules[0].http.paths: Required value'],
  ])('%# is refused', (object, message) => {
    expect(complaints(ingress, object)[0]).toBe(message);
  });

  it('may have any path that its controller understands', () => {
    expect(
      complaints(ingress, withPath({ path: '/a(/|$)(.*)', pathType: 'ImplementationSpecific' })),
    ).toEqual([]);
  });

  it('shows its class, hosts, addresses and ports', () => {
    const hosts = ['a.b', 'c.d', 'e.f', 'g.h'].map((host) => ({ host }));
    const object = {
      ...defaulted(ingress, manifest({ ingressClassName: 'nginx', rules: hosts, tls: [{}] })),
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }, { hostname: 'lb.example.com' }] } },
    };
    const cells = ingress.columns.slice(1, 5).map((column) => column.cell(object, 0));
    expect(cells).toEqual(['nginx', 'a.b,c.d,e.f + 1 more...', '10.0.0.1,lb.example.com', '80, 443']);
    const plain = defaulted(ingress, manifest({ defaultBackend: backend }));
    expect(ingress.columns.slice(1, 5).map((column) => column.cell(plain, 0))).toEqual([
      '<none>',
      '*',
      '',
      '80',
    ]);
  });
});

describe('an IngressClass', () => {
  const ofClass = (spec: object): unknown => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'a' },
    spec,
  });

  it.each([
    [{}, 'spec.controller: Required value'],
    [
      { controller: 'nginx' },
      'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      { controller: 'a.b/c', parameters: { name: 'x' } },
      'spec.parameters.kind: Required value: kind is required',
    ],
  ])('with %j is refused', (spec, message) => {
    expect(complaints(ingressClass, ofClass(spec))).toEqual([message]);
  });

  it('keeps its controller', () => {
    const [old, next] = ['a.b/c', 'a.b/d'].map((controller) =>
      defaulted(ingressClass, ofClass({ controller })),
    );
    const errors =
      old === undefined || next === undefined ? [] : (ingressClass.validateUpdate?.(next, old) ?? []);
    expect(errors.map(formatFieldError)).toEqual([
      'spec.controller: Invalid value: "a.b/d": field is immutable',
    ]);
  });
});
