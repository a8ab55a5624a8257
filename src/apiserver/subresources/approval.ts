import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/generated/types.ts';
import type { ApiResponse } from '../../api/request.ts';
import { isStatus } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { answer, type RequestContext, refuse, type Subresource } from '../context.ts';
import { decodeObject } from '../decoding.ts';
import { get } from '../verbs/get.ts';
import { updateObject } from '../verbs/update.ts';

/** The conditions of a certificate signing request (certificates/strategy.go csrApprovalStrategy); nothing else of it changes. */
export const approval: Subresource = {
  name: 'approval',
  verbs: ['get', 'update'],
  handle(ctx: RequestContext): ApiResponse {
    if (ctx.request.verb !== 'update') return get(ctx);
    const wished = decodeObject(ctx);
    if (isStatus(wished)) return refuse(wished, ctx.warnings);
    const updated = updateObject(
      ctx,
      () => wished,
      (request, _wished, old) => {
        const before = old as CertificateSigningRequest;
        const given = (wished as CertificateSigningRequest).status?.conditions ?? [];
        const now = formatTime(ctx.server.process.wallTime());
        const conditions = given.map((condition) => timed(condition, before, now));
        const { conditions: _, ...status } = before.status ?? {};
        const next: CertificateSigningRequest = {
          ...before,
          status: conditions.length === 0 ? status : { ...status, conditions },
        };
        return request.ctx.resource.admission.admit(request, next);
      },
    );
    return isStatus(updated) ? refuse(updated, ctx.warnings) : answer(ctx, updated);
  },
};

/** The condition with the times that it lacks (populateConditionTimestamps). */
function timed(
  condition: CertificateSigningRequestCondition,
  old: CertificateSigningRequest,
  now: string,
): CertificateSigningRequestCondition {
  const before = old.status?.conditions?.find(({ type }) => type === condition.type);
  const same = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return {
    ...condition,
    lastUpdateTime: condition.lastUpdateTime ?? now,
    lastTransitionTime: condition.lastTransitionTime ?? same ?? now,
  };
}
