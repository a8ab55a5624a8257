import type { Json } from '../../apimachinery/json.ts';
import { toYaml } from '../../apimachinery/yaml.ts';
import type { FileSystem } from '../context.ts';
import { type Failure, failure, isFailed } from '../errors.ts';
import { Folder } from './folder.ts';
import { generate } from './generators.ts';
import { resourceHash } from './hash.ts';
import { setImages } from './images.ts';
import { type Kustomization, readKustomization } from './kustomization.ts';
import { fixNameReferences } from './namereferences.ts';
import { legacyOrder, ORDER_FIRST, ORDER_LAST } from './order.ts';
import { applyPatch, applyStrategicMerge } from './patches.ts';
import { applyReplacements } from './replacements.ts';
import { ResMap } from './resmap.ts';
import type { Resource } from './resource.ts';
import {
  addAnnotations,
  addCommonLabels,
  addLabels,
  addNamePrefix,
  addNameSuffix,
  setNamespace,
  setReplicas,
} from './transformers.ts';

/** What a build came to: the resources as YAML documents, and lines of warnings. */
export interface Build {
  readonly yaml: string;
  readonly warnings: readonly string[];
}

/** How many kustomizations a build reads: those that lead to each other twice become many soon. */
const MAX_FOLDERS = 300;
const LOCAL_CONFIG = 'config.kubernetes.io/local-config';

/** Builds the kustomization in a folder: what `kubectl kustomize` prints and `-k` applies (api/krusty). */
export function buildKustomization(
  files: FileSystem,
  path: string,
): Build | (Failure & { readonly warnings: readonly string[] }) {
  const warnings: string[] = [];
  const built = build(files, path, warnings);
  if (isFailed(built)) return { ...built, warnings };
  const documents = built.map(({ value }) => toYaml(value as Json));
  return { yaml: documents.join('---\n'), warnings };
}

function build(files: FileSystem, path: string, warnings: string[]): readonly Resource[] | Failure {
  const folder = Folder.open(files, path);
  if (isFailed(folder)) return folder;
  const read = load(folder, warnings);
  if (isFailed(read)) return read;
  const map = new ResMap();
  const problem =
    new Target(folder, read.kustomization, warnings).accumulate(map) ??
    addHashes(map) ??
    fixNameReferences(map);
  if (problem !== undefined) return failure(problem);
  const kept = map.resources.filter((resource) => resource.map('annotations')[LOCAL_CONFIG] === undefined);
  return inOrder(kept, read.kustomization);
}

function load(folder: Folder, warnings: string[]): { readonly kustomization: Kustomization } | Failure {
  const file = folder.kustomization();
  if (isFailed(file)) return file;
  const read = readKustomization(file.text, folder.root);
  if ('error' in read) return failure(read.error);
  warnings.push(...read.warnings);
  return read;
}

/** Generated resources get a name that changes with their content. */
function addHashes(map: ResMap): string | undefined {
  for (const resource of map.resources) {
    if (!resource.needsHash) continue;
    resource.remember();
    resource.setName(`${resource.id.name}-${resourceHash(resource.value)}`);
  }
  return undefined;
}

function inOrder(
  resources: readonly Resource[],
  { sortOptions }: Kustomization,
): readonly Resource[] | Failure {
  const { order = sortOptions === undefined ? 'legacy' : '', legacySortOptions } = sortOptions ?? {};
  if (order !== 'legacy' && order !== 'fifo')
    return failure("the field 'sortOptions.order' must be one of [fifo, legacy]");
  if (order === 'legacy')
    return legacyOrder(
      resources,
      legacySortOptions?.orderFirst ?? (legacySortOptions === undefined ? ORDER_FIRST : []),
      legacySortOptions?.orderLast ?? (legacySortOptions === undefined ? ORDER_LAST : []),
    );
  if (legacySortOptions !== undefined)
    return failure(
      "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
    );
  return resources;
}

/** One kustomization of a build (api/internal/target). */
class Target {
  readonly #folder: Folder;
  readonly #spec: Kustomization;
  readonly #warnings: string[];
  /** Counts for the whole build. */
  readonly #read: { folders: number };

  constructor(folder: Folder, spec: Kustomization, warnings: string[], read = { folders: 1 }) {
    this.#read = read;
    this.#folder = folder;
    this.#spec = spec;
    this.#warnings = warnings;
  }

  /** Adds its resources and changes all there are by then. */
  accumulate(map: ResMap): string | undefined {
    const { resources = [], bases = [], components = [] } = this.#spec;
    for (const path of [...resources, ...bases]) {
      const problem = this.#addResource(map, path);
      if (problem !== undefined) return `accumulating resources: ${problem}`;
    }
    const generated = this.#generate(map);
    if (generated !== undefined) return generated;
    for (const path of components) {
      const problem = this.#addComponent(map, path);
      if (problem !== undefined) return `accumulating components: ${problem}`;
    }
    return this.#transform(map);
  }

