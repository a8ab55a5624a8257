import { type KindDefinition, qualifiedResource } from '../../api/kind.ts';
import { localSubjectAccess, selfSubjectAccess, subjectAccess } from './access.ts';
import type { Review } from './review.ts';
import { selfSubjectRules } from './rules.ts';
import { selfSubject } from './self.ts';
import { tokenReview } from './token.ts';

/** Every review that is served, by qualified resource. One line each, sorted. */
const REVIEWS: ReadonlyMap<string, Review> = new Map([
  ['localsubjectaccessreviews.authorization.k8s.io', localSubjectAccess],
  ['selfsubjectaccessreviews.authorization.k8s.io', selfSubjectAccess],
  ['selfsubjectreviews.authentication.k8s.io', selfSubject],
  ['selfsubjectrulesreviews.authorization.k8s.io', selfSubjectRules],
  ['subjectaccessreviews.authorization.k8s.io', subjectAccess],
  ['tokenreviews.authentication.k8s.io', tokenReview],
]);

/** The review that a kind is; undefined for kinds that are stored. */
export function reviewOf(kind: KindDefinition): Review | undefined {
  return REVIEWS.get(qualifiedResource(kind));
}
