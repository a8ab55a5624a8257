import type { Chapter, Level } from './level.ts';
import { levelProgress, type Progress } from './progress.ts';

/** A chapter with its levels in order. */
export interface CampaignChapter {
  readonly chapter: Chapter;
  readonly levels: readonly Level[];
}

/** All levels in the order in which they are meant to be played. */
export interface Campaign {
  readonly chapters: readonly CampaignChapter[];
  readonly levels: readonly Level[];
}

/** What is wrong with a set of levels as a whole, one sentence each. */
export type CampaignProblem = string;

/** How a level stands for a player. */
export interface LevelStanding {
  readonly level: Level;
  readonly won: boolean;
  readonly stars: number;
  /** True when every idea it needs has been learnt. */
  readonly open: boolean;
  /** The ideas still missing. */
  readonly missing: readonly string[];
}

/** Puts chapters and levels in order: by chapter, then by the order within it, then by name. */
export function newCampaign(chapters: readonly Chapter[], levels: readonly Level[]): Campaign {
  const sorted = chapters.toSorted((a, b) => a.order - b.order || compare(a.id, b.id));
  const filled = sorted.map((chapter) => ({
    chapter,
    levels: levels
      .filter((level) => level.chapter === chapter.id)
      .sort((a, b) => a.order - b.order || compare(a.id, b.id)),
  }));
  return { chapters: filled, levels: filled.flatMap((chapter) => chapter.levels) };
}

/** Looks for levels that nobody could reach: unknown chapters, names twice, ideas that nothing earlier teaches. */
export function campaignProblems(
  chapters: readonly Chapter[],
  levels: readonly Level[],
): readonly CampaignProblem[] {
  const problems: string[] = [];
  const known = new Set(chapters.map(({ id }) => id));
  const seen = new Set<string>();
  for (const level of levels) {
    if (!known.has(level.chapter)) problems.push(`${level.id}: there is no chapter ${level.chapter}`);
    if (seen.has(level.id)) problems.push(`${level.id}: there are two levels of this name`);
    seen.add(level.id);
  }
  const taught = new Set<string>();
  for (const level of newCampaign(chapters, levels).levels) {
    for (const idea of level.needs) {
      if (taught.has(idea)) continue;
      const later = levels.find((other) => other !== level && other.teaches.includes(idea));
      problems.push(
        later === undefined
          ? `${level.id}: needs ${idea}, which no other level teaches`
          : `${level.id}: needs ${idea}, which is taught only later, by ${later.id}`,
      );
    }
    for (const idea of level.teaches) taught.add(idea);
  }
  return problems;
}

/** How every level stands: an idea is learnt once any level that teaches it is won. */
export function standings(campaign: Campaign, progress: Progress): readonly LevelStanding[] {
  const learnt = new Set<string>();
  for (const level of campaign.levels)
    if (levelProgress(progress, level.id) !== undefined) for (const idea of level.teaches) learnt.add(idea);
  return campaign.levels.map((level) => {
    const known = levelProgress(progress, level.id);
    const missing = level.needs.filter((idea) => !learnt.has(idea));
    return {
      level,
      won: known !== undefined,
      stars: known?.stars.filter(Boolean).length ?? 0,
      open: known !== undefined || missing.length === 0,
      missing,
    };
  });
}

/** The next level to play: the first open one that is not won; undefined when all are. */
export function nextLevel(campaign: Campaign, progress: Progress): Level | undefined {
  const all = standings(campaign, progress);
  return (all.find(({ won, open }) => open && !won) ?? all.find(({ won }) => !won))?.level;
}

/** All stars of a campaign, and how many there are to earn. */
export function starCount(
  campaign: Campaign,
  progress: Progress,
): { readonly earned: number; readonly all: number } {
  const earned = standings(campaign, progress).reduce((sum, { stars }) => sum + stars, 0);
  return { earned, all: campaign.levels.length * 3 };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
