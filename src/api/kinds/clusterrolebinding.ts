import type { ClusterRoleBinding } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { rbacBinding } from './rbacbinding.ts';

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding: who may do, everywhere, what a ClusterRole allows. */
export const clusterRoleBinding: KindDefinition<ClusterRoleBinding> = {
  ...rbacBinding<ClusterRoleBinding>(false),
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  schemaType: 'ClusterRoleBinding',
};
