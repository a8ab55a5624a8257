import { attachmentName, isAttachable } from '../api/attachment.ts';
import type {
  Container,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Volume,
  VolumeAttachment,
} from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { podLimits } from '../api/podrequests.ts';
import { PROVISIONED_BY } from '../api/volumes.ts';
import { valueOf as unitsOf } from '../apimachinery/quantity.ts';
import type { Client } from '../client/client.ts';
import type { StorageBackend } from './config.ts';
import type { Mount } from './cri.ts';
import { expand } from './expansion.ts';
import type { PodFacts } from './fieldpath.ts';
import { type NodeDisk, VolumeFiles } from './files.ts';
import { isProjected, type VolumeSources, volumePayload } from './payload.ts';
import type { TokenManager } from './tokens.ts';
import { type Rights, SETGID } from './tools/credentials.ts';

/** A volume that cannot be mounted. */
export interface VolumeFailure {
  readonly volume: string;
  readonly error: string;
  /**
   * `processing`: what it refers to is not usable yet; `attaching`: its disk is not there yet; `mounting`:
   * mounting it failed, which has an event of its own.
   */
  readonly stage: 'processing' | 'attaching' | 'mounting';
}

export interface VolumeManagerOptions {
  readonly client: Client;
  readonly disk: NodeDisk;
  readonly nodeName: string;
  readonly sources: VolumeSources;
  readonly tokens: TokenManager;
  readonly storage: StorageBackend | undefined;
}

interface Place {
  readonly files: VolumeFiles;
  readonly path: string;
}

type Located =
  | { readonly ok: true; readonly place: Place }
  | { readonly ok: false; readonly failure: VolumeFailure };
type ClaimResult =
  | { readonly ok: true; readonly volume: PersistentVolume }
  | { readonly ok: false; readonly error: string };

/** Sets up the volumes of pods on this node and tells where containers find them. */
export class VolumeManager {
  readonly #options: VolumeManagerOptions;

  constructor(options: VolumeManagerOptions) {
    this.#options = options;
  }

  /** Mounts what the pod's containers mount. Doing it again mounts what failed before. */
  setUp(facts: PodFacts): VolumeFailure[] {
    const failures: VolumeFailure[] = [];
    for (const volume of facts.pod.spec.volumes ?? []) {
      if (!isMounted(facts.pod, volume.name)) continue;
      const located = this.#locate(facts, volume);
      if (!located.ok) failures.push(located.failure);
    }
    return failures;
  }

