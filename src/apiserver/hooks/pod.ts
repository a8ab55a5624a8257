import type { Pod } from '../../api/generated/types.ts';
import type { KindHooks } from '../context.ts';

/** Seconds between the wish that a pod stops and force, where the pod does not say. */
const DEFAULT_GRACE_SECONDS = 30;

/**
 * Pods are deleted gracefully, unless they never started or have ended already
 * (pkg/registry/core/pod/strategy.go CheckGracefulDelete).
 */
export const podHooks: KindHooks = {
  gracePeriod(object, requested): number {
    const pod = object as Pod;
    if ((pod.spec.nodeName ?? '') === '') return 0;
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') return 0;
    const period = requested ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
    return period < 0 ? 1 : period;
  },
};
