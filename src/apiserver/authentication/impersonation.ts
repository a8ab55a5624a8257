import type { ApiRequest, UserInfo } from '../../api/request.ts';
import { forbidden, internalError, type Status } from '../../apimachinery/status.ts';
import { type Attributes, type Authorizer, forbiddenMessage } from '../authorization/authorizer.ts';

const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';
export const ANONYMOUS = 'system:anonymous';
const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The groups of a service account (serviceaccount.MakeGroupNames). */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/**
 * The request as made by whom its user wants to be taken for, if the user may
 * (staging apiserver pkg/endpoints/filters/impersonation.go); each part is asked for by itself.
 */
export function impersonated(authorizer: Authorizer, request: ApiRequest): ApiRequest | Status {
  const { impersonate, ...rest } = request;
  if (impersonate === undefined) return request;
  const { user, groups = [], uid } = impersonate;
  if (user === '') {
    return internalError(`requested ${JSON.stringify(groups)} without impersonating a user`);
  }
  const account = ACCOUNT.exec(user);
  const wanted: Omit<Attributes, 'user' | 'verb' | 'subresource'>[] = [
    account === null
      ? { group: '', resource: 'users', namespace: '', name: user }
      : { group: '', resource: 'serviceaccounts', namespace: account[1] ?? '', name: account[2] ?? '' },
    ...groups.map((name) => ({ group: '', resource: 'groups', namespace: '', name })),
  ];
  if (uid !== undefined)
    wanted.push({ group: 'authentication.k8s.io', resource: 'uids', namespace: '', name: uid });
  for (const part of wanted) {
    const attributes = { ...part, user: request.user, verb: 'impersonate', subresource: '' };
    const decision = authorizer.authorize(attributes);
    if (!decision.allowed) return forbidden(part, part.name, forbiddenMessage(attributes, decision.reason));
  }
  const given = groups.length > 0 || account === null ? groups : serviceAccountGroups(account[1] ?? '');
  const info: UserInfo = {
    name: user,
    groups: completed(user, given),
    ...(uid === undefined ? {} : { uid }),
  };
  return { ...rest, user: info };
}

/** Whoever signs in is authenticated, unless it is nobody. */
function completed(user: string, groups: readonly string[]): readonly string[] {
  if (groups.includes(AUTHENTICATED) || groups.includes(UNAUTHENTICATED)) return groups;
  return [...groups, user === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED];
}
