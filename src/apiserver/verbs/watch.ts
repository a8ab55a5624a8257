import type { ApiResponse } from '../../api/request.ts';
import { type FieldError, forbidden, notSupported } from '../../apimachinery/fielderror.ts';
import { badRequest, isStatus, type Status } from '../../apimachinery/status.ts';
import { type RequestContext, refuse } from '../context.ts';
import { type Selection, selectionOf } from '../selection.ts';
import { bookmark } from '../watchcache.ts';
import { Watcher } from '../watcher.ts';
import { listOptionsInvalid, parseResourceVersion } from './list.ts';

/** A watcher hears of a change this many ms after it, at least and at most; each has its own constant. */
const LATENCY_MIN_MS = 1;
const LATENCY_MAX_MS = 4;

/** GET of a collection with watch: events from a revision on (pkg/storage/cacher/cacher.go Watch). */
export function watch(ctx: RequestContext): ApiResponse {
  const { options, request } = ctx;
  if (request.sink === undefined) return refuse(badRequest('a watch needs somewhere to send its events'));
  const selection = selectionOf(
    ctx.resource.kind,
    ctx.namespace,
    ctx.name === '' ? undefined : ctx.name,
    options,
  );
  if (isStatus(selection)) return refuse(selection);
  const misuse = checkOptions(ctx);
  if (misuse !== undefined) return refuse(misuse);
  const from = parseResourceVersion(options.resourceVersion);
  if (isStatus(from)) return refuse(from);
  const { process, store } = ctx.server;
  const { cache } = ctx.resource;
  const watcher = new Watcher(
    process,
    request.sink,
    selection,
    {
      latency: process.random.between(LATENCY_MIN_MS, LATENCY_MAX_MS),
      bookmarks: options.allowWatchBookmarks === true,
      from: from === 0 ? store.revision : from,
      user: request.user.name,
      store,
    },
    (closed) => cache.detach(closed),
  );
  watcher.lag = ctx.server.watchLag(request.user.name, ctx.resource.kind.plural);
  if (from === 0 || options.sendInitialEvents === true) sendCurrent(ctx, watcher, selection);
  else cache.resume(watcher, from);
  cache.attach(watcher);
  if (options.timeoutSeconds !== undefined && options.timeoutSeconds > 0) {
    watcher.expireAfter(options.timeoutSeconds * 1000);
  }
  return { kind: 'watch', ok: true, watch: watcher };
}

/** A watch from no revision in particular begins with the objects there are. */
function sendCurrent(ctx: RequestContext, watcher: Watcher, selection: Selection): void {
  for (const object of ctx.resource.cache.select(selection)) watcher.push({ type: 'ADDED', object });
  const { revision } = ctx.server.store;
  watcher.told = revision;
  if (ctx.options.sendInitialEvents === true && watcher.bookmarks) {
    watcher.push(bookmark(ctx.resource.kind, revision, true));
  }
}

/** validateWatchOptions of apimachinery pkg/apis/meta/internalversion/validation. */
function checkOptions(ctx: RequestContext): Status | undefined {
  const { sendInitialEvents, resourceVersionMatch: match, continue: token = '' } = ctx.options;
  const path = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    errors.push(forbidden(path, `sendInitialEvents requires setting ${path} to NotOlderThan`));
  if (match !== undefined && sendInitialEvents === undefined)
    errors.push(forbidden(path, `${path} is forbidden for watch unless sendInitialEvents is provided`));
  if (match !== undefined && match !== 'NotOlderThan')
    errors.push(notSupported(path, match, ['NotOlderThan']));
  if (match !== undefined && token !== '')
    errors.push(forbidden(path, `${path} is forbidden when continue is provided`));
  return errors.length === 0 ? undefined : listOptionsInvalid(errors);
}
