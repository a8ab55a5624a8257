import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { PatchType } from '../api/request.ts';
import { schema } from '../api/schema.ts';
import type { Json } from '../apimachinery/json.ts';
import { applyJsonMergePatch } from '../apimachinery/jsonmergepatch.ts';
import { applyJsonPatch } from '../apimachinery/jsonpatch.ts';
import { isList, isObject } from '../apimachinery/object.ts';
import { isPatchError } from '../apimachinery/patcherror.ts';
import { applyStrategicMergePatch } from '../apimachinery/strategicmergepatch.ts';
import { parseManifests } from '../apimachinery/yaml.ts';
import { type Failure, failure } from './errors.ts';
import { asJson } from './printers/value.ts';

/** The ways to patch that `--type` and `--override-type` name. */
export const PATCH_TYPES: readonly PatchType[] = ['json', 'merge', 'strategic'];

/** A patch as JSON or YAML; a text says why it is none. */
export function readPatch(text: string, type: PatchType): { readonly patch: Json } | string {
  const { docs, errors } = parseManifests(text);
  const [error] = errors;
  if (error !== undefined)
    return `unable to parse "${text}": ${error.message.replace('error converting YAML to JSON: ', '')}`;
  const value = docs[0]?.value;
  if (docs.length !== 1 || value === undefined) return `unable to parse "${text}": it is not one document`;
  if (type === 'json' ? !isList(value) : !isObject(value))
    return `unable to parse "${text}": ${type === 'json' ? 'a JSON patch is a list of operations' : 'a patch is an object'}`;
  return { patch: value };
}

/** What a patch makes of an object, without asking the server. */
export function patchLocally(
  kind: KindDefinition,
  object: KubeObject,
  type: PatchType,
  patch: Json,
): { readonly object: KubeObject } | Failure {
  const original = asJson(object);
  const outcome =
    type === 'json'
      ? applyJsonPatch(original, patch)
      : type === 'merge'
        ? applyJsonMergePatch(original, patch)
        : applyStrategicMergePatch(original, isObject(patch) ? patch : {}, schema, kind.schemaType);
  if (isPatchError(outcome)) return failure(outcome.error);
  if (!isObject(outcome)) return failure('the patch leaves no object');
  return { object: outcome as unknown as KubeObject };
}
