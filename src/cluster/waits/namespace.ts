import type { Namespace } from '../../api/generated/types.ts';
import { namespace as namespaceKind } from '../../api/kinds/namespace.ts';
import { conditionWaits } from './conditions.ts';
import type { WaitRule } from './wait.ts';

/** A namespace that ends waits for what is left in it; the controller says what that is. */
export const namespaceWaits: WaitRule<Namespace> = {
  kind: namespaceKind,
  waits: ({ status }, view) =>
    conditionWaits(
      status?.conditions,
      {
        NamespaceDeletionDiscoveryFailure: 'True',
        NamespaceDeletionContentFailure: 'True',
        NamespaceDeletionGroupVersionParsingFailure: 'True',
        NamespaceContentRemaining: 'True',
        NamespaceFinalizersRemaining: 'True',
      },
      view,
    ),
};
