import type { Pod } from '../../api/generated/types.ts';

/** A pod whose containers have all ended for good. */
export function isFinished({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