  /** A resource is a file, or else the folder of another kustomization. */
  #addResource(map: ResMap, path: string): string | undefined {
    const found = this.#folder.resources(path);
    const refused = isFailed(found)
      ? `accumulating resources from '${path}': ${String(found.failure)}`
      : undefined;
    const clash = isFailed(found) ? undefined : map.appendAll(found);
    const why = refused ?? (clash === undefined ? undefined : `merging resources from '${path}': ${clash}`);
    if (why === undefined) return undefined;
    const folder = this.#folder.enter(path);
    if (isFailed(folder))
      return why.includes('MalformedYAMLError')
        ? why
        : `accumulation err='${why}': ${String(folder.failure)}`;
    const problem = this.#addFolder(map, folder, false);
    return problem === undefined ? undefined : `accumulation err='${why}': ${problem}`;
  }

  #addComponent(map: ResMap, path: string): string | undefined {
    const folder = this.#folder.enter(path);
    if (isFailed(folder)) return `loader.New "${String(folder.failure)}"`;
    const problem = this.#addFolder(map, folder, true);
    return problem === undefined ? undefined : `accumulateDirectory: "${problem}"`;
  }

  #addFolder(map: ResMap, folder: Folder, isComponent: boolean): string | undefined {
    if (++this.#read.folders > MAX_FOLDERS) return `more than ${MAX_FOLDERS} kustomizations are read`;
    const read = load(folder, this.#warnings);
    if (isFailed(read)) return `couldn't make target for path '${folder.root}': ${String(read.failure)}`;
    const { kind = 'Kustomization' } = read.kustomization;
    if (isComponent && kind !== 'Component')
      return `expected kind 'Component' for path '${folder.root}' but got '${kind}'`;
    if (!isComponent && kind === 'Component') return `expected kind != 'Component' for path '${folder.root}'`;
    // A component goes on with what its user has so far; a base begins anew.
    const inner = isComponent ? map : new ResMap();
    const problem = new Target(folder, read.kustomization, this.#warnings, this.#read).accumulate(inner);
    if (problem !== undefined) return `recursed accumulation of path '${folder.root}': ${problem}`;
    const clash = isComponent ? undefined : map.appendAll(inner.resources);
    return clash === undefined ? undefined : `recursed merging from path '${folder.root}': ${clash}`;
  }

  #generate(map: ResMap): string | undefined {
    const { configMapGenerator = [], secretGenerator = [], generatorOptions } = this.#spec;
    for (const [kind, list] of [
      ['ConfigMap', configMapGenerator],
      ['Secret', secretGenerator],
    ] as const) {
      for (const args of list) {
        const made = generate(kind, args, generatorOptions, this.#folder);
        if (isFailed(made)) return String(made.failure);
        const problem = map.absorb(made);
        if (problem !== undefined) return `merging from generator ${kind}Generator: ${problem}`;
      }
    }
    return undefined;
  }

  /** The transformers, in upstream's order. */
  #transform(map: ResMap): string | undefined {
    const spec = this.#spec;
    const folder = this.#folder;
    const each = <T>(
      list: readonly T[] | undefined,
      act: (item: T) => string | undefined,
    ): string | undefined => {
      for (const item of list ?? []) {
        const problem = act(item);
        if (problem !== undefined) return problem;
      }
      return undefined;
    };
    const patched =
      each(spec.patchesStrategicMerge, (entry) => applyStrategicMerge(map, folder, entry)) ??
      each(spec.patches, (entry) => applyPatch(map, folder, entry)) ??
      (spec.namespace === undefined || spec.namespace === '' ? undefined : setNamespace(map, spec.namespace));
    if (patched !== undefined) return patched;
    addNamePrefix(map, spec.namePrefix ?? '');
    addNameSuffix(map, spec.nameSuffix ?? '');
    for (const rule of spec.labels ?? []) addLabels(map, rule);
    addCommonLabels(map, spec.commonLabels ?? {});
    addAnnotations(map, spec.commonAnnotations ?? {});
    const counted =
      each(spec.patchesJson6902, (entry) => applyPatch(map, folder, entry, true)) ??
      each(spec.replicas, ({ name = '', count = 0 }) => setReplicas(map, name, count));
    if (counted !== undefined) return counted;
    for (const rule of [...(spec.images ?? []), ...(spec.imageTags ?? [])]) setImages(map, rule);
    return applyReplacements(map, folder, spec.replacements ?? []);
  }
}
