import type { Pod } from '../api/generated/types.ts';
import { makeKey, namespaceOf } from '../api/object.ts';
import { claimNamesOf } from '../api/volumes.ts';

/** Files pods under the claims they use. */
export const CLAIM_INDEX = 'claim';

const NONE: readonly string[] = Object.freeze([]);

export function claimIndex(pod: Pod): readonly string[] {
  const names = claimNamesOf(pod);
  return names.length === 0 ? NONE : names.map((name) => makeKey(namespaceOf(pod), name));
}

/** Whether the pod holds on to its claims: it is on a node and has not ended (pvcprotection podUsesPVC). */
export function holdsClaims(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return (pod.spec.nodeName ?? '') !== '' && phase !== 'Succeeded' && phase !== 'Failed';
}
