import { type Rights, SETGID } from './tools/credentials.ts';

/** A file: text content, permission bits and owner. */
export interface FileEntry {
  readonly content: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  /** Absent: root. */
  readonly uid?: number;
  readonly gid?: number;
}

const DEFAULT_MODE = 0o644;
const ROOT_DIRECTORY: Rights = Object.freeze({ mode: 0o755, uid: 0, gid: 0 });
/** What a group of its own adds to the rights of a volume's files and directories (pkg/volume/volume_linux.go). */
const GROUP_FILE = 0o660;
const GROUP_DIRECTORY = SETGID | 0o770;

/** A file's owner and permission bits. */
export function rightsOf({ mode, uid = 0, gid = 0 }: FileEntry): Rights {
  return { mode, uid, gid };
}

/**
 * A tree of files, small and in memory: a volume, or a machine's whole disk. Paths are relative to
 * its root, without leading or doubled slashes (`a/b.conf`); directories exist by being made or by the
 * files below them. Whoever mounts it holds the same instance, so all containers of a pod see each other's
 * writes. Whether a mount may be written to is the mount's business, not the tree's.
 */
export class VolumeFiles {
  #files: Map<string, FileEntry>;
  /** Undefined until somebody asks: most trees are never measured. */
  #bytes: number | undefined;
  /** Directories made by hand; others have the rights of the root. */
  #directories: Map<string, Rights> | undefined;
  /** Of the root. */
  #rights: Rights;
  /** Most it holds, bytes: what a volume in memory is made with. Undefined: it is on the disk. */
  limit: number | undefined;

  /** `files` becomes the tree's own. */
  constructor(files: Map<string, FileEntry> = new Map(), rights: Rights = ROOT_DIRECTORY) {
    this.#files = files;
    this.#rights = rights;
  }