  /** Writes the present contents into the pod's ConfigMap, Secret and downward API volumes. */
  refresh(facts: PodFacts): void {
    for (const volume of facts.pod.spec.volumes ?? []) {
      const files = this.#options.disk.volume(uidOf(facts.pod), volume.name);
      if (files === undefined || !isProjected(volume)) continue;
      const payload = volumePayload(facts, volume, this.#options.sources);
      if (payload.ok) files.replace(payload.files);
    }
  }

  /** The mounts of a container. `values` is its environment, for subPathExpr. */
  mounts(
    facts: PodFacts,
    container: Container,
    values: ReadonlyMap<string, string>,
  ):
    | { readonly ok: true; readonly mounts: readonly Mount[] }
    | { readonly ok: false; readonly error: string } {
    const mounts: Mount[] = [];
    for (const mount of container.volumeMounts ?? []) {
      const volume = facts.pod.spec.volumes?.find(({ name }) => name === mount.name);
      if (volume === undefined)
        return {
          ok: false,
          error: `cannot find volume "${mount.name}" to mount into container "${container.name}"`,
        };
      const located = this.#locate(facts, volume);
      if (!located.ok) return { ok: false, error: located.failure.error };
      const { files, path } = located.place;
      const sub = mount.subPath || expand(mount.subPathExpr ?? '', (name) => values.get(name));
      const inside = join(path, sub);
      // A subPath is bound when the container is made: later contents of a projected volume do not reach it.
      const source = sub !== '' && isProjected(volume) ? files.snapshot(inside) : files;
      const readOnly =
        mount.readOnly === true || isProjected(volume) || volume.persistentVolumeClaim?.readOnly === true;
      const tmpfs = volume.emptyDir?.medium === 'Memory' ? IN_MEMORY : undefined;
      mounts.push({ mountPath: mount.mountPath, files: source, path: inside, readOnly, ...tmpfs });
    }
    // A copy has no room to spare, as a list that was grown has.
    return { ok: true, mounts: mounts.slice() };
  }

  /** Whether the machine has such a file: `/var/lib/kubelet/seccomp/profiles/audit.json`. */
  hasHostFile(path: string): boolean {
    return this.#options.disk.root.get(join('', path)) !== undefined;
  }

  /** Unmounts everything; emptyDir contents are gone. */
  tearDown(podUID: string): void {
    this.#options.disk.removeVolumes(podUID);
    this.#options.tokens.forget(podUID);
  }

  #locate(facts: PodFacts, volume: Volume): Located {
    const { disk } = this.#options;
    const uid = uidOf(facts.pod);
    if (volume.hostPath !== undefined)
      return this.#hostPath(volume.name, volume.hostPath.path, volume.hostPath.type);
    const known = disk.volume(uid, volume.name);
    if (known !== undefined) return { ok: true, place: { files: known, path: '' } };
    if (volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined)
      return this.#claim(facts.pod, volume);
    const payload = isProjected(volume) ? volumePayload(facts, volume, this.#options.sources) : undefined;
    if (payload?.ok === false) return mountFailed(volume.name, payload.error);
    const files = new VolumeFiles(payload?.files, directoryRights(facts.pod, isProjected(volume)));
    if (volume.emptyDir?.medium === 'Memory') files.limit = memoryOf(facts, volume.emptyDir.sizeLimit);
    disk.addVolume(uid, volume.name, files);
    return { ok: true, place: { files, path: '' } };
  }

  #hostPath(name: string, given: string, type = ''): Located {
    const path = join('', given);
    const { root } = this.#options.disk;
    const wantsDirectory = type === 'Directory' && !root.isDirectory(path);
    const wantsFile = type === 'File' && root.get(path) === undefined;
    if (wantsDirectory || wantsFile) {
      const what = wantsFile ? 'file' : 'directory';
      return mountFailed(name, `hostPath type check failed: ${given} is not a ${what}`);
    }
    if (type === 'FileOrCreate' && root.get(path) === undefined) root.set(path, '');
    return { ok: true, place: { files: root, path } };
  }

