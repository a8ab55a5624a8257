import type { Level } from '../game/level.ts';
import type { Language } from '../game/types.ts';
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
  const ideas = (language: Language): readonly string[] =>
    level.teaches.map((idea) => level.ideas.get(idea)?.[language] ?? idea);
  return {
    id: level.id,
    number,
    title: level.title,
    idea: level.idea,
    teaches: { en: ideas('en'), ko: ideas('ko') },
    briefing: level.briefing,
    ...(level.handbook === undefined ? {} : { handbook: level.handbook }),
  };
}
