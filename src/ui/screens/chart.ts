import { type Draw, line, type Picture, scrollTo, short } from '../draw.ts';
import type { ChapterInfo, LevelInfo, LevelRecord, UiHost } from '../host.ts';
import { keyRow } from '../panels/keyline.ts';
import type { UiState } from '../store.ts';
import { drawBox, inside } from '../theme/box.ts';
import { beside, EMPTY, fitRows, type Row } from '../theme/row.ts';
import { textWidth, wrapText } from '../theme/width.ts';
import { chapterStars, countStars, nextToSail } from './catalog.ts';

/** Rows of an island. */
const ISLAND_ROWS = 4;
/** Columns from buoy to buoy. */
const BUOY = 4;
/** How far the route swings to the right from island to island. */
const SWING = [0, 3, 5, 3];

/** The sea chart: islands along a route, a buoy for each level; beside it the chosen level. */
export function chartScreen(draw: Draw, state: UiState, host: UiHost): Picture {
  const { columns, rows, t } = draw;
  const { chapters } = host.levels;
  const right = Math.min(52, Math.max(30, Math.floor(columns * 0.4)));
  const left = columns - right;
  const height = rows - 2;
  const head = line(draw, columns)
    .put(' ')
    .put(draw.theme.glyphs.wheel, 'accent')
    .put(` ${t.chart.heading}`, 'title');
  const stars = `${draw.theme.glyphs.star} ${t.title.chartNote(...countStars(host))} `;
  head.to(columns - textWidth(stars)).put(stars, 'waiting');
  if (chapters.length === 0) {
    const nothing = line(draw, columns).put(`   ${t.chart.empty}`, 'dim').end();
    return { rows: [head.end(), ...fitRows([EMPTY, nothing], height), keyRow(draw, 'chart')] };
  }
  const chapter = Math.min(state.chapter, chapters.length - 1);
  const visible = Math.max(1, Math.floor(height / ISLAND_ROWS));
  const first = scrollTo(chapter, chapters.length, visible);
  const lit = nextToSail(host);
  const islands = chapters.slice(first, first + visible).flatMap((info, i) => {
    const at = first + i;
    return islandRows(draw, host, info, {
      at,
      width: left,
      chosen: at === chapter ? state.island : undefined,
      lit,
      last: at === chapters.length - 1,
    });
  });
  for (let y = islands.length; y < height; y++) islands.push(openSea(draw, left, y));
  const level = chapters[chapter]?.levels[state.island];
  const card = inside(right, height);
  const box = drawBox(
    draw.theme,
    {
      width: right,
      height,
      title: level === undefined ? '' : `${level.number}  ${level.title[draw.language]}`,
    },
    level === undefined ? [] : levelCard(draw, host, level, card),
  );
  const body = beside([
    { rows: fitRows(islands, height), width: left },
    { rows: box, width: right },
  ]);
  return { rows: [head.end(), ...fitRows(body, height), keyRow(draw, 'chart')] };
}

/** Water where there are no islands; the same on every frame. */
function openSea(draw: Draw, width: number, y: number): Row {
  const { water } = draw.theme.glyphs;
  const row = line(draw, width);
  if (y % 2 === 0) return row.end();
  for (let x = (y * 7) % 23; x < width - 4; x += 23) row.to(x).put(water + water, 'quiet');
  return row.end();
}

interface IslandOptions {
  readonly at: number;
  readonly width: number;
  readonly chosen: number | undefined;
  readonly lit: LevelInfo | undefined;
  readonly last: boolean;
}

