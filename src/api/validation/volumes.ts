import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isQuantityError, parseQuantity, sign } from '../../apimachinery/quantity.ts';
import { isDNS1123Label, isQualifiedName } from '../../apimachinery/validation.ts';
import type {
  DownwardAPIVolumeFile,
  HostPathVolumeSource,
  ImageVolumeSource,
  KeyToPath,
  NFSVolumeSource,
  ProjectedVolumeSource,
  ServiceAccountTokenProjection,
  Volume,
  VolumeProjection,
} from '../generated/types.ts';
import { checkFileMode, checkLocalNonReservedPath, checkNoBacksteps, complain, isUnset } from './common.ts';
import { checkFieldRef, checkResourceFieldRef, VOLUME_FIELDS } from './env.ts';
import { checkedOnce } from './once.ts';
import { validateClaimSpec } from './volumeclaims.ts';

type SourceKey = Exclude<keyof Volume, 'name'>;

/** Upstream's order; the first one given counts, the others are one too many. */
const SOURCES: readonly SourceKey[] = [
  ...([
    'emptyDir',
    'hostPath',
    'gitRepo',
    'gcePersistentDisk',
    'awsElasticBlockStore',
    'secret',
    'nfs',
  ] as const),
  ...([
    'iscsi',
    'glusterfs',
    'flocker',
    'persistentVolumeClaim',
    'rbd',
    'cinder',
    'cephfs',
    'quobyte',
  ] as const),
  ...(['downwardAPI', 'fc', 'flexVolume', 'configMap', 'azureFile', 'vsphereVolume'] as const),
  ...(['photonPersistentDisk', 'portworxVolume', 'azureDisk', 'storageos', 'projected', 'scaleIO'] as const),
  ...(['csi', 'ephemeral', 'image'] as const),
];

const isSource: ReadonlySet<string | undefined> = new Set(SOURCES);

const HOST_PATH_TYPES = [
  ...['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'],
] as const;
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

const validProjections = new WeakSet<ProjectedVolumeSource>();

/** The volumes of a pod; the result is those that are valid, by name (ValidateVolumes). */
export function checkVolumes(
  errors: FieldError[],
  path: string,
  volumes: readonly Volume[] | undefined,
): ReadonlyMap<string, Volume> {
  const valid = new Map<string, Volume>();
  for (const [i, volume] of (volumes ?? []).entries()) {
    const entry = index(path, i);
    const before = errors.length;
    checkSource(errors, entry, volume);
    if (isUnset(volume.name)) errors.push(required(child(entry, 'name')));
    else complain(errors, child(entry, 'name'), volume.name, isDNS1123Label(volume.name));
    if (valid.has(volume.name)) {
      errors.push({
        type: 'FieldValueDuplicate',
        field: child(entry, 'name'),
        badValue: volume.name,
        detail: '',
      });
    }
    if (errors.length === before) valid.set(volume.name, volume);
  }
  return valid;
}

function checkSource(errors: FieldError[], path: string, volume: Volume): void {
  const only = onlySource(volume);
  if (only !== undefined) {
    checkOneSource(errors, child(path, only), volume);
    return;
  }
  let chosen: SourceKey | undefined;
  for (const source of SOURCES) {
    if (volume[source] === undefined) continue;
    if (chosen !== undefined) {
      errors.push(forbidden(child(path, source), 'may not specify more than 1 volume type'));
      continue;
    }
    chosen = source;
    checkOneSource(errors, child(path, source), volume);
  }
  if (chosen === undefined) errors.push(required(path, 'must specify a volume type'));
}

/** The source of a volume that says nothing but its name and one source, as nearly all do. */
function onlySource(volume: Volume): SourceKey | undefined {
  const keys = Object.keys(volume);
  const key = keys[0] === 'name' ? keys[1] : keys[0];
  if (keys.length !== 2 || !isSource.has(key) || volume[key as SourceKey] === undefined) return undefined;
  return key as SourceKey;
}

