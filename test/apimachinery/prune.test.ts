import { describe, expect, it } from 'vitest';
import { schema as kubernetes } from '../../src/api/schema.ts';
import type { Json, JsonObject } from '../../src/apimachinery/json.ts';
import { normalizeAgainstSchema, pruneUnknown } from '../../src/apimachinery/prune.ts';
import { schema } from './testschema.ts';

const CASES: readonly { name: string; type: string; value: Json; wanted: Json }[] = [
  {
    name: 'fields the type does not know are left out',
    type: 'Deployment',
    value: { kind: 'Deployment', extra: 1, metadata: { name: 'web', colour: 'red' } },
    wanted: { kind: 'Deployment', metadata: { name: 'web' } },
  },
  {
    name: 'null in a struct means unset',
    type: 'Deployment',
    value: { metadata: null, spec: { replicas: null, paused: true } },
    wanted: { spec: { paused: true } },
  },
  {
    name: 'null among structs of a list is an empty struct',
    type: 'PodSpec',
    value: { containers: [null, { name: 'web' }] },
    wanted: { containers: [{}, { name: 'web' }] },
  },
  {
    name: 'null in a map of strings is an empty string',
    type: 'ObjectMeta',
    value: { labels: { a: null, b: 'c' } },
    wanted: { labels: { a: '', b: 'c' } },
  },
  {
    name: 'null in a list of strings is an empty string',
    type: 'Container',
    value: { args: ['-v', null] },
    wanted: { args: ['-v', ''] },
  },
  {
    name: 'empty lists and maps are left out where the type can do without',
    type: 'PodSpec',
    value: { containers: [], nodeSelector: {}, tolerations: [], volumes: [{ name: 'v', emptyDir: {} }] },
    wanted: { containers: [], volumes: [{ name: 'v', emptyDir: {} }] },
  },
  {
    name: 'null in a map of quantities is zero',
    type: 'ResourceRequirements',
    value: { limits: { cpu: null } },
    wanted: { limits: { cpu: '0' } },
  },
  {
    name: 'null in a map of bytes is no bytes',
    type: 'Secret',
    value: { data: { key: null } },
    wanted: { data: { key: '' } },
  },
  {
    name: 'a key called __proto__ is a key like any other',
    type: 'ObjectMeta',
    value: JSON.parse('{"labels": {"__proto__": null}}') as Json,
    wanted: JSON.parse('{"labels": {"__proto__": ""}}') as Json,
  },
];

describe('what decoding into a Go type and encoding again leaves', () => {
  it.each(CASES)('$name', ({ type, value, wanted }) => {
    expect(pruneUnknown(value, schema, type)).toEqual(wanted);
    expect(normalizeAgainstSchema(value, schema, type)).toEqual(wanted);
  });

  it.each([
    ['boolean', false],
    ['integer', 0],
    ['intOrString', 0],
    ['any', null],
    ['time', null],
  ] as const)('null in a list of %s becomes %s', (type, wanted) => {
    const own = { T: { fields: { list: { type: 'list', items: { type } } } } } as const;
    expect(pruneUnknown({ list: [null] }, own, 'T')).toEqual({ list: [wanted] });
  });

  it('a value that loses nothing is given back itself', () => {
    const value = { metadata: { labels: { a: 'b' } }, spec: { replicas: 1 } };
    expect(pruneUnknown(value, schema, 'Deployment')).toBe(value);
  });

  it('what did not change is shared', () => {
    const spec = { replicas: 1 };
    const pruned = pruneUnknown({ spec, extra: 1 }, schema, 'Deployment') as { spec: object };
    expect(pruned.spec).toBe(spec);
  });

  it('normalizing writes quantities in canonical form, pruning does not', () => {
    const value = { limits: { cpu: '0.5', memory: 1024 } };
    expect(normalizeAgainstSchema(value, schema, 'ResourceRequirements')).toEqual({
      limits: { cpu: '500m', memory: '1024' },
    });
    expect(pruneUnknown(value, schema, 'ResourceRequirements')).toBe(value);
  });
});

describe('zeros of the real types', () => {
  const normalized = (type: string, value: Json): Json => normalizeAgainstSchema(value, kubernetes, type);

  it('are left out where Go has neither a pointer nor a field that is required', () => {
    expect(
      normalized('PodSpec', {
        containers: [{ name: '', image: '', stdin: false, env: [{ name: 'A', value: '' }] }],
        hostNetwork: false,
        priority: 0,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 0,
        nodeName: '',
      }),
    ).toEqual({
      containers: [{ name: '', env: [{ name: 'A' }] }],
      priority: 0,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['DeploymentSpec', { replicas: 0, paused: false, minReadySeconds: 0 }, { replicas: 0 }],
    [
      'ReplicaSetStatus',
      { replicas: 0, readyReplicas: 0, terminatingReplicas: 0 },
      { replicas: 0, terminatingReplicas: 0 },
    ],
    ['DiscoveryEndpointPort', { name: '', port: 0, protocol: '' }, { name: '', port: 0, protocol: '' }],
    ['EndpointPort', { name: '', port: 0, protocol: '' }, { port: 0 }],
    ['Probe', { timeoutSeconds: 0, terminationGracePeriodSeconds: 0 }, { terminationGracePeriodSeconds: 0 }],
    ['ClientIPConfig', { timeoutSeconds: 0 }, { timeoutSeconds: 0 }],
    ['Event', { count: 0, reportingComponent: '', reason: '' }, { reportingComponent: '' }],
    [
      'ObjectMeta',
      { generation: 0, deletionGracePeriodSeconds: 0, namespace: '' },
      { deletionGracePeriodSeconds: 0 },
    ],
  ])('of a %s', (type, value, wanted) => {
    expect(normalized(type, value)).toEqual(wanted);
  });
});
