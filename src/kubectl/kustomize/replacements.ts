import type { Json, JsonObject } from '../../apimachinery/json.ts';
import { isList, isObject, own } from '../../apimachinery/object.ts';
import { parseManifests } from '../../apimachinery/yaml.ts';
import { type Failure, failure, isFailed } from '../errors.ts';
import type { Folder } from './folder.ts';
import type { FieldOptions, Replacement, Target } from './kustomization.ts';
import { idText } from './resid.ts';
import type { ResMap } from './resmap.ts';
import { select } from './selecting.ts';

/** Copies values from fields to fields (api/filters/replacement). */
export function applyReplacements(
  map: ResMap,
  folder: Folder,
  entries: readonly Replacement[],
): string | undefined {
  for (const entry of entries) {
    const read = entry.path === undefined ? [entry] : fromFile(folder, entry.path);
    if (isFailed(read)) return String(read.failure);
    for (const replacement of read) {
      const problem = apply(map, replacement);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function fromFile(folder: Folder, path: string): readonly Replacement[] | Failure {
  const loaded = folder.load(path);
  if (isFailed(loaded)) return loaded;
  const { docs, errors } = parseManifests(loaded.text);
  if (errors[0] !== undefined) return failure(errors[0].message);
  return docs.flatMap(({ value }) => (isList(value) ? value : [value])) as unknown as Replacement[];
}

function apply(map: ResMap, { source, sourceValue, targets = [] }: Replacement): string | undefined {
  if ((source === undefined) === (sourceValue === undefined) || targets.length === 0)
    return 'replacements must specify a source and at least one target';
  const value = source === undefined ? { value: sourceValue ?? '' } : sourceOf(map, source);
  if (isFailed(value)) return String(value.failure);
  for (const target of targets) {
    if (target.select === undefined) return 'target must specify resources to select';
    const selected = select(map, target.select);
    if (isFailed(selected)) return String(selected.failure);
    const rejected = new Set<unknown>();
    for (const reject of target.reject ?? []) {
      const found = select(map, reject);
      if (isFailed(found)) return String(found.failure);
      for (const resource of found) rejected.add(resource);
    }
    for (const resource of selected) {
      if (rejected.has(resource)) continue;
      for (const path of target.fieldPaths ?? ['metadata.name']) {
        const changed = write(resource.value, path, value.value, target.options ?? {});
        if (typeof changed === 'string') return changed;
        if (changed !== resource.value) resource.remember();
        resource.value = changed;
      }
    }
  }
  return undefined;
}

function sourceOf(
  map: ResMap,
  source: NonNullable<Replacement['source']>,
): { readonly value: Json } | Failure {
  const found = select(map, source);
  if (isFailed(found)) return found;
  const [resource, second] = found;
  const where = targetText(source);
  if (resource === undefined)
    return failure(`nothing selected by ${where}:${source.fieldPath ?? 'metadata.name'}`);
  if (second !== undefined)
    return failure(`multiple matches for selector ${where}:${source.fieldPath ?? 'metadata.name'}`);
  const path = source.fieldPath ?? 'metadata.name';
  let value: Json | undefined = resource.value;
  for (const part of splitPath(path)) value = value === undefined ? undefined : step(value, part);
  if (value === undefined) return failure(`fieldPath \`${path}\` is missing for replacement source ${where}`);
  const { delimiter = '', index = 0 } = source.options ?? {};
  if (delimiter === '') return { value };
  if (isObject(value) || isList(value)) return failure('delimiter option can only be used with scalar nodes');
  const pieces = String(value).split(delimiter);
  const piece = pieces[index];
  return piece === undefined
    ? failure(`options.index ${index} is out of bounds for value ${String(value)}`)
    : { value: piece };
}

function targetText({ group = '', version = '', kind = '', name = '', namespace = '' }: Target): string {
  return idText({ group, version, kind, name, namespace });
}

/** `a.b.[name=x].c` at its dots, those within brackets left alone. */
function splitPath(path: string): readonly string[] {
  return path.match(/(?:\[[^\]]*\]|\\.|[^.[\\])+/g)?.map((part) => part.replaceAll('\\.', '.')) ?? [];
}

const CONDITION = /^\[([^=\]]*)=([^\]]*)\]$/;

function fits(item: Json, condition: RegExpExecArray): boolean {
  const [, key = '', wanted = ''] = condition;
  const value = key === '' ? item : isObject(item) ? own(item, key) : undefined;
  return value !== undefined && String(value) === wanted;
}

function step(value: Json, part: string): Json | undefined {
  if (isObject(value)) return own(value, part.replace(/^\[(.*)\]$/, '$1'));
  if (!isList(value)) return undefined;
  const condition = CONDITION.exec(part);
  return condition === null ? value[Number(part)] : value.find((item) => fits(item, condition));
}

/** The object with the value at the path; a text says that there is no such field. */
function write(object: JsonObject, path: string, value: Json, options: FieldOptions): JsonObject | string {
  const state = { found: false, problem: undefined as string | undefined };
  const put = (old: Json | undefined): Json => {
    state.found = true;
    const { delimiter = '', index = 0 } = options;
    if (delimiter === '') return value;
    if (isObject(old) || isList(old)) {
      state.problem = 'delimiter option can only be used with scalar nodes';
      return old;
    }
    const pieces = String(old ?? '').split(delimiter);
    if (index < 0) pieces.unshift(String(value));
    else if (index >= pieces.length) pieces.push(String(value));
    else pieces[index] = String(value);
    return pieces.join(delimiter);
  };
  const changed = writeAt(object, splitPath(path), options.create === true, put);
  if (state.problem !== undefined) return state.problem;
  return state.found ? (changed as JsonObject) : `unable to find field "${path}" in replacement target`;
}

function writeAt(
  value: Json,
  path: readonly string[],
  create: boolean,
  put: (old: Json | undefined) => Json,
): Json {
  const [part, ...rest] = path;
  if (part === undefined) return put(value);
  if (isList(value)) {
    const condition = CONDITION.exec(part);
    const at = (item: Json, i: number): boolean =>
      part === '*' || (condition === null ? String(i) === part : fits(item, condition));
    return value.map((item, i) => (at(item, i) ? writeAt(item, rest, create, put) : item));
  }
  if (!isObject(value)) return value;
  if (part === '*')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, writeAt(item ?? null, rest, create, put)]),
    );
  const key = part.replace(/^\[(.*)\]$/, '$1');
  const field = own(value, key);
  if (field === undefined && !create) return value;
  return { ...value, [key]: writeAt(field ?? (rest.length === 0 ? '' : {}), rest, create, put) };
}
