import type { Container, Pod } from '../../api/generated/types.ts';
import { podLimits } from '../../api/podrequests.ts';
import {
  valueOf as bytesOf,
  formatQuantity,
  parseQuantity,
  quantityFromValue,
} from '../../apimachinery/quantity.ts';

/** What a pod keeps on the disk, bytes. */
export interface StorageUse {
  volume(name: string): number;
  /** What a container has written itself, its log included. */
  container(name: string): number;
}

/**
 * Why a pod keeps more on the disk than it may: in an emptyDir, altogether, or in a container
 * (eviction_manager.go emptyDirLimitEviction, podEphemeralStorageLimitEviction, containerEphemeralStorageLimitEviction).
 */
export function storageExcess({ spec }: Pod, use: StorageUse): string | undefined {
  let total = 0;
  for (const { name, emptyDir } of spec.volumes ?? []) {
    if (emptyDir === undefined) continue;
    const used = use.volume(name);
    if (emptyDir.medium !== 'Memory') total += used;
    const limit = emptyDir.sizeLimit;
    if (limit !== undefined && bytesOf(limit) > 0 && used > bytesOf(limit))
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${shown(limit)}". `;
  }
  const { ephemeralStorage } = podLimits(spec);
  for (const { name } of spec.containers) total += use.container(name);
  if (ephemeralStorage > 0 && total > ephemeralStorage) {
    const limit = formatQuantity(quantityFromValue(ephemeralStorage, 'BinarySI'));
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `;
  }
  for (const { name, resources } of spec.containers) {
    const limit = resources?.limits?.['ephemeral-storage'];
    if (limit !== undefined && use.container(name) > bytesOf(limit))
      return `Container ${name} exceeded its local ephemeral storage limit "${shown(limit)}". `;
  }
  return undefined;
}

/** Whether there is anything that a pod may not keep more of: few are, and they are looked at often. */
export function limitsStorage({ spec }: Pod): boolean {
  const isLimited = ({ resources }: Container): boolean =>
    resources?.limits?.['ephemeral-storage'] !== undefined;
  return (
    spec.volumes?.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) === true ||
    spec.resources?.limits?.['ephemeral-storage'] !== undefined ||
    spec.containers.some(isLimited) ||
    spec.initContainers?.some(isLimited) === true
  );
}

/** A quantity in its canonical form. */
function shown(text: string): string {
  const quantity = parseQuantity(text);
  return 'error' in quantity ? text : formatQuantity(quantity as never);
}
