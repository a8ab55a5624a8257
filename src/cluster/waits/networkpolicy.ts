import type { NetworkPolicy } from '../../api/generated/types.ts';
import { networkPolicy as networkPolicyKind } from '../../api/kinds/networkpolicy.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { namespaceOf } from '../../api/object.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import type { WaitRule } from './wait.ts';

/** A policy that selects no pod does nothing yet. */
export const networkPolicyWaits: WaitRule<NetworkPolicy> = {
  kind: networkPolicyKind,
  waits: (policy, view) => {
    const selector = compiledSelector(policy.spec?.podSelector ?? {});
    const pods = view.objects(podKind, namespaceOf(policy));
    return pods.some(({ metadata }) => selector.matches(metadata.labels))
      ? []
      : [{ text: view.words.network.selectsNothing, look: 'kubectl get pods --show-labels' }];
  },
};
