import type { Rights } from './credentials.ts';

/**
 * A file system as programs see it: absolute paths, files of text, directories. Containers, ships'
 * disks and the player's folder are all file trees to the tools.
 */

/** Why a file operation failed, by the name of its errno. */
export type FileError = 'EACCES' | 'EEXIST' | 'EISDIR' | 'ENOENT' | 'ENOSPC' | 'ENOTDIR' | 'EPERM' | 'EROFS';

export type FileResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: FileError };

export interface FileInfo {
  readonly type: 'file' | 'directory';
  /** UTF-16 units of the content; 4096 for directories. */
  readonly size: number;
  readonly mode: number;
  /** Whose it is; absent: root's. */
  readonly uid?: number;
  readonly gid?: number;
}

/** All paths are absolute and normal (see `resolvePath`). */
export interface FileTree {
  stat(path: string): FileInfo | undefined;
  read(path: string): FileResult<string>;
  write(path: string, content: string, options?: { readonly append?: boolean }): FileResult<undefined>;
  /** Why nothing can be written at the path, whatever is there; undefined: it can. */
  access(path: string): FileError | undefined;
  /** The names in a directory, sorted. */
  list(path: string): FileResult<readonly string[]>;
  /** Makes a directory whose parent exists. */
  makeDirectory(path: string): FileResult<undefined>;
  /** Removes a file, or a directory with all that is in it. */
  remove(path: string): FileResult<undefined>;
  /** Changes owner or permission bits; absent: they are fixed in this tree. */
  setRights?(path: string, change: Partial<Rights>): FileResult<undefined>;
}

const TEXTS: Readonly<Record<FileError, string>> = {
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  EISDIR: 'Is a directory',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
};

const NUMBERS: Readonly<Record<FileError, number>> = {
  EACCES: 13,
  EEXIST: 17,
  EISDIR: 21,
  ENOENT: 2,
  ENOSPC: 28,
  ENOTDIR: 20,
  EPERM: 1,
  EROFS: 30,
};

/** An error as programs print it: `No such file or directory`. */
export function fileErrorText(error: FileError): string {
  return TEXTS[error];
}

/** Linux' number of an error, which some servers print: 13 for EACCES. */
export function fileErrorNumber(error: FileError): number {
  return NUMBERS[error];
}

export const DONE: FileResult<undefined> = Object.freeze({ ok: true, value: undefined });

export function fileFailure(error: FileError): { readonly ok: false; readonly error: FileError } {
  return { ok: false, error };
}

/** A path as seen from `directory`, absolute and without `.`, `..` and doubled slashes. */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The directory a normal path is in; `/` is in itself. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The last part of a path; empty for `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Makes a directory and what is missing above it. */
export function makeDirectories(files: FileTree, path: string): FileResult<undefined> {
  if (path === '/' || files.stat(path)?.type === 'directory') return DONE;
  const above = makeDirectories(files, directoryOf(path));
  return above.ok ? files.makeDirectory(path) : above;
}