/** Rules of the first source of the volume; kinds of storage that only clouds have are taken as given. */
function checkOneSource(errors: FieldError[], path: string, volume: Volume): void {
  const { emptyDir, hostPath, secret, configMap, persistentVolumeClaim, nfs, downwardAPI, projected } =
    volume;
  if (emptyDir !== undefined) checkSizeLimit(errors, child(path, 'sizeLimit'), emptyDir.sizeLimit);
  else if (hostPath !== undefined) checkHostPath(errors, path, hostPath);
  else if (secret !== undefined) {
    if (isUnset(secret.secretName)) errors.push(required(child(path, 'secretName')));
    checkFileMode(errors, child(path, 'defaultMode'), secret.defaultMode);
    checkItems(errors, child(path, 'items'), secret.items);
  } else if (nfs !== undefined) checkNfs(errors, path, nfs);
  else if (persistentVolumeClaim !== undefined) {
    if (isUnset(persistentVolumeClaim.claimName)) errors.push(required(child(path, 'claimName')));
  } else if (downwardAPI !== undefined) {
    checkFileMode(errors, child(path, 'defaultMode'), downwardAPI.defaultMode);
    // Upstream names the source here, not the file.
    for (const file of downwardAPI.items ?? []) checkDownwardFile(errors, path, file);
  } else if (configMap !== undefined) {
    if (isUnset(configMap.name)) errors.push(required(child(path, 'name')));
    checkFileMode(errors, child(path, 'defaultMode'), configMap.defaultMode);
    checkItems(errors, child(path, 'items'), configMap.items);
  } else if (projected !== undefined) checkProjected(errors, path, projected);
  else checkOtherSource(errors, path, volume);
}

function checkOtherSource(errors: FieldError[], path: string, volume: Volume): void {
  const { csi, ephemeral, image } = volume;
  if (csi !== undefined && isUnset(csi.driver)) errors.push(required(child(path, 'driver')));
  const claim = ephemeral?.volumeClaimTemplate;
  if (claim !== undefined) {
    errors.push(...validateClaimSpec(claim.spec ?? {}, child(child(path, 'volumeClaimTemplate'), 'spec')));
  } else if (ephemeral !== undefined) errors.push(required(child(path, 'volumeClaimTemplate')));
  if (image !== undefined) checkImage(errors, path, image);
}

function checkSizeLimit(errors: FieldError[], path: string, limit: string | undefined): void {
  if (limit === undefined) return;
  const quantity = parseQuantity(String(limit));
  if (isQuantityError(quantity) || sign(quantity) < 0) {
    errors.push(forbidden(path, 'SizeLimit field must be a valid resource quantity'));
  }
}

function checkHostPath(errors: FieldError[], path: string, source: HostPathVolumeSource): void {
  if (isUnset(source.path)) {
    errors.push(required(child(path, 'path')));
    return;
  }
  checkNoBacksteps(errors, child(path, 'path'), source.path);
  if (source.type !== undefined && !(HOST_PATH_TYPES as readonly string[]).includes(source.type)) {
    errors.push(notSupported(child(path, 'type'), source.type, HOST_PATH_TYPES));
  }
}

function checkNfs(errors: FieldError[], path: string, source: NFSVolumeSource): void {
  if (isUnset(source.server)) errors.push(required(child(path, 'server')));
  if (isUnset(source.path)) errors.push(required(child(path, 'path')));
  if (!(source.path ?? '').startsWith('/')) {
    errors.push(invalid(child(path, 'path'), source.path ?? '', 'must be an absolute path'));
  }
}

function checkImage(errors: FieldError[], path: string, source: ImageVolumeSource): void {
  if (isUnset(source.reference)) errors.push(required(child(path, 'reference')));
  const policy = source.pullPolicy ?? '';
  if (policy !== '' && !(PULL_POLICIES as readonly string[]).includes(policy)) {
    errors.push(notSupported(child(path, 'pullPolicy'), policy, PULL_POLICIES));
  }
}

function checkItems(errors: FieldError[], path: string, items: readonly KeyToPath[] | undefined): void {
  for (const [i, item] of (items ?? []).entries()) checkKeyToPath(errors, index(path, i), item);
}

