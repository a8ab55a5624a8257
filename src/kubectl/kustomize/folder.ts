import type { FileSystem } from '../context.ts';
import { type Failure, failure } from '../errors.ts';
import { KUSTOMIZATION_FILES } from './kustomization.ts';
import type { Resource } from './resource.ts';
import { resourcesOf } from './resources.ts';

/**
 * The folder that a build reads (api/internal/loader). Files must lie in it or below, and a folder
 * that it leads to must not contain one on the way there.
 */
export class Folder {
  readonly #files: FileSystem;
  /** Absolute, without a slash at the end unless it is `/`. */
  readonly root: string;
  readonly #referrer: Folder | undefined;

  private constructor(files: FileSystem, root: string, referrer: Folder | undefined) {
    this.#files = files;
    this.root = root;
    this.#referrer = referrer;
  }

  /** The folder that a command line names. */
  static open(files: FileSystem, path: string): Folder | Failure {
    if (isRemote(path)) return failure(`unable to read '${path}': the internet is out of reach from here`);
    const root = absolute(files.directory ?? '/', path);
    const problem = notADirectory(files, root);
    return problem === undefined ? new Folder(files, root, undefined) : failure(problem);
  }

  /** A folder that a kustomization names. */
  enter(path: string): Folder | Failure {
    if (isRemote(path)) return failure(`unable to read '${path}': the internet is out of reach from here`);
    if (path === '') return failure('new root cannot be empty');
    if (path.startsWith('/')) return failure(`new root '${path}' cannot be absolute`);
    const root = absolute(this.root, path);
    const problem = notADirectory(this.#files, root) ?? this.#cycle(root);
    return problem === undefined ? new Folder(this.#files, root, this) : failure(problem);
  }

  /** The text of a file. */
  load(path: string): { readonly text: string } | Failure {
    const full = absolute(this.root, path);
    const text = this.#files.read(full);
    if (text === undefined)
      return failure(
        this.#files.list(full) === undefined ? noSuchFile(full) : `'${full}' must resolve to a file`,
      );
    if (!isBelow(full, this.root))
      return failure(`security; file '${full}' is not in or below '${this.root}'`);
    return { text };
  }

  /** The kustomization file. */
  kustomization(): { readonly text: string } | Failure {
    const texts = KUSTOMIZATION_FILES.flatMap((name) => {
      const text = this.#files.read(absolute(this.root, name));
      return text === undefined ? [] : [text];
    });
    const [text] = texts;
    if (texts.length > 1) return failure(`Found multiple kustomization files under: ${this.root}\n`);
    return text === undefined
      ? failure(
          `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${this.root}'`,
        )
      : { text };
  }

  /** The resources in a file. */
  resources(path: string): readonly Resource[] | Failure {
    const loaded = this.load(path);
    if ('failure' in loaded) return loaded;
    return resourcesOf(loaded.text, path);
  }

  #cycle(root: string): string | undefined {
    for (let folder: Folder | undefined = this; folder !== undefined; folder = folder.#referrer)
      if (isBelow(folder.root, root))
        return `cycle detected: candidate root '${root}' contains visited root '${folder.root}'`;
    return undefined;
  }
}

function isRemote(path: string): boolean {
  return /^(https?|ssh|git|file):|^git@|^github\.com\/|\.git(\/|$)/.test(path);
}

function notADirectory(files: FileSystem, root: string): string | undefined {
  if (files.list(root) !== undefined) return undefined;
  return files.read(root) === undefined
    ? `must build at directory: not a valid directory: ${noSuchFile(root)}`
    : `must build at directory: '${root}': file is not directory`;
}

function noSuchFile(path: string): string {
  return `evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`;
}

function isBelow(path: string, root: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}

/** The absolute path without `.` and `..`. */
function absolute(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : directory}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
