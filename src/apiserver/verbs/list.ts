import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse, ObjectList } from '../../api/request.ts';
import { type FieldError, forbidden as forbiddenField, notSupported } from '../../apimachinery/fielderror.ts';
import { badRequest, expired, invalid, isStatus, type Status, timeout } from '../../apimachinery/status.ts';
import type { KeyValue } from '../../etcd/store.ts';
import { type RequestContext, refuse } from '../context.ts';
import { decodeContinue, encodeContinue } from '../continuetoken.ts';
import { shown } from '../ownerhistory.ts';
import { type Selection, selectionOf } from '../selection.ts';
import { joinKey, REGISTRY } from '../storagekey.ts';
import { CONTINUE_EXPIRED, statusOfStoreError } from '../storeerror.ts';

/** Records read from etcd at a time while a page is filled. */
const CHUNK = 500;

/** GET of a collection (staging apiserver pkg/storage/cacher and etcd3/store.go GetList). */
export function list(ctx: RequestContext): ApiResponse {
  const found = listObjects(ctx);
  return isStatus(found) ? refuse(found) : { kind: 'list', ok: true, list: withOwners(ctx, found) };
}

/** The list with the owners of fields, where they are asked for. */
function withOwners(ctx: RequestContext, found: ObjectList): ObjectList {
  if (ctx.options.managedFields !== true) return found;
  const items = found.items.map((item) => {
    const { namespace = '', name = '' } = item.metadata;
    const record = ctx.server.store.get(joinKey(ctx.resource.prefix, namespace, name));
    return record.ok && record.value?.value === item ? shown(ctx, record.value) : item;
  });
  return { ...found, items };
}

function listObjects(ctx: RequestContext): ObjectList | Status {
  const { options } = ctx;
  const selection = selectionOf(
    ctx.resource.kind,
    ctx.namespace,
    ctx.name === '' ? undefined : ctx.name,
    options,
  );
  if (isStatus(selection)) return selection;
  const misuse = checkMatch(ctx);
  if (misuse !== undefined) return misuse;
  const wanted = parseResourceVersion(options.resourceVersion);
  if (isStatus(wanted)) return wanted;
  const limit = options.limit !== undefined && options.limit > 0 ? options.limit : undefined;
  if (options.continue !== undefined && options.continue !== '')
    return nextPage(ctx, selection, options.continue, limit);
  const exact =
    options.resourceVersionMatch === 'Exact' ||
    (limit !== undefined && wanted > 0 && options.resourceVersionMatch === undefined);
  if (exact) return page(ctx, selection, wanted, '', limit);
  const refusal = wanted === 0 && options.resourceVersion !== undefined ? undefined : checkFresh(ctx, wanted);
  if (refusal !== undefined) return refusal;
  const items = ctx.resource.cache.select(selection);
  const revision = ctx.server.store.revision;
  if (limit === undefined || items.length <= limit) return { items, resourceVersion: String(revision) };
  const remaining =
    selection.labels.isEmpty() && selection.fields.isEmpty() ? items.length - limit : undefined;
  return cut(items.slice(0, limit), revision, remaining);
}

/** Whether the server may answer at all with what it knows, and knows enough. */
function checkFresh(ctx: RequestContext, wanted: number): Status | undefined {
  const current = ctx.server.store.revision;
  if (wanted > current) return tooLarge(wanted, current);
  return wanted === 0 ? checkReadable(ctx) : undefined;
}

/** A consistent read needs etcd's word that the cache is not behind: undefined when it gives it. */
export function checkReadable(ctx: RequestContext): Status | undefined {
  const probe = ctx.server.store.get(`${REGISTRY}health`);
  return probe.ok ? undefined : statusOfStoreError(probe.error);
}

/** 504: the server has not seen that revision, and will not within the time it waits. */
export function tooLarge(wanted: number, current: number): Status {
  const status = timeout(`Too large resource version: ${wanted}, current: ${current}`, 1);
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return { ...status, details: { ...status.details, causes } };
}

