import type { Level } from '../game/level.ts';
import type { ChapterInfo, LevelCatalog, LevelInfo } from '../ui/host.ts';
import { type Library, levelNumber } from './library.ts';

/** The levels of a library as the sea chart shows them. Chapters without levels are left out. */
export function newCatalog({ campaign }: Library): LevelCatalog {
  const chapters = campaign.chapters.map(
    ({ chapter, levels }): ChapterInfo => ({
      id: chapter.id,
      title: chapter.title,
      levels: levels.map((level) => levelInfo(level, levelNumber(campaign, level))),
    }),
  );
  return { chapters: chapters.filter(({ levels }) => levels.length > 0) };
}

function levelInfo(level: Level, number: string): LevelInfo {
  const teaches = level.teaches.map((idea) => idea.replaceAll('-', ' '));
  return {
    id: level.id,
    number,
    title: level.title,
    idea: level.idea,
    teaches: { en: teaches, ko: teaches },
    briefing: level.briefing,
  };
}
