import { type Campaign, campaignProblems, newCampaign } from './campaign.ts';
import { type Issue, Issues } from './issue.ts';
import type { Chapter, Level } from './level.ts';
import { type Folder, type Loaded, loadChapter, loadLevel } from './loader.ts';

/** A folder of chapters, read: what is good of it, and everything that is wrong with the rest. */
export interface Pack {
  readonly campaign: Campaign;
  readonly issues: readonly Issue[];
  /** What is wrong with the levels as a whole, one sentence each. */
  readonly problems: readonly string[];
}

/** So many levels are read. */
const MAX_FOLDERS = 1000;

/**
 * Reads `<chapter>/chapter.yaml` and `<chapter>/<level>/...`; files at the top belong to nobody. A
 * level that cannot be read does not keep the others from being played.
 */
export function loadPack(folder: Folder): Pack {
  const issues: Issue[] = [];
  const chapters: Chapter[] = [];
  const levels: Level[] = [];
  for (const [path, files] of split(folder)) {
    const [chapterName = '', levelName] = path.split('/');
    if (levelName === undefined) {
      const chapter = take(path, loadChapter(files), issues);
      if (chapter !== undefined && isNamed(chapter.id, chapterName, `${path}/chapter.yaml`, issues))
        chapters.push(chapter);
      continue;
    }
    const level = take(path, loadLevel(files), issues);
    if (level === undefined) continue;
    const file = `${path}/level.yaml`;
    if (isNamed(level.id, levelName, file, issues) && isNamed(level.chapter, chapterName, file, issues))
      levels.push(level);
  }
  return { campaign: newCampaign(chapters, levels), issues, problems: campaignProblems(chapters, levels) };
}

/** The files of each chapter (`basics`) and each level (`basics/pod`), without that in front. */
function split(folder: Folder): ReadonlyMap<string, Folder> {
  const parts = new Map<string, Map<string, string>>();
  for (const path of [...folder.keys()].sort()) {
    const [chapter = '', second = '', ...rest] = path.split('/');
    if (second === '') continue;
    const owner = rest.length === 0 ? chapter : `${chapter}/${second}`;
    const inner = rest.length === 0 ? second : rest.join('/');
    const files = parts.get(owner) ?? new Map<string, string>();
    files.set(inner, folder.get(path) ?? '');
    if (parts.size < MAX_FOLDERS) parts.set(owner, files);
  }
  return parts;
}

function take<T>(path: string, loaded: Loaded<T>, issues: Issue[]): T | undefined {
  if (loaded.ok) return loaded.value;
  issues.push(...loaded.issues.map((issue) => ({ ...issue, file: `${path}/${issue.file}` })));
  return undefined;
}

/** Whether something is called what its folder is; a number in front is only for the eye: `01-pods`. */
function isNamed(name: string, folder: string, file: string, issues: Issue[]): boolean {
  if (name === folder || name === folder.replace(/^[0-9]+-/, '')) return true;
  const found = new Issues(file);
  found.add('InvalidValue', '', `the name of its folder, ${folder}`, name);
  issues.push(...found.list);
  return false;
}
