import { describe, expect, it } from 'vitest';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  JSONSchemaProps,
} from '../../src/api/generated/types.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { ApiRequest } from '../../src/api/request.ts';
import { Harness } from './harness.ts';

const GROUP = 'stable.example.com';
const NAME = `crontabs.${GROUP}`;
const SPEC: JSONSchemaProps = {
  type: 'object',
  properties: {
    cronSpec: { type: 'string' },
    image: { type: 'string', default: 'busybox' },
    replicas: { type: 'integer', minimum: 1 },
  },
};

function version(
  name: string,
  more: Partial<CustomResourceDefinitionVersion> = {},
  spec: JSONSchemaProps = SPEC,
): CustomResourceDefinitionVersion {
  const status: JSONSchemaProps = {
    type: 'object',
    properties: { replicas: { type: 'integer' }, selector: { type: 'string' } },
  };
  const openAPIV3Schema: JSONSchemaProps = { type: 'object', properties: { spec, status } };
  return { name, served: true, storage: true, schema: { openAPIV3Schema }, ...more };
}

class Definitions extends Harness {
  define(versions: readonly CustomResourceDefinitionVersion[] = [version('v1')], names: object = {}): void {
    const plural = 'crontabs';
    const spec = {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural, kind: 'CronTab', shortNames: ['ct'], ...names },
      versions,
    };
    const metadata = { name: `${spec.names.plural}.${GROUP}` };
    this.create(
      'customresourcedefinitions',
      { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata, spec },
      { group: 'apiextensions.k8s.io' },
    );
  }

  /** Lets the controllers of definitions do their work. */
  settle(ms = 100): void {
    this.sim.runUntil(this.sim.now() + ms);
  }

  definition(name = NAME): CustomResourceDefinition {
    return this.get(
      'customresourcedefinitions',
      name,
      '',
      'apiextensions.k8s.io',
    ) as CustomResourceDefinition;
  }

  conditions(name = NAME): readonly string[] {
    return (this.definition(name).status?.conditions ?? []).map(
      ({ type, status, reason }) => `${type}=${status} ${reason}`,
    );
  }

  tab(spec: object, more: Partial<ApiRequest> = {}, metadata: object = { name: 'a' }) {
    const { version: of = 'v1' } = more;
    const body = { apiVersion: `${GROUP}/${of}`, kind: 'CronTab', metadata, spec };
    return {
      verb: 'create' as const,
      group: GROUP,
      resource: 'crontabs',
      namespace: 'default',
      body,
      ...more,
    };
  }

  one(verb: ApiRequest['verb'], more: Partial<ApiRequest> = {}) {
    return { verb, group: GROUP, resource: 'crontabs', namespace: 'default', name: 'a', ...more };
  }

  deleteDefinition(): void {
    this.object({
      verb: 'delete',
      group: 'apiextensions.k8s.io',
      resource: 'customresourcedefinitions',
      name: NAME,
    });
  }
}

const specOf = (object: KubeObject): unknown => (object as KubeObject & { spec: unknown }).spec;

describe('a definition', () => {
  it('is accepted and established a moment after it was made', () => {
    const h = new Definitions();
    h.define();
    expect(h.conditions()).toEqual([]);
    expect(h.refusal(h.tab({})).message).toBe('the server could not find the requested resource');
    h.settle();
    expect(h.conditions()).toEqual([
      'NamesAccepted=True NoConflicts',
      'Established=True InitialNamesAccepted',
    ]);
    expect(h.definition().status?.acceptedNames).toMatchObject({
      plural: 'crontabs',
      listKind: 'CronTabList',
    });
  });

  it('waits while another has its names (naming_controller_test.go)', () => {
    const h = new Definitions();
    h.define();
    h.settle();
    h.define([version('v1')], { plural: 'others', kind: 'CronTab', shortNames: ['ct', 'o'] });
    h.settle();
    expect(h.conditions(`others.${GROUP}`)).toEqual([
      'NamesAccepted=False ListKindConflict',
      'Established=False NotAccepted',
    ]);
    h.deleteDefinition();
    h.settle();
    expect(h.conditions(`others.${GROUP}`)).toEqual([
      'NamesAccepted=True NoConflicts',
      'Established=True InitialNamesAccepted',
    ]);
  });

  it('is held back by its finalizer until its objects are gone (customresourcedefinition hooks)', () => {
    const h = new Definitions();
    h.define();
    h.settle();
    h.object(h.tab({}, {}, { name: 'a', finalizers: ['example.com/hold'] }));
    h.object(h.tab({}, {}, { name: 'b' }));
    h.deleteDefinition();
    expect(h.definition().metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    expect(h.conditions().at(-1)).toBe('Terminating=True InstanceDeletionPending');
    h.settle();
    expect(h.conditions().at(-1)).toBe('Terminating=True InstanceDeletionInProgress');
    expect(h.refusal(h.tab({}, {}, { name: 'c' }))).toMatchObject({
      code: 405,
      message: 'create not allowed while custom resource definition is terminating',
    });
    expect(h.send(h.one('get', { name: 'b' })).ok).toBe(false);
    const body = [{ op: 'remove', path: '/metadata/finalizers' }];
    h.object(h.one('patch', { patchType: 'json', body }));
    h.settle(6000);
    expect(h.refusal({ ...h.one('list'), name: undefined }).code).toBe(404);
    expect(h.etcd.range(`/registry/${GROUP}/`)).toMatchObject({ value: { records: [] } });
  });

  it('that asks for nothing of the community needs nobody to agree; others show who did', () => {
    const h = new Definitions();
    const spec = {
      group: 'x.k8s.io',
      scope: 'Cluster',
      names: { plural: 'ships', kind: 'Ship' },
      versions: [version('v1')],
    };
    const annotations = { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/1' };
    const body = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ships.x.k8s.io', annotations },
      spec,
    };
    h.create('customresourcedefinitions', body, { group: 'apiextensions.k8s.io' });
    h.settle();
    expect(h.conditions('ships.x.k8s.io')).toContain(
      'KubernetesAPIApprovalPolicyConformant=True ApprovedAnnotation',
    );
  });
});

it('does not stand in for a kind that is built in, nor lie where its objects do', () => {
  const h = new Definitions();
  const annotations = { 'api-approved.kubernetes.io': 'unapproved, a test' };
  for (const [plural, kind] of [
    ['ingresses', 'Ingress'],
    ['pods', 'Pod'],
  ] as const) {
    const group = 'networking.k8s.io';
    const spec = { group, scope: 'Namespaced', names: { plural, kind }, versions: [version('v1')] };
    const metadata = { name: `${plural}.${group}`, annotations };
    const body = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata, spec };
    h.create('customresourcedefinitions', body, { group: 'apiextensions.k8s.io' });
  }
  h.settle();
  expect(h.server.resource('networking.k8s.io', 'ingresses')?.custom).toBeUndefined();
  expect(h.server.resource('networking.k8s.io', 'pods')?.prefix).toBe('/registry/networking.k8s.io/pods/');
  expect(h.server.resource('', 'pods')?.prefix).toBe('/registry/pods/');
});

