import type {
  NonResourceRule,
  ResourceRule,
  SelfSubjectRulesReview,
  SubjectRulesReviewStatus,
} from '../../api/generated/types.ts';
import { badRequest } from '../../apimachinery/status.ts';
import type { RulesFor } from '../authorization/authorizer.ts';
import { answerReview, type Review } from './review.ts';

/** What may I do in a namespace (pkg/registry/authorization/selfsubjectrulesreview)? */
export const selfSubjectRules: Review = (ctx) =>
  answerReview<SelfSubjectRulesReview>(ctx, ({ spec }) => {
    const namespace = spec.namespace ?? '';
    if (namespace === '') return badRequest('no namespace on request');
    return { status: statusOf(ctx.server.authorizer.rulesFor(ctx.request.user, namespace)) };
  });

function statusOf({ rules, errors, incomplete }: RulesFor): SubjectRulesReviewStatus {
  const resourceRules: ResourceRule[] = [];
  const nonResourceRules: NonResourceRule[] = [];
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
    if (resources !== undefined && resources.length > 0)
      resourceRules.push({
        verbs,
        ...(apiGroups === undefined ? {} : { apiGroups }),
        resources,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      });
    if (nonResourceURLs !== undefined && nonResourceURLs.length > 0)
      nonResourceRules.push({ verbs, nonResourceURLs });
  }
  const evaluationError = errors.length > 1 ? `[${errors.join(', ')}]` : (errors[0] ?? '');
  return {
    incomplete,
    resourceRules,
    nonResourceRules,
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
}
