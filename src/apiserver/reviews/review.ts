import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import type { FieldError } from '../../apimachinery/fielderror.ts';
import { isStatus, type Status } from '../../apimachinery/status.ts';
import { answer, type RequestContext, refuse } from '../context.ts';
import { decodeObject } from '../decoding.ts';
import { invalidStatus } from '../write.ts';

/** Answers a question in the shape of an object; nothing is stored. */
export type Review = (ctx: RequestContext) => ApiResponse;

/** Decodes a review, has it judged, and answers with it and its status. */
export function answerReview<T extends KubeObject>(
  ctx: RequestContext,
  judge: (object: T) => object | readonly FieldError[] | Status,
): ApiResponse {
  const decoded = decodeObject(ctx);
  if (isStatus(decoded)) return refuse(decoded, ctx.warnings);
  const judged = judge(decoded as T);
  if (Array.isArray(judged))
    return refuse(invalidStatus(ctx, decoded.metadata.name ?? '', judged), ctx.warnings);
  if (isStatus(judged)) return refuse(judged, ctx.warnings);
  return answer(ctx, { ...decoded, ...judged }, 201);
}
