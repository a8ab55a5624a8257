import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Io } from './io.ts';
import { messageOf } from './statedirectory.ts';

/** A file given on the command line. */
export interface InputFile {
  /** As it was given, or found in a folder that was given. */
  readonly path: string;
  /** Without folders; of standard input: `stdin.yaml`. */
  readonly name: string;
  readonly text: string;
}

const MANIFEST = /\.(?:ya?ml|json)$/;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 1000;

/**
 * Reads the files of a command line: `-` is standard input, a folder stands for the YAML and JSON
 * files in it, in the order of their names. A string says what cannot be read.
 */
export function readInputs(io: Io, paths: readonly string[]): readonly InputFile[] | string {
  const files: InputFile[] = [];
  for (const path of paths) {
    const found = path === '-' ? [{ path, name: 'stdin.yaml', text: io.readStdin() }] : readPath(path);
    if (typeof found === 'string') return found;
    files.push(...found);
    if (files.length > MAX_FILES) return `more than ${MAX_FILES} files were given`;
  }
  return files;
}

function readPath(path: string): readonly InputFile[] | string {
  try {
    const info = statSync(path);
    if (info.isFile() && info.size > MAX_BYTES)
      return `${path} is larger than ${MAX_BYTES / 1024 / 1024} MiB`;
    if (!info.isDirectory()) return [{ path, name: basename(path), text: readFileSync(path, 'utf8') }];
    const names = readdirSync(path).filter((name) => MANIFEST.test(name));
    if (names.length === 0) return `there is no YAML or JSON file in ${path}`;
    const all: InputFile[] = [];
    for (const name of names.sort()) {
      const found = readPath(join(path, name));
      if (typeof found === 'string') return found;
      all.push(...found);
    }
    return all;
  } catch (error) {
    return `${path} cannot be read: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read';
    default:
      return messageOf(error);
  }
}
