import type { ApiResponse } from '../../api/request.ts';
import type { RequestContext, Subresource } from '../context.ts';
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';

/** The status of any kind that keeps it apart: the spec is not touched by it, nor it by the spec. */
export const status: Subresource = {
  name: 'status',
  verbs: ['get', 'patch', 'update'],
  handle(ctx: RequestContext): ApiResponse {
    switch (ctx.request.verb) {
      case 'update':
        return update(ctx);
      case 'patch':
        return patch(ctx);
      default:
        return get(ctx);
    }
  },
};
