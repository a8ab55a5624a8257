import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Json, JsonObject } from '../apimachinery/json.ts';
import { isList, isObject, own } from '../apimachinery/object.ts';
import { parseManifests } from '../apimachinery/yaml.ts';
import type { KubectlContext } from './context.ts';
import { findKindOf } from './discovery.ts';
import type { Source } from './files.ts';
import { hintForKind } from './missingkinds.ts';

/** One object of a manifest. Its fields are as the player wrote them: only the server judges them. */
export interface ManifestObject {
  readonly kind: KindDefinition;
  readonly object: KubeObject;
  readonly name: string;
  /** As written; empty where the manifest names none. */
  readonly namespace: string;
  readonly source: string;
}

/** What a manifest holds: the objects that can be sent, and what is wrong with the rest. */
export interface Manifest {
  readonly objects: readonly ManifestObject[];
  readonly errors: readonly string[];
}

/** A List may hold lists; deeper nesting than this is refused. */
const MAX_LIST_DEPTH = 8;

/** Reads the documents of a source: YAML or JSON, several of them, lists expanded. */
export function readManifest(context: KubectlContext, source: Source): Manifest {
  const parsed = parseManifests(source.text, { fileName: source.name });
  const objects: ManifestObject[] = [];
  const errors = parsed.errors.map((error) => `error parsing ${source.name}: ${error.message}`);
  for (const document of parsed.docs) {
    if (document.value !== null) collect(context, document.value, source.name, objects, errors, 0);
  }
  return { objects, errors };
}

function collect(
  context: KubectlContext,
  value: Json,
  source: string,
  objects: ManifestObject[],
  errors: string[],
  depth: number,
): void {
  const refused = validate(value, source);
  if (refused !== undefined) {
    errors.push(refused);
    return;
  }
  const object = value as JsonObject;
  const items = own(object, 'items');
  if (String(own(object, 'kind')).endsWith('List') && isList(items) && depth < MAX_LIST_DEPTH) {
    for (const item of items) collect(context, item, source, objects, errors, depth + 1);
    return;
  }
  const result = toObject(context, object, source);
  if (typeof result === 'string') errors.push(result);
  else objects.push(result);
}

/** The complaint about a document without apiVersion or kind. */
function validate(value: Json, source: string): string | undefined {
  const missing: string[] = [];
  if (!isObject(value)) missing.push('invalid object to validate');
  else {
    if (!isText(own(value, 'apiVersion'))) missing.push('apiVersion not set');
    if (!isText(own(value, 'kind'))) missing.push('kind not set');
  }
  if (missing.length === 0) return undefined;
  const what = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
  return `error validating "${source}": error validating data: ${what}; if you choose to ignore these errors, turn validation off with --validate=false`;
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function toObject(context: KubectlContext, value: JsonObject, source: string): ManifestObject | string {
  const apiVersion = String(value.apiVersion);
  const kindName = String(value.kind);
  const metadata = own(value, 'metadata') ?? {};
  if (!isObject(metadata))
    return `unable to decode "${source}": json: cannot unmarshal ${jsonType(metadata)} into Go struct field PartialObjectMetadata.metadata of type v1.ObjectMeta`;
  for (const field of ['name', 'namespace', 'generateName']) {
    const given = own(metadata, field);
    if (given !== undefined && given !== null && typeof given !== 'string')
      return `unable to decode "${source}": json: cannot unmarshal ${jsonType(given)} into Go struct field ObjectMeta.metadata.${field} of type string`;
  }
  const name = textOf(own(metadata, 'name'));
  const namespace = textOf(own(metadata, 'namespace'));
  const kind = findKindOf(context, apiVersion, kindName);
  if (kind === undefined) {
    return `resource mapping not found for name: "${name}" namespace: "${namespace}" from "${source}": no matches for kind "${kindName}" in version "${apiVersion}"\nensure CRDs are installed first${hintForKind(apiVersion, kindName)}`;
  }
  const object = { ...value, metadata } as unknown as KubeObject;
  return { kind, object, name, namespace, source };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function jsonType(value: Json): string {
  if (isList(value)) return 'array';
  if (value === null) return 'null';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
