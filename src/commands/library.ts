import { type Campaign, campaignProblems, newCampaign } from '../game/campaign.ts';
import { formatIssue } from '../game/issue.ts';
import type { Chapter, Level } from '../game/level.ts';
import { loadChapter, loadLevel } from '../game/loader.ts';
import { nearest } from '../game/shape.ts';
import { builtInLevels, type LevelFolder, readChapterFile, readLevelFolders } from './levelfolders.ts';

/** A level's folder that is no level, and why, one sentence each. */
export interface BrokenLevel {
  readonly path: string;
  readonly problems: readonly string[];
}

/** The levels of a folder, in the order of the campaign. */
export interface Library {
  readonly campaign: Campaign;
  readonly broken: readonly BrokenLevel[];
  /** Level id -> its folder. */
  readonly folders: ReadonlyMap<string, string>;
  /** What is wrong with the levels taken together. */
  readonly problems: readonly string[];
}

/** Reads every level below a folder; by default those that come with the game. */
export function readLibrary(root: string = builtInLevels()): Library {
  const chapters = new Map<string, Chapter>();
  const levels: Level[] = [];
  const broken: BrokenLevel[] = [];
  const folders = new Map<string, string>();
  for (const folder of readLevelFolders(root)) {
    const loaded = loadLevel(folder.files);
    const problems = [...folder.problems, ...(loaded.ok ? [] : loaded.issues.map(formatIssue))];
    const chapter = loaded.ok ? chapterOf(folder, loaded.value) : undefined;
    if (typeof chapter === 'string') problems.push(chapter);
    else if (chapter !== undefined) chapters.set(chapter.id, chapter);
    if (loaded.ok && problems.length === 0) {
      levels.push(loaded.value);
      folders.set(loaded.value.id, folder.path);
    } else broken.push({ path: folder.path, problems });
  }
  const all = [...chapters.values()];
  return { campaign: newCampaign(all, levels), broken, folders, problems: campaignProblems(all, levels) };
}

/** The chapter that a level lies in; a folder of levels without chapter.yaml is a chapter by the level's word for it. */
function chapterOf(folder: LevelFolder, level: Level): Chapter | string {
  const text = readChapterFile(folder);
  if (text === undefined)
    return {
      id: level.chapter,
      title: { en: level.chapter, ko: level.chapter },
      idea: { en: '', ko: '' },
      order: 1,
    };
  const loaded = loadChapter(new Map([['chapter.yaml', text]]));
  return loaded.ok ? loaded.value : loaded.issues.map(formatIssue).join('; ');
}

/** A level as it is called in lists: `1-6`. */
export function levelNumber(campaign: Campaign, level: Level): string {
  const chapter = campaign.chapters.find((candidate) => candidate.chapter.id === level.chapter);
  return `${chapter?.chapter.order ?? 0}-${level.order}`;
}

/** The level of that id or number; or a sentence that names the one that was probably meant. */
export function findLevel({ campaign }: Library, name: string): Level | string {
  const found = campaign.levels.find((level) => level.id === name || levelNumber(campaign, level) === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    campaign.levels.map(({ id }) => id),
  );
  const hint = near === undefined ? 'see "shipshape levels"' : `did you mean ${near}?`;
  return `there is no level "${name}": ${hint}`;
}
