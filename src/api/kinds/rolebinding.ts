import type { RoleBinding } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { rbacBinding } from './rbacbinding.ts';

/** rbac.authorization.k8s.io/v1 RoleBinding: who may do, in its namespace, what a role allows. */
export const roleBinding: KindDefinition<RoleBinding> = {
  ...rbacBinding<RoleBinding>(true),
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  schemaType: 'RoleBinding',
};
