import { START_STAGES, type StartStage } from '../../game/types.ts';
import { type Draw, line, type Picture } from '../draw.ts';
import type { LevelInfo } from '../host.ts';
import { keyRow } from '../panels/keyline.ts';
import { markdownRows } from '../panels/markdown.ts';
import type { UiState } from '../store.ts';
import { drawBox, inside } from '../theme/box.ts';
import { fitRows, type Row } from '../theme/row.ts';

/** Shown only while it lasts: every start begins with it, or few have it at all. */
const PASSING: ReadonlySet<StartStage> = new Set<StartStage>(['loading', 'objects', 'replay']);

/** A level that is being started: how far it is, and its briefing. */
export function openingScreen(
  draw: Draw,
  { progress, scroll }: NonNullable<UiState['opening']>,
  info: LevelInfo | undefined,
): Picture {
  const { columns, rows, t, theme } = draw;
  const title = info === undefined ? t.sandbox.heading : `${info.number}  ${info.title[draw.language]}`;
  const head = line(draw, columns)
    .put(' ')
    .put(theme.glyphs.wheel, 'accent')
    .put(' ')
    .put(title, 'bold')
    .end();
  const stages = stageRows(draw, progress);
  const height = Math.min(stages.length + 2, Math.floor(rows / 2));
  const size = inside(columns, rows - height - 2);
  const text = markdownRows(draw, info?.briefing[draw.language] ?? t.sandbox.briefing, size.width);
  const first = Math.max(0, Math.min(scroll, text.length - size.height));
  const all = [
    head,
    ...drawBox(theme, { width: columns, height, title: t.level.harbour }, stages),
    ...drawBox(
      theme,
      { width: columns, height: rows - height - 2, title: t.level.briefing, focused: true },
      text.slice(first),
    ),
    keyRow(draw, 'opening'),
  ];
  return { rows: fitRows(all, rows) };
}

/** A line for each stage: done, under way, still to come. */
function stageRows(draw: Draw, { stage, done, all }: NonNullable<UiState['opening']>['progress']): Row[] {
  const { glyphs } = draw.theme;
  const at = START_STAGES.indexOf(stage);
  return START_STAGES.flatMap((name, i) => {
    if (i !== at && PASSING.has(name)) return [];
    const row = line(draw, draw.columns).put(' ');
    if (i < at) row.put(glyphs.check, 'ready').put(` ${draw.t.opening[name]}`, 'dim');
    else if (i > at) row.put(glyphs.open, 'dim').put(` ${draw.t.opening[name]}`, 'dim');
    else {
      row.put(glyphs.half, 'waiting').put(` ${draw.t.opening[name]}`);
      if (all > 1) row.put(`  ${Math.min(done, all)} / ${all}`, 'dim');
    }
    return [row.end()];
  });
}
