import type { KindDefinition } from '../api/kind.ts';
import { apiVersionOf } from '../api/kind.ts';
import { type KubeObject, nameOf, namespaceOf } from '../api/object.ts';
import { parseSelector } from '../apimachinery/labelparser.ts';
import type { Status } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';
import { categoryOf, kindFor } from './discovery.ts';
import { type Failure, failure, isFailed } from './errors.ts';
import { readSources, type Source } from './files.ts';
import { namespaceFor } from './flagsets.ts';
import { buildKustomization } from './kustomize/build.ts';
import { readManifest } from './manifests.ts';
import { getObject } from './requests.ts';
import type { ParsedArgs } from './verb.ts';

/** One object that a command line is about. */
export interface Info {
  readonly kind: KindDefinition;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  /** The file it came from; empty when it came from the server. */
  readonly source: string;
  /** As the file or the server has it; undefined when only its name is known. */
  readonly object: KubeObject | undefined;
}

/** An info whose object is known. */
export interface ObjectInfo extends Info {
  readonly object: KubeObject;
}

/** What a verb lets its arguments name (cli-runtime pkg/resource/builder.go). */
export interface Selection {
  readonly args: readonly string[];
  /** `-f` and `-R`. */
  readonly filenames?: readonly string[];
  readonly recursive?: boolean;
  /** `-k`. */
  readonly kustomize?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** `--all`. */
  readonly all?: boolean;
  /** A type alone means all objects of the type. */
  readonly allowEmptySelector?: boolean;
  readonly allNamespaces?: boolean;
  readonly namespace: string;
  /** True when `-n` was given: manifests must agree with it. */
  readonly enforceNamespace: boolean;
}

/** What the arguments name. */
export interface Resolved {
  readonly infos: readonly Info[];
  readonly errors: readonly (Status | string)[];
  /** True when exactly one object was asked for by name. */
  readonly single: boolean;
  /** The kinds asked for by type, in order; empty when objects were named or came from files. */
  readonly listed: readonly KindDefinition[];
}

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** The selection that the usual flags of a verb make, where the verb has them. */
export function selectionOf(
  context: KubectlContext,
  args: ParsedArgs,
  flags: readonly ('filename' | 'selector' | 'field-selector' | 'all' | 'all-namespaces')[],
): Selection {
  const has = (flag: (typeof flags)[number]): boolean => flags.includes(flag);
  const label = has('selector') ? args.string('selector') : '';
  const field = has('field-selector') ? args.string('field-selector') : '';
  const allNamespaces = has('all-namespaces') && args.bool('all-namespaces');
  return {
    args: args.args,
    namespace: namespaceFor(context, args),
    enforceNamespace: args.string('namespace') !== '',
    ...(has('filename')
      ? {
          filenames: args.strings('filename'),
          recursive: args.bool('recursive'),
          kustomize: args.string('kustomize'),
        }
      : {}),
    ...(label === '' ? {} : { labelSelector: label }),
    ...(field === '' ? {} : { fieldSelector: field }),
    ...(has('all') && args.bool('all') ? { all: true } : {}),
    ...(allNamespaces ? { allNamespaces } : {}),
  };
}

