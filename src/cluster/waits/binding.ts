import type { ClusterRoleBinding, RoleBinding } from '../../api/generated/types.ts';
import { clusterRole } from '../../api/kinds/clusterrole.ts';
import { clusterRoleBinding } from '../../api/kinds/clusterrolebinding.ts';
import { role } from '../../api/kinds/role.ts';
import { roleBinding } from '../../api/kinds/rolebinding.ts';
import { serviceAccount } from '../../api/kinds/serviceaccount.ts';
import { namespaceOf } from '../../api/object.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';

export const roleBindingWaits: WaitRule<RoleBinding> = { kind: roleBinding, waits: ofBinding };
export const clusterRoleBindingWaits: WaitRule<ClusterRoleBinding> = {
  kind: clusterRoleBinding,
  waits: ofBinding,
};

/** A binding grants nothing while its role or its accounts are missing; the API server does not mind. */
function ofBinding(binding: RoleBinding | ClusterRoleBinding, view: WaitView): readonly Wait[] {
  const { kind, name } = binding.roleRef;
  const found =
    kind === 'Role' ? view.get(role, namespaceOf(binding), name) : view.get(clusterRole, '', name);
  const accounts = (binding.subjects ?? []).filter(
    (subject) =>
      subject.kind === 'ServiceAccount' &&
      view.get(serviceAccount, subject.namespace ?? namespaceOf(binding), subject.name) === undefined,
  );
  return [
    ...(found === undefined ? [`${kind.toLowerCase()}/${name}`] : []),
    ...accounts.map((subject) => `serviceaccount/${subject.name}`),
  ].map((what) => ({ text: view.words.missing(what) }));
}