  /** Sum of the contents' lengths, in UTF-16 units: near enough to bytes for limits. */
  get bytes(): number {
    if (this.#bytes === undefined) {
      let bytes = 0;
      for (const { content } of this.#files.values()) bytes += content.length;
      this.#bytes = bytes;
    }
    return this.#bytes;
  }

  get size(): number {
    return this.#files.size;
  }

  get(path: string): FileEntry | undefined {
    return this.#files.get(path);
  }

  /** Writes a file, replacing what was there. What is not said stays as it was. */
  set(path: string, content: string, rights: Partial<Rights> = {}): void {
    const old = this.#files.get(path);
    if (this.#bytes !== undefined) this.#bytes += content.length - (old?.content.length ?? 0);
    const { mode = old?.mode ?? DEFAULT_MODE, uid = old?.uid ?? 0, gid = old?.gid ?? 0 } = rights;
    this.#files.set(path, uid === 0 && gid === 0 ? { content, mode } : { content, mode, uid, gid });
  }

  /** Owner and bits of a directory, whether there is one or not. */
  directoryRights(path: string): Rights {
    return this.#directories?.get(path) ?? this.#rights;
  }

  /** The directories made by hand. */
  directories(): Iterable<string> {
    return this.#directories?.keys() ?? [];
  }

  /** Makes a directory, or gives one that is there other rights. */
  makeDirectory(path: string, rights: Rights): void {
    if (path === '') {
      this.#rights = rights;
      return;
    }
    this.#directories ??= new Map();
    this.#directories.set(path, rights);
  }

  /**
   * Hands what is at or below a directory to a group, which may write it (a pod's fsGroup). `onlyOnMismatch`: one
   * that is the group's already is left as it is (fsGroupChangePolicy OnRootMismatch).
   */
  giveToGroup(gid: number, onlyOnMismatch: boolean, directory = ''): void {
    const top = this.directoryRights(directory);
    if (onlyOnMismatch && top.gid === gid && (top.mode & GROUP_DIRECTORY) === GROUP_DIRECTORY) return;
    const group = (rights: Rights): Rights => ({ ...rights, gid, mode: rights.mode | GROUP_DIRECTORY });
    const below = (path: string): boolean => directory === '' || path.startsWith(`${directory}/`);
    this.makeDirectory(directory, group(top));
    for (const [path, rights] of this.#directories ?? [])
      if (below(path)) this.#directories?.set(path, group(rights));
    for (const [path, entry] of this.#files)
      if (below(path)) this.#files.set(path, { uid: 0, ...entry, gid, mode: entry.mode | GROUP_FILE });
  }

  /** Removes a file, or a directory with all below it. Returns whether there was one. */
  delete(path: string): boolean {
    let found = this.#drop(path);
    const prefix = path === '' ? '' : `${path}/`;
    for (const name of [...this.#files.keys()]) {
      if (name.startsWith(prefix)) found = this.#drop(name) || found;
    }
    for (const name of [...this.directories()])
      if (name === path || name.startsWith(prefix)) found = this.#directories?.delete(name) === true || found;
    return found;
  }

  /** True when there is a file at or below the path; the root always exists. */
  exists(path: string): boolean {
    return path === '' || this.#files.has(path) || this.isDirectory(path);
  }

  /** True when it was made, or there are files below the path; the root is one always. */
  isDirectory(path: string): boolean {
    if (path === '' || this.#directories?.has(path) === true) return true;
    for (const name of this.#files.keys()) if (name.startsWith(`${path}/`)) return true;
    for (const name of this.directories()) if (name.startsWith(`${path}/`)) return true;
    return false;
  }

  /** All files, in the order they were written. */
  entries(): IterableIterator<[string, FileEntry]> {
    return this.#files.entries();
  }

  /** Replaces everything at once, as the kubelet swaps a ConfigMap volume's `..data` link. */
  replace(files: ReadonlyMap<string, FileEntry>): void {
    this.#files = new Map(files);
    this.#bytes = undefined;
  }

  /** A tree of its own with the files at or below `path`, at the same paths. */
  snapshot(path = ''): VolumeFiles {
    const copy = new VolumeFiles(undefined, this.#rights);
    for (const [name, entry] of this.#files) {
      if (path === '' || name === path || name.startsWith(`${path}/`)) copy.set(name, entry.content, entry);
    }
    return copy;
  }

  #drop(path: string): boolean {
    const old = this.#files.get(path);
    if (old === undefined) return false;
    if (this.#bytes !== undefined) this.#bytes -= old.content.length;
    return this.#files.delete(path);
  }
}

/** A volume of a pod. */
interface PodVolume {
  readonly name: string;
  readonly files: VolumeFiles;
}

/**
 * What of a machine outlives the kubelet's process: its file system, and the volumes that pods have
 * on it. A kubelet that starts anew finds here what its predecessor had mounted.
 */
export class NodeDisk {
  /** The machine's own files: `etc/kubernetes/manifests/...`; hostPath volumes are parts of it. */
  readonly root = new VolumeFiles();
  /** Whether something has filled it to the last byte. */
  full = false;
  /** By pod uid. Most pods have one: the volume of their token. */
  readonly #volumes = new Map<string, readonly PodVolume[]>();

  volume(podUID: string, name: string): VolumeFiles | undefined {
    return this.#volumes.get(podUID)?.find((volume) => volume.name === name)?.files;
  }

  addVolume(podUID: string, name: string, files: VolumeFiles): void {
    const others = this.#volumes.get(podUID)?.filter((volume) => volume.name !== name) ?? [];
    this.#volumes.set(podUID, others.concat({ name, files }));
  }

  /** Forgets all volumes of a pod; emptyDir contents are lost with it. */
  removeVolumes(podUID: string): void {
    this.#volumes.delete(podUID);
  }

  /** What a pod keeps in its volumes here, but for those in memory. */
  bytesOf(podUID: string): number {
    const onDisk = (files: VolumeFiles): number =>
      files.limit === Number.POSITIVE_INFINITY ? files.bytes : 0;
    return this.#volumes.get(podUID)?.reduce((sum, { files }) => sum + onDisk(files), 0) ?? 0;
  }

  /** All that lies here. */
  get bytes(): number {
    let sum = this.root.bytes;
    for (const volumes of this.#volumes.values())
      for (let i = 0; i < volumes.length; i++) sum += (volumes[i] as PodVolume).files.bytes;
    return sum;
  }

  /** The pods that have volumes here. */
  podUIDs(): IterableIterator<string> {
    return this.#volumes.keys();
  }
}
