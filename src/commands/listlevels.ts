import { levelProgress } from '../game/progress.ts';
import { sanitize } from '../ui/theme/sanitize.ts';
import { textWidth } from '../ui/theme/width.ts';
import { ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';
import { type Library, levelNumber, readLibrary } from './library.ts';
import { ProgressFile } from './progressfile.ts';
import { loadSettings } from './settings.ts';
import { type CommonOptions, type Style, styleFor } from './style.ts';
import { texts } from './texts.ts';

/** Prints every level with the player's progress. */
export function listLevels(io: Io, options: CommonOptions & { readonly output: 'text' | 'json' }): ExitCode {
  const library = readLibrary();
  const saves = new ProgressFile(io.env);
  if (options.output === 'json') {
    io.out(`${JSON.stringify({ levels: levelsAsJson(library, saves) }, null, 2)}\n`);
    return ExitCode.ok;
  }
  const { language } = loadSettings(io.env, options);
  io.out(`${levelTable(library, saves, language, styleFor(io, options)).join('\n')}\n`);
  for (const problem of saves.problems) io.err(`${texts[language].unreadable(sanitize(problem))}\n`);
  return ExitCode.ok;
}

/** The levels by chapter, a line each. */
export function levelTable(
  { campaign }: Library,
  { progress }: ProgressFile,
  language: 'en' | 'ko',
  style: Style,
): readonly string[] {
  const names = campaign.levels.map((level) => level.id);
  const width = Math.max(0, ...names.map((name) => name.length));
  const titles = Math.max(0, ...campaign.levels.map((level) => textWidth(sanitize(level.title[language]))));
  return campaign.chapters
    .filter(({ levels }) => levels.length > 0)
    .flatMap(({ chapter, levels }) => [
      style.bold(sanitize(chapter.title[language])),
      ...levels.map((level) => {
        const stars = levelProgress(progress, level.id)?.stars ?? [false, false, false];
        const marks = stars.map((star) => (star ? style.star : style.noStar)).join('');
        const title = sanitize(level.title[language]);
        const gap = ' '.repeat(titles - textWidth(title));
        return `  ${levelNumber(campaign, level).padEnd(5)} ${level.id.padEnd(width)}  ${marks}  ${title}${gap}`.trimEnd();
      }),
    ]);
}

function levelsAsJson({ campaign }: Library, { progress }: ProgressFile): readonly unknown[] {
  return campaign.levels.map((level) => {
    const known = levelProgress(progress, level.id);
    return {
      id: level.id,
      number: levelNumber(campaign, level),
      chapter: level.chapter,
      title: level.title,
      idea: level.idea,
      teaches: level.teaches,
      won: known !== undefined,
      stars: known?.stars ?? [false, false, false],
      ...(known === undefined ? {} : { best: known.best }),
    };
  });
}
