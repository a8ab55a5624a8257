import type { ManagedFieldsEntry } from '../../api/generated/types.ts';
import { ignoredFieldWarnings } from '../../api/ignoredfields.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { schema, schemaOf } from '../../api/schema.ts';
import {
  changedFields,
  difference,
  type FieldSet,
  fieldsOf,
  intersection,
  mergeFields,
  objectField,
  pathsOf,
  union,
  withoutFields,
} from '../../apimachinery/fieldset.ts';
import { goJson, goPrint } from '../../apimachinery/gostring.ts';
import { type Json, type JsonObject, jsonTypeName } from '../../apimachinery/json.ts';
import { isObject, sortKeys } from '../../apimachinery/object.ts';
import { normalizeAgainstSchema } from '../../apimachinery/prune.ts';
import { applyConflict, badRequest, conflict, isStatus, type Status } from '../../apimachinery/status.ts';
import { formatTypedErrors, typedErrors } from '../../apimachinery/typedvalue.ts';
import { answer, type RequestContext, refuse, type VersionServing } from '../context.ts';
import { checkBody, decodeObject } from '../decoding.ts';
import {
  managerOf,
  newEntry,
  ownableFields,
  ownEntry,
  setOf,
  withEntry,
  withoutOwners,
  writerOf,
} from '../managedfields.ts';
import { ownedBefore, ownersOf } from '../ownerhistory.ts';
import { unknownError } from '../storeerror.ts';
import { keyOfRequest } from '../write.ts';
import { createObject } from './create.ts';
import { updateObject } from './update.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What an apply leads to: the object to be, and who owns what of it. */
interface Applied {
  readonly object: KubeObject;
  readonly entries: readonly ManagedFieldsEntry[];
}

/**
 * PATCH with `application/apply-patch`: the fields of the configuration become the applier's; those it
 * no longer mentions and that nobody else owns go; those that others own with another value are
 * conflicts (structured-merge-diff Updater.Apply, endpoints/handlers/patch.go applyPatcher).
 */
export function serverSideApply(ctx: RequestContext): ApiResponse {
  const wrong = checkConfiguration(ctx);
  if (wrong !== undefined) return refuse(wrong);
  const decoded = decodeObject(ctx);
  if (isStatus(decoded)) return refuse(decoded, ctx.warnings);
  const config = configOf(ctx);
  const existing = ctx.server.store.get(keyOfRequest(ctx));
  if (existing.ok && existing.value === undefined && ctx.subresource === '') {
    const obstacle = checkCreation(ctx, decoded);
    if (obstacle !== undefined) return refuse(obstacle, ctx.warnings);
    ctx.warnings.push(...ignoredFieldWarnings(decoded));
    const fields = ownableFields(writerOf(ctx), config);
    const entries = fields === undefined ? [] : [newEntry(writerOf(ctx), 'Apply', fields)];
    const created = createObject(ctx, decoded, entries);
    return isStatus(created) ? refuse(created, ctx.warnings) : answer(ctx, created, 201);
  }
  let entries: readonly ManagedFieldsEntry[] | undefined;
  const updated = updateObject(
    ctx,
    (old, record) => {
      const owners = ownersOf(ctx.resource, record) ?? ownedBefore(writerOf(ctx), old);
      const applied = apply(ctx, old, config, owners);
      if (isStatus(applied)) return applied;
      ({ entries } = applied);
      return applied.object;
    },
    undefined,
    () => entries,
  );
  return isStatus(updated) ? refuse(updated, ctx.warnings) : answer(ctx, updated);
}

