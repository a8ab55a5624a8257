import { longHash } from '../apimachinery/names.ts';
import type { PersistentVolume } from './generated/types.ts';

/** The name of the VolumeAttachment of a disk and a node; who knows both can ask for it (csi getAttachmentName). */
export function attachmentName(driver: string, handle: string, node: string): string {
  return `csi-${longHash(`${handle}${driver}${node}`)}`;
}

/** Whether a volume must be attached to a node before it can be mounted there. */
export function isAttachable(volume: PersistentVolume): boolean {
  return volume.spec.csi !== undefined;
}

/** Whether a volume may be attached to several nodes at once. */
export function isShared({ spec }: PersistentVolume): boolean {
  return spec.accessModes?.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany') === true;
}