function islandRows(
  draw: Draw,
  host: UiHost,
  chapter: ChapterInfo,
  { at, width, chosen, lit, last }: IslandOptions,
): Row[] {
  const { glyphs } = draw.theme;
  const swing = 2 + (SWING[at % SWING.length] ?? 0);
  const [earned, all] = chapterStars(host, chapter);
  const name = line(draw, width).to(swing + 1);
  name.put(glyphs.slopeLeft + glyphs.slopeRight, 'ready').put(`   ${at + 1}  `, 'dim');
  name.put(chapter.title[draw.language], chosen === undefined ? 'plain' : 'bold', name.left - 10);
  name.put(`  ${glyphs.star} ${earned}/${all}`, 'dim');
  const buoys = line(draw, width).to(swing);
  buoys.put(glyphs.slopeLeft + glyphs.island + glyphs.island + glyphs.slopeRight, 'ready').put(' ');
  const start = buoys.width;
  const room = Math.floor((width - start - 1) / BUOY);
  const first = scrollTo(chosen ?? 0, chapter.levels.length, room);
  const marks = line(draw, width)
    .to(swing - 1)
    .put(glyphs.water.repeat(5), 'quiet')
    .to(start);
  for (const [i, level] of chapter.levels.slice(first, first + room).entries()) {
    const record = host.progress.record(level.id);
    const won = record?.won === true;
    const glyph = won ? glyphs.buoyDone : level === lit ? glyphs.buoyLit : glyphs.buoy;
    const isChosen = chosen === first + i;
    if (i > 0) buoys.put(glyphs.route, 'quiet');
    buoys.put(
      isChosen ? `[${glyph}]` : ` ${glyph} `,
      isChosen ? ['accent', 'bold'] : won ? 'ready' : level === lit ? ['waiting', 'bold'] : 'dim',
    );
    marks.to(start + i * BUOY);
    for (const star of record?.stars ?? []) marks.put(star ? glyphs.star : ' ', 'waiting');
  }
  const down = line(draw, width).to(swing + 2);
  if (!last) down.put(glyphs.routeDown, 'quiet');
  return [name.end(), buoys.end(), marks.end(), down.end()];
}

/** A card of fewer rows has none to spare, one of fewer columns keeps its columns close. */
const AIRY_ROWS = 18;
const AIRY_COLUMNS = 30;

/** The level's idea, what it teaches, how it went; where room is short, less of what it teaches. */
function levelCard(
  draw: Draw,
  host: UiHost,
  level: LevelInfo,
  { width, height }: { readonly width: number; readonly height: number },
): Row[] {
  const { t, language } = draw;
  const { glyphs } = draw.theme;
  const record = host.progress.record(level.id);
  const stars = line(draw, width);
  for (const star of record?.stars ?? [false, false, false])
    stars.put(star ? glyphs.star : glyphs.noStar, star ? 'waiting' : 'dim').put(' ');
  const idea = wrapText(level.idea[language], width).map((text) => line(draw, width).put(text).end());
  const airy = height >= AIRY_ROWS;
  const head = airy ? [EMPTY, stars.end(), EMPTY, ...idea, EMPTY] : [stars.end(), ...idea, EMPTY];
  const best = [EMPTY, ...bestRows(draw, record, width)];
  const rows = [line(draw, width).put(t.chart.teaches, 'title').end()];
  for (const item of level.teaches[language]) {
    rows.push(
      ...wrapText(item, width - 2).map((text, i) =>
        line(draw, width)
          .put(i === 0 ? `${glyphs.dot} ` : '  ', 'accent')
          .put(text)
          .end(),
      ),
    );
  }
  const room = Math.max(1, height - head.length - best.length);
  const taught =
    rows.length <= room
      ? rows
      : [...rows.slice(0, room - 1), line(draw, width).put(glyphs.ellipsis, 'dim').end()];
  return [...head, ...taught, ...best];
}

/** The best of each score, and how often it was sailed. */
function bestRows(draw: Draw, record: LevelRecord | undefined, width: number): Row[] {
  const { t } = draw;
  const rows = [line(draw, width).put(t.chart.best, 'title').end()];
  if (record === undefined || record.runs.length === 0 || record.best === undefined) {
    return [...rows, line(draw, width).put(t.chart.never, 'dim').end()];
  }
  for (const name of ['service', 'cargo', 'helm'] as const) {
    rows.push(
      line(draw, width)
        .cell(t.result[name], width < AIRY_COLUMNS ? 8 : 12)
        .cell(short(record.best[name]), width < AIRY_COLUMNS ? 6 : 10, 'plain', 'right')
        .put(` ${t.result.units[name]}`, 'dim')
        .end(),
    );
  }
  return [...rows, line(draw, width).put(t.chart.runs(record.runs.length), 'dim').end()];
}
