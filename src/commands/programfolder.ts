import { existsSync } from 'node:fs';
import { join } from 'node:path';

let found: string | undefined;

/**
 * The folder with package.json, levels/ and assets/: above dist/ when the program is bundled, above
 * src/commands/ when it runs from source.
 */
export function programFolder(): string {
  found ??= [join(import.meta.dirname, '..'), join(import.meta.dirname, '../..')].find((folder) =>
    existsSync(join(folder, 'package.json')),
  );
  if (found === undefined) throw new Error(`no package.json above ${import.meta.dirname}`);
  return found;
}
