import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { programFolder } from './programfolder.ts';

/** No file of a level is larger than this, and no level has more files. */
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_FILES = 200;
const LEVEL_FILE = 'level.yaml';
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

/** The levels that come with the game. */
export function builtInLevels(): string {
  return join(programFolder(), 'levels');
}

/** The chapter.yaml of the folder that a level's folder lies in; undefined when there is none. */
export function readChapterFile(level: LevelFolder): string | undefined {
  const path = join(dirname(level.path), CHAPTER_FILE);
  return existsSync(path) && statSync(path).size <= MAX_FILE_BYTES ? readFileSync(path, 'utf8') : undefined;
}

/** Every level at or below a folder, in the order of their paths. A folder without levels gives none. */
export function readLevelFolders(root: string): readonly LevelFolder[] {
  if (!existsSync(root)) return [];
  const found: LevelFolder[] = [];
  const visit = (folder: string, depth: number): void => {
    if (existsSync(join(folder, LEVEL_FILE))) {
      found.push(readLevelFolder(folder));
      return;
    }
    if (depth > 4) return;
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (!name.startsWith('.') && statSync(path).isDirectory()) visit(path, depth + 1);
    }
  };
  visit(root, 0);
  return found;
}

/** One level's folder, whether or not it holds a valid level. */
export function readLevelFolder(folder: string): LevelFolder {
  const files = new Map<string, string>();
  const problems: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const full = join(path, name);
      const info = statSync(full);
      if (name.startsWith('.')) continue;
      if (info.isDirectory()) visit(full);
      else if (info.size > MAX_FILE_BYTES) problems.push(`${full} is larger than 1 MiB and was left out`);
      else if (files.size >= MAX_FILES)
        problems.push(`${full} was left out: a level has at most ${MAX_FILES} files`);
      else files.set(relative(folder, full).split('\\').join('/'), readFileSync(full, 'utf8'));
    }
  };
  visit(folder);
  const parts = folder.split(/[\\/]/).filter((part) => part !== '');
  return { path: folder, id: parts.slice(-2).join('/'), files, problems };
}
