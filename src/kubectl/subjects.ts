import type { Subject } from '../api/generated/types.ts';
import { RBAC_GROUP } from '../api/rbac.ts';
import { type Failure, failure } from './errors.ts';
import type { Flag, ParsedArgs } from './verb.ts';

/** Flags that say whom a binding is for. */
export const SUBJECT_FLAGS: readonly Flag[] = [
  { name: 'user', type: 'array', usage: 'Usernames to bind to the role' },
  { name: 'group', type: 'array', usage: 'Groups to bind to the role' },
  {
    name: 'serviceaccount',
    type: 'array',
    usage: 'Service accounts to bind to the role, in the format <namespace>:<name>',
  },
];

/** The subjects that the flags name. */
export function subjectsOf(args: ParsedArgs): { readonly subjects: readonly Subject[] } | Failure {
  const named = (kind: string, flag: string): readonly Subject[] =>
    args.strings(flag).map((name) => ({ apiGroup: RBAC_GROUP, kind, name }));
  const subjects = [...named('User', 'user'), ...named('Group', 'group')];
  for (const text of args.strings('serviceaccount')) {
    const [namespace = '', name = '', ...more] = text.split(':');
    if (namespace === '' || name === '' || more.length > 0)
      return failure('serviceaccount must be <namespace>:<name>');
    subjects.push({ kind: 'ServiceAccount', name, namespace });
  }
  return { subjects };
}
