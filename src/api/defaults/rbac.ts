import type { RoleRef, Subject } from '../generated/types.ts';
import { mapShared, withField } from '../kind.ts';
import { RBAC_GROUP } from '../rbac.ts';

/** The group of who is bound and of what they are bound to (pkg/apis/rbac/v1/defaults.go). */
export function bindingDefaults<
  T extends { readonly roleRef: RoleRef; readonly subjects?: readonly Subject[] },
>(binding: T): T {
  const ref = binding.roleRef ?? { kind: '', name: '' };
  const roleRef = (ref.apiGroup ?? '') === '' ? { ...ref, apiGroup: RBAC_GROUP } : ref;
  const placed = withField(binding, 'roleRef', roleRef);
  if (placed.subjects === undefined) return placed;
  return withField(placed, 'subjects', mapShared(placed.subjects, subjectDefaults));
}

function subjectDefaults(subject: Subject): Subject {
  if ((subject.apiGroup ?? '') !== '' || (subject.kind !== 'User' && subject.kind !== 'Group'))
    return subject;
  return { ...subject, apiGroup: RBAC_GROUP };
}