describe('a custom object', () => {
  const started = (versions?: readonly CustomResourceDefinitionVersion[]): Definitions => {
    const h = new Definitions();
    h.define(versions);
    h.settle();
    return h;
  };

  it('is stored below its group and plural, with its defaults', () => {
    const h = started();
    expect(specOf(h.object(h.tab({ replicas: 1 })))).toEqual({ replicas: 1, image: 'busybox' });
    const read = h.etcd.range(`/registry/${GROUP}/`);
    expect(read.ok && read.value.records.map(({ key }) => key)).toEqual([
      `/registry/${GROUP}/crontabs/default/a`,
    ]);
  });

  it('is refused, or warned of, for what its schema does not know', () => {
    const h = started();
    expect(h.refusal(h.tab({ x: 1, y: 2 }, { options: { fieldValidation: 'Strict' } })).message).toBe(
      'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.x", unknown field "spec.y"',
    );
    const response = h.send(h.tab({ x: 1 }));
    expect(response).toMatchObject({ ok: true, warnings: ['unknown field "spec.x"'] });
  });

  it('is found again by another server over the same store', () => {
    const h = started();
    h.object(h.tab({}));
    h.restart();
    expect(h.object(h.one('get')).metadata.name).toBe('a');
    expect(h.server.kinds.byName('ct')?.kind).toBe('CronTab');
  });

  it('is there again when its definition was taken away and comes back', () => {
    const h = started();
    h.object(h.tab({}));
    const { metadata } = h.definition();
    h.etcd.deleteIf(
      '/registry/apiextensions.k8s.io/customresourcedefinitions/crontabs.stable.example.com',
      Number(metadata.resourceVersion),
      { component: 'test', trigger: 0 },
    );
    expect(h.refusal(h.one('get')).message).toBe('the server could not find the requested resource');
    h.define();
    h.settle();
    expect(h.object(h.one('get')).metadata.name).toBe('a');
  });

  it('takes JSON and merge patches, and no strategic ones', () => {
    const h = started();
    h.object(h.tab({ replicas: 1 }));
    const merged = h.object(h.one('patch', { patchType: 'merge', body: { spec: { replicas: 2 } } }));
    expect([specOf(merged), merged.metadata.generation]).toEqual([{ replicas: 2, image: 'busybox' }, 2]);
    expect(h.refusal(h.one('patch', { patchType: 'strategic', body: {} }))).toMatchObject({
      code: 415,
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    });
    const wrong = h.refusal(h.one('patch', { patchType: 'merge', body: { spec: { replicas: 0 } } }));
    expect(wrong.message).toContain('spec.replicas in body should be greater than or equal to 1');
  });

  it('is owned field by field where it is applied', () => {
    const h = started();
    const apply = (replicas: number, fieldManager: string) =>
      h.send(
        h.one('patch', {
          patchType: 'apply',
          options: { fieldManager },
          body: { apiVersion: `${GROUP}/v1`, kind: 'CronTab', metadata: { name: 'a' }, spec: { replicas } },
        }),
      );
    const first = apply(1, 'one');
    expect(first).toMatchObject({
      ok: true,
      object: {
        metadata: { managedFields: [{ manager: 'one', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }] },
      },
    });
    expect(apply(2, 'two')).toMatchObject({
      ok: false,
      status: { message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas' },
    });
  });

  it('has a status of its own where its definition says so', () => {
    const h = started([version('v1', { subresources: { status: {} } })]);
    const created = h.object({
      ...h.tab({}),
      body: { ...(h.tab({}).body as object), status: { replicas: 9 } },
    });
    expect(created).not.toHaveProperty('status');
    const body = { status: { replicas: 3 }, spec: { replicas: 7 } };
    const patched = h.object(h.one('patch', { subresource: 'status', patchType: 'merge', body }));
    expect(patched).toMatchObject({ spec: { image: 'busybox' }, status: { replicas: 3 } });
    expect(patched.metadata.generation).toBe(1);
    expect(started().refusal(h.one('get', { subresource: 'status' })).code).toBe(404);
  });

  it('is scaled by the paths of its definition', () => {
    const scale = {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    };
    const h = started([version('v1', { subresources: { scale } })]);
    h.object(h.tab({}));
    expect(h.refusal(h.one('get', { subresource: 'scale' })).message).toContain(
      'the spec replicas field ".spec.replicas" does not exist',
    );
    const body = { spec: { replicas: 4 } };
    h.object(
      h.one('patch', { patchType: 'merge', body: { ...body, status: { replicas: 2, selector: 'app=x' } } }),
    );
    expect(h.object(h.one('get', { subresource: 'scale' }))).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 4 },
      status: { replicas: 2, selector: 'app=x' },
    });
    h.object(h.one('patch', { subresource: 'scale', patchType: 'merge', body: { spec: { replicas: 6 } } }));
    expect(specOf(h.object(h.one('get')))).toMatchObject({ replicas: 6 });
  });

  it('is selected by the fields of its definition only', () => {
    const h = started([version('v1', { selectableFields: [{ jsonPath: '.spec.image' }] })]);
    h.object(h.tab({ image: 'x' }));
    h.object(h.tab({ image: 'y' }, {}, { name: 'b' }));
    const list = (fieldSelector: string) =>
      h.send({ ...h.one('list'), name: undefined, options: { fieldSelector } });
    const found = list('spec.image=y');
    expect(found).toMatchObject({ list: { items: [{ metadata: { name: 'b' } }] } });
    expect(list('spec.replicas=1')).toMatchObject({
      ok: false,
      status: { message: 'field label not supported: spec.replicas' },
    });
  });

  it('is the same in every version that is served, stored in one', () => {
    const h = started([
      version('v1beta1', { storage: false }),
      version('v1'),
      version('v1alpha1', { storage: false, served: false }),
    ]);
    h.object(h.tab({ replicas: 2 }, { version: 'v1beta1' }));
    expect(h.object(h.one('get', { version: 'v1' })).apiVersion).toBe(`${GROUP}/v1`);
    const old = h.object(h.one('get', { version: 'v1beta1' }));
    expect([old.apiVersion, specOf(old)]).toEqual([`${GROUP}/v1beta1`, { replicas: 2, image: 'busybox' }]);
    const stored = h.etcd.get(`/registry/${GROUP}/crontabs/default/a`);
    expect(stored).toMatchObject({ value: { value: { apiVersion: `${GROUP}/v1` } } });
    const body = { spec: { replicas: 3 } };
    const patched = h.object(h.one('patch', { version: 'v1beta1', patchType: 'merge', body }));
    expect([patched.apiVersion, specOf(patched)]).toMatchObject([`${GROUP}/v1beta1`, { replicas: 3 }]);
    expect(h.refusal(h.one('get', { version: 'v1alpha1' })).code).toBe(404);
    expect(h.server.kinds.list.filter(({ group }) => group === GROUP).map((kind) => kind.version)).toEqual([
      'v1',
      'v1beta1',
    ]);
  });

  it('in a version that is deprecated is written with a warning that names another', () => {
    const h = started([version('v1'), version('v1beta1', { storage: false, deprecated: true })]);
    expect(h.send(h.tab({}, { version: 'v1beta1' }))).toMatchObject({
      warnings: [`${GROUP}/v1beta1 CronTab is deprecated; use ${GROUP}/v1 CronTab`],
    });
  });

  it('shows new defaults when its definition changes, and who watches has to look again', () => {
    const h = started();
    h.object(h.tab({}));
    let closed = 0;
    const sink = { event: () => undefined, closed: () => closed++ };
    h.send({ ...h.one('watch'), name: undefined, sink });
    const properties = { ...SPEC.properties, zone: { type: 'string', default: 'eu' } };
    const spec = { ...h.definition().spec, versions: [version('v1', {}, { ...SPEC, properties })] };
    h.object({
      verb: 'patch',
      group: 'apiextensions.k8s.io',
      resource: 'customresourcedefinitions',
      name: NAME,
      patchType: 'merge',
      body: { spec },
    });
    h.settle();
    expect(specOf(h.object(h.one('get')))).toEqual({ image: 'busybox', zone: 'eu' });
    expect(closed).toBe(1);
  });
});
