import { describe, expect, it } from 'vitest';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../../src/api/generated/types.ts';
import { customResourceDefinition } from '../../../src/api/kinds/customresourcedefinition.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';

const SCHEMA: JSONSchemaProps = { type: 'object' };
type Spec = Partial<CustomResourceDefinition['spec']>;

function definition(spec: Spec = {}, name = 'plural.group.com'): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'group.com',
      scope: 'Cluster',
      names: { plural: 'plural', singular: 'singular', kind: 'Plural', listKind: 'PluralList' },
      versions: [{ name: 'version', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA } }],
      ...spec,
    },
  };
}

function withSchema(openAPIV3Schema: JSONSchemaProps): CustomResourceDefinition {
  return definition({ versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] });
}

function errorsOf(object: CustomResourceDefinition): readonly string[] {
  return customResourceDefinition.validate(object).map(formatFieldError);
}

const AT = 'spec.versions[0].schema.openAPIV3Schema';

describe('a CustomResourceDefinition (apiextensions validation_test.go)', () => {
  it('gets the singular and the list kind from its kind, and no conversion', () => {
    const given = definition({ names: { plural: 'crontabs', kind: 'CronTab' } });
    expect(customResourceDefinition.applyDefaults(given).spec).toMatchObject({
      names: { singular: 'crontab', listKind: 'CronTabList' },
      conversion: { strategy: 'None' },
    });
  });

  it('keeps on record which version its objects are stored in', () => {
    const created = customResourceDefinition.prepareForCreate?.(definition());
    expect(created?.status?.storedVersions).toEqual(['version']);
  });

  it('is valid with a name, a group and one version', () => {
    expect(errorsOf(definition())).toEqual([]);
  });

  it.each<[string, CustomResourceDefinition, string]>([
    [
      'another name',
      definition({}, 'other.group.com'),
      'metadata.name: Invalid value: "other.group.com": must be spec.names.plural+"."+spec.group',
    ],
    [
      'a group without a dot',
      definition({ group: 'com' }, 'plural.com'),
      'spec.group: Invalid value: "com": should be a domain with at least one dot',
    ],
    [
      'another scope',
      definition({ scope: 'Global' }),
      'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"',
    ],
    [
      'preserved unknown fields',
      definition({ preserveUnknownFields: true }),
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ],
    [
      'a kind with a digit first',
      definition({ names: { plural: 'plural', singular: 's', kind: '1Kind', listKind: 'KindList' } }),
      "spec.names.kind: Invalid value: \"1Kind\": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      'the same kind and list kind',
      definition({ names: { plural: 'plural', singular: 's', kind: 'Kind', listKind: 'Kind' } }),
      'spec.names.listKind: Invalid value: "Kind": kind and listKind may not be the same',
    ],
    [
      'no schema',
      definition({ versions: [{ name: 'v1', served: true, storage: true }] }),
      `${AT}: Required value: schemas are required`,
    ],
    [
      'a protected group that nobody agreed to',
      definition({ group: 'sig.k8s.io' }, 'plural.sig.k8s.io'),
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
    ['a root without a type', withSchema({}), `${AT}.type: Required value: must not be empty at the root`],
    [
      'a root that is no object',
      withSchema({ type: 'string' }),
      `${AT}.type: Invalid value: "string": must be object at the root`,
    ],
    [
      'a field without a type',
      withSchema({ type: 'object', properties: { spec: {} } }),
      `${AT}.properties[spec].type: Required value: must not be empty for specified object fields`,
    ],
    [
      'a type that does not exist',
      withSchema({ type: 'object', properties: { a: { type: 'map' } } }),
      `${AT}.properties[a].type: Unsupported value: "map": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
    [
      'a list without items',
      withSchema({ type: 'object', properties: { a: { type: 'array' } } }),
      `${AT}.properties[a].items: Required value: must be specified`,
    ],
    [
      'properties beside additionalProperties',
      withSchema({
        type: 'object',
        properties: {
          a: { type: 'object', properties: { b: SCHEMA }, additionalProperties: { type: 'string' } },
        },
      }),
      `${AT}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      'rules on metadata',
      withSchema({
        type: 'object',
        properties: { metadata: { type: 'object', properties: { labels: SCHEMA } } },
      }),
      `${AT}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
    [
      'a type below anyOf',
      withSchema({ type: 'object', properties: { a: { type: 'string', anyOf: [{ type: 'string' }] } } }),
      `${AT}.properties[a].anyOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      'a field that only anyOf knows',
      withSchema({ type: 'object', anyOf: [{ properties: { a: { minimum: 1 } } }] }),
      `${AT}.properties[a]: Required value: because it is defined in ${AT}.anyOf[0].properties[a]`,
    ],
    [
      'a pattern that is none',
      withSchema({ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }),
      `${AT}.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``,
    ],
    [
      'a list of maps without keys',
      withSchema({
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
      }),
      `${AT}.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
    [
      'a default of another type',
      withSchema({ type: 'object', properties: { a: { type: 'integer', default: 'x' } } }),
      `${AT}.properties[a].default: Invalid value: "string": default in body must be of type integer: "string"`,
    ],
    [
      'a rule on a field that is not there',
      withSchema({
        type: 'object',
        properties: { a: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: 'self.b > 1' }],
      }),
      `${AT}.x-kubernetes-validations[0].rule: Invalid value: {"rule":"self.b \\u003e 1"}: compilation failed: ERROR: <input>:1:1: undefined field 'b'`,
    ],
    [
      'a rule that is no condition',
      withSchema({
        type: 'object',
        properties: { a: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: '1 + 1' }],
      }),
      `${AT}.x-kubernetes-validations[0].rule: Invalid value: {"rule":"1 + 1"}: cel expression must evaluate to a bool`,
    ],
    [
      'a rule on what an element of a list was',
      withSchema({
        type: 'object',
        properties: {
          a: {
            type: 'array',
            items: {
              type: 'string',
              'x-kubernetes-validations': [{ rule: 'self == oldSelf' }],
            } as JSONSchemaProps,
          } as never,
        },
      }),
      `${AT}.properties[a].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${AT}.properties[a].items`,
    ],
  ])('is refused with %s', (_, object, error) => {
    expect(errorsOf(object)).toContain(error);
  });

  it('says nothing at its root that would be lost on a status with a path of its own', () => {
    const openAPIV3Schema: JSONSchemaProps = { type: 'object', anyOf: [{ required: ['spec'] }] };
    const versions = [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, subresources: { status: {} } },
    ];
    expect(errorsOf(definition({ versions })).join()).toContain(
      'fields are allowed at the root of the schema if the status subresource is enabled',
    );
  });

  it.each([
    ['none', [false, false]],
    ['two', [true, true]],
  ])('is refused with %s of its versions stored', (_, storage) => {
    const versions = storage.map((each, i) => ({
      name: `v${i + 1}`,
      served: true,
      storage: each,
      schema: { openAPIV3Schema: SCHEMA },
    }));
    expect(errorsOf(definition({ versions })).join('\n')).toContain(
      'must have exactly one version marked as storage version',
    );
  });

  it('does not change its scope once it is established, nor its group ever', () => {
    const old: CustomResourceDefinition = {
      ...definition(),
      status: { conditions: [{ type: 'Established', status: 'True' }] },
    };
    const next = definition({ scope: 'Namespaced', group: 'other.com' });
    expect(customResourceDefinition.validateUpdate?.(next, old).map(formatFieldError)).toEqual([
      'spec.scope: Invalid value: "Namespaced": field is immutable',
      'spec.group: Invalid value: "other.com": field is immutable',
    ]);
  });

  it('does not lose a version that objects may be stored in', () => {
    const next: CustomResourceDefinition = { ...definition(), status: { storedVersions: ['v1', 'version'] } };
    expect(customResourceDefinition.validateUpdate?.(next, next).map(formatFieldError)).toEqual([
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    ]);
  });
});
