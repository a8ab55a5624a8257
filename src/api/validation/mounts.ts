import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import type { Container, Volume, VolumeMount } from '../generated/types.ts';
import { checkLocalDescendingPath, isUnset } from './common.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'] as const;
const RECURSIVE_READ_ONLY = ['Disabled', 'Enabled', 'IfPossible'] as const;

type Volumes = ReadonlyMap<string, Volume>;

/** Where a container mounts the pod's volumes (ValidateVolumeMounts). */
export function checkVolumeMounts(
  errors: FieldError[],
  path: string,
  container: Container,
  volumes: Volumes,
): void {
  const taken = new Set<string>();
  const devices = container.volumeDevices ?? [];
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const entry = index(path, i);
    const { name = '', mountPath = '' } = mount;
    if (name === '') errors.push(required(child(entry, 'name')));
    if (!volumes.has(name)) errors.push(notFound(child(entry, 'name'), name));
    if (mountPath === '') errors.push(required(child(entry, 'mountPath')));
    if (taken.has(mountPath)) errors.push(invalid(child(entry, 'mountPath'), mountPath, 'must be unique'));
    taken.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(invalid(child(entry, 'name'), name, 'must not already exist in volumeDevices'));
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      const why = 'must not already exist as a path in volumeDevices';
      errors.push(invalid(child(entry, 'mountPath'), mountPath, why));
    }
    checkSubPaths(errors, path, entry, mount, volumes.get(name));
    checkPropagation(errors, path, mount, container.securityContext?.privileged === true);
  }
}

/** Upstream reports wrong sub-paths at the list of mounts, not at the mount. */
function checkSubPaths(
  errors: FieldError[],
  path: string,
  entry: string,
  mount: VolumeMount,
  volume: Volume | undefined,
): void {
  const { subPath = '', subPathExpr = '' } = mount;
  if (volume?.image !== undefined) {
    const why = 'not allowed in image volume sources';
    if (subPath !== '') errors.push(invalid(child(entry, 'subPath'), subPath, why));
    if (subPathExpr !== '') errors.push(invalid(child(entry, 'subPathExpr'), subPathExpr, why));
  }
  if (subPath !== '') checkLocalDescendingPath(errors, child(path, 'subPath'), subPath);
  if (subPathExpr === '') return;
  if (subPath !== '') {
    const why = 'subPathExpr and subPath are mutually exclusive';
    errors.push(invalid(child(entry, 'subPathExpr'), subPathExpr, why));
  }
  checkLocalDescendingPath(errors, child(path, 'subPathExpr'), subPathExpr);
}

function checkPropagation(errors: FieldError[], path: string, mount: VolumeMount, privileged: boolean): void {
  const { mountPropagation, recursiveReadOnly } = mount;
  const propagationPath = child(path, 'mountPropagation');
  if (mountPropagation !== undefined && !(PROPAGATIONS as readonly string[]).includes(mountPropagation)) {
    errors.push(notSupported(propagationPath, mountPropagation, PROPAGATIONS));
  }
  if (mountPropagation === 'Bidirectional' && !privileged) {
    const why = 'Bidirectional mount propagation is available only to privileged containers';
    errors.push(forbidden(propagationPath, why));
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return;
  const readOnlyPath = child(path, 'recursiveReadOnly');
  if (!(RECURSIVE_READ_ONLY as readonly string[]).includes(recursiveReadOnly)) {
    errors.push(notSupported(readOnlyPath, recursiveReadOnly, RECURSIVE_READ_ONLY));
    return;
  }
  if (mount.readOnly !== true)
    errors.push(forbidden(readOnlyPath, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    errors.push(
      forbidden(readOnlyPath, 'may only be specified when mountPropagation is None or not specified'),
    );
  }
}

/** Raw block devices of a container (ValidateVolumeDevices). */
export function checkVolumeDevices(
  errors: FieldError[],
  path: string,
  container: Container,
  volumes: Volumes,
): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [i, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const entry = index(path, i);
    const volume = volumes.get(name);
    if (name === '') errors.push(required(child(entry, 'name')));
    if (names.has(name)) errors.push(invalid(child(entry, 'name'), name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(child(entry, 'name'), name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(child(entry, 'name'), name, why));
    }
    if (isUnset(devicePath)) errors.push(required(child(entry, 'devicePath')));
    if (paths.has(devicePath)) errors.push(invalid(child(entry, 'devicePath'), devicePath, 'must be unique'));
    if (devicePath.split('/').includes('..')) {
      errors.push(invalid(child(entry, 'devicePath'), devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (name !== '') names.add(name);
  }
}
