import type { RoleRef } from '../../../api/generated/types.ts';
import { RBAC_GROUP } from '../../../api/rbac.ts';
import { type Failure, fail, failure, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import { SUBJECT_FLAGS, subjectsOf } from '../../subjects.ts';
import type { Flag, ParsedArgs, Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument, requireFlags } from './generated.ts';

const API_VERSION = `${RBAC_GROUP}/v1`;
const CLUSTER_ROLE_FLAG: Flag = {
  name: 'clusterrole',
  type: 'string',
  usage: 'ClusterRole the binding should reference',
};

function make(
  kind: 'RoleBinding' | 'ClusterRoleBinding',
  plural: string,
  roleRefOf: (args: ParsedArgs) => RoleRef | Failure,
): Verb['run'] {
  return atOnce((context, args) => {
    const name = nameArgument(`kubectl create ${kind.toLowerCase()}`, args);
    if (isFailed(name)) return fail(context, name.failure);
    const roleRef = roleRefOf(args);
    if (isFailed(roleRef)) return fail(context, roleRef.failure);
    const read = subjectsOf(args);
    if (isFailed(read)) return fail(context, read.failure);
    const { subjects } = read;
    const object = {
      apiVersion: API_VERSION,
      kind,
      metadata: { name: name.name },
      roleRef,
      ...(subjects.length === 0 ? {} : { subjects }),
    };
    return createGenerated(context, args, plural, object).code;
  });
}

/** `kubectl create rolebinding` (pkg/cmd/create/create_rolebinding.go). */
export const createRoleBinding: Verb = {
  name: 'rolebinding',
  short: 'Create a role binding for a particular role or cluster role',
  usage:
    'kubectl create rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  examples: `  # Let user1 do in this namespace what the cluster role admin allows
  kubectl create rolebinding admin --clusterrole=admin --user=user1`,
  flags: [
    ...CREATE_FLAGS,
    CLUSTER_ROLE_FLAG,
    ...SUBJECT_FLAGS,
    { name: 'role', type: 'string', usage: 'Role this RoleBinding should reference' },
  ],
  run: make('RoleBinding', 'rolebindings', (args) => {
    const role = args.string('role');
    const clusterRole = args.string('clusterrole');
    if ((role === '') === (clusterRole === ''))
      return failure('exactly one of clusterrole or role must be specified');
    return role === ''
      ? { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: clusterRole }
      : { apiGroup: RBAC_GROUP, kind: 'Role', name: role };
  }),
};

/** `kubectl create clusterrolebinding` (pkg/cmd/create/create_clusterrolebinding.go). */
export const createClusterRoleBinding: Verb = {
  name: 'clusterrolebinding',
  short: 'Create a cluster role binding for a particular cluster role',
  usage:
    'kubectl create clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  examples: `  # Let user1 do everything
  kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1`,
  flags: [...CREATE_FLAGS, CLUSTER_ROLE_FLAG, ...SUBJECT_FLAGS],
  run: make('ClusterRoleBinding', 'clusterrolebindings', (args) => {
    const missing = requireFlags(args, ['clusterrole']);
    if (missing !== undefined) return missing;
    return { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: args.string('clusterrole') };
  }),
};
