import type { Mount } from '../cri.ts';
import { rightsOf, VolumeFiles } from '../files.ts';
import {
  type Credentials,
  EXECUTE,
  isCapable,
  permits,
  READ,
  type Rights,
  SETGID,
  SUPERUSER,
  WRITE,
} from './credentials.ts';
import {
  DONE,
  directoryOf,
  type FileError,
  type FileInfo,
  type FileResult,
  type FileTree,
  fileFailure,
} from './filetree.ts';

/** Longest file, and most that one tree takes besides its volumes, in UTF-16 units. */
const MAX_FILE = 4 * 1024 * 1024;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 10_000;

const DIRECTORY_SIZE = 4096;
const ROOT_DIRECTORY: Rights = Object.freeze({ mode: 0o755, uid: 0, gid: 0 });
const ROOT_FILE: Rights = Object.freeze({ mode: 0o644, uid: 0, gid: 0 });
/** What umask 022 leaves of the rights that programs give files and directories. */
const NEW_FILE = 0o644;
const NEW_DIRECTORY = 0o755;
/** Directories that are not like the others: everybody's, and root's own. */
const SPECIAL: ReadonlyMap<string, Rights> = new Map([
  ['/tmp', { mode: 0o1777, uid: 0, gid: 0 }],
  ['/var/tmp', { mode: 0o1777, uid: 0, gid: 0 }],
  ['/dev/shm', { mode: 0o1777, uid: 0, gid: 0 }],
  ['/root', { mode: 0o700, uid: 0, gid: 0 }],
]);
const NO_FILES: ReadonlyMap<string, string> = new Map();
const NO_DIRECTORIES: readonly string[] = Object.freeze([]);

export interface MountedFilesOptions {
  /** Longest mount path wins. */
  readonly mounts: readonly Mount[];
  /** What the image brings: absolute path -> content. Shared, never changed. */
  readonly image?: ReadonlyMap<string, string>;
  /** Directories of the image that hold no files. */
  readonly directories?: readonly string[];
  /** Files made up when they are read: /etc/hosts and the like. */
  readonly generated?: (path: string) => string | undefined;
  /** Paths for which `generated` answers. */
  readonly generatedPaths?: readonly string[];
  /** Only mounts can be written to. */
  readonly readOnlyRoot?: boolean;
  /** A path that everybody may write to, whatever else holds: the termination message's. */
  readonly open?: string;
  /** Bytes left on the disk below; absent: enough. */
  readonly room?: () => number;
  /** Told of bytes that a file in memory takes more, or less. */
  readonly charge?: (bytes: number) => void;
  /** Who reads and writes; absent: root. */
  readonly who?: Credentials;
  /** Directories that belong to somebody but root, with all that the image has below them. */
  readonly owned?: ReadonlyMap<string, Rights>;
  /** Called when something may have changed outside volumes. */
  readonly changed?: () => void;
}

/** Where a path lies in a mounted volume. */
interface Place {
  readonly mount: Mount;
  /** Relative to the volume's root. */
  readonly path: string;
}

/**
 * The file system of one container: what its image brings, what it wrote itself, and the volumes
 * mounted over both. Nothing is copied until something is written.
 */
export class MountedFiles implements FileTree {
  readonly #mounts: readonly Mount[];
  readonly #image: ReadonlyMap<string, string>;
  readonly #options: MountedFilesOptions;
  readonly #who: Credentials;
  /** Whether no rights stop it. */
  readonly #overrides: boolean;
  /** What was written outside volumes; paths without the leading slash. */
  #written: VolumeFiles | undefined;
  /** Directories made by hand outside volumes, and files of the image that were removed. */
  #made: Map<string, Rights> | undefined;
  #removed: Set<string> | undefined;

  constructor(options: MountedFilesOptions) {
    this.#options = options;
    this.#who = options.who ?? SUPERUSER;
    this.#overrides = isCapable(this.#who, 'DAC_OVERRIDE');
    this.#image = options.image ?? NO_FILES;
    this.#mounts =
      options.mounts.length < 2
        ? options.mounts
        : options.mounts.toSorted((a, b) => b.mountPath.length - a.mountPath.length);
  }

  /** Bytes written outside the volumes. */
  get writtenBytes(): number {
    return this.#written?.bytes ?? 0;
  }

