import { isProtectedGroup } from '../../api/customresources/definitionvalidation.ts';
import type { KindDefinition } from '../../api/kind.ts';
import { kindByGVK } from '../../api/kinds/registry.ts';
import type { KubeObject } from '../../api/object.ts';
import { schema } from '../../api/schema.ts';
import { unknownFieldMessage, validateAgainstSchema } from '../../apimachinery/decode.ts';
import { formatFieldError } from '../../apimachinery/fielderror.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isObject, own } from '../../apimachinery/object.ts';
import { normalizeAgainstSchema } from '../../apimachinery/prune.ts';
import { type ManifestDocument, parseManifests } from '../../apimachinery/yaml.ts';

/** Something wrong with a manifest, and where: lines and columns count from 0. */
export interface Diagnostic {
  readonly line: number;
  readonly column: number;
  /** As kubectl or the API server would say it. */
  readonly message: string;
}

const MAX_DIAGNOSTICS = 50;

/** Whether a file is read as a manifest. */
export function isManifest(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path);
}

/** What the API server would refuse in the manifests of a text, by line. */
export function diagnose(text: string): readonly Diagnostic[] {
  if (text.trim() === '') return [];
  const { docs, errors } = parseManifests(text);
  const found: Diagnostic[] = errors.map(({ line, column, message }) => ({
    line: line - 1,
    column: column - 1,
    message: message.replace(/^error converting YAML to JSON: /, '').replaceAll(/\s*\n\s*/g, ' '),
  }));
  for (const doc of docs) {
    if (found.length >= MAX_DIAGNOSTICS) break;
    found.push(...diagnoseDocument(doc));
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_DIAGNOSTICS);
}

function diagnoseDocument(doc: ManifestDocument): Diagnostic[] {
  const { value } = doc;
  if (!isObject(value)) return [at(doc, '', 'a manifest is a map with apiVersion and kind')];
  if (own(value, 'kind') === 'List' && Array.isArray(own(value, 'items'))) return [];
  const apiVersion = own(value, 'apiVersion');
  const kindName = own(value, 'kind');
  if (typeof apiVersion !== 'string' || apiVersion === '') return [at(doc, '', 'apiVersion not set')];
  if (typeof kindName !== 'string' || kindName === '') return [at(doc, '', 'kind not set')];
  const kind = kindByGVK(apiVersion, kindName);
  if (kind === undefined) {
    if (mayBeDefined(apiVersion)) return [];
    const message = `no matches for kind ${goQuote(kindName)} in version ${goQuote(apiVersion)}`;
    return [at(doc, 'kind', message)];
  }
  const { typeErrors, unknownFields } = validateAgainstSchema(value, schema, kind.schemaType);
  const found = [
    ...unknownFields.map(({ path, suggestion }) => {
      const hint = suggestion === undefined ? '' : `, did you mean ${goQuote(suggestion)}?`;
      return at(doc, path, unknownFieldMessage(path) + hint);
    }),
    ...typeErrors.map(({ path, message }) => ({ ...at(doc, path, message) })),
  ];
  // Rules are checked on what could be decoded only, as the server does.
  return typeErrors.length > 0 ? found : [...found, ...brokenRules(doc, value, kind)];
}

/** Whether a version is of a group that is not Kubernetes' own: only the cluster knows which kinds were defined in it. */
function mayBeDefined(apiVersion: string): boolean {
  const [group = '', version] = apiVersion.split('/');
  return version !== undefined && group.includes('.') && !isProtectedGroup(group);
}

/** The rules of the kind, checked as at creation: with defaults, in a namespace, under a name. */
function brokenRules(doc: ManifestDocument, value: JsonObject, kind: KindDefinition): Diagnostic[] {
  const known = normalizeAgainstSchema(value, schema, kind.schemaType) as JsonObject;
  const given = own(known, 'metadata');
  const metadata: JsonObject = isObject(given) ? given : {};
  const generated = own(metadata, 'generateName');
  const name: Json | undefined =
    own(metadata, 'name') ?? (generated === undefined ? undefined : `${String(generated)}x`);
  const complete = {
    ...known,
    metadata: {
      ...(kind.namespaced ? { namespace: 'default' } : {}),
      ...metadata,
      ...(name === undefined ? {} : { name }),
    },
  } as unknown as KubeObject;
  if (name === undefined) return [at(doc, 'metadata', 'resource name may not be empty')];
  const problems = typeof name === 'string' ? kind.validateName(name) : [];
  const prepared = kind.applyDefaults(complete);
  const object = kind.prepareForCreate?.(prepared) ?? prepared;
  return [
    ...problems.map((problem) =>
      at(doc, 'metadata.name', `metadata.name: Invalid value: ${goQuote(String(name))}: ${problem}`),
    ),
    ...kind.validate(object).map((error) => at(doc, error.field, formatFieldError(error))),
  ];
}

function at(doc: ManifestDocument, path: string, message: string): Diagnostic {
  const { line, col } = doc.keyPosition(path);
  return { line: line - 1, column: col - 1, message };
}
