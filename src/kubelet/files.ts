/** A file: text content and permission bits. */
export interface FileEntry {
  readonly content: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
}

const DEFAULT_MODE = 0o644;

/**
 * A tree of files, small and in memory: a volume, or a machine's whole disk. Paths are relative to
 * its root, without leading or doubled slashes (`a/b.conf`); directories exist by the files below
 * them. Whoever mounts it holds the same instance, so all containers of a pod see each other's
 * writes. Whether a mount may be written to is the mount's business, not the tree's.
 */
export class VolumeFiles {
  #files: Map<string, FileEntry>;
  /** Undefined until somebody asks: most trees are never measured. */
  #bytes: number | undefined;

  /** `files` becomes the tree's own. */
  constructor(files: Map<string, FileEntry> = new Map()) {
    this.#files = files;
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

  /** Writes a file, replacing what was there. */
  set(path: string, content: string, mode: number = this.#files.get(path)?.mode ?? DEFAULT_MODE): void {
    if (this.#bytes !== undefined)
      this.#bytes += content.length - (this.#files.get(path)?.content.length ?? 0);
    this.#files.set(path, { content, mode });
  }

  /** Removes a file, or a directory with all below it. Returns whether there was one. */
  delete(path: string): boolean {
    let found = this.#drop(path);
    const prefix = path === '' ? '' : `${path}/`;
    for (const name of [...this.#files.keys()]) {
      if (name.startsWith(prefix)) found = this.#drop(name) || found;
    }
    return found;
  }

  /** True when there is a file at or below the path; the root always exists. */
  exists(path: string): boolean {
    return path === '' || this.#files.has(path) || this.isDirectory(path);
  }

  /** True when there are files below the path; the root is one always. */
  isDirectory(path: string): boolean {
    if (path === '') return true;
    for (const name of this.#files.keys()) if (name.startsWith(`${path}/`)) return true;
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
    const copy = new VolumeFiles();
    for (const [name, { content, mode }] of this.#files) {
      if (path === '' || name === path || name.startsWith(`${path}/`)) copy.set(name, content, mode);
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
  /** Whether something has filled it beyond the kubelet's threshold (nodefs.available<10%). */
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

  /** What a pod keeps in its volumes here. */
  bytesOf(podUID: string): number {
    return this.#volumes.get(podUID)?.reduce((sum, { files }) => sum + files.bytes, 0) ?? 0;
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
