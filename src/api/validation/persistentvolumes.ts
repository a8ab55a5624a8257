import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  child,
  type FieldError,
  forbidden,
  key,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../generated/types.ts';
import { checkImmutable, checkNoBacksteps, isUnset } from './common.ts';
import { diffText } from './diff.ts';
import { checkNodeSelector } from './scheduling.ts';
import { checkAccessModes, checkClassName, checkPositiveQuantity, VOLUME_MODES } from './volumeclaims.ts';

const RECLAIM_POLICIES: readonly string[] = Object.freeze(['Delete', 'Recycle', 'Retain']);

/** Every kind of storage that a volume can be made of, in upstream's order. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof PersistentVolumeSpec)[];

/** pkg/apis/core/validation/validation.go ValidatePersistentVolume. */
export function validatePersistentVolume({ spec }: PersistentVolume): readonly FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required('spec.accessModes'));
  checkAccessModes(errors, 'spec.accessModes', modes);
  checkCapacity(errors, spec);
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  if (policy !== '' && !RECLAIM_POLICIES.includes(policy))
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  const nodes = spec.nodeAffinity?.required;
  if (spec.nodeAffinity !== undefined) {
    const path = 'spec.nodeAffinity.required';
    if (nodes === undefined) errors.push(required(path, 'must specify required node constraints'));
    else checkNodeSelector(errors, path, nodes);
  }
  checkSources(errors, spec);
  if (spec.hostPath?.path === '/' && policy === 'Recycle')
    errors.push(
      forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"),
    );
  checkClassName(errors, 'spec.storageClassName', spec.storageClassName);
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode))
    errors.push(notSupported('spec.volumeMode', spec.volumeMode, VOLUME_MODES));
  return errors;
}

function checkCapacity(errors: FieldError[], { capacity = {} }: PersistentVolumeSpec): void {
  const path = 'spec.capacity';
  const names = Object.keys(capacity);
  if (names.length === 0) errors.push(required(path));
  else if (!names.includes('storage') || names.length > 1)
    errors.push(notSupported(path, capacity, ['storage']));
  for (const name of names) checkPositiveQuantity(errors, key(path, name), capacity[name] ?? '');
}

function checkSources(errors: FieldError[], spec: PersistentVolumeSpec): void {
  const given = SOURCES.filter((source) => spec[source] !== undefined);
  if (given.length === 0) errors.push(required('spec', 'must specify a volume type'));
  for (const source of given.slice(1))
    errors.push(forbidden(child('spec', source), 'may not specify more than 1 volume type'));
  const { hostPath, local, csi, nfs } = spec;
  if (hostPath !== undefined) checkPath(errors, 'spec.hostPath.path', hostPath.path);
  if (local !== undefined) {
    checkPath(errors, 'spec.local.path', local.path);
    if (spec.nodeAffinity?.required === undefined)
      errors.push(required('metadata.annotations', 'Local volume requires node affinity'));
  }
  if (csi !== undefined && isUnset(csi.driver)) errors.push(required('spec.csi.driver'));
  if (csi !== undefined && isUnset(csi.volumeHandle)) errors.push(required('spec.csi.volumeHandle'));
  if (nfs !== undefined && isUnset(nfs.server)) errors.push(required('spec.nfs.server'));
  if (nfs !== undefined && isUnset(nfs.path)) errors.push(required('spec.nfs.path'));
}

function checkPath(errors: FieldError[], path: string, value: string | undefined): void {
  if (isUnset(value)) errors.push(required(path));
  else checkNoBacksteps(errors, path, value);
}

/** ValidatePersistentVolumeUpdate: what a volume is made of stays; its node affinity, once said, too. */
export function validatePersistentVolumeUpdate(
  next: PersistentVolume,
  old: PersistentVolume,
): readonly FieldError[] {
  if (next.spec === old.spec) return [];
  const errors: FieldError[] = [];
  const [before, after] = [sourceOf(old.spec), sourceOf(next.spec)];
  if (!semanticEqual(before, after)) {
    const why = `spec.persistentvolumesource is immutable after creation\n${diffText(before, after)}`;
    errors.push(forbidden('spec.persistentvolumesource', why));
  }
  checkImmutable(errors, 'volumeMode', next.spec.volumeMode, old.spec.volumeMode);
  if (old.spec.nodeAffinity !== undefined)
    checkImmutable(errors, 'nodeAffinity', next.spec.nodeAffinity, old.spec.nodeAffinity);
  return errors;
}

function sourceOf(spec: PersistentVolumeSpec): object {
  return Object.fromEntries(SOURCES.filter((s) => spec[s] !== undefined).map((s) => [s, spec[s]]));
}
