import type { Json, JsonObject } from '../apimachinery/json.ts';
import { isObject } from '../apimachinery/object.ts';
import { type ManifestDocument, parseManifests } from '../apimachinery/yaml.ts';
import { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';
import { hashOf } from './hash.ts';
import { type Issue, Issues, MAX_ISSUES, shown } from './issue.ts';
import { kindNamed } from './kindof.ts';
import { type Chapter, chapterShape, type Level, levelShape, newLevel } from './level.ts';
import { LANGUAGES } from './localized.ts';
import { filePath, MAX_FILE } from './move.ts';
import { checkReferences } from './references.ts';
import { nearest, type Shape } from './shape.ts';
import type { Texts } from './types.ts';

export type Loaded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A folder as text by path, relative to it, with forward slashes. Reading it is the caller's. */
export type Folder = ReadonlyMap<string, string>;

const MAX_FILES = 200;
const MAX_TOTAL = 2_000_000;
const MAX_TEXT = 20_000;
const LEVEL_FILE = 'level.yaml';
const CHAPTER_FILE = 'chapter.yaml';

/**
 * Reads a level's folder: level.yaml, briefing.<language>.md, handbook.<language>.md (which may be
 * missing), start/cluster/*.yaml, start/files/**, solution/*. Whatever is in it, nothing is run and nothing thrown: the answer is the level, or
 * everything that is wrong with it, each with its place.
 */
export function loadLevel(folder: Folder): Loaded<Level> {
  const issues: Issue[] = [...checkSizes(folder)];
  if (issues.length > 0) return { ok: false, issues };
  issues.push(...checkPaths(folder));
  const read = readDocument(folder, LEVEL_FILE, levelShape, issues);
  const briefing = readTexts(folder, 'briefing', issues);
  const handbook = hasAny(folder, 'handbook') ? readTexts(folder, 'handbook', issues) : undefined;
  const objects = readObjects(folder, issues);
  const solutionFiles = below(folder, 'solution/');
  if (read !== undefined) {
    const found = new Issues(LEVEL_FILE, read.document);
    checkReferences(read.value.spec, solutionFiles, found);
    checkImages(read.value.spec.cluster.images ?? {}, found);
    issues.push(...found.list);
  }
  if (read === undefined || issues.length > 0) return { ok: false, issues: issues.slice(0, MAX_ISSUES) };
  const level = newLevel(read.value.metadata.name, read.value.spec, {
    hash: hashOf([...folder].sort(([a], [b]) => (a < b ? -1 : 1)).flat()),
    briefing,
    handbook,
    objects,
    files: below(folder, 'start/files/'),
    solutionFiles,
  });
  return { ok: true, value: level };
}

/** Reads a chapter's folder: chapter.yaml. */
export function loadChapter(folder: Folder): Loaded<Chapter> {
  const issues: Issue[] = [...checkSizes(folder)];
  const read = issues.length > 0 ? undefined : readDocument(folder, CHAPTER_FILE, chapterShape, issues);
  if (read === undefined || issues.length > 0) return { ok: false, issues };
  const { title, idea, order } = read.value.spec;
  return { ok: true, value: { id: read.value.metadata.name, title, idea, order } };
}

/** Reads a YAML document of one shape; undefined when there are issues. */
export function readDocument<T>(
  folder: Folder,
  file: string,
  shape: Shape<T>,
  issues: Issue[],
): { readonly value: T; readonly document: ManifestDocument } | undefined {
  const text = folder.get(file);
  if (text === undefined) {
    const none = new Issues(file);
    none.add('MissingFile', '', `a file ${file}`, 'none');
    issues.push(...none.list);
    return undefined;
  }
  const documents = parseText(file, text, issues);
  const document = documents?.[0];
  if (documents === undefined) return undefined;
  if (document === undefined || documents.length > 1) {
    const several = new Issues(file, documents[1]);
    several.add('Syntax', '', 'one YAML document', `${documents.length} documents`);
    issues.push(...several.list);
    return undefined;
  }
  const found = new Issues(file, document);
  const value = shape.read(document.value, '', found);
  issues.push(...found.list);
  return value === undefined || found.list.length > 0 ? undefined : { value, document };
}

/** The documents of a text; undefined when one cannot be parsed. */
function parseText(file: string, text: string, issues: Issue[]): readonly ManifestDocument[] | undefined {
  const { docs, errors } = parseManifests(text, { fileName: file });
  for (const { line, column, message } of errors) {
    issues.push({
      code: 'Syntax',
      file,
      line,
      column,
      path: '',
      wanted: 'YAML',
      got: 'something else',
      message: message.replace('error converting YAML to JSON: yaml: ', ''),
    });
  }
  return errors.length > 0 ? undefined : docs;
}

function checkSizes(folder: Folder): readonly Issue[] {
  const found = new Issues(LEVEL_FILE);
  if (folder.size > MAX_FILES) found.add('TooLarge', '', `at most ${MAX_FILES} files`, `${folder.size}`);
  let total = 0;
  const large: Issue[] = [];
  for (const [path, text] of folder) {
    total += text.length;
    if (text.length <= MAX_FILE) continue;
    const one = new Issues(path.slice(0, 200));
    one.add('TooLarge', '', `at most ${MAX_FILE} characters`, `${text.length}`);
    large.push(...one.list);
  }
  if (total > MAX_TOTAL) found.add('TooLarge', '', `at most ${MAX_TOTAL} characters in all`, `${total}`);
  return [...found.list, ...large.slice(0, MAX_ISSUES)];
}

/** The texts beside level.yaml: `briefing.en.md`. */
type TextName = 'briefing' | 'handbook';

function textFiles(name: TextName): readonly string[] {
  return LANGUAGES.map((language) => `${name}.${language}.md`);
}

const TOP_FILES: readonly string[] = [LEVEL_FILE, ...textFiles('briefing'), ...textFiles('handbook')];
const FOLDERS = /^(?:start\/cluster\/[^/]+\.ya?ml|start\/files\/.+|solution\/.+)$/;

/** Files that would be overlooked, most often because of a slip in their name. */
function checkPaths(folder: Folder): readonly Issue[] {
  const issues: Issue[] = [];
  for (const path of folder.keys()) {
    const plain = filePath.read(path, '', new Issues(path)) !== undefined;
    if (plain && (TOP_FILES.includes(path) || FOLDERS.test(path))) continue;
    const one = new Issues(path.slice(0, 200));
    const near = nearest(path, TOP_FILES);
    const wanted = `${TOP_FILES.join(', ')}, start/cluster/*.yaml, start/files/** or solution/**`;
    one.add(
      'UnknownField',
      '',
      wanted,
      path.slice(0, 200),
      near === undefined ? '' : `did you mean ${near}?`,
    );
    issues.push(...one.list);
  }
  return issues;
}

function hasAny(folder: Folder, name: TextName): boolean {
  return textFiles(name).some((file) => folder.has(file));
}

/** A text in each language; one that is there in one language is wanted in all. */
function readTexts(folder: Folder, name: TextName, issues: Issue[]): Texts {
  const texts = LANGUAGES.map((language) => {
    const file = `${name}.${language}.md`;
    const text = folder.get(file) ?? '';
    const found = new Issues(file);
    if (!folder.has(file)) found.add('MissingFile', '', `a file ${file}`, 'none');
    else if (text.trim() === '') found.add('InvalidValue', '', 'a text', 'nothing');
    else if (text.length > MAX_TEXT)
      found.add('TooLarge', '', `at most ${MAX_TEXT} characters`, `${text.length}`);
    issues.push(...found.list);
    return [language, text] as const;
  });
  return Object.fromEntries(texts) as Texts;
}

/** The objects of start/cluster/, files in the order of their names. */
function readObjects(folder: Folder, issues: Issue[]): readonly JsonObject[] {
  const objects: JsonObject[] = [];
  const files = [...folder.keys()].filter((path) => path.startsWith('start/cluster/')).sort();
  for (const file of files) {
    for (const document of parseText(file, folder.get(file) ?? '', issues) ?? []) {
      const { value } = document;
      if (isKnownObject(value)) {
        objects.push(value);
        continue;
      }
      const found = new Issues(file, document);
      found.add(
        'InvalidValue',
        'kind',
        'apiVersion and kind of something that the cluster has',
        shown(value),
      );
      issues.push(...found.list);
    }
  }
  return objects;
}

function isKnownObject(value: Json): value is JsonObject {
  return isObject(value) && kindNamed(value) !== undefined;
}

function checkImages(images: Readonly<Record<string, JsonObject>>, issues: Issues): void {
  for (const problem of new ImageRegistry().add(images))
    issues.add('InvalidValue', 'spec.cluster.images', 'images as assets/images.json has them', problem);
}

/** The files below a folder, without its name, sorted by path. */
function below(folder: Folder, prefix: string): ReadonlyMap<string, string> {
  return new Map(
    [...folder]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, text]) => [path.slice(prefix.length), text] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
