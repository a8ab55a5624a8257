import type { CustomKind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import { fieldOf, schema, typeOf } from '../api/schema.ts';
import {
  strictDecodingError,
  unknownFieldMessage,
  validateAgainstSchema,
  type Wording,
} from '../apimachinery/decode.ts';
import { goJson, goQuote } from '../apimachinery/gostring.ts';
import { type Json, type JsonObject, jsonTypeName } from '../apimachinery/json.ts';
import { isList, isObject, MAX_DEPTH } from '../apimachinery/object.ts';
import { normalizeAgainstSchema } from '../apimachinery/prune.ts';
import { badRequest, isStatus, requestEntityTooLarge, type Status } from '../apimachinery/status.ts';
import { wellFormed } from '../apimachinery/wellformed.ts';
import type { RequestContext } from './context.ts';
import { readCustom } from './customresources/decoding.ts';
import { withZeroValues } from './zerovalues.ts';

/** Bytes of a request body that the server takes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** What a body is decoded into. */
export interface DecodeTarget {
  readonly apiVersion: string;
  readonly kind: string;
  /** The type's name in the schema. */
  readonly schemaType: string;
}

const NO_METADATA = Object.freeze({});

/** What the bodies of a resource are decoded into: objects in the version that was asked for. */
export function targetOf({ resource }: RequestContext): DecodeTarget {
  const { kind, apiVersion } = resource.version ?? resource;
  return { apiVersion, kind: kind.kind, schemaType: kind.schemaType };
}

/** The object in the body of a create or update, as the kind of the resource and in the version it is stored in. */
export function decodeObject(ctx: RequestContext): KubeObject | Status {
  const decoded = decodeBody(ctx, targetOf(ctx));
  const { version } = ctx.resource;
  return version === undefined || isStatus(decoded) ? decoded : version.accept(decoded);
}

/**
 * The body as a typed object, or the refusal in upstream's words
 * (staging apiserver pkg/endpoints/handlers/{create,rest}.go). Bodies of typed code are taken as
 * they are.
 */
export function decodeBody(ctx: RequestContext, target: DecodeTarget): KubeObject | Status {
  const { body, decoded } = ctx.request;
  if (decoded === true) return body as KubeObject;
  const checked = checkBody(body);
  if (isStatus(checked)) return checked;
  if (!isObject(checked)) {
    const summary = goJson(checked).slice(0, 30);
    return badRequest(
      `the object provided is unrecognized (must be of type ${target.kind}): ${unreadableType(checked)} (${summary})`,
    );
  }
  const mismatch = checkType(ctx, checked, target);
  if (mismatch !== undefined) return mismatch;
  const value = decodeValue(ctx, checked, target);
  if (typeof value !== 'string') return value;
  const version = target.apiVersion.slice(target.apiVersion.indexOf('/') + 1);
  return badRequest(
    `${target.kind} in version ${goQuote(version)} cannot be handled as a ${target.kind}: ${value}`,
  );
}

/** An object checked against the schema, without what the type does not know; or the decoder's complaint. */
export function decodeValue(
  ctx: RequestContext,
  given: JsonObject,
  target: DecodeTarget,
  wording: Wording = 'json',
): KubeObject | string {
  const value = wellFormed(given) as JsonObject;
  const mode = ctx.options.fieldValidation ?? 'Warn';
  const { kind } = ctx.resource;
  if (kind.custom !== undefined && target.schemaType === kind.schemaType)
    return decodeCustom(ctx, kind.custom, value, target);
  const { typeErrors, unknownFields } = validateAgainstSchema(value, schema, target.schemaType, wording);
  const wrong = typeErrors[0];
  if (wrong !== undefined) return wrong.message;
  if (unknownFields.length > 0) {
    const messages = unknownFields.map(({ path }) => unknownFieldMessage(path));
    if (mode === 'Strict') {
      const hints = unknownFields.flatMap(({ suggestion }) => hint(suggestion));
      const found = `strict decoding error: ${messages.join(', ')}`;
      return hints.length === 0 ? found : `${found} (${hints.join('; ')})`;
    }
    if (mode === 'Warn') {
      unknownFields.forEach(({ suggestion }, i) => {
        ctx.warnings.push([messages[i], ...hint(suggestion)].join(', '));
      });
    }
  }
  const pruned = normalizeAgainstSchema(value, schema, target.schemaType) as JsonObject;
  const known = withZeroValues(pruned, target.schemaType);
  const spec = hasSpec(target) && known.spec === undefined ? { spec: {} } : undefined;
  const metadata = isObject(known.metadata) ? known.metadata : NO_METADATA;
  return {
    ...known,
    apiVersion: target.apiVersion,
    kind: target.kind,
    metadata: disownsFields(value) ? { ...metadata, managedFields: [] } : metadata,
    ...spec,
  } as unknown as KubeObject;
}

/** The same of an object of a custom kind. */
function decodeCustom(
  ctx: RequestContext,
  kind: CustomKind,
  value: JsonObject,
  target: DecodeTarget,
): KubeObject | string {
  const read = readCustom(kind, value);
  if (typeof read === 'string') return read;
  const messages = read.unknownFields.map(unknownFieldMessage);
  const mode = ctx.options.fieldValidation ?? 'Warn';
  if (mode === 'Strict' && messages.length > 0) return strictDecodingError(messages);
  if (mode === 'Warn') ctx.warnings.push(...messages);
  return { ...read.object, apiVersion: target.apiVersion, kind: target.kind } as unknown as KubeObject;
}

/** Whether the owners of fields are given as none, which differs from not giving them (isResetManagedFields). */
function disownsFields({ metadata }: JsonObject): boolean {
  const given = isObject(metadata) ? metadata.managedFields : undefined;
  return isList(given) && given.length === 0;
}

/** Whether objects of the type have a spec: in Go that is a struct, which is never not there. */
function hasSpec(target: DecodeTarget): boolean {
  const type = typeOf(target.schemaType);
  return type !== undefined && fieldOf(type, 'spec')?.type === 'ref';
}

/** `did you mean "spec.replicas"?`, where something like it exists. */
function hint(suggestion: string | undefined): readonly string[] {
  return suggestion === undefined ? [] : [`did you mean ${goQuote(suggestion)}?`];
}

/** The body as JSON, or 413 or 400 when it is none, too large or too deep. */
export function checkBody(body: unknown): Json | Status {
  const size = { left: MAX_BODY_BYTES };
  const problem = measure(body, size, 0);
  if (problem === 'large') return requestEntityTooLarge(`limit is ${MAX_BODY_BYTES}`);
  if (problem === 'deep') return badRequest('exceeded max depth');
  if (problem === 'alien') return badRequest('the body of the request is not JSON');
  return body as Json;
}

/** Counts down the bytes that a value takes as JSON, about; ends early on what cannot be taken. */
function measure(
  value: unknown,
  size: { left: number },
  depth: number,
): 'large' | 'deep' | 'alien' | undefined {
  if (depth > MAX_DEPTH) return 'deep';
  size.left -= typeof value === 'string' ? value.length + 2 : 2;
  if (size.left < 0) return 'large';
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'alien';
  if (typeof value !== 'object') return value === undefined && depth > 0 ? undefined : 'alien';
  if (Array.isArray(value)) {
    for (const item of value) {
      const problem = measure(item, size, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  for (const [key, item] of Object.entries(value)) {
    size.left -= key.length + 2;
    const problem = measure(item, size, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether the body says that it is of the expected kind; what it leaves out is taken from the path. */
function checkType(ctx: RequestContext, body: JsonObject, target: DecodeTarget): Status | undefined {
  const problem = typeProblem(ctx, body, target);
  if (problem === undefined) return undefined;
  const { apiVersion, kind } = body;
  if (typeof kind !== 'string' || kind === '') return badRequest(problem);
  const version = typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : target.apiVersion;
  return badRequest(
    `${kind} in version ${goQuote(version.slice(version.indexOf('/') + 1))} cannot be handled as a ${target.kind}: ${problem}`,
  );
}

/** What the decoder says of an object that does not call itself what it should be; undefined if it does. */
export function typeProblem(ctx: RequestContext, body: JsonObject, target: DecodeTarget): string | undefined {
  const [apiVersion, kind] = [body.apiVersion ?? target.apiVersion, body.kind ?? target.kind];
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const field = typeof apiVersion === 'string' ? 'kind' : 'apiVersion';
    return `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonTypeName(body[field] ?? null)} into Go struct field .${field} of type string`;
  }
  const wanted = kind === '' ? target.kind : kind;
  const version = apiVersion === '' ? target.apiVersion : apiVersion;
  if (wanted === target.kind && version === target.apiVersion) return undefined;
  return ctx.server.knowsKind(version, wanted)
    ? `converting (${version.slice(version.indexOf('/') + 1)}.${wanted}) to (${target.kind}): unknown conversion`
    : `no kind ${goQuote(wanted)} is registered for version ${goQuote(version)} in scheme "pkg/api/legacyscheme/scheme.go:30"`;
}

/** What the decoder says of a value that is no object. */
export function unreadableType(value: Json): string {
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonTypeName(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
}