function checkKeyToPath(errors: FieldError[], path: string, item: KeyToPath): void {
  if (isUnset(item.key)) errors.push(required(child(path, 'key')));
  if (isUnset(item.path)) errors.push(required(child(path, 'path')));
  checkLocalNonReservedPath(errors, child(path, 'path'), item.path ?? '');
  checkFileMode(errors, child(path, 'mode'), item.mode);
}

function checkDownwardFile(errors: FieldError[], path: string, file: DownwardAPIVolumeFile): void {
  if (isUnset(file.path)) errors.push(required(child(path, 'path')));
  checkLocalNonReservedPath(errors, child(path, 'path'), file.path ?? '');
  if (file.fieldRef !== undefined) {
    checkFieldRef(errors, child(path, 'fieldRef'), file.fieldRef, VOLUME_FIELDS);
    if (file.resourceFieldRef !== undefined) {
      const why = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(invalid(path, 'resource', why));
    }
  } else if (file.resourceFieldRef !== undefined) {
    checkResourceFieldRef(errors, child(path, 'resourceFieldRef'), file.resourceFieldRef, true);
  } else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
  checkFileMode(errors, child(path, 'mode'), file.mode);
}

function checkProjected(errors: FieldError[], path: string, source: ProjectedVolumeSource): void {
  // Nearly all pods have the one that service accounts come with.
  errors.push(...checkedOnce(validProjections, source, () => projectedErrors(path, source)));
}

function projectedErrors(path: string, source: ProjectedVolumeSource): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkFileMode(errors, child(path, 'defaultMode'), source.defaultMode);
  const taken = new Set<string>();
  for (const [i, projection] of (source.sources ?? []).entries()) {
    checkProjection(errors, path, index(child(path, 'sources'), i), projection, taken);
  }
  return errors;
}

function checkProjection(
  errors: FieldError[],
  volumePath: string,
  path: string,
  projection: VolumeProjection,
  taken: Set<string>,
): void {
  const take = (file: string | undefined, shown: string): void => {
    if (isUnset(file)) return;
    if (taken.has(file)) errors.push(invalid(volumePath, shown, 'conflicting duplicate paths'));
    taken.add(file);
  };
  for (const kind of ['secret', 'configMap'] as const) {
    const part = projection[kind];
    if (part === undefined) continue;
    if (isUnset(part.name)) errors.push(required(child(child(path, kind), 'name')));
    checkItems(errors, child(child(path, kind), 'items'), part.items);
    for (const item of part.items ?? []) take(item.path, part.name ?? '');
  }
  for (const file of projection.downwardAPI?.items ?? []) {
    checkDownwardFile(errors, child(path, 'downwardAPI'), file);
    take(file.path, file.path);
  }
  const token = projection.serviceAccountToken;
  if (token !== undefined) checkToken(errors, volumePath, child(path, 'serviceAccountToken'), token);
  const bundle = projection.clusterTrustBundle;
  if (bundle !== undefined) {
    checkLocalNonReservedPath(errors, child(child(path, 'clusterTrustBundle'), 'path'), bundle.path);
    take(bundle.path, bundle.path);
  }
  if (Object.values(projection).filter((part) => part !== undefined).length > 1) {
    errors.push(forbidden(path, 'may not specify more than 1 volume type per source'));
  }
}

function checkToken(
  errors: FieldError[],
  volumePath: string,
  path: string,
  token: ServiceAccountTokenProjection,
): void {
  const seconds = token.expirationSeconds ?? 0;
  const secondsPath = child(path, 'expirationSeconds');
  if (seconds < 600)
    errors.push(invalid(secondsPath, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32) {
    errors.push(invalid(secondsPath, seconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  // Upstream names the volume here, not the token.
  if (isUnset(token.path)) errors.push(required(child(volumePath, 'path')));
  else checkLocalNonReservedPath(errors, child(volumePath, 'path'), token.path);
}

/** Names of readiness and scheduling gates are qualified names. */
export function checkQualifiedName(errors: FieldError[], path: string, name: string): void {
  complain(errors, path, name, isQualifiedName(name));
}
