import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { PatchType } from '../api/request.ts';
import { schema } from '../api/schema.ts';
import type { JsonObject } from '../apimachinery/json.ts';
import { createJsonMergePatch, createThreeWayJsonMergePatch } from '../apimachinery/jsonmergepatch.ts';
import { isPatchError, type PatchError } from '../apimachinery/patcherror.ts';
import { createThreeWayMergePatch, createTwoWayMergePatch } from '../apimachinery/strategicdiff.ts';
import { asJson } from './printers/value.ts';

/** A patch, and how it is to be sent: custom kinds know no strategic one. */
export interface MergePatch {
  readonly type: PatchType;
  readonly patch: JsonObject;
}

/** The patch from one state of an object, or of what a subresource shows (`schemaType`), to another. */
export function twoWayPatch(
  kind: KindDefinition,
  original: KubeObject,
  next: KubeObject,
  schemaType: string = kind.schemaType,
): MergePatch | PatchError {
  if (kind.custom !== undefined)
    return { type: 'merge', patch: createJsonMergePatch(asJson(original), asJson(next)) };
  const patch = createTwoWayMergePatch(asJson(original), asJson(next), schema, schemaType);
  return isPatchError(patch) ? patch : { type: 'strategic', patch };
}

/** The patch of `kubectl apply`: from what was applied last, what is in the file and what the server has. */
export function threeWayPatch(
  kind: KindDefinition,
  original: JsonObject,
  modified: KubeObject,
  live: KubeObject,
): MergePatch | PatchError {
  const [wanted, current] = [asJson(modified), asJson(live)];
  if (kind.custom !== undefined)
    return { type: 'merge', patch: createThreeWayJsonMergePatch(original, wanted, current) };
  const patch = createThreeWayMergePatch(original, wanted, current, schema, kind.schemaType);
  return isPatchError(patch) ? patch : { type: 'strategic', patch };
}
