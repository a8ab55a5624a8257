import type { Mount } from '../cri.ts';
import { VolumeFiles } from '../files.ts';
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

const DIRECTORY: FileInfo = Object.freeze({ type: 'directory', size: 4096, mode: 0o755 });
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
  /** False: the user may write to mounts, /tmp and /dev only. */
  readonly root?: boolean;
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
  /** What was written outside volumes; paths without the leading slash. */
  #written: VolumeFiles | undefined;
  /** Directories made by hand, in volumes too, and files of the image that were removed. */
  #made: Set<string> | undefined;
  #removed: Set<string> | undefined;

  constructor(options: MountedFilesOptions) {
    this.#options = options;
    this.#image = options.image ?? NO_FILES;
    this.#mounts =
      options.mounts.length < 2
        ? options.mounts
        : options.mounts.toSorted((a, b) => b.mountPath.length - a.mountPath.length);
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
    if (content !== undefined) return { type: 'file', size: content.length, mode: this.#mode(path) };
    return this.#isDirectory(path) ? DIRECTORY : undefined;
  }

  read(path: string): FileResult<string> {
    const value = this.#content(path);
    if (value !== undefined) return { ok: true, value };
    if (this.#isDirectory(path)) return fileFailure('EISDIR');
    return fileFailure(this.#below(path) ? 'ENOTDIR' : 'ENOENT');
  }

  write(path: string, content: string, options: { readonly append?: boolean } = {}): FileResult<undefined> {
    if (path === '/dev/null') return DONE;
    if (this.#isDirectory(path)) return fileFailure('EISDIR');
    if (!this.#isDirectory(directoryOf(path))) return fileFailure(this.#below(path) ? 'ENOTDIR' : 'ENOENT');
    const text = options.append === true ? (this.#content(path) ?? '') + content : content;
    const place = this.#place(path);
    const refusal = this.#refusal(path, place);
    if (refusal !== undefined) return fileFailure(refusal);
    if (place === undefined) this.#written ??= new VolumeFiles();
    const files = place?.mount.files ?? (this.#written as VolumeFiles);
    const full = files.bytes + text.length > MAX_BYTES || files.size >= MAX_FILES;
    if (text.length > MAX_FILE || full) return fileFailure('ENOSPC');
    files.set(place?.path ?? path.slice(1), text);
    if (place === undefined) this.#options.changed?.();
    return DONE;
  }

  list(path: string): FileResult<readonly string[]> {
    if (this.#content(path) !== undefined) return fileFailure('ENOTDIR');
    if (!this.#isDirectory(path)) return fileFailure('ENOENT');
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
    }
    for (const { mountPath } of this.#mounts) add(mountPath);
    for (const directory of this.#made ?? NO_DIRECTORIES) add(directory);
    return { ok: true, value: [...names].sort() };
  }

  makeDirectory(path: string): FileResult<undefined> {
    if (this.stat(path) !== undefined) return fileFailure('EEXIST');
    if (!this.#isDirectory(directoryOf(path))) return fileFailure(this.#below(path) ? 'ENOTDIR' : 'ENOENT');
    const refusal = this.#refusal(path, this.#place(path));
    if (refusal !== undefined) return fileFailure(refusal);
    this.#made ??= new Set();
    if (this.#made.size >= MAX_FILES) return fileFailure('ENOSPC');
    this.#made.add(path);
    this.#options.changed?.();
    return DONE;
  }

  remove(path: string): FileResult<undefined> {
    if (this.stat(path) === undefined) return fileFailure('ENOENT');
    const place = this.#place(path);
    const refusal = this.#refusal(path, place);
    if (refusal !== undefined) return fileFailure(refusal);
    const below = `${path}/`;
    for (const made of [...(this.#made ?? NO_DIRECTORIES)])
      if (made === path || made.startsWith(below)) this.#made?.delete(made);
    if (place !== undefined) place.mount.files.delete(place.path);
    else this.#removeOwn(path);
    // A directory outlives the last file in it.
    this.#options.changed?.();
    const parent = directoryOf(path);
    if (!this.#isDirectory(parent)) {
      this.#made ??= new Set();
      this.#made.add(parent);
    }
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
    return this.#refusal(path, this.#place(path));
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

  #mode(path: string): number {
    const place = this.#place(path);
    if (place !== undefined) return place.mount.files.get(place.path)?.mode ?? 0o644;
    return this.#written?.get(path.slice(1))?.mode ?? 0o644;
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

  #refusal(path: string, place: Place | undefined): 'EACCES' | 'EROFS' | undefined {
    if (place !== undefined) return place.mount.readOnly ? 'EROFS' : undefined;
    if (path.startsWith('/dev/')) return undefined;
    if (this.#options.readOnlyRoot === true) return 'EROFS';
    return this.#options.root === false && !path.startsWith('/tmp/') ? 'EACCES' : undefined;
  }
}
