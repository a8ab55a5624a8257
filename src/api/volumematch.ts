import { labelSelectorAsSelector } from '../apimachinery/labels.ts';
import { valueOf as wholeOf } from '../apimachinery/quantity.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from './generated/types.ts';
import { isTerminating, nameOf } from './object.ts';
import { isBoundToClaim, reachableFrom } from './volumes.ts';

/** Which volume suits a claim: the binder's and the scheduler's common judgement (pv_helpers.go). */

export interface MatchOptions {
  /** Only volumes that this node can reach. */
  readonly node?: Node;
  /** The claim waits for its first consumer: without node only a volume that names it will do. */
  readonly delay?: boolean;
  /** Names of volumes that are spoken for. */
  readonly excluded?: ReadonlySet<string>;
}

/** The smallest volume that fits, or the one that names the claim already (FindMatchingVolume). */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  options: MatchOptions = {},
): PersistentVolume | undefined {
  const wanted = wholeOf(claim.spec.resources?.requests?.storage);
  const selector =
    claim.spec.selector === undefined ? undefined : labelSelectorAsSelector(claim.spec.selector);
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (options.excluded?.has(nameOf(volume)) === true || isTerminating(volume)) continue;
    if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) continue;
    const size = wholeOf(volume.spec.capacity?.storage);
    const reachable = options.node === undefined || reachableFrom(volume, options.node);
    if (isBoundToClaim(volume, claim)) {
      if (size < wanted) continue;
      return reachable ? volume : undefined;
    }
    if (options.node === undefined && options.delay === true) continue;
    if (volume.status?.phase !== 'Available' || volume.spec.claimRef !== undefined || !reachable) continue;
    if (selector !== undefined && ('error' in selector || !selector.matches(volume.metadata.labels)))
      continue;
    if ((volume.spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) continue;
    if (!hasModes(volume, claim) || size < wanted) continue;
    if (best === undefined || isBetter(volume, best)) best = volume;
  }
  return best;
}

function isBetter(a: PersistentVolume, b: PersistentVolume): boolean {
  const [x, y] = [wholeOf(a.spec.capacity?.storage), wholeOf(b.spec.capacity?.storage)];
  return x < y || (x === y && nameOf(a) < nameOf(b));
}

function hasModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode) === true);
}

/** Why a volume that a claim names cannot be its volume; undefined when it can (checkVolumeSatisfyClaim). */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (wholeOf(volume.spec.capacity?.storage) < wholeOf(claim.spec.resources?.requests?.storage))
    return 'requested PV is too small';
  if ((volume.spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? ''))
    return 'storageClassName does not match';
  if ((volume.spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem'))
    return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}
