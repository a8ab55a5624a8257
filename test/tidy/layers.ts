import { type Finding, isBuiltin, type Source } from './source.ts';

/** The folders of src/ by layer: a folder imports only from lower layers. */
const LAYERS: readonly (readonly string[])[] = [
  ['apimachinery', 'sim'],
  ['api', 'etcd'],
  ['apiserver', 'client', 'network'],
  ['controllers', 'kubectl', 'kubelet', 'proxy', 'scheduler'],
  ['cluster'],
  ['shell'],
  ['game'],
  ['server', 'ui'],
  ['commands'],
];

const LAYER_OF: ReadonlyMap<string, number> = new Map(
  LAYERS.flatMap((folders, layer) => folders.map((folder) => [folder, layer] as const)),
);

/** Scripts that build and check: imported by nothing in src/, importing nothing of it but types. */
const DEV = 'dev';

/** The folders, sim/ to game/, that are free of I/O, real time and chance. */
export const PURE_FOLDERS: ReadonlySet<string> = new Set(LAYERS.slice(0, 7).flat());

/** Packages of the screen and the command line, which the simulation and the game must not know. */
const SCREEN_PACKAGES = new Set(['commander', 'ink', 'ink-text-input', 'react', 'zustand']);

/** The folder of src/ that a path lies in; `main.ts` counts as part of `commands`. */
export function folderOf(path: string): string | undefined {
  const [top, folder, ...rest] = path.split('/');
  if (top !== 'src' || folder === undefined) return undefined;
  return rest.length === 0 ? 'commands' : folder;
}

/** Imports that go up, sideways, out of src/, or into or out of src/dev/. */
export function checkLayers(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) => {
    const from = folderOf(source.path);
    if (from === undefined) return [];
    return source.imports.flatMap(({ target, typeOnly, line }) => {
      if (target === undefined || (from === DEV && typeOnly)) return [];
      const problem = layerProblem(from, target);
      return problem === undefined
        ? []
        : [{ path: source.path, line, message: `imports ${target}: ${problem}` }];
    });
  });
}

function layerProblem(from: string, target: string): string | undefined {
  const to = folderOf(target);
  if (to === undefined) {
    if (target === 'package.json' || target.startsWith('assets/')) return undefined;
    return 'src/ imports only from src/ and assets/';
  }
  if (from === to) return undefined;
  if (from === DEV) return 'src/dev/ holds build scripts and imports nothing of the program but types';
  if (to === DEV) return 'src/dev/ holds build scripts; move what the program needs to its folder';
  const [above, below] = [LAYER_OF.get(from), LAYER_OF.get(to)];
  if (above === undefined || below === undefined) return undefined;
  if (below < above) return undefined;
  const why = below === above ? 'lie in the same layer' : `go up from layer ${above} to ${below}`;
  return `${from}/ and ${to}/ ${why}; move what both need to a lower layer, or pass it in from above`;
}

/** Folders and files of src/ that the layout does not name. */
export function checkSourceFolders(paths: readonly string[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const path of paths) {
    const [top, folder, ...rest] = path.split('/');
    if (top !== 'src' || folder === undefined || found.has(folder)) continue;
    const known =
      rest.length > 0 ? LAYER_OF.has(folder) || folder === DEV : ['README.md', 'main.ts'].includes(folder);
    if (known) continue;
    found.set(folder, {
      path,
      line: 1,
      message: `src/${folder} has no place in the layout: use a folder of the layer table`,
    });
  }
  return [...found.values()];
}

/** Packages that may not be used where they are: of the screen, of Node, or not a dependency at all. */
export function checkPackages(sources: readonly Source[], dependencies: ReadonlySet<string>): Finding[] {
  return sources.flatMap((source) => {
    const folder = folderOf(source.path);
    if (folder === undefined || folder === DEV) return [];
    return source.imports.flatMap(({ specifier, target, line }) => {
      if (target !== undefined) return [];
      const problem = packageProblem(folder, specifier, dependencies);
      return problem === undefined
        ? []
        : [{ path: source.path, line, message: `imports ${specifier}: ${problem}` }];
    });
  });
}

function packageProblem(
  folder: string,
  specifier: string,
  dependencies: ReadonlySet<string>,
): string | undefined {
  const pure = PURE_FOLDERS.has(folder);
  if (isBuiltin(specifier)) {
    if (pure)
      return `${folder}/ is free of I/O; have the caller in commands/, ui/ or server/ pass the data in`;
    return specifier.startsWith('node:') ? undefined : `write node:${specifier}`;
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (pure && SCREEN_PACKAGES.has(name))
    return `${folder}/ does not know the screen; draw in ui/ from its values`;
  if (!dependencies.has(name))
    return 'only what package.json lists under "dependencies" is there when the game runs';
  return undefined;
}

/** Import cycles, each reported once, at the import that closes it. Imports of types count. */
export function checkCycles(sources: readonly Source[]): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  const trail: string[] = [];
  const visit = (source: Source) => {
    trail.push(source.path);
    for (const { target, line } of source.imports) {
      if (target === undefined || done.has(target)) continue;
      const start = trail.indexOf(target);
      if (start !== -1) {
        const cycle = [...trail.slice(start), target].join(' -> ');
        const message = `closes an import cycle: ${cycle}; move what both need to a file of its own`;
        findings.push({ path: source.path, line, message });
        continue;
      }
      const next = byPath.get(target);
      if (next !== undefined) visit(next);
    }
    trail.pop();
    done.add(source.path);
  };
  for (const source of sources) if (!done.has(source.path)) visit(source);
  return findings;
}
