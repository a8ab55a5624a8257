import type { KubectlContext } from './context.ts';
import { type Failure, failure } from './errors.ts';

/** A text to read manifests from, and how messages name it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

const EXTENSIONS = ['.json', '.yaml', '.yml'] as const;
/** Folders deeper than this are not looked into. */
const MAX_DEPTH = 16;

/** The files that `-f` names: files, folders (with `-R` those below them too), `-` for standard input. */
export function readSources(
  context: KubectlContext,
  paths: readonly string[],
  recursive: boolean,
): readonly Source[] | Failure {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-') {
      if (context.stdin === undefined) return failure('there is nothing on standard input to read with -f -');
      sources.push({ name: 'STDIN', text: context.stdin });
      continue;
    }
    if (/^https?:\/\//.test(path))
      return failure(`unable to read URL "${path}": the internet is out of reach from here`);
    const names = context.files.list(path);
    if (names === undefined) {
      const text = context.files.read(path);
      if (text === undefined) return failure(`the path "${path}" does not exist`);
      sources.push({ name: path, text });
      continue;
    }
    const found = readFolder(context, path, recursive, 0);
    if (found.length === 0)
      return failure(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
    sources.push(...found);
  }
  return sources;
}

function readFolder(context: KubectlContext, path: string, recursive: boolean, depth: number): Source[] {
  const sources: Source[] = [];
  for (const name of context.files.list(path) ?? []) {
    const inner = `${path.replace(/\/$/, '')}/${name}`;
    if (name.endsWith('/')) {
      if (recursive && depth < MAX_DEPTH)
        sources.push(...readFolder(context, inner.slice(0, -1), recursive, depth + 1));
    } else if (EXTENSIONS.some((extension) => name.endsWith(extension))) {
      const text = context.files.read(inner);
      if (text !== undefined) sources.push({ name: inner, text });
    }
  }
  return sources;
}
