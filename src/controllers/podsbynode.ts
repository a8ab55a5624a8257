import type { Pod } from '../api/generated/types.ts';

/** The informer index that files pods by the node they are bound to. */
export const NODE_INDEX = 'node';

/** The index function of NODE_INDEX; unscheduled pods are in no bucket. */
export function nodeIndex(pod: Pod): readonly string[] {
  return pod.spec.nodeName === undefined || pod.spec.nodeName === '' ? [] : [pod.spec.nodeName];
}
