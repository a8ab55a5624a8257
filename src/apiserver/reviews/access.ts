import type {
  LocalSubjectAccessReview,
  NonResourceAttributes,
  ResourceAttributes,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  SubjectAccessReviewStatus,
} from '../../api/generated/types.ts';
import type { UserInfo } from '../../api/request.ts';
import { type FieldError, invalid, notSupported } from '../../apimachinery/fielderror.ts';
import { badRequest, type Status } from '../../apimachinery/status.ts';
import type { Decision } from '../authorization/authorizer.ts';
import type { RequestContext } from '../context.ts';
import { answerReview, type Review } from './review.ts';

interface Question {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

const EXACTLY_ONE = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';

/** pkg/apis/authorization/validation. */
function validate(spec: Question): readonly FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes';
    return [invalid('spec.nonResourceAttributes', nonResourceAttributes, why)];
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined)
    return [invalid('spec.resourceAttributes', null, EXACTLY_ONE)];
  return [];
}

function judge(
  ctx: RequestContext,
  user: UserInfo,
  spec: Question,
): { readonly status: SubjectAccessReviewStatus } {
  const { authorizer } = ctx.server;
  const { resourceAttributes: asked, nonResourceAttributes: path } = spec;
  const decision: Decision =
    asked === undefined
      ? authorizer.authorizePath(user, path?.verb ?? '', path?.path ?? '')
      : authorizer.authorize({
          user,
          verb: asked.verb ?? '',
          group: asked.group ?? '',
          resource: asked.resource ?? '',
          subresource: asked.subresource ?? '',
          namespace: asked.namespace ?? '',
          name: asked.name ?? '',
          ...(asked.fieldSelector?.rawSelector === undefined
            ? {}
            : { fieldSelector: asked.fieldSelector.rawSelector }),
        });
  const { allowed, reason = '' } = decision;
  return { status: reason === '' ? { allowed } : { allowed, reason } };
}

function subjectOf(spec: SubjectAccessReview['spec']): UserInfo {
  const { user = '', groups = [], uid, extra } = spec;
  return {
    name: user,
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  };
}

function validateSubject(spec: SubjectAccessReview['spec']): readonly FieldError[] {
  const errors = [...validate(spec)];
  if ((spec.user ?? '') === '' && (spec.groups ?? []).length === 0)
    errors.push(invalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified'));
  return errors;
}

/** May I do this (pkg/registry/authorization/selfsubjectaccessreview)? */
export const selfSubjectAccess: Review = (ctx) =>
  answerReview<SelfSubjectAccessReview>(ctx, ({ spec }) => {
    const errors = validate(spec);
    return errors.length > 0 ? errors : judge(ctx, ctx.request.user, spec);
  });

/** May somebody do this? */
export const subjectAccess: Review = (ctx) =>
  answerReview<SubjectAccessReview>(ctx, ({ spec }) => {
    const errors = validateSubject(spec);
    return errors.length > 0 ? errors : judge(ctx, subjectOf(spec), spec);
  });

/** May somebody do this in the namespace of the request? */
export const localSubjectAccess: Review = (ctx) =>
  answerReview<LocalSubjectAccessReview>(ctx, ({ spec }): object | Status | readonly FieldError[] => {
    const errors = [...validateSubject(spec)];
    if (spec.nonResourceAttributes !== undefined)
      errors.push(notSupported('spec.nonResourceAttributes', 'disallowed on this kind of request', []));
    if (errors.length > 0) return errors;
    const namespace = spec.resourceAttributes?.namespace ?? '';
    if (namespace !== ctx.namespace)
      return badRequest(`spec.resourceAttributes.namespace must match namespace: ${ctx.namespace}`);
    return judge(ctx, subjectOf(spec), spec);
  });
