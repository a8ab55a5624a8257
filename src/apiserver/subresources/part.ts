import type { ApiResponse } from '../../api/request.ts';
import type { RequestContext, Subresource } from '../context.ts';
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';

/** A subresource that shows the whole object, and of which a write changes what the kind's strategy for it lets through. */
export function part(name: string): Subresource {
  return {
    name,
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
}
