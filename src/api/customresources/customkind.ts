import { deepEqual } from '../../apimachinery/equal.ts';
import type { FieldError } from '../../apimachinery/fielderror.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { compileJsonPath, printJsonPathValue } from '../../apimachinery/jsonpath.ts';
import { isObject } from '../../apimachinery/object.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  SelectableField,
} from '../generated/types.ts';
import type { CustomKind, KindDefinition } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { withSchemaDefaults } from './defaulting.ts';
import { validateEmbedded } from './embedded.ts';
import { fieldSchemaOf } from './fieldschema.ts';
import { validateListTypes } from './listtypes.ts';
import { printerColumns } from './printercolumns.ts';
import { prune } from './prune.ts';
import { validateRules } from './rulevalidation.ts';
import { additionalSchema, type Structural, structuralOf } from './structural.ts';
import { validateValues } from './valuevalidation.ts';

/** The kind that one version of a definition brings, under the names that were accepted. */
export function customKind(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): KindDefinition {
  const { group, scope } = definition.spec;
  const names = definition.status?.acceptedNames ?? definition.spec.names;
  const { kind, plural, singular = kind.toLowerCase(), shortNames = [], categories = [] } = names;
  const structural = structuralOf(version.schema?.openAPIV3Schema ?? { type: 'object' });
  const { status, scale } = version.subresources ?? {};
  return Object.freeze({
    group,
    version: version.name,
    kind,
    plural,
    singular,
    shortNames,
    categories,
    namespaced: scope === 'Namespaced',
    schemaType: kind,
    validateName: isDNS1123Subdomain,
    applyDefaults: (object: KubeObject) =>
      withSchemaDefaults(object as unknown as Json, structural) as unknown as KubeObject,
    validate: (object: KubeObject) => validateObject(object, structural, undefined),
    statusSubresource: status !== undefined,
    hasGeneration: true,
    generationChanged: (next: KubeObject, old: KubeObject) => isChanged(next, old, status !== undefined),
    allowUnconditionalUpdate: false,
    defaultPropagation: 'Background' as const,
    ...selectableFields(version.selectableFields),
    ...(scale === undefined ? {} : { subresources: ['scale'] }),
    columns: printerColumns(version.additionalPrinterColumns),
    ...(version.deprecated === true
      ? { deprecation: version.deprecationWarning ?? deprecationOf(definition, version.name) }
      : {}),
    custom: customPart(definition, version, structural),
  });
}

/** What users of a deprecated version are told, and which one to take instead (defaultDeprecationWarning). */
function deprecationOf({ spec }: CustomResourceDefinition, version: string): string {
  const told = (name: string): string => `${spec.group}/${name} ${spec.names.kind}`;
  const newer = spec.versions
    .filter(
      ({ name, served, deprecated }) => served && deprecated !== true && compareVersions(name, version) < 0,
    )
    .map(({ name }) => name)
    .sort(compareVersions)[0];
  const instead = newer === undefined ? '' : `; use ${told(newer)}`;
  return `${told(version)} is deprecated${instead}`;
}

function customPart(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  structural: Structural,
): CustomKind {
  const { kind, listKind = `${kind}List` } = definition.status?.acceptedNames ?? definition.spec.names;
  const { schema, describe } = fieldSchemaOf(structural, kind);
  const { scale } = version.subresources ?? {};
  return {
    definition: definition.metadata.name ?? '',
    schema,
    listKind,
    describe,
    read(object, withDefaults) {
      const { value, unknownFields } = prune(object, structural);
      const filled = withDefaults ? (withSchemaDefaults(value, structural) as JsonObject) : value;
      return { object: filled, unknownFields };
    },
    validate: (object, old) => validateObject(object, structural, old),
    ...(scale === undefined ? {} : { scale }),
  };
}

/** Upstream gives these up when an object is too malformed for its rules to be read (hasBlockingErr). */
const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

function validateObject(
  object: KubeObject,
  structural: Structural,
  old: KubeObject | undefined,
): readonly FieldError[] {
  const [value, before] = [object as unknown as Json, old as unknown as Json | undefined];
  const errors = [
    ...validateValues(value, structural.props, before),
    ...validateEmbedded(value, structural),
    ...validateListTypes(value, structural, ''),
  ];
  if (!hasRules(structural)) return errors;
  if (errors.some(({ type }) => BLOCKING.has(type)))
    return [...errors, { type: 'FieldValueInvalid', field: '<nil>', badValue: 'null', detail: NOT_CHECKED }];
  return [...errors, ...validateRules(value, structural, before)];
}

/** Which schemas have rules somewhere in them. */
const ruled = new WeakMap<Structural, boolean>();

function hasRules(schema: Structural): boolean {
  let found = ruled.get(schema);
  if (found === undefined) {
    const { rules, items, properties } = schema;
    const inner = [items, additionalSchema(schema), ...properties.values()];
    found = rules.length > 0 || inner.some((each) => each !== undefined && hasRules(each));
    ruled.set(schema, found);
  }
  return found;
}

/** The generation counts every change outside metadata and, where it has its own path, the status. */
function isChanged(next: KubeObject, old: KubeObject, statusApart: boolean): boolean {
  const left = (object: KubeObject): object => {
    const { metadata: _, ...rest } = object;
    if (!statusApart) return rest;
    const { status: __, ...others } = rest as { readonly status?: unknown };
    return others;
  };
  return !deepEqual(left(next), left(old));
}

function selectableFields(
  fields: readonly SelectableField[] | undefined,
): Pick<KindDefinition, 'selectableFields'> {
  if (fields === undefined || fields.length === 0) return {};
  const getters = Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const path = compileJsonPath(`{${jsonPath}}`, true);
      const get = (object: KubeObject): string => {
        const found = 'error' in path ? path : path.find(object as unknown as Json);
        const value = 'error' in found ? undefined : found[0]?.[0];
        return value === undefined || value === null || isObject(value) ? '' : printJsonPathValue(value);
      };
      return [jsonPath.replace(/^\./, ''), get];
    }),
  );
  return { selectableFields: getters };
}

/** Every version that a definition serves, the one that clients should take first. */
export function servedKinds(definition: CustomResourceDefinition): readonly KindDefinition[] {
  return definition.spec.versions
    .filter(({ served }) => served)
    .toSorted((a, b) => compareVersions(a.name, b.name))
    .map((version) => customKind(definition, version));
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const STAGES = ['alpha', 'beta', undefined];

/** `v2` before `v1` before `v1beta1`, others last in order (apimachinery pkg/version CompareKubeAwareVersionStrings). */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [VERSION.exec(a), VERSION.exec(b)];
  if (x === null || y === null) {
    if (x !== null) return -1;
    if (y !== null) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const stages = STAGES.indexOf(y[2]) - STAGES.indexOf(x[2]);
  if (stages !== 0) return stages;
  return Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0);
}
