import { kindByGVK } from '../../api/kinds/registry.ts';
import { goQuote } from '../../apimachinery/gostring.ts';
import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { applyJsonPatch } from '../../apimachinery/jsonpatch.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { isPatchError } from '../../apimachinery/patcherror.ts';
import { parseManifests, toYaml } from '../../apimachinery/yaml.ts';
import { isFailed } from '../errors.ts';
import type { Folder } from './folder.ts';
import type { KustomizePatch } from './kustomization.ts';
import { mergePatch } from './merge.ts';
import type { ResMap } from './resmap.ts';
import { Resource } from './resource.ts';
import { resourcesOf } from './resources.ts';
import { select } from './selecting.ts';

/** Applies an entry of `patches` or `patchesJson6902`; says what is wrong, if anything. */
export function applyPatch(
  map: ResMap,
  folder: Folder,
  entry: KustomizePatch,
  jsonOnly = false,
): string | undefined {
  const name = jsonOnly ? 'PatchJson6902Transformer' : 'PatchTransformer';
  const trouble = (why: string): string =>
    `trouble configuring builtin ${name} with config: \`\n${toYaml(entry as unknown as Json)}\`: ${why}`;
  const inline = (entry.patch ?? '').trim();
  const path = entry.path ?? '';
  if (inline === '' && path === '')
    return trouble(`must specify one of patch and path in\n${toYaml(entry as unknown as Json)}`);
  if (inline !== '' && path !== '')
    return trouble(`patch and path can't be set at the same time\n${toYaml(entry as unknown as Json)}`);
  const loaded = path === '' ? { text: inline } : folder.load(path);
  if (isFailed(loaded)) return trouble(String(loaded.failure));
  const source = path === '' ? `[patch: ${goQuote(inline)}]` : `[path: ${goQuote(path)}]`;
  const operations = jsonPatchOf(loaded.text);
  if (operations !== undefined) return applyOperations(map, entry, operations, source);
  const merges = jsonOnly ? undefined : resourcesOf(loaded.text, path);
  if (merges === undefined || isFailed(merges) || merges.length === 0)
    return trouble(`unable to parse SM or JSON patch from ${source}`);
  for (const patch of merges) {
    const problem = applyMerge(map, entry, patch);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Applies an entry of `patchesStrategicMerge`: a file, or the patch itself. */
export function applyStrategicMerge(map: ResMap, folder: Folder, entry: string): string | undefined {
  const loaded = folder.load(entry);
  const inline = isFailed(loaded) ? resourcesOf(entry, '') : undefined;
  const patches = isFailed(loaded) ? inline : resourcesOf(loaded.text, entry);
  if (patches === undefined || isFailed(patches) || patches.length === 0)
    return `trouble configuring builtin PatchStrategicMergeTransformer with config: \`\npaths:\n- ${entry.trim().split('\n').join('\n  ')}\n\`: ${isFailed(loaded) ? String(loaded.failure) : `unable to parse SM patch from ${entry}`}`;
  for (const patch of patches) {
    const problem = applyMerge(map, {}, patch);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The operations of a JSON patch; undefined where the text is none. */
function jsonPatchOf(text: string): Json | undefined {
  const { docs, errors } = parseManifests(text);
  const value = docs[0]?.value;
  return errors.length === 0 && docs.length === 1 && isList(value) ? value : undefined;
}

function applyOperations(
  map: ResMap,
  entry: KustomizePatch,
  operations: Json,
  source: string,
): string | undefined {
  if (entry.target === undefined) return `must specify a target for JSON patch ${source}`;
  const targets = select(map, entry.target);
  if (isFailed(targets)) return String(targets.failure);
  for (const resource of targets) {
    resource.remember();
    const patched = applyJsonPatch(resource.value, operations);
    if (isPatchError(patched)) return patched.error;
    if (!isObject(patched)) return 'the patch leaves no object';
    resource.value = patched;
  }
  return undefined;
}

function applyMerge(map: ResMap, entry: KustomizePatch, patch: Resource): string | undefined {
  const target = entry.target === undefined ? map.target(patch.id) : select(map, entry.target);
  if (isFailed(target)) return String(target.failure);
  for (const resource of target instanceof Resource ? [target] : target)
    merge(resource, patch.value, entry.options ?? {});
  map.dropEmpties();
  return undefined;
}

/** Merges a patch into a resource, which keeps its name, and unless allowed otherwise its kind. */
function merge(resource: Resource, patch: JsonObject, options: Readonly<Record<string, boolean>>): void {
  const { id, value } = resource;
  const kind = kindByGVK(String(own(value, 'apiVersion')), id.kind);
  const rename = options.allowNameChange === true;
  const retype = options.allowKindChange === true;
  if (rename || retype) resource.remember();
  resource.value = mergePatch(kind, value, patch);
  if (resource.isEmpty) return;
  if (!retype) {
    const { kind: _, ...rest } = resource.value;
    const apiVersion = own(value, 'apiVersion');
    resource.value = { ...rest, kind: id.kind, ...(apiVersion === undefined ? {} : { apiVersion }) };
  }
  if (!rename) resource.setName(id.name);
  resource.setMetadata('namespace', id.namespace === '' ? undefined : id.namespace);
}
