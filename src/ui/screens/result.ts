import { clock, type Draw, line, type Picture, short } from '../draw.ts';
import type { LevelInfo, LevelRecord, UiHost } from '../host.ts';
import { keyFor } from '../keys.ts';
import { keyRow } from '../panels/keyline.ts';
import { markdownRows } from '../panels/markdown.ts';
import { timelineRows } from '../panels/timeline.ts';
import { shipLines } from '../scene/harbour.ts';
import type { LevelUi } from '../store.ts';
import { EMPTY, fitRows, type Row } from '../theme/row.ts';
import { sanitizeLines } from '../theme/sanitize.ts';
import { textWidth, wrapText } from '../theme/width.ts';

const HISTORY = 16;

/** After a level: the harbour in small, the curve, the scores against par and history, what happened. */
export function resultScreen(
  draw: Draw,
  level: LevelUi,
  host: UiHost,
  { info, scroll }: { readonly info: LevelInfo | undefined; readonly scroll: number },
): Picture {
  const { columns, rows, t } = draw;
  const { session } = level;
  const { glyphs } = draw.theme;
  const width = Math.min(columns - 6, 104);
  const won = session.state.kind === 'won';
  const head = line(draw, width).put(
    won ? `${glyphs.check} ${t.level.won}` : `${glyphs.cross} ${t.level.lostTitle}`,
    won ? ['ready', 'bold'] : ['failing', 'bold'],
  );
  if (info !== undefined) head.put(`   ${info.number}  ${info.title[draw.language]}`, 'bold');
  head.put(`   ${t.result.time(clock(session.elapsed))}`, 'dim').put('   ');
  for (const star of session.score.stars)
    head.put(won && star ? glyphs.star : glyphs.noStar, won && star ? 'waiting' : 'dim').put(' ');
  const model = level.reader.read(draw.now);
  const harbour = Math.min(
    model.ships.length + (model.quay.length > 0 ? 1 : 0),
    Math.max(3, Math.floor(rows * 0.2)),
  );
  const ships = shipLines(draw, model, { width, height: harbour, time: session.cluster.sim.now() });
  const curve = timelineRows(draw, session.history, session.marks, { width });
  const record = host.progress.record(level.levelId);
  const top: Row[] = [
    EMPTY,
    head.end(),
    EMPTY,
    ...ships,
    EMPTY,
    line(draw, width).put(t.result.curve, 'title').end(),
    ...curve,
    EMPTY,
    ...scoreRows(draw, level, record, width),
    EMPTY,
  ];
  const story = storyRows(draw, level, host, info, width);
  const indent = Math.max(2, Math.floor((columns - width) / 2));
  // Where it is tight the space between the numbers goes first; what is to be read keeps its paragraphs.
  const tight = top.length + story.length > rows - 1;
  const placed = [...(tight ? top.filter((row) => row !== EMPTY) : top), ...story].map((row) =>
    line(draw, columns).to(indent).row(row).end(),
  );
  const keys = keyRow(draw, 'result');
  if (placed.length <= rows - 1) return { rows: [...fitRows(placed, rows - 1), keys], scrollMax: 0 };
  // One row says where in the text one is, and how to go on.
  const room = rows - 2;
  const scrollMax = placed.length - room;
  const first = Math.min(scroll, scrollMax);
  return {
    rows: [...placed.slice(first, first + room), moreRow(draw, first, room, placed.length), keys],
    scrollMax,
  };
}

/** Which rows are on show, and the keys to the others. */
function moreRow(draw: Draw, first: number, room: number, count: number): Row {
  const { t, theme, columns } = draw;
  const key = (command: 'pageDown' | 'pageUp'): string =>
    `${keyFor('result', command, t, theme)} ${t.keys[command]}`;
  const ways = [
    ...(first + room < count ? [key('pageDown')] : []),
    ...(first > 0 ? [key('pageUp')] : []),
  ].join('  ');
  const words = `${ways}   ${first + 1}-${first + room} / ${count} `;
  return line(draw, columns)
    .repeat(theme.glyphs.horizontal, columns - textWidth(words) - 1, 'dim')
    .put(' ')
    .put(words, 'waiting')
    .end();
}

/** The three scores, each on its own: this run, par, best, and the earlier runs as bars. */
function scoreRows(draw: Draw, level: LevelUi, record: LevelRecord | undefined, width: number): Row[] {
  const { t } = draw;
  const { score } = level.session;
  const head = line(draw, width)
    .cell('', 12)
    .cell('', 10)
    .cell('', 12)
    .cell(t.result.par, 10, 'dim', 'right')
    .cell(t.result.best, 10, 'dim', 'right');
  head.put('   ').put(t.result.history, 'dim');
  const rows = (['service', 'cargo', 'helm'] as const).map((name) => {
    const within = score[name] <= score.par[name];
    const row = line(draw, width)
      .cell(t.result[name], 12, 'bold')
      .cell(short(score[name]), 10, within ? ['ready', 'bold'] : ['waiting', 'bold'], 'right');
    row.cell(` ${t.result.units[name]}`, 12, 'dim').cell(short(score.par[name]), 10, 'plain', 'right');
    row.cell(record?.best === undefined ? '' : short(record.best[name]), 10, 'plain', 'right').put('   ');
    return row
      .put(
        histogram(
          draw,
          (record?.runs ?? []).map((run) => run[name]),
        ),
        'quiet',
      )
      .end();
  });
  return [head.end(), ...rows];
}

/** The last runs as bars, the worst of them full height. */
function histogram(draw: Draw, values: readonly number[]): string {
  const shown = values.slice(-HISTORY);
  const { bars } = draw.theme.glyphs;
  const most = Math.max(...shown, 1e-9);
  return shown
    .map(
      (value) =>
        bars[Math.max(0, Math.min(bars.length - 1, Math.round((value / most) * (bars.length - 1))))] ?? '',
    )
    .join('');
}

function storyRows(
  draw: Draw,
  level: LevelUi,
  host: UiHost,
  info: LevelInfo | undefined,
  width: number,
): Row[] {
  const { t, language } = draw;
  const { state, goals } = level.session;
  const rows: Row[] = [];
  if (state.kind === 'lost') {
    const goal = goals.find(({ id }) => id === state.goal);
    const text = [
      t.result.failedGoal(goal?.text ?? state.goal),
      ...sanitizeLines(goal?.failure ?? '').slice(0, 4),
    ];
    for (const part of text)
      rows.push(...wrapText(part, width).map((words) => line(draw, width).put(words, 'failing').end()));
    rows.push(EMPTY);
  }
  const story = host.debrief?.(level.levelId, level.session) ?? [];
  if (story.length > 0) rows.push(line(draw, width).put(t.result.happened, 'title').end());
  for (const [i, paragraph] of story.entries())
    rows.push(...(i > 0 ? [EMPTY] : []), ...markdownRows(draw, paragraph, width));
  const page = info?.handbook?.[language];
  if (page !== undefined)
    rows.push(
      EMPTY,
      line(draw, width).put(t.result.readOn, 'title').end(),
      EMPTY,
      ...markdownRows(draw, page, width),
    );
  return rows;
}
