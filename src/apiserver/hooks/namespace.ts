import type { Namespace } from '../../api/generated/types.ts';
import type { KindHooks } from '../context.ts';

/**
 * A namespace turns Terminating when it is deleted and stays until the namespace controller has
 * taken its finalizer off the spec (pkg/registry/core/namespace/storage/storage.go).
 */
export const namespaceHooks: KindHooks = {
  mayLeave: (object) => ((object as Namespace).spec?.finalizers ?? []).length === 0,
  terminating(object) {
    const namespace = object as Namespace;
    return { ...namespace, status: { ...namespace.status, phase: 'Terminating' } } as Namespace;
  },
};
