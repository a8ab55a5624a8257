import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { programFolder } from './programfolder.ts';
import { messageOf } from './statedirectory.ts';

/** No file of a level is larger than this, and no level has more files. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_FILES = 200;
/** Folders within folders, and sentences about what was left out. */
const MAX_DEPTH = 6;
const MAX_PROBLEMS = 20;
/** What makes a folder a level's. */
export const LEVEL_FILE = 'level.yaml';
const CHAPTER_FILE = 'chapter.yaml';

/** The files of one level: path within its folder -> text. */
export interface LevelFolder {
  /** The folder's path as it was found. */
  readonly path: string;
  /** `<chapter>/<level>`, from the names of the two innermost folders. */
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
  /** Sentences about files that were left out. */
  readonly problems: readonly string[];
}

/** What is in a folder, by name; nothing where that may not be known. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    // Gone or forbidden: what is missing then is said of the level.
    return [];
  }
}

/** The text of a file that is one: a link may lead anywhere, and a pipe may never end. */
function readPlain(path: string, entry: Dirent): { readonly text: string } | { readonly problem: string } {
  if (!entry.isFile())
    return {
      problem: `${path} is ${entry.isSymbolicLink() ? 'a link' : 'no plain file'} and was left out`,
    };
  try {
    if (lstatSync(path).size > MAX_FILE_BYTES)
      return { problem: `${path} is larger than 1 MiB and was left out` };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { problem: `${path} cannot be read: ${messageOf(error)}` };
  }
}

/** The levels that come with the game. */
export function builtInLevels(): string {
  return join(programFolder(), 'levels');
}

/** The chapter.yaml of the folder that a level's folder lies in; undefined when there is none. */
export function readChapterFile(level: LevelFolder): string | undefined {
  const path = join(dirname(level.path), CHAPTER_FILE);
  const info = lstatSync(path, { throwIfNoEntry: false });
  return info?.isFile() === true && info.size <= MAX_FILE_BYTES ? readFileSync(path, 'utf8') : undefined;
}

/** Every level at or below a folder, in the order of their paths. A folder without levels gives none. */
export function readLevelFolders(root: string): readonly LevelFolder[] {
  if (!existsSync(root)) return [];
  const found: LevelFolder[] = [];
  const visit = (folder: string, depth: number): void => {
    if (lstatSync(join(folder, LEVEL_FILE), { throwIfNoEntry: false }) !== undefined) {
      found.push(readLevelFolder(folder));
      return;
    }
    if (depth > 4) return;
    // Links are not followed: they may lead anywhere, and round in circles.
    for (const entry of entriesOf(folder))
      if (entry.isDirectory()) visit(join(folder, entry.name), depth + 1);
  };
  visit(root, 0);
  return found;
}

/** One level's folder, whether or not it holds a valid level. */
export function readLevelFolder(folder: string): LevelFolder {
  const files = new Map<string, string>();
  const problems: string[] = [];
  const visit = (path: string, depth: number): void => {
    for (const entry of entriesOf(path)) {
      if (problems.length >= MAX_PROBLEMS) return;
      const full = join(path, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) visit(full, depth + 1);
      else if (entry.isDirectory()) problems.push(`${full} was left out: it is too many folders deep`);
      else if (files.size >= MAX_FILES)
        problems.push(`${full} was left out: a level has at most ${MAX_FILES} files`);
      else {
        const read = readPlain(full, entry);
        if ('problem' in read) problems.push(read.problem);
        else files.set(relative(folder, full).split('\\').join('/'), read.text);
      }
    }
  };
  visit(folder, 0);
  const parts = folder.split(/[\\/]/).filter((part) => part !== '');
  return { path: folder, id: parts.slice(-2).join('/'), files, problems };
}
