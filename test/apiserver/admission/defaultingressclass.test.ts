import { expect, it } from 'vitest';
import type { Ingress } from '../../../src/api/generated/types.ts';
import { creation, Harness } from '../harness.ts';

const GROUP = { group: 'networking.k8s.io' };

it('DefaultIngressClass: an Ingress without class gets the default one, one with the annotation does not', () => {
  const h = new Harness();
  for (const name of ['b', 'a']) {
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
    const body = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name, annotations },
      spec: { controller: 'x.y/z' },
    };
    h.object(creation('ingressclasses', body, { ...GROUP, namespace: undefined }));
  }
  const made = (name: string, annotations: object = {}): Ingress => {
    const spec = { defaultBackend: { service: { name: 'web', port: { number: 80 } } } };
    const metadata = { name, namespace: 'default', annotations };
    const body = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
    return h.object(creation('ingresses', body, GROUP)) as Ingress;
  };
  expect(made('x').spec.ingressClassName).toBe('a');
  expect(made('y', { 'kubernetes.io/ingress.class': 'nginx' }).spec.ingressClassName).toBeUndefined();
});
