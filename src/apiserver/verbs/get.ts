import type { ApiResponse } from '../../api/request.ts';
import { isStatus, notFound } from '../../apimachinery/status.ts';
import { answer, type RequestContext, refuse } from '../context.ts';
import { shown } from '../ownerhistory.ts';
import { statusOfStoreError } from '../storeerror.ts';
import { keyOfRequest } from '../write.ts';
import { parseResourceVersion, tooLarge } from './list.ts';

/** GET of one object: what etcd has now. With resourceVersion 0 the server's cache will do. */
export function get(ctx: RequestContext): ApiResponse {
  const { cache, groupResource } = ctx.resource;
  const wanted = parseResourceVersion(ctx.options.resourceVersion);
  if (isStatus(wanted)) return refuse(wanted);
  if (ctx.options.resourceVersion === '0') {
    const cached = cache.get(ctx.namespace, ctx.name);
    return cached === undefined ? refuse(notFound(groupResource, ctx.name)) : answer(ctx, cached);
  }
  const read = ctx.server.store.get(keyOfRequest(ctx));
  if (!read.ok) return refuse(statusOfStoreError(read.error));
  const current = ctx.server.store.revision;
  if (wanted > current) return refuse(tooLarge(wanted, current));
  const record = read.value;
  return record?.value === undefined
    ? refuse(notFound(groupResource, ctx.name))
    : answer(ctx, shown(ctx, record));
}
