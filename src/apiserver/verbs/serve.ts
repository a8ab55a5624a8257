import type { ApiResponse } from '../../api/request.ts';
import { type RequestContext, refuse } from '../context.ts';
import { refusedWhileTerminating } from '../customresources/presenting.ts';
import { checkWriteOptions } from '../writeoptions.ts';
import { create } from './create.ts';
import { deleteCollection, deleteOne } from './delete.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

/** Answers a request about an object or a collection by its verb. */
export function serve(ctx: RequestContext): ApiResponse {
  const wrong = checkWriteOptions(ctx);
  if (wrong !== undefined) return refuse(wrong);
  switch (ctx.request.verb) {
    case 'get':
      return get(ctx);
    case 'list':
      return list(ctx);
    case 'watch':
      return watch(ctx);
    case 'create':
      return refusedWhileTerminating(ctx) ?? ctx.resource.review?.(ctx) ?? create(ctx);
    case 'update':
      return update(ctx);
    case 'patch':
      return patch(ctx);
    case 'delete':
      return deleteOne(ctx);
    case 'deletecollection':
      return deleteCollection(ctx);
  }
}
