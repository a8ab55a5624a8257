import type { JsonObject } from '../../apimachinery/json.ts';
import { own } from '../../apimachinery/object.ts';
import { parseManifests } from '../../apimachinery/yaml.ts';
import { ANY, decode, FLAG, NUMBER, type Shape, struct, structs, TEXT, TEXT_MAP, TEXTS } from './decode.ts';
import type { FieldSpec } from './fieldspec.ts';
import type { Behavior } from './resource.ts';

/** What a patch or a replacement is about; names and types are regular expressions. */
export interface Target {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

export interface KustomizePatch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Target;
  readonly options?: Readonly<Record<string, boolean>>;
}

export interface LabelRule {
  readonly pairs?: Readonly<Record<string, string>>;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly FieldSpec[];
}

export interface ImageRule {
  readonly name?: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly tagSuffix?: string;
  readonly digest?: string;
}

export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** An entry of `configMapGenerator` or `secretGenerator`. */
export interface GeneratorArgs {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: Behavior;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly type?: string;
  readonly options?: GeneratorOptions;
}

/** Where a replacement reads or writes. */
export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}

export interface Replacement {
  readonly path?: string;
  readonly source?: Target & { readonly fieldPath?: string; readonly options?: FieldOptions };
  readonly sourceValue?: string;
  readonly targets?: readonly {
    readonly select?: Target;
    readonly reject?: readonly Target[];
    readonly fieldPaths?: readonly string[];
    readonly options?: FieldOptions;
  }[];
}

/** A kustomization file (api/types/kustomization.go), as far as it is acted on. */
export interface Kustomization {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly resources?: readonly string[];
  readonly bases?: readonly string[];
  readonly components?: readonly string[];
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly labels?: readonly LabelRule[];
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly patches?: readonly KustomizePatch[];
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly KustomizePatch[];
  readonly images?: readonly ImageRule[];
  readonly imageTags?: readonly ImageRule[];
  readonly replicas?: readonly { readonly name?: string; readonly count?: number }[];
  readonly replacements?: readonly Replacement[];
  readonly configMapGenerator?: readonly GeneratorArgs[];
  readonly secretGenerator?: readonly GeneratorArgs[];
  readonly generatorOptions?: GeneratorOptions;
  readonly sortOptions?: {
    readonly order?: string;
    readonly legacySortOptions?: {
      readonly orderFirst?: readonly string[];
      readonly orderLast?: readonly string[];
    };
  };
}

export const KUSTOMIZATION_FILES: readonly string[] = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

const FIELD_SPEC = { group: TEXT, version: TEXT, kind: TEXT, path: TEXT, create: FLAG };
const TARGET = {
  group: TEXT,
  version: TEXT,
  kind: TEXT,
  name: TEXT,
  namespace: TEXT,
  labelSelector: TEXT,
  annotationSelector: TEXT,
};
const PATCHES = structs('Patch', {
  path: TEXT,
  patch: TEXT,
  target: struct('Selector', TARGET),
  options: { type: 'map', items: FLAG },
});
const OPTIONS = struct('GeneratorOptions', {
  labels: TEXT_MAP,
  annotations: TEXT_MAP,
  disableNameSuffixHash: FLAG,
  immutable: FLAG,
});
const GENERATOR = {
  name: TEXT,
  namespace: TEXT,
  behavior: TEXT,
  literals: TEXTS,
  files: TEXTS,
  envs: TEXTS,
  env: TEXT,
  options: OPTIONS,
};
const IMAGES = structs('Image', { name: TEXT, newName: TEXT, newTag: TEXT, tagSuffix: TEXT, digest: TEXT });
const FIELD_OPTIONS = struct('FieldOptions', {
  delimiter: TEXT,
  index: NUMBER,
  encoding: TEXT,
  create: FLAG,
});
const REPLACEMENTS = structs('ReplacementField', {
  path: TEXT,
  source: struct('SourceSelector', { ...TARGET, fieldPath: TEXT, options: FIELD_OPTIONS }),
  sourceValue: TEXT,
  targets: structs('TargetSelector', {
    select: struct('Selector', TARGET),
    reject: structs('Selector', TARGET),
    fieldPaths: TEXTS,
    options: FIELD_OPTIONS,
  }),
});

