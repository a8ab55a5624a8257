import { describe, expect, it } from 'vitest';
import {
  strictDecodingError,
  unknownFieldMessage,
  validateAgainstSchema,
} from '../../src/apimachinery/decode.ts';
import type { Json, JsonObject } from '../../src/apimachinery/json.ts';
import { normalizeAgainstSchema, pruneUnknown } from '../../src/apimachinery/prune.ts';
import { schema } from './testschema.ts';

const pod = (container: Json, spec: JsonObject = {}): Json => ({
  spec: { template: { spec: { containers: [container], ...spec } } },
});

describe('unknown fields', () => {
  const at = 'spec.template.spec';
  it.each([
    ['a slip', pod({ imge: 'x' }), `${at}.containers[0].imge`, `${at}.containers[0].image`],
    [
      'another writing',
      pod({ image_pull_policy: 'x' }),
      `${at}.containers[0].image_pull_policy`,
      `${at}.containers[0].imagePullPolicy`,
    ],
    ['another case', pod({ Image: 'x' }), `${at}.containers[0].Image`, `${at}.containers[0].image`],
    [
      'a field of the struct around',
      pod({ restartPolicy: 'x' }),
      `${at}.containers[0].restartPolicy`,
      `${at}.restartPolicy`,
    ],
    [
      'a field of a struct further out',
      pod({ replicas: 1 }),
      `${at}.containers[0].replicas`,
      'spec.replicas',
    ],
    ['a field further in', { spec: { replicas: 1, containers: [] } }, 'spec.containers', undefined],
    ['a field of an element', pod({}, { image: 'x' }), `${at}.image`, `${at}.containers[].image`],
    ['nothing like any', pod({ qqqqqqqq: 'x' }), `${at}.containers[0].qqqqqqqq`, undefined],
  ])('%s', (_, value, path, suggestion) => {
    const { unknownFields, typeErrors } = validateAgainstSchema(value, schema, 'Deployment');
    expect(unknownFields).toEqual([{ path, ...(suggestion === undefined ? {} : { suggestion }) }]);
    expect(typeErrors).toEqual([]);
  });

  it('read as upstream words them', () => {
    expect(strictDecodingError(['spec.a', 'spec.b'].map(unknownFieldMessage))).toBe(
      'strict decoding error: unknown field "spec.a", unknown field "spec.b"',
    );
  });

  it('of prototypes are none of the type', () => {
    const value = JSON.parse('{"__proto__":1,"constructor":2}') as Json;
    const { unknownFields } = validateAgainstSchema(value, schema, 'Deployment');
    expect(unknownFields.map((f) => f.path)).toEqual(['__proto__', 'constructor']);
  });
});

describe('values that do not fit', () => {
  const field = (text: string): string => `json: cannot unmarshal ${text}`;
  it.each([
    [
      { spec: { replicas: 'x' } },
      field('string into Go struct field DeploymentSpec.spec.replicas of type int32'),
    ],
    [
      { spec: { replicas: 1.5 } },
      field('number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32'),
    ],
    [
      { spec: { replicas: 2147483648 } },
      field('number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32'),
    ],
    [
      { spec: { paused: 'yes' } },
      field('string into Go struct field DeploymentSpec.spec.paused of type bool'),
    ],
    [
      { metadata: { labels: { a: 1 } } },
      field('number into Go struct field ObjectMeta.metadata.labels of type string'),
    ],
    [
      { metadata: { labels: [] } },
      field('array into Go struct field ObjectMeta.metadata.labels of type map[string]string'),
    ],
    [
      pod({ env: [{ name: 'a', value: 1 }] }),
      field('number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string'),
    ],
    [
      { spec: { template: { spec: { containers: {} } } } },
      field('object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container'),
    ],
    [[], field('array into Go value of type v1.Deployment')],
    [
      pod({ resources: { limits: { cpu: 'lots' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      { metadata: { creationTimestamp: 'now' } },
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ],
  ] as [Json, string][])('%j', (value, message) => {
    const { typeErrors, unknownFields } = validateAgainstSchema(value, schema, 'Deployment');
    expect(typeErrors.map((e) => e.message)).toEqual([message]);
    expect(unknownFields).toEqual([]);
  });

  it('name the byte at which base64 ends', () => {
    const message = (data: string): string | undefined =>
      validateAgainstSchema({ data: { a: data } }, schema, 'Secret').typeErrors[0]?.message;
    expect(message('aGVsbG8=')).toBeUndefined();
    expect(message('a b=')).toBe('illegal base64 data at input byte 1');
    expect(message('not-base64')).toBe('illegal base64 data at input byte 3');
  });

  it('take numbers as quantities, texts as ports, and null for anything', () => {
    const value = {
      ...(pod({ resources: { limits: { cpu: 1 } }, image: null }) as JsonObject),
      metadata: { creationTimestamp: null },
    };
    expect(validateAgainstSchema(value, schema, 'Deployment').typeErrors).toEqual([]);
  });
});

describe('pruning', () => {
  it('drops unknown fields and nulls and shares the rest', () => {
    const known = { metadata: { labels: { a: 'b' } } };
    expect(pruneUnknown(known, schema, 'Deployment')).toBe(known);
    const pruned = pruneUnknown({ ...known, foo: 1, spec: { bar: 1, paused: null } }, schema, 'Deployment');
    expect(pruned).toEqual({ ...known, spec: {} });
    expect((pruned as JsonObject).metadata).toBe(known.metadata);
  });

  it('makes quantities canonical where asked to', () => {
    const value = { limits: { cpu: 0.5, memory: '1024Mi' } };
    expect(normalizeAgainstSchema(value, schema, 'ResourceRequirements')).toEqual({
      limits: { cpu: '500m', memory: '1Gi' },
    });
  });
});