/** A resourceVersion as a number; 0 when it was left out. */
export function parseResourceVersion(text: string | undefined): number | Status {
  if (text === undefined || text === '') return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const shown = JSON.stringify(text);
  return badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`,
  );
}

/** Rules of resourceVersionMatch and its like (apimachinery pkg/apis/meta/internalversion/validation). */
function checkMatch(ctx: RequestContext): Status | undefined {
  const { resourceVersionMatch: match, resourceVersion, continue: token, sendInitialEvents } = ctx.options;
  const unset = resourceVersion === undefined || resourceVersion === '';
  const continues = token !== undefined && token !== '';
  const errors: FieldError[] = [];
  if (match !== undefined && unset)
    errors.push(forbiddenField(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
  if (match !== undefined && continues)
    errors.push(forbiddenField(MATCH, `${MATCH} is forbidden when continue is provided`));
  if (match !== undefined && !MATCHES.includes(match)) errors.push(notSupported(MATCH, match, MATCHES));
  if (match === 'Exact' && resourceVersion === '0')
    errors.push(forbiddenField(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
  if (sendInitialEvents !== undefined)
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (errors.length > 0) return listOptionsInvalid(errors);
  return continues && !unset && resourceVersion !== '0'
    ? badRequest('specifying resource version is not allowed when using continue')
    : undefined;
}

const MATCH = 'resourceVersionMatch';
const MATCHES: readonly string[] = Object.freeze(['Exact', 'NotOlderThan', '']);

/** 422 about the options of a list or watch. */
export function listOptionsInvalid(errors: readonly FieldError[]): Status {
  return invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}

function nextPage(
  ctx: RequestContext,
  selection: Selection,
  text: string,
  limit: number | undefined,
): ObjectList | Status {
  const token = decodeContinue(text);
  if (isStatus(token)) return token;
  const revision = token.revision < 0 ? ctx.server.store.revision : token.revision;
  const found = page(ctx, selection, revision, token.start, limit);
  if (!isStatus(found) || found.reason !== 'Expired') return found;
  return { ...expired(CONTINUE_EXPIRED), metadata: { continue: encodeContinue({ ...token, revision: -1 }) } };
}

/** A page as of a revision, read from etcd. */
function page(
  ctx: RequestContext,
  selection: Selection,
  revision: number,
  start: string,
  limit = Number.POSITIVE_INFINITY,
): ObjectList | Status {
  const { prefix } = ctx.resource;
  const within = selection.namespace === '' ? prefix : `${prefix}${selection.namespace}/`;
  const items: KubeObject[] = [];
  let from = start === '' ? within : prefix + start;
  for (;;) {
    const read = ctx.server.store.range(within, { revision, from, limit: CHUNK + 1 });
    if (!read.ok) {
      if (read.error.code === 'future') return tooLarge(revision, read.error.revision);
      return statusOfStoreError(read.error);
    }
    const { records, count } = read.value;
    const chunk = records.slice(0, CHUNK);
    for (const [i, record] of chunk.entries()) {
      const object = record.value as KubeObject;
      if (!selection.matches(object)) continue;
      if (items.length === limit) {
        const remaining = selection.everything ? count - i : undefined;
        return cut(items, revision, remaining);
      }
      items.push(object);
    }
    const next: KeyValue<KubeObject> | undefined = records[CHUNK];
    if (next === undefined) return { items, resourceVersion: String(revision) };
    from = next.key;
  }
}

function cut(items: readonly KubeObject[], revision: number, remaining: number | undefined): ObjectList {
  const start = `${keyAfterPrefix(items[items.length - 1] as KubeObject)}\0`;
  return {
    items,
    resourceVersion: String(revision),
    continue: encodeContinue({ revision, start }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}

function keyAfterPrefix(object: KubeObject): string {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}
