import type { Rights } from './credentials.ts';
import { type FileError, type FileInfo, type FileResult, type FileTree, fileFailure } from './filetree.ts';

/** Where a path leads. */
interface Way {
  readonly files: FileTree;
  readonly path: string;
}

/** A tree of which each path leads into some tree, maybe by another path there. */
export class RoutedFiles implements FileTree {
  readonly #way: (path: string) => Way;

  constructor(way: (path: string) => Way) {
    this.#way = way;
  }

  stat(path: string): FileInfo | undefined {
    const way = this.#way(path);
    return way.files.stat(way.path);
  }

  read(path: string): FileResult<string> {
    const way = this.#way(path);
    return way.files.read(way.path);
  }

  write(path: string, content: string, options?: { readonly append?: boolean }): FileResult<undefined> {
    const way = this.#way(path);
    return way.files.write(way.path, content, options);
  }

  access(path: string): FileError | undefined {
    const way = this.#way(path);
    return way.files.access(way.path);
  }

  list(path: string): FileResult<readonly string[]> {
    const way = this.#way(path);
    return way.files.list(way.path);
  }

  makeDirectory(path: string): FileResult<undefined> {
    const way = this.#way(path);
    return way.files.makeDirectory(way.path);
  }

  remove(path: string): FileResult<undefined> {
    const way = this.#way(path);
    return way.files.remove(way.path);
  }

  setRights(path: string, change: Partial<Rights>): FileResult<undefined> {
    const way = this.#way(path);
    return way.files.setRights?.(way.path, change) ?? fileFailure('EPERM');
  }
}

/** What lies in a directory, as a tree of its own: chroot(2). */
export function filesBelow(files: FileTree, directory: string): FileTree {
  const root = directory === '/' ? '' : directory;
  return new RoutedFiles((path) => ({ files, path: path === '/' ? directory : root + path }));
}

const PROCESS_ROOT = /^\/proc\/(\d+)\/root(\/.*)?$/;

/** A container's files, with those of the other processes that it sees below /proc/PID/root. */
export function withProcessRoots(own: FileTree, rootOf: (pid: number) => FileTree | undefined): FileTree {
  return new RoutedFiles((path) => {
    const match = PROCESS_ROOT.exec(path);
    const files = match === null ? undefined : rootOf(Number(match[1]));
    return files === undefined ? { files: own, path } : { files, path: match?.[2] ?? '/' };
  });
}
