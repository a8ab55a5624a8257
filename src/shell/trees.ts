import type { Machine } from '../cluster/machine.ts';
import { MANIFEST_DIRECTORY } from '../cluster/staticpoddirectory.ts';
import type { FileSystem } from '../kubectl/context.ts';
import type { Rights } from '../kubelet/tools/credentials.ts';
import {
  baseName,
  DONE,
  directoryOf,
  type FileError,
  type FileInfo,
  type FileResult,
  type FileTree,
  fileFailure,
} from '../kubelet/tools/filetree.ts';
import { MountedFiles } from '../kubelet/tools/mountedfiles.ts';

const DIRECTORY: FileInfo = Object.freeze({ type: 'directory', size: 4096, mode: 0o755 });
const FILE_MODE = 0o644;
/** Directories that every machine has, with files in them or not. */
const MACHINE_DIRECTORIES = [
  '/home',
  '/mnt',
  '/opt',
  '/srv',
  '/root',
  '/tmp',
  '/var',
  '/var/log',
  '/etc',
  '/etc/kubernetes',
  `/${MANIFEST_DIRECTORY}`,
];

/** The player's folder as the everyday tools see it: its root is `/`. */
export class FolderTree implements FileTree {
  readonly #files: FileSystem;
  /** Directories made by hand; others exist by the files in them. */
  readonly #made = new Set<string>();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  stat(path: string): FileInfo | undefined {
    const text = this.#files.read(path);
    if (text !== undefined) return { type: 'file', size: text.length, mode: FILE_MODE };
    return this.#isDirectory(path) ? DIRECTORY : undefined;
  }

  read(path: string): FileResult<string> {
    const value = this.#files.read(path);
    if (value !== undefined) return { ok: true, value };
    return fileFailure(this.#isDirectory(path) ? 'EISDIR' : 'ENOENT');
  }

  write(path: string, content: string, options: { readonly append?: boolean } = {}): FileResult<undefined> {
    if (this.#isDirectory(path)) return fileFailure('EISDIR');
    if (!this.#isDirectory(directoryOf(path))) return fileFailure('ENOENT');
    const text = options.append === true ? (this.#files.read(path) ?? '') + content : content;
    this.#files.write(path, text);
    // The folder is bounded, and takes no odd names: then nothing was written.
    return this.#files.read(path) === text ? DONE : fileFailure('ENOSPC');
  }

  access(path: string): FileError | undefined {
    return this.#isDirectory(directoryOf(path)) ? undefined : 'ENOENT';
  }

  list(path: string): FileResult<readonly string[]> {
    if (!this.#isDirectory(path))
      return fileFailure(this.#files.read(path) === undefined ? 'ENOENT' : 'ENOTDIR');
    const names = new Set((this.#files.list(path) ?? []).map((name) => name.replace(/\/$/, '')));
    for (const made of this.#made) if (directoryOf(made) === path) names.add(baseName(made));
    return { ok: true, value: [...names].sort() };
  }

  makeDirectory(path: string): FileResult<undefined> {
    if (this.stat(path) !== undefined) return fileFailure('EEXIST');
    if (!this.#isDirectory(directoryOf(path))) return fileFailure('ENOENT');
    this.#made.add(path);
    return DONE;
  }

  remove(path: string): FileResult<undefined> {
    if (this.#files.remove(path)) return DONE;
    if (!this.#isDirectory(path)) return fileFailure('ENOENT');
    const names = this.list(path);
    if (names.ok) for (const name of names.value) this.remove(`${path === '/' ? '' : path}/${name}`);
    this.#made.delete(path);
    return DONE;
  }

  #isDirectory(path: string): boolean {
    return path === '/' || this.#made.has(path) || this.#files.list(path) !== undefined;
  }
}

/** A machine's disk. Its kubelet is told of changes among the static pods. */
export class MachineTree implements FileTree {
  readonly #machine: Machine;
  readonly #files: MountedFiles;
  readonly #changed: () => void;

  /** `changed` is called after each change. */
  constructor(machine: Machine, changed: () => void) {
    this.#machine = machine;
    this.#changed = changed;
    this.#files = new MountedFiles({
      mounts: [{ mountPath: '/', files: machine.disk.root, path: '', readOnly: false }],
      generated: (path) => (path === '/etc/hostname' ? `${machine.name}\n` : undefined),
      generatedPaths: ['/etc/hostname'],
    });
    for (const directory of MACHINE_DIRECTORIES) this.#files.makeDirectory(directory);
  }

  stat(path: string): FileInfo | undefined {
    return this.#files.stat(path);
  }

  read(path: string): FileResult<string> {
    return this.#files.read(path);
  }

  access(path: string): FileError | undefined {
    return this.#files.access(path);
  }

  list(path: string): FileResult<readonly string[]> {
    return this.#files.list(path);
  }

  write(path: string, content: string, options?: { readonly append?: boolean }): FileResult<undefined> {
    return this.#note(path, this.#files.write(path, content, options));
  }

  makeDirectory(path: string): FileResult<undefined> {
    return this.#note(path, this.#files.makeDirectory(path));
  }

  remove(path: string): FileResult<undefined> {
    return this.#note(path, this.#files.remove(path));
  }

  setRights(path: string, change: Partial<Rights>): FileResult<undefined> {
    return this.#files.setRights(path, change);
  }

  #note(path: string, result: FileResult<undefined>): FileResult<undefined> {
    if (!result.ok) return result;
    this.#changed();
    const { staticPods } = this.#machine;
    if (staticPods.directory !== undefined && path.startsWith(`/${staticPods.directory}`))
      staticPods.notify();
    return result;
  }
}
