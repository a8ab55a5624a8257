import { posix } from 'node:path';
import type { Finding, Source } from './source.ts';

/** Folders in which every file is one of its kind, so that each must be registered. */
const EXTENSIBLE = [
  'src/api/kinds',
  'src/apiserver/admission',
  'src/controllers',
  'src/game/goals',
  'src/kubectl/verbs',
  'src/scheduler/plugins',
  'src/shell/commands',
];

/** One thing that a registry lists: its file, and the registry's import of it. */
interface Registered {
  readonly file: string;
  readonly registry: string;
  readonly line: number;
}

/** What the registries list: the files beside or below a `registry.ts` whose values it imports. */
function findRegistered(sources: readonly Source[]): Registered[] {
  return sources
    .filter(({ path }) => posix.basename(path) === 'registry.ts')
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ target, typeOnly, line }) => {
        if (target === undefined || typeOnly || !target.startsWith(`${posix.dirname(path)}/`)) return [];
        return [{ file: target, registry: path, line }];
      }),
    );
}

/**
 * Registered things without a test, and extensible folders without a registry. A thing has a test when
 * it has a test file of its own, or when a test of its folder, or of the folder above, names it.
 */
export function checkRegistered(sources: readonly Source[], tests: readonly Source[]): Finding[] {
  const untested = findRegistered(sources).flatMap(({ file, registry, line }) => {
    const name = thingName(file);
    const folders = testFolders(file);
    const near = tests.filter(({ path }) => folders.some((folder) => path.startsWith(folder)));
    if (near.some(({ path, text }) => names(path, name) || names(text, name))) return [];
    return [
      { path: registry, line, message: `${file} has no test: name "${name}" in a test under ${folders[0]}` },
    ];
  });
  const registries = new Set(sources.map(({ path }) => path).filter((path) => path.endsWith('/registry.ts')));
  const unregistered = EXTENSIBLE.flatMap((folder) => {
    const first = sources.find(({ path }) => path.startsWith(`${folder}/`));
    if (first === undefined) return [];
    if (registries.has(`${folder}/registry.ts`) || registries.has(`${posix.dirname(folder)}/registry.ts`))
      return [];
    return [
      { path: first.path, line: 1, message: `${folder}/ has no registry.ts: list its files there, sorted` },
    ];
  });
  return [...untested, ...unregistered];
}

/** What a file is called after: its base name, or its folder's for an index.ts. */
function thingName(file: string): string {
  const name = posix.basename(file).replace(/\.tsx?$/, '');
  return name === 'index' ? posix.basename(posix.dirname(file)) : name;
}

/** Where tests of a file are looked for: `test/a/b/` for `src/a/b/c.ts`, then `test/a/`. */
function testFolders(file: string): string[] {
  const folder = posix.dirname(file).replace(/^src/, 'test');
  const above = posix.dirname(folder);
  return above === 'test' ? [`${folder}/`] : [`${folder}/`, `${above}/`];
}

/** Whether a text names a thing as a whole word, in any case, with or without its hyphens. */
function names(text: string, name: string): boolean {
  const words = [name, name.replaceAll('-', '')].map((word) => word.replace(/[^\w-]/g, '\\$&'));
  return new RegExp(`(?<![A-Za-z0-9])(?:${words.join('|')})(?![A-Za-z0-9])`, 'i').test(text);
}