/** Fields that need what is out of reach here: plugins, programs, the internet, or OpenAPI documents. */
const ABSENT: readonly string[] = [
  'buildMetadata',
  'configurations',
  'crds',
  'generators',
  'helmChartInflationGenerator',
  'helmCharts',
  'helmGlobals',
  'inventory',
  'openapi',
  'transformers',
  'validators',
  'vars',
];

const SHAPE: Shape = struct('Kustomization', {
  apiVersion: TEXT,
  kind: TEXT,
  metadata: ANY,
  resources: TEXTS,
  bases: TEXTS,
  components: TEXTS,
  namePrefix: TEXT,
  nameSuffix: TEXT,
  namespace: TEXT,
  commonLabels: TEXT_MAP,
  labels: structs('Label', {
    pairs: TEXT_MAP,
    includeSelectors: FLAG,
    includeTemplates: FLAG,
    fields: structs('FieldSpec', FIELD_SPEC),
  }),
  commonAnnotations: TEXT_MAP,
  patches: PATCHES,
  patchesStrategicMerge: TEXTS,
  patchesJson6902: PATCHES,
  images: IMAGES,
  imageTags: IMAGES,
  replicas: structs('Replica', { name: TEXT, count: NUMBER }),
  replacements: REPLACEMENTS,
  configMapGenerator: structs('ConfigMapArgs', GENERATOR),
  secretGenerator: structs('SecretArgs', { ...GENERATOR, type: TEXT }),
  generatorOptions: OPTIONS,
  sortOptions: struct('SortOptions', {
    order: TEXT,
    legacySortOptions: struct('LegacySortOptions', { orderFirst: TEXTS, orderLast: TEXTS }),
  }),
  ...Object.fromEntries(ABSENT.map((field) => [field, ANY])),
});

/** Deprecated fields, in the order upstream warns of them, and what to use instead. */
const DEPRECATED: readonly (readonly [field: keyof Kustomization, instead: string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['imageTags', 'images'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
];

/** A kustomization that was read, with the lines to warn with; or why it was not. `root` is its folder. */
export function readKustomization(
  text: string,
  root: string,
):
  | { readonly kustomization: Kustomization; readonly warnings: readonly string[] }
  | { readonly error: string } {
  const { docs, errors } = parseManifests(text);
  const [malformed] = errors;
  if (malformed !== undefined)
    return {
      error: `invalid Kustomization: ${malformed.message.replace('error converting YAML to JSON: ', '')}`,
    };
  const decoded = decode(docs[0]?.value ?? {}, SHAPE, 'Kustomization');
  if ('error' in decoded) return { error: `invalid Kustomization: ${decoded.error}` };
  const value = decoded.value as JsonObject;
  const absent = ABSENT.find((field) => own(value, field) !== undefined);
  if (absent !== undefined) return { error: `the field '${absent}' of ${root} is not supported here` };
  const kustomization = value as unknown as Kustomization;
  const warnings = DEPRECATED.filter(([field]) => kustomization[field] !== undefined).map(
    ([field, instead]) =>
      `# Warning: '${field}' is deprecated. Please use '${instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`,
  );
  if (Object.keys(value).every((field) => field === 'apiVersion' || field === 'kind'))
    return { error: 'kustomization.yaml is empty' };
  const wrong = wrongType(kustomization);
  if (wrong.length > 0)
    return { error: `Failed to read kustomization file under ${root}:\n${wrong.join('\n')}` };
  return { kustomization, warnings };
}

function wrongType({ kind = 'Kustomization', apiVersion }: Kustomization): readonly string[] {
  const wrong: string[] = [];
  if (kind !== 'Kustomization' && kind !== 'Component')
    wrong.push('kind should be Kustomization or Component');
  const version = `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`;
  if (apiVersion !== undefined && apiVersion !== version)
    wrong.push(`apiVersion for ${kind} should be ${version}`);
  return wrong;
}