  #claim(pod: Pod, volume: Volume): Located {
    const claim = volume.persistentVolumeClaim?.claimName ?? `${nameOf(pod)}-${volume.name}`;
    const bound = this.#boundVolume(namespaceOf(pod), claim);
    if (!bound.ok)
      return { ok: false, failure: { volume: volume.name, error: bound.error, stage: 'processing' } };
    if (!this.#isAttached(bound.volume))
      return { ok: false, failure: { volume: volume.name, error: 'not attached', stage: 'attaching' } };
    const { spec } = bound.volume;
    const local = spec.hostPath?.path ?? spec.local?.path;
    if (local !== undefined) return this.#localVolume(pod, volume, bound.volume, local);
    const mounted = this.#options.storage?.mount(bound.volume, this.#options.nodeName) ?? {
      error: 'no storage is attached to this node',
    };
    if ('error' in mounted) return mountFailed(volume.name, mounted.error);
    setOwnership(pod, volume, mounted, '');
    this.#options.disk.addVolume(uidOf(pod), volume.name, mounted);
    return { ok: true, place: { files: mounted, path: '' } };
  }

  /** A directory of this machine. What a provisioner makes is everybody's to write, as local-path's is. */
  #localVolume(pod: Pod, volume: Volume, { metadata, spec }: PersistentVolume, path: string): Located {
    const located = this.#hostPath(volume.name, path);
    if (!located.ok) return located;
    const { place } = located;
    const made = metadata.annotations?.[PROVISIONED_BY] !== undefined;
    if (made && !place.files.exists(place.path)) place.files.makeDirectory(place.path, EMPTY_DIR);
    if (spec.local !== undefined) setOwnership(pod, volume, place.files, place.path);
    return located;
  }

  /** The volumes that others attach are there when their VolumeAttachment says so. */
  #isAttached(volume: PersistentVolume): boolean {
    if (!isAttachable(volume)) return true;
    const { driver = '', volumeHandle = '' } = volume.spec.csi ?? {};
    const name = attachmentName(driver, volumeHandle, this.#options.nodeName);
    const found = this.#get<VolumeAttachment>('volumeattachments', name, undefined, 'storage.k8s.io');
    return found.ok && found.object.status?.attached === true;
  }

  #boundVolume(namespace: string, name: string): ClaimResult {
    const head = `error processing PVC ${namespace}/${name}: `;
    const claim = this.#get<PersistentVolumeClaim>('persistentvolumeclaims', name, namespace);
    if (!claim.ok) return { ok: false, error: `${head}failed to fetch PVC from API server: ${claim.error}` };
    const volumeName = claim.object.spec.volumeName ?? '';
    if (volumeName === '' || claim.object.status?.phase !== 'Bound')
      return { ok: false, error: `${head}PVC is not bound` };
    const volume = this.#get<PersistentVolume>('persistentvolumes', volumeName);
    if (!volume.ok)
      return { ok: false, error: `${head}failed to fetch PV ${volumeName} from API server: ${volume.error}` };
    return { ok: true, volume: volume.object };
  }

  #get<T>(
    resource: string,
    name: string,
    namespace?: string,
    group = '',
  ): { readonly ok: true; readonly object: T } | { readonly ok: false; readonly error: string } {
    const where = namespace === undefined ? {} : { namespace };
    const response = this.#options.client.raw({ verb: 'get', group, resource, name, ...where });
    if (response.kind === 'object') return { ok: true, object: response.object as T };
    return {
      ok: false,
      error: response.kind === 'error' ? (response.status.message ?? '') : 'unexpected answer',
    };
  }
}

/** fsGroup, on a volume that holds files of its own and may be written (pkg/volume/volume_linux.go). */
function setOwnership({ spec }: Pod, volume: Volume, files: VolumeFiles, path: string): void {
  const { fsGroup, fsGroupChangePolicy } = spec.securityContext ?? {};
  if (fsGroup === undefined || volume.persistentVolumeClaim?.readOnly === true) return;
  files.giveToGroup(fsGroup, fsGroupChangePolicy === 'OnRootMismatch', path);
}

/**
 * Of the root of a volume that the kubelet makes: everybody may write an emptyDir, and add to a directory of
 * projected files, were it not mounted for reading only; fsGroup's group gets what is made in it.
 */
function directoryRights({ spec }: Pod, projected: boolean): Rights {
  const gid = spec.securityContext?.fsGroup;
  const open = projected ? PROJECTED : EMPTY_DIR;
  return gid === undefined ? open : { mode: open.mode | SETGID, uid: 0, gid };
}

const PROJECTED: Rights = Object.freeze({ mode: 0o1777, uid: 0, gid: 0 });
const EMPTY_DIR: Rights = Object.freeze({ mode: 0o777, uid: 0, gid: 0 });

const IN_MEMORY = Object.freeze({ tmpfs: true });

/** The size of a volume in memory: its limit, no more than the pod's, else the node's (empty_dir.go calculateEmptyDirMemorySize). */
function memoryOf({ pod, allocatable }: PodFacts, sizeLimit: string | undefined): number {
  const limits = [sizeLimit, allocatable.memory].map(unitsOf).concat(podLimits(pod.spec).memory);
  return Math.min(...limits.filter((limit) => limit > 0));
}

function mountFailed(volume: string, error: string): Located {
  return { ok: false, failure: { volume, error, stage: 'mounting' } };
}

/** A path without leading, doubled or dotted parts; `..` never leaves the root. */
function join(base: string, path: string): string {
  const parts = `${base}/${path}`.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.join('/');
}

/** Whether some container mounts the volume: others are not set up. */
function isMounted({ spec }: Pod, volume: string): boolean {
  const mounts = ({ volumeMounts }: Container): boolean =>
    volumeMounts?.some(({ name }) => name === volume) === true;
  return spec.containers.some(mounts) || spec.initContainers?.some(mounts) === true;
}
