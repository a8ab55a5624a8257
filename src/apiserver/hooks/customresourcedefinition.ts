import { withCondition } from '../../api/customresources/conditions.ts';
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import type { KindHooks } from '../context.ts';
import type { HookOptions } from './hooks.ts';

/** Holds a definition back while there are objects of its kind. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * A definition that is deleted stays until the objects of its kind are gone
 * (apiextensions-apiserver pkg/registry/customresourcedefinition/etcd.go Delete).
 */
export function newDefinitionHooks({ definitionsChanged }: HookOptions): KindHooks {
  return {
    observed: definitionsChanged,
    deletionFinalizer: CLEANUP_FINALIZER,
    terminating(object) {
      const definition = object as CustomResourceDefinition;
      const status = withCondition(
        definition.status ?? {},
        {
          type: 'Terminating',
          status: 'True',
          reason: 'InstanceDeletionPending',
          message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
        },
        object.metadata.deletionTimestamp ?? '',
      );
      return { ...definition, status } as CustomResourceDefinition;
    },
  };
}
