import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse, PatchType } from '../../api/request.ts';
import { schema } from '../../api/schema.ts';
import { strictDecodingError } from '../../apimachinery/decode.ts';
import { invalid as invalidField } from '../../apimachinery/fielderror.ts';
import { goJson, goPrint } from '../../apimachinery/gostring.ts';
import { type Json, type JsonObject, jsonTypeName } from '../../apimachinery/json.ts';
import { applyJsonMergePatch } from '../../apimachinery/jsonmergepatch.ts';
import { applyJsonPatch, unknownInJsonPatch } from '../../apimachinery/jsonpatch.ts';
import { isObject } from '../../apimachinery/object.ts';
import { isPatchError, PatchError } from '../../apimachinery/patcherror.ts';
import {
  badRequest,
  invalid,
  isStatus,
  requestEntityTooLarge,
  type Status,
  unsupportedMediaType,
} from '../../apimachinery/status.ts';
import { applyStrategicMergePatch } from '../../apimachinery/strategicmergepatch.ts';
import { answer, type RequestContext, refuse } from '../context.ts';
import {
  checkBody,
  type DecodeTarget,
  decodeValue,
  targetOf,
  typeProblem,
  unreadableType,
} from '../decoding.ts';
import { unknownError } from '../storeerror.ts';
import { serverSideApply } from './apply.ts';
import { updateObject } from './update.ts';

/** The content types of patches that this server takes. */
const ACCEPTED = Object.freeze([
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]);

const ACCEPTED_OF_CUSTOM = Object.freeze(ACCEPTED.filter((type) => !type.includes('strategic')));

/** PATCH of an object or of its status. */
export function patch(ctx: RequestContext): ApiResponse {
  if (ctx.request.patchType === 'apply') return serverSideApply(ctx);
  const refusal = checkPatch(ctx);
  if (refusal !== undefined) return refuse(refusal);
  const target = targetOf(ctx);
  const { version } = ctx.resource;
  const patched = updateObject(ctx, (old) => {
    if (version === undefined) return patchedObject(ctx, old, target);
    const shown = version.present(old);
    const wished = patchedObject(ctx, shown, target);
    if (isStatus(wished)) return wished;
    return wished === shown ? old : version.accept(wished);
  });
  return isStatus(patched) ? refuse(patched, ctx.warnings) : answer(ctx, patched);
}

/** Whether the request carries a patch that can be tried at all. */
export function checkPatch(ctx: RequestContext): Status | undefined {
  const { patchType, body, decoded } = ctx.request;
  const isCustom = ctx.resource.kind.custom !== undefined;
  const accepted = isCustom ? ACCEPTED_OF_CUSTOM : ACCEPTED;
  if (patchType === undefined || patchType === 'apply') return unsupportedMediaType(accepted);
  // Who knows no Go type does not know how its lists are merged.
  if (patchType === 'strategic' && isCustom) return unsupportedMediaType(accepted);
  if (decoded === true) return undefined;
  const checked = checkBody(body);
  return isStatus(checked) ? checked : undefined;
}

/**
 * What the request's patch makes of an object (endpoints/handlers/patch.go). The outcome of a patch
 * from outside is decoded like any object from outside.
 */
export function patchedObject(
  ctx: RequestContext,
  old: KubeObject,
  target: DecodeTarget,
): KubeObject | Status {
  const { patchType, body, decoded } = ctx.request;
  const patch = body as Json;
  const original = old as unknown as JsonObject;
  const outcome = applyPatch(patchType ?? 'strategic', original, patch, target.schemaType);
  if (isPatchError(outcome)) return statusOfPatchError(outcome);
  if (decoded === true) return withoutEmptyLists(outcome as unknown as KubeObject);
  const strange = patchType === 'json' ? unknownInPatch(ctx, patch) : undefined;
  if (outcome === original && strange === undefined) return old;
  const value = strange ?? decodePatched(ctx, outcome, target);
  if (typeof value !== 'string') return value;
  const shown = patchType === 'strategic' ? goPrint(patch) : goJson(outcome);
  return invalid({ group: '', kind: '' }, '', [invalidField('patch', shown, value)]);
}

/** What strict decoding says of a JSON patch with members that mean nothing; by default that is a warning. */
function unknownInPatch(ctx: RequestContext, patch: Json): string | undefined {
  const messages = unknownInJsonPatch(patch).map((message) => `json patch ${message}`);
  const mode = ctx.options.fieldValidation ?? 'Warn';
  if (mode === 'Strict' && messages.length > 0) return strictDecodingError(messages);
  if (mode === 'Warn') ctx.warnings.push(...messages);
  return undefined;
}

/**
 * The outcome as an object of its kind, or the decoder's complaint. A strategic patch meets the typed
 * object, which knows what it is whatever the patch says; the others meet JSON that is then decoded.
 */
function decodePatched(ctx: RequestContext, outcome: Json, target: DecodeTarget): KubeObject | string {
  if (!isObject(outcome)) return unreadableType(outcome);
  if (ctx.request.patchType === 'strategic') return decodeValue(ctx, outcome, target, 'converter');
  return typeProblem(ctx, outcome, target) ?? decodeValue(ctx, outcome, target);
}

/** Without the lists of metadata whose last element a component's patch took out: Go leaves those out too. */
function withoutEmptyLists(object: KubeObject): KubeObject {
  const { ownerReferences, finalizers, ...rest } = object.metadata;
  if (ownerReferences?.length !== 0 && finalizers?.length !== 0) return object;
  const metadata = {
    ...rest,
    ...(ownerReferences === undefined || ownerReferences.length === 0 ? {} : { ownerReferences }),
    ...(finalizers === undefined || finalizers.length === 0 ? {} : { finalizers }),
  };
  return { ...object, metadata };
}

function applyPatch(
  type: PatchType,
  original: JsonObject,
  patch: Json,
  schemaType: string,
): Json | PatchError {
  switch (type) {
    case 'json':
      return applyJsonPatch(original, patch);
    case 'merge':
      if (patch === null) return new PatchError(400, 'Invalid JSON Patch');
      if (!isObject(patch)) return new PatchError(400, `error decoding patch: ${noMap(patch)}`);
      return applyJsonMergePatch(original, patch);
    case 'strategic':
    case 'apply':
      if (patch !== null && !isObject(patch)) return new PatchError(400, noMap(patch));
      return applyStrategicMergePatch(original, patch ?? {}, schema, schemaType);
  }
}

function noMap(patch: Json): string {
  return `json: cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`;
}

function statusOfPatchError({ code, error }: PatchError): Status {
  switch (code) {
    case 400:
      return badRequest(error);
    case 413:
      return requestEntityTooLarge(error);
    case 422:
      return rejected(error);
    case 500:
      return unknownError(error);
  }
}

/** 422 in upstream's words (errors.NewGenericServerResponse), which say little, and then why. */
function rejected(why: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `the server rejected our request due to an error in our request: ${why}`,
    reason: 'Invalid',
    details: {},
    code: 422,
  };
}
