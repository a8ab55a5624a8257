import type { Draw } from '../draw.ts';
import { type ChapterInfo, type LevelInfo, SANDBOX, type UiHost } from '../host.ts';

/** A level and where it is on the chart. */
export interface Found {
  readonly level: LevelInfo;
  readonly chapter: number;
  readonly place: number;
}

/** The level of that id. */
export function findLevel(host: UiHost, id: string): Found | undefined {
  for (const [chapter, { levels }] of host.levels.chapters.entries()) {
    const place = levels.findIndex((level) => level.id === id);
    const level = levels[place];
    if (level !== undefined) return { level, chapter, place };
  }
  return undefined;
}

/** The level after it, over the end of a chapter. */
export function nextLevel(host: UiHost, id: string): LevelInfo | undefined {
  const found = findLevel(host, id);
  if (found === undefined) return undefined;
  const { chapters } = host.levels;
  return chapters[found.chapter]?.levels[found.place + 1] ?? chapters[found.chapter + 1]?.levels[0];
}

/** The first level that was never won: the one the chart lights. */
export function nextToSail(host: UiHost): LevelInfo | undefined {
  return host.levels.chapters
    .flatMap(({ levels }) => levels)
    .find(({ id }) => host.progress.record(id)?.won !== true);
}

/** Stars earned, and stars there are. */
export function countStars(host: UiHost): readonly [number, number] {
  let earned = 0;
  let all = 0;
  for (const chapter of host.levels.chapters) {
    const [got, of] = chapterStars(host, chapter);
    earned += got;
    all += of;
  }
  return [earned, all];
}

/** The same for one chapter. */
export function chapterStars(host: UiHost, { levels }: ChapterInfo): readonly [number, number] {
  const earned = levels.reduce(
    (sum, { id }) => sum + (host.progress.record(id)?.stars.filter(Boolean).length ?? 0),
    0,
  );
  return [earned, levels.length * 3];
}

/** How a level is called in lists. */
export function levelTitle(host: UiHost, id: string, { t, language }: Draw): string {
  if (id === SANDBOX) return t.sandbox.heading;
  const found = findLevel(host, id);
  return found === undefined ? id : `${found.level.number} ${found.level.title[language]}`;
}