/** Finds what a selection names. Objects that were named are not fetched: `fetch` does that. */
export function resolve(context: KubectlContext, selection: Selection): Resolved | Failure {
  const args = normalize(selection.args);
  const parsed = parseArguments(args);
  if (isFailed(parsed)) return parsed;
  const { tuples, types, names } = parsed;
  if ((selection.filenames ?? []).length > 0 || (selection.kustomize ?? '') !== '') {
    if (args.length > 0)
      return failure(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    return resolveFiles(context, selection);
  }
  const selects =
    selection.labelSelector !== undefined || selection.fieldSelector !== undefined || selection.all === true;
  if (selects || (selection.allowEmptySelector === true && types.length > 0 && names.length === 0)) {
    if (names.length > 0) return failure('name cannot be provided when a selector is specified');
    if (tuples.length > 0)
      return failure('selectors and the all flag cannot be used when passing resource/name arguments');
    if (types.length === 0) return failure('at least one resource must be specified to use a selector');
    return resolveLists(context, selection, types);
  }
  if (tuples.length > 0) return resolveTuples(context, selection, tuples);
  if (names.length > 0)
    return resolveTuples(
      context,
      selection,
      names.map((name): Tuple => [types[0] ?? '', name]),
    );
  if (types.length === 0) return failure(MISSING);
  for (const type of types) {
    const found = kindFor(context, type);
    if (isFailed(found)) return found;
  }
  return failure('resource(s) were provided, but no name was specified');
}

/** The infos with their objects as the server has them now; those that it refuses become errors. */
export function fetch(
  context: KubectlContext,
  infos: readonly Info[],
): { readonly infos: readonly ObjectInfo[]; readonly errors: readonly (Status | string)[] } {
  const found: ObjectInfo[] = [];
  const errors: (Status | string)[] = [];
  for (const info of infos) {
    if (info.object !== undefined && info.source === '') {
      found.push(info as ObjectInfo);
      continue;
    }
    const result = getObject(context, info.kind, info.namespace, info.name);
    if (isFailed(result)) errors.push(result.failure);
    else found.push({ ...info, object: result.object });
  }
  return { infos: found, errors };
}

type Tuple = readonly [type: string, name: string];

interface Arguments {
  readonly tuples: readonly Tuple[];
  readonly types: readonly string[];
  readonly names: readonly string[];
}

/** `a,b c` as `a/c b/c`. */
function normalize(args: readonly string[]): readonly string[] {
  const types = args.length < 2 ? [] : splitTypes(args[0] as string);
  if (types.length < 2) return args;
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`));
}

function splitTypes(arg: string): string[] {
  return [...new Set(arg.split(',').filter((type) => type !== ''))];
}

function parseArguments(args: readonly string[]): Arguments | Failure {
  const slashes = args.filter((arg) => arg.includes('/')).length;
  if (slashes > 0 && slashes !== args.length)
    return failure(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  if (slashes === 0) {
    const [first, ...names] = args;
    return { tuples: [], types: first === undefined ? [] : splitTypes(first), names };
  }
  const tuples: Tuple[] = [];
  for (const arg of args) {
    const parts = arg.split('/');
    if (parts.length !== 2)
      return failure('arguments in resource/name form may not have more than one slash');
    const [type = '', name = ''] = parts;
    if (type === '' || name === '' || splitTypes(type).length !== 1)
      return failure('arguments in resource/name form must have a single resource and name');
    tuples.push([type, name]);
  }
  return { tuples, types: [], names: [] };
}

function resolveTuples(
  context: KubectlContext,
  selection: Selection,
  tuples: readonly Tuple[],
): Resolved | Failure {
  const infos: Info[] = [];
  for (const [type, name] of tuples) {
    const found = kindFor(context, type);
    if (isFailed(found)) return found;
    if (name === '') return failure('resource name may not be empty');
    if (found.kind.namespaced && selection.allNamespaces === true)
      return failure('a resource cannot be retrieved by name across all namespaces');
    const namespace = found.kind.namespaced ? selection.namespace : '';
    infos.push({ kind: found.kind, namespace, name, source: '', object: undefined });
  }
  return { infos, errors: [], single: tuples.length === 1, listed: [] };
}

function resolveLists(
  context: KubectlContext,
  selection: Selection,
  types: readonly string[],
): Resolved | Failure {
  const kinds = new Set<KindDefinition>();
  for (const type of types) {
    const category = categoryOf(context, type);
    if (category !== undefined) {
      for (const kind of category) kinds.add(kind);
      continue;
    }
    const found = kindFor(context, type);
    if (isFailed(found)) return found;
    kinds.add(found.kind);
  }
  const infos: Info[] = [];
  const errors: (Status | string)[] = [];
  for (const kind of kinds) {
    const result = context.client.list(kind, listOptionsOf(selection, kind));
    if (!result.ok) errors.push(enhanceListError(kind, selection, result.status));
    else for (const object of result.value.items) infos.push(infoOf(kind, object));
  }
  return { infos, errors, single: false, listed: [...kinds] };
}

/** The options of a list or watch over what a selection asks for. */
export function listOptionsOf(
  selection: Selection,
  kind: KindDefinition,
): { namespace?: string; labelSelector?: string; fieldSelector?: string } {
  const everywhere = !kind.namespaced || selection.allNamespaces === true;
  return {
    ...(everywhere ? {} : { namespace: selection.namespace }),
    ...(selection.labelSelector === undefined ? {} : { labelSelector: selection.labelSelector }),
    ...(selection.fieldSelector === undefined ? {} : { fieldSelector: selection.fieldSelector }),
  };
}

/** The info of an object that the server sent. */
export function infoOf(kind: KindDefinition, object: KubeObject): ObjectInfo {
  return { kind, namespace: namespaceOf(object), name: nameOf(object), source: '', object };
}

/** Says in a refused list what was looked for (cli-runtime pkg/resource/helper.go EnhanceListError). */
function enhanceListError(kind: KindDefinition, selection: Selection, status: Status): Status {
  if (status.reason !== 'BadRequest' && status.reason !== 'NotFound') return status;
  const subject = `"${apiVersionOf(kind).includes('/') ? '' : '/'}${apiVersionOf(kind)}, Resource=${kind.plural}"`;
  const { labelSelector = '', fieldSelector = '' } = selection;
  const what =
    labelSelector === '' && fieldSelector === ''
      ? `Unable to list ${subject}`
      : `Unable to find ${subject} that match label selector "${labelSelector}", field selector "${fieldSelector}"`;
  return { ...status, message: `${what}: ${status.message ?? ''}` };
}

/** The texts that `-f` or `-k` name. */
function sourcesOf(
  context: KubectlContext,
  { filenames = [], recursive = false, kustomize = '' }: Selection,
): readonly Source[] | Failure {
  if (kustomize === '') return readSources(context, filenames, recursive);
  if (filenames.length > 0) return failure('only one of -f or -k can be specified');
  if (recursive) return failure("the -k flag can't be used with -f or -R");
  const built = buildKustomization(context.files, kustomize);
  for (const warning of built.warnings) context.stdio.err(`${warning}\n`);
  return isFailed(built) ? built : [{ name: kustomize, text: built.yaml }];
}

function resolveFiles(context: KubectlContext, selection: Selection): Resolved | Failure {
  const sources = sourcesOf(context, selection);
  if ('failure' in sources) return sources;
  const infos: Info[] = [];
  const errors: string[] = [];
  for (const source of sources) {
    const manifest = readManifest(context, source);
    errors.push(...manifest.errors);
    for (const { kind, object, name, namespace } of manifest.objects) {
      if (
        kind.namespaced &&
        selection.enforceNamespace &&
        namespace !== '' &&
        namespace !== selection.namespace
      ) {
        errors.push(
          `the namespace from the provided object "${namespace}" does not match the namespace "${selection.namespace}". You must pass '--namespace=${namespace}' to perform this operation.`,
        );
        continue;
      }
      const effective = kind.namespaced ? (namespace === '' ? selection.namespace : namespace) : '';
      const placed =
        effective === '' || namespace === effective
          ? object
          : { ...object, metadata: { ...object.metadata, namespace: effective } };
      infos.push({ kind, namespace: effective, name, source: source.name, object: placed });
    }
  }
  const labelled = selection.labelSelector;
  const kept = labelled === undefined ? infos : filterByLabels(infos, labelled);
  if ('failure' in kept) return kept;
  return { infos: kept, errors, single: infos.length === 1, listed: [] };
}

function filterByLabels(infos: readonly Info[], text: string): readonly Info[] | Failure {
  const selector = parseSelector(text);
  if ('error' in selector) return failure(selector.error);
  return infos.filter((info) => selector.matches(info.object?.metadata.labels));
}
