import { nameColumn } from '../columns.ts';
import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  TokenReview,
} from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubeObject } from '../object.ts';

type Review = Pick<KindDefinition, 'group' | 'kind' | 'plural' | 'singular'> & {
  readonly namespaced?: true;
};

/** A question in the shape of an object: it can be created only, and the answer is not stored. */
function review<T extends KubeObject>(names: Review): KindDefinition<T> {
  return {
    version: 'v1',
    shortNames: [],
    namespaced: false,
    ...names,
    verbs: ['create'],
    schemaType: names.kind,
    validateName: () => [],
    applyDefaults: (object) => object,
    validate: () => [],
    statusSubresource: false,
    hasGeneration: false,
    allowUnconditionalUpdate: false,
    defaultPropagation: 'Background',
    columns: [nameColumn],
  };
}

const AUTHENTICATION = 'authentication.k8s.io';
const AUTHORIZATION = 'authorization.k8s.io';

/** authorization.k8s.io/v1 LocalSubjectAccessReview: may somebody do this in a namespace? */
export const localSubjectAccessReview = review<LocalSubjectAccessReview>({
  group: AUTHORIZATION,
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  singular: 'localsubjectaccessreview',
  namespaced: true,
});

/** authorization.k8s.io/v1 SelfSubjectAccessReview: may I do this? */
export const selfSubjectAccessReview = review<SelfSubjectAccessReview>({
  group: AUTHORIZATION,
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
});

/** authentication.k8s.io/v1 SelfSubjectReview: who am I? */
export const selfSubjectReview = review<SelfSubjectReview>({
  group: AUTHENTICATION,
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
});

/** authorization.k8s.io/v1 SelfSubjectRulesReview: what may I do in a namespace? */
export const selfSubjectRulesReview = review<SelfSubjectRulesReview>({
  group: AUTHORIZATION,
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
});

/** authorization.k8s.io/v1 SubjectAccessReview: may somebody do this? */
export const subjectAccessReview = review<SubjectAccessReview>({
  group: AUTHORIZATION,
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  singular: 'subjectaccessreview',
});

/** authentication.k8s.io/v1 TokenReview: whose token is this? */
export const tokenReview = review<TokenReview>({
  group: AUTHENTICATION,
  kind: 'TokenReview',
  plural: 'tokenreviews',
  singular: 'tokenreview',
});
