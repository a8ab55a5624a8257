import type { Namespace } from '../../api/generated/types.ts';
import type { ApiResponse } from '../../api/request.ts';
import { isStatus } from '../../apimachinery/status.ts';
import { answer, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeObject } from '../decoding.ts';
import { updateObject } from '../verbs/update.ts';

/**
 * PUT of a namespace's spec.finalizers. When it takes the last one off a namespace that is being
 * deleted, the namespace is gone (pkg/registry/core/namespace/strategy.go namespaceFinalizeStrategy).
 */
export const finalize: Subresource = {
  name: 'finalize',
  verbs: ['update'],
  handle(ctx: RequestContext): ApiResponse {
    const wished = decodeObject(ctx);
    if (isStatus(wished)) return refuse(wished, ctx.warnings);
    const updated = updateObject(
      ctx,
      () => wished,
      (_request, _wished, old) => {
        const finalizers = (wished as Namespace).spec?.finalizers ?? [];
        const { finalizers: _, ...spec } = (old as Namespace).spec ?? {};
        return { ...old, spec: finalizers.length === 0 ? spec : { ...spec, finalizers } } as Namespace;
      },
    );
    return isStatus(updated) ? refuse(updated, ctx.warnings) : answer(ctx, updated);
  },
};
