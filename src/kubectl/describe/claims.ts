import { accessModesText } from '../../api/accessmodes.ts';
import type {
  ObjectMeta,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimStatus,
} from '../../api/generated/types.ts';
import { phaseOrTerminating, quantity, writeAnnotations, writeLabels } from './common.ts';
import type { DescribeWriter } from './writer.ts';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** What a claim and the template of one have in common. */
export interface ClaimLike {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<PersistentVolumeClaimSpec>;
  readonly status?: PersistentVolumeClaimStatus;
}

/** The class of a volume or claim; the old annotation wins (`GetPersistentVolumeClaimClass`). */
export function storageClassOf(object: {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: { readonly storageClassName?: string };
}): string {
  return object.metadata?.annotations?.[BETA_CLASS] ?? object.spec?.storageClassName ?? '';
}

/** Writes a claim; a template has neither name nor state (`printPersistentVolumeClaim`). */
export function writeClaim(w: DescribeWriter, claim: ClaimLike, full: boolean, now: number): void {
  const { metadata = {}, spec = {}, status } = claim;
  if (full) {
    w.field('Name', metadata.name ?? '');
    w.field('Namespace', metadata.namespace ?? '');
  }
  w.field('StorageClass', storageClassOf(claim));
  if (full) w.field('Status', phaseOrTerminating(metadata.deletionTimestamp, status?.phase, now));
  w.field('Volume', spec.volumeName ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  if (full) w.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`);
  const bound = (spec.volumeName ?? '') !== '';
  w.field('Capacity', bound ? quantity(status?.capacity?.storage) : '');
  w.field('Access Modes', bound ? accessModesText(status?.accessModes) : '');
  if (spec.volumeMode !== undefined) w.field('VolumeMode', spec.volumeMode);
  if (spec.dataSource === undefined) return;
  w.write(0, 'DataSource:\n');
  if (spec.dataSource.apiGroup !== undefined) w.field('APIGroup', spec.dataSource.apiGroup, 1);
  w.field('Kind', spec.dataSource.kind, 1);
  w.field('Name', spec.dataSource.name, 1);
}