  /** Whether nothing was written outside the volumes. */
  get pristine(): boolean {
    return this.#written === undefined && this.#made === undefined && this.#removed === undefined;
  }

  /** Whether all that lies at a path and below it is the container's own, and no part of a volume. */
  isOwn(path: string): boolean {
    return this.#place(path) === undefined && !this.#mountsBelow(path);
  }

  stat(path: string): FileInfo | undefined {
    const content = this.#content(path);
    if (content !== undefined) return { type: 'file', size: content.length, ...this.#rights(path, false) };
    if (!this.#isDirectory(path)) return undefined;
    return { type: 'directory', size: DIRECTORY_SIZE, ...this.#rights(path, true) };
  }

  read(path: string): FileResult<string> {
    const value = this.#content(path);
    if (value !== undefined) {
      return this.#may(path, READ, false) ? { ok: true, value } : fileFailure('EACCES');
    }
    if (this.#isDirectory(path)) return fileFailure('EISDIR');
    return fileFailure(this.#below(path) ? 'ENOTDIR' : 'ENOENT');
  }

  write(path: string, content: string, options: { readonly append?: boolean } = {}): FileResult<undefined> {
    if (path === '/dev/null') return DONE;
    if (this.#isDirectory(path)) return fileFailure('EISDIR');
    if (!this.#isDirectory(directoryOf(path))) return fileFailure(this.#below(path) ? 'ENOTDIR' : 'ENOENT');
    const old = this.#content(path);
    const text = options.append === true ? (old ?? '') + content : content;
    const refusal = this.access(path);
    if (refusal !== undefined) return fileFailure(refusal);
    return this.#put(path, text, old === undefined ? this.#ownOf(directoryOf(path), NEW_FILE) : {});
  }

  setRights(path: string, change: Partial<Rights>): FileResult<undefined> {
    const info = this.stat(path);
    if (info === undefined) return fileFailure('ENOENT');
    const place = this.#place(path);
    if (this.#isReadOnly(path, place)) return fileFailure('EROFS');
    const { uid = 0, gid = 0, mode } = info;
    const refusal = this.#mayNotChange({ uid, gid, mode }, change);
    if (refusal) return fileFailure('EPERM');
    const rights = { uid, gid, mode, ...change };
    if (info.type === 'file') return this.#put(path, this.#content(path) ?? '', rights);
    if (place === undefined) {
      this.#made = (this.#made ?? new Map()).set(path, rights);
      this.#options.changed?.();
    } else place.mount.files.makeDirectory(place.path, rights);
    return DONE;
  }

  /** chown(2) and chmod(2): only the owner gives rights, only root gives files away. */
  #mayNotChange(old: Rights, change: Partial<Rights>): boolean {
    const { uid, gid, mode } = change;
    const who = this.#who;
    const owner = who.uid === old.uid;
    if (uid !== undefined && uid !== old.uid && !isCapable(who, 'CHOWN')) return true;
    if (
      gid !== undefined &&
      gid !== old.gid &&
      !(owner && who.groups.includes(gid)) &&
      !isCapable(who, 'CHOWN')
    )
      return true;
    return mode !== undefined && !owner && !isCapable(who, 'FOWNER');
  }

  /** Stores a file whose writer may do so. */
  #put(path: string, text: string, rights: Partial<Rights>): FileResult<undefined> {
    const place = this.#place(path);
    if (place === undefined) this.#written ??= new VolumeFiles();
    const files = place?.mount.files ?? (this.#written as VolumeFiles);
    const at = place?.path ?? path.slice(1);
    const full =
      files.bytes + text.length > Math.min(MAX_BYTES, files.limit ?? MAX_BYTES) || files.size >= MAX_FILES;
    if (text.length > MAX_FILE || full) return fileFailure('ENOSPC');
    const more = text.length - (files.get(at)?.content.length ?? 0);
    if (place?.mount.tmpfs === true) this.#options.charge?.(more);
    else if (more > 0 && more > (this.#options.room?.() ?? more)) return fileFailure('ENOSPC');
    // A file of the image keeps its rights when it is written anew.
    const kept = place === undefined && files.get(at) === undefined ? this.#rights(path, false) : {};
    files.set(at, text, { ...kept, ...rights });
    if (place === undefined) this.#options.changed?.();
    return DONE;
  }

  /** What a new file or directory gets: its maker's, or the group of a directory with setgid. */
  #ownOf(directory: string, mode: number): Rights {
    const above = this.#rights(directory, true);
    const inherits = (above.mode & SETGID) !== 0;
    const setgid = inherits && mode === NEW_DIRECTORY ? SETGID : 0;
    return { mode: mode | setgid, uid: this.#who.uid, gid: inherits ? above.gid : this.#who.gid };
  }

  list(path: string): FileResult<readonly string[]> {
    if (this.#content(path) !== undefined) return fileFailure('ENOTDIR');
    if (!this.#isDirectory(path)) return fileFailure('ENOENT');
    if (!this.#may(path, READ, true)) return fileFailure('EACCES');
    const names = new Set<string>();
    const prefix = path === '/' ? '/' : `${path}/`;
    const add = (file: string): void => {
      if (!file.startsWith(prefix) || file.length === prefix.length) return;
      const end = file.indexOf('/', prefix.length);
      names.add(file.slice(prefix.length, end < 0 ? file.length : end));
    };
    const place = this.#place(path);
    if (place === undefined) {
      for (const file of this.#image.keys()) if (this.#removed?.has(file) !== true) add(file);
      for (const [file] of this.#written?.entries() ?? []) add(`/${file}`);
      for (const directory of this.#options.directories ?? NO_DIRECTORIES) add(directory);
      for (const file of this.#options.generatedPaths ?? NO_DIRECTORIES) add(file);
    } else {
      const inside = place.path === '' ? '' : `${place.path}/`;
      for (const [file] of place.mount.files.entries())
        if (file.startsWith(inside)) add(prefix + file.slice(inside.length));
      for (const directory of place.mount.files.directories())
        if (directory.startsWith(inside)) add(prefix + directory.slice(inside.length));
    }
    for (const { mountPath } of this.#mounts) add(mountPath);
    for (const directory of this.#made?.keys() ?? NO_DIRECTORIES) add(directory);
    return { ok: true, value: [...names].sort() };
  }

  makeDirectory(path: string): FileResult<undefined> {
    if (this.stat(path) !== undefined) return fileFailure('EEXIST');
    if (!this.#isDirectory(directoryOf(path))) return fileFailure(this.#below(path) ? 'ENOTDIR' : 'ENOENT');
    const place = this.#place(path);
    if (this.#isReadOnly(path, place)) return fileFailure('EROFS');
    if (!this.#may(directoryOf(path), WRITE, true)) return fileFailure('EACCES');
    const rights = this.#ownOf(directoryOf(path), NEW_DIRECTORY);
    if (place !== undefined) {
      place.mount.files.makeDirectory(place.path, rights);
      return DONE;
    }
    this.#made ??= new Map();
    if (this.#made.size >= MAX_FILES) return fileFailure('ENOSPC');
    this.#made.set(path, rights);
    this.#options.changed?.();
    return DONE;
  }

  remove(path: string): FileResult<undefined> {
    if (this.stat(path) === undefined) return fileFailure('ENOENT');
    const place = this.#place(path);
    if (this.#isReadOnly(path, place)) return fileFailure('EROFS');
    const parent = directoryOf(path);
    if (!this.#may(parent, WRITE, true)) return fileFailure('EACCES');
    const rights = this.#rights(parent, true);
    const below = `${path}/`;
    for (const made of [...(this.#made?.keys() ?? NO_DIRECTORIES)])
      if (made === path || made.startsWith(below)) this.#made?.delete(made);
    if (place !== undefined) place.mount.files.delete(place.path);
    else this.#removeOwn(path);
    // A directory outlives the last file in it.
    this.#options.changed?.();
    if (this.#isDirectory(parent)) return DONE;
    const above = this.#place(parent);
    if (above !== undefined) above.mount.files.makeDirectory(above.path, rights);
    else this.#made = (this.#made ?? new Map()).set(parent, rights);
    return DONE;
  }

  /** Removes what lies in no volume. */
  #removeOwn(path: string): void {
    this.#written?.delete(path.slice(1));
    for (const file of this.#image.keys()) {
      if (file !== path && !file.startsWith(`${path}/`)) continue;
      this.#removed ??= new Set();
      this.#removed.add(file);
    }
  }

  access(path: string): FileError | undefined {
    if (path === this.#options.open) return undefined;
    if (this.#isReadOnly(path, this.#place(path))) return 'EROFS';
    if (this.#overrides || path.startsWith('/dev/')) return undefined;
    if (this.#content(path) !== undefined) return this.#may(path, WRITE, false) ? undefined : 'EACCES';
    const directory = this.#isDirectory(path) ? path : directoryOf(path);
    return this.#may(directory, WRITE, true) ? undefined : 'EACCES';
  }

  /** Whether its user may do that with what is there, and get there at all. */
  #may(path: string, wanted: number, isDirectory: boolean): boolean {
    if (this.#overrides) return true;
    const who = this.#who;
    if (!permits(this.#rights(path, isDirectory), who, wanted)) return false;
    for (let at = path; at !== '/'; ) {
      at = directoryOf(at);
      if (!permits(this.#rights(at, true), who, EXECUTE)) return false;
    }
    return true;
  }

  /** Owner and bits of what is at a path, or of what the image would have there. */
  #rights(path: string, isDirectory: boolean): Rights {
    const place = this.#place(path);
    if (place !== undefined) {
      const { files } = place.mount;
      const entry = files.get(place.path);
      return entry === undefined || isDirectory ? files.directoryRights(place.path) : rightsOf(entry);
    }
    const written = isDirectory ? undefined : this.#written?.get(path.slice(1));
    if (written !== undefined) return rightsOf(written);
    const made = this.#made?.get(path) ?? (isDirectory ? SPECIAL.get(path) : undefined);
    if (made !== undefined) return made;
    for (const [directory, rights] of this.#options.owned ?? []) {
      if (path === directory) return rights;
      if (path.startsWith(`${directory}/`))
        return { ...rights, mode: isDirectory ? NEW_DIRECTORY : NEW_FILE };
    }
    return isDirectory ? ROOT_DIRECTORY : ROOT_FILE;
  }

  #place(path: string): Place | undefined {
    for (const mount of this.#mounts) {
      const { mountPath } = mount;
      if (path === mountPath) return { mount, path: mount.path };
      if (mountPath !== '/' && (!path.startsWith(mountPath) || path[mountPath.length] !== '/')) continue;
      const rest = path.slice(mountPath === '/' ? 1 : mountPath.length + 1);
      return { mount, path: mount.path === '' ? rest : `${mount.path}/${rest}` };
    }
    return undefined;
  }

  #content(path: string): string | undefined {
    if (path === '/dev/null') return '';
    const place = this.#place(path);
    if (place !== undefined) return place.mount.files.get(place.path)?.content;
    const written = this.#written?.get(path.slice(1));
    if (written !== undefined) return written.content;
    if (this.#removed?.has(path) === true) return undefined;
    return this.#image.get(path) ?? this.#options.generated?.(path);
  }

  #isDirectory(path: string): boolean {
    if (path === '/' || this.#made?.has(path) === true) return true;
    const place = this.#place(path);
    if (place !== undefined) {
      const { files, path: volumeRoot } = place.mount;
      // The root of a volume is there even while it is empty, unless a single file is mounted.
      if (place.path === volumeRoot) return files.get(volumeRoot) === undefined;
      return files.isDirectory(place.path) || this.#mountsBelow(path);
    }
    if (this.#mountsBelow(path) || this.#written?.isDirectory(path.slice(1)) === true) return true;
    const below = `${path}/`;
    for (const directory of this.#options.directories ?? NO_DIRECTORIES)
      if (directory === path || directory.startsWith(below)) return true;
    for (const file of this.#options.generatedPaths ?? NO_DIRECTORIES)
      if (file.startsWith(below)) return true;
    for (const file of this.#image.keys()) if (file.startsWith(below)) return true;
    return false;
  }

  #mountsBelow(path: string): boolean {
    return this.#mounts.some(({ mountPath }) => mountPath.startsWith(`${path}/`));
  }

  /** Whether a part of the path is a file. */
  #below(path: string): boolean {
    for (let at = directoryOf(path); at !== '/'; at = directoryOf(at))
      if (this.#content(at) !== undefined) return true;
    return false;
  }

  #isReadOnly(path: string, place: Place | undefined): boolean {
    if (place !== undefined) return place.mount.readOnly;
    return this.#options.readOnlyRoot === true && !path.startsWith('/dev/');
  }
}
