import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LevelCatalog } from '../ui/host.ts';
import { SavedFile, stateDirectory } from './statedirectory.ts';

/** The levels of a folder as menus show them, and where each of them lies. */
export interface Shelf {
  readonly catalog: LevelCatalog;
  /** Level id -> its folder. */
  readonly folders: ReadonlyMap<string, string>;
  /** Why levels were left out, one sentence each. */
  readonly problems: readonly string[];
}

/** How deep below the root there may be levels. */
const MAX_DEPTH = 6;

/**
 * The levels below a folder. Reading and checking all of them takes as long as everything else at the
 * start together, so what came of it is kept and used again while no file has changed.
 */
export async function openShelf(root: string, version: string, env: NodeJS.ProcessEnv): Promise<Shelf> {
  const stamp = `${version}\n${root}\n${stampOf(root)}`;
  const file = new SavedFile(stateDirectory(env), 'levels.json');
  const kept = readKept(file.path, stamp);
  if (kept !== undefined) return kept;
  const [{ readLibrary }, { newCatalog }] = await Promise.all([
    import('./library.ts'),
    import('./catalog.ts'),
  ]);
  const library = readLibrary(root);
  const catalog = newCatalog(library);
  const problems = library.broken.flatMap((level) =>
    level.problems.map((problem) => `${level.path}: ${problem}`),
  );
  // It saves time and nothing else: a start from a folder that cannot be written is slower.
  file.save(JSON.stringify({ stamp, catalog, folders: [...library.folders], problems }));
  return { catalog, folders: library.folders, problems };
}

function readKept(path: string, stamp: string): Shelf | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly stamp: string;
      readonly catalog: LevelCatalog;
      readonly folders: readonly (readonly [string, string])[];
      readonly problems: readonly string[];
    };
    if (kept.stamp !== stamp) return undefined;
    return { catalog: kept.catalog, folders: new Map(kept.folders), problems: kept.problems };
  } catch {
    // Cut off or not ours: it is made again.
    return undefined;
  }
}

/** Path, size and time of change of every file below a folder: equal while nothing has changed. */
function stampOf(root: string): string {
  const lines: string[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) visit(path, depth + 1);
      } else {
        const info = statSync(path, { throwIfNoEntry: false });
        lines.push(`${path} ${info?.size} ${info?.mtimeMs}`);
      }
    }
  };
  if (existsSync(root)) visit(root, 0);
  return lines.sort().join('\n');
}