/** Whether the configuration is one of the resource's type, and nothing else (structuredmerge.go Apply). */
function checkConfiguration(ctx: RequestContext): Status | undefined {
  const { kind, apiVersion } = ctx.resource.version ?? ctx.resource;
  const body = checkBody(ctx.request.body);
  if (isStatus(body)) return body;
  if (body !== null && !isObject(body)) {
    const why = `json: cannot unmarshal ${jsonTypeName(body)} into Go value of type map[string]interface {}`;
    return badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  const given = body ?? {};
  const version = typeof given.apiVersion === 'string' ? given.apiVersion : '';
  if (version !== apiVersion) {
    const expected = `Specified patch version: ${version}, expected: ${apiVersion}`;
    return badRequest(`Incorrect version specified in apply patch. ${expected}`);
  }
  const metadata = isObject(given.metadata) ? given.metadata : {};
  if ((metadata.managedFields ?? null) !== null) return badRequest('metadata.managedFields must be nil');
  const type = `${apiVersion}, Kind=${typeof given.kind === 'string' ? given.kind : ''}`;
  const errors = typedErrors(given, objectField(kind.schemaType), schema);
  const why = given.kind === kind.kind ? formatTypedErrors(errors) : `no corresponding type for ${type}`;
  if (given.kind === kind.kind && errors.length === 0) return undefined;
  const { namespace = '', name = '' } = metadata;
  return unknownError(
    `failed to create typed patch object (${goPrint(namespace)}/${goPrint(name)}; ${type}): ${why}`,
  );
}

/** Why an object that is not there cannot come to be by this configuration (checkName, applyPatch). */
function checkCreation(ctx: RequestContext, { metadata }: KubeObject): Status | undefined {
  const { name = '', uid = '' } = metadata;
  if (name === '') {
    return badRequest(
      `the name of the object (${ctx.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== ctx.name)
    return badRequest(`the name of the object (${name}) does not match the name on the URL (${ctx.name})`);
  if (uid === '') return undefined;
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  return conflict(ctx.resource.groupResource, ctx.name, why);
}

/** The configuration as it was sent, without what the type does not know and without defaults. */
function configOf(ctx: RequestContext): JsonObject {
  const { kind, apiVersion } = ctx.resource;
  const { version } = ctx.resource;
  const given = ctx.request.body as JsonObject;
  const body = version === undefined ? given : storedConfiguration(version, given);
  const sent =
    kind.custom === undefined
      ? (normalizeAgainstSchema(body, schema, kind.schemaType) as JsonObject)
      : kind.custom.read(body, false).object;
  const metadata = isObject(sent.metadata) ? sent.metadata : {};
  const whole: JsonObject = { ...sent, apiVersion, kind: kind.kind, metadata };
  if (!kind.statusSubresource || ctx.subresource === 'status') return whole;
  const { status: _, ...rest } = whole;
  return rest;
}

/** A configuration of another version as one of the stored version: owners of fields are kept by that. */
function storedConfiguration({ kind }: VersionServing, body: JsonObject): JsonObject {
  const known = normalizeAgainstSchema(body, schema, kind.schemaType) as unknown as KubeObject;
  const stored = kind.conversion?.toStored({ ...known, metadata: known.metadata ?? {} }) ?? known;
  return stored as unknown as JsonObject;
}

function apply(
  ctx: RequestContext,
  old: KubeObject,
  config: JsonObject,
  entries: readonly ManagedFieldsEntry[],
): Applied | Status {
  const { kind } = ctx.resource;
  const types = schemaOf(kind);
  const field = objectField(kind.schemaType);
  const live = old as unknown as JsonObject;
  const writer = writerOf(ctx);
  const wanted = ownableFields(writer, config);
  const mine = ownEntry(writer, entries, 'Apply');
  const theirs = entries.filter((entry) => entry !== mine);
  const changed = intersection(changedFields(config, live, field, types), wanted);
  const conflicts = theirs
    .map((entry) => ({ entry, fields: intersection(setOf(entry), changed) }))
    .filter(({ fields }) => fields !== undefined);
  if (conflicts.length > 0 && ctx.options.force !== true && !ownedByLastApplied(ctx, old, conflicts))
    return conflictOf(conflicts as readonly Conflict[]);
  const left = withoutOwners(theirs, changed);
  const stated = fieldsOf(config, field, types);
  const kept = left.reduce<FieldSet | undefined>((all, entry) => union(all, setOf(entry)), stated);
  const dropped = difference(mine === undefined ? undefined : setOf(mine), kept);
  const merged = withLastApplied(ctx, old, config, mergeFields(live, config, field, types) as JsonObject);
  const pruned = dropped === undefined ? merged : withoutFields(merged, dropped, kept, field, types);
  const lost =
    pruned === merged
      ? undefined
      : difference(fieldsOf(merged, field, types), fieldsOf(pruned, field, types));
  const others = withoutOwners(left, lost);
  return {
    object: pruned as unknown as KubeObject,
    entries: withEntry(
      writer,
      mine === undefined ? others : [...others, mine],
      'Apply',
      wanted,
      changed !== undefined,
    ),
  };
}

/**
 * Where client-side apply has been at work, what it believes to have applied last follows
 * (internal/lastappliedupdater.go).
 */
function withLastApplied(
  ctx: RequestContext,
  old: KubeObject,
  config: JsonObject,
  merged: JsonObject,
): JsonObject {
  if (managerOf(ctx) !== 'kubectl' || old.metadata.annotations?.[LAST_APPLIED] === undefined) return merged;
  const metadata = merged.metadata as JsonObject;
  const annotations = {
    ...(metadata.annotations as JsonObject),
    [LAST_APPLIED]: `${goJson(sortKeys(config))}\n`,
  };
  return { ...merged, metadata: { ...metadata, annotations } };
}

interface Conflict {
  readonly entry: ManagedFieldsEntry;
  readonly fields: FieldSet;
}

/**
 * kubectl's own client-side apply does not stand in the way of its server-side apply: what the
 * annotation says was applied is kubectl's (internal/lastappliedmanager.go).
 */
function ownedByLastApplied(
  ctx: RequestContext,
  old: KubeObject,
  conflicts: readonly { readonly fields: FieldSet | undefined }[],
): boolean {
  const text = old.metadata.annotations?.[LAST_APPLIED];
  if (managerOf(ctx) !== 'kubectl' || text === undefined) return false;
  const last = parsed(text);
  if (last === undefined) return false;
  const { kind } = ctx.resource;
  const types = schemaOf(kind);
  const field = objectField(kind.schemaType);
  const live = old as unknown as Json;
  const known = difference(ownableFields(writerOf(ctx), last), changedFields(last, live, field, types));
  return conflicts.every(({ fields }) => difference(fields, known) === undefined);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value as Json) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** 409 in upstream's words (managedfields internal/conflict.go). */
function conflictOf(conflicts: readonly Conflict[]): Status {
  const all = conflicts.flatMap(({ entry, fields }) => {
    const { manager = '', subresource = '', operation, apiVersion = '' } = entry;
    const via = subresource === '' ? '' : ` with subresource "${subresource}"`;
    const version = operation === 'Update' ? ` using ${apiVersion}` : '';
    return pathsOf(fields).map((path) => ({ who: `"${manager}"${via}${version}`, path }));
  });
  const causes = all.map(({ who, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${who}`,
    field: path,
  }));
  const [only] = all;
  if (all.length === 1 && only !== undefined)
    return applyConflict(`Apply failed with 1 conflict: conflict with ${only.who}: ${only.path}`, causes);
  const byManager = new Map<string, string[]>();
  for (const { who, path } of all) byManager.set(who, [...(byManager.get(who) ?? []), path]);
  const lines = [...byManager.keys()]
    .sort()
    .map(
      (who) => `conflicts with ${who}:\n${(byManager.get(who) ?? []).map((path) => `- ${path}`).join('\n')}`,
    );
  return applyConflict(`Apply failed with ${all.length} conflicts: ${lines.join('\n')}`, causes);
}
