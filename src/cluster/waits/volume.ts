import type { PersistentVolume } from '../../api/generated/types.ts';
import { persistentVolume } from '../../api/kinds/persistentvolume.ts';
import { isTerminating } from '../../api/object.ts';
import { describeCommand } from './look.ts';
import type { WaitRule } from './wait.ts';

/** A volume waits for its claim to go, or for somebody to clear it. */
export const volumeWaits: WaitRule<PersistentVolume> = {
  kind: persistentVolume,
  waits: (volume, { words }) => {
    const { spec, status } = volume;
    const { claimRef, persistentVolumeReclaimPolicy: policy = 'Retain' } = spec ?? {};
    if (claimRef !== undefined && status?.phase === 'Bound' && isTerminating(volume))
      return [
        {
          text: words.volume.boundTo(`${claimRef.namespace}/${claimRef.name}`),
          look: describeCommand('pvc', claimRef.name ?? '', claimRef.namespace),
        },
      ];
    if (status?.phase === 'Released' && policy === 'Retain') return [{ text: words.volume.released(policy) }];
    if (status?.phase === 'Failed')
      return [{ text: words.condition('phase', status.reason ?? 'Failed', status.message ?? '') }];
    return [];
  },
};
