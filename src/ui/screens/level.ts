import { clock, type Draw, line, type Picture } from '../draw.ts';
import type { LevelInfo } from '../host.ts';
import { keyFor } from '../keys.ts';
import { goalRows, holdRow, isQuestion } from '../panels/goals.ts';
import { goalSummary } from '../panels/goalsummary.ts';
import { headerRow } from '../panels/header.ts';
import { keyRow } from '../panels/keyline.ts';
import { openLine, promptPicture } from '../panels/terminal.ts';
import { chosenLine, drawHarbour, putComponents, shipLines } from '../scene/harbour.ts';
import { type LevelUi, type Panel, placeOf, TABS, type Tab, type UiState } from '../store.ts';
import { drawBox, inside } from '../theme/box.ts';
import { beside, EMPTY, fitRows, type Row } from '../theme/row.ts';
import { cutText, textWidth } from '../theme/width.ts';
import { contextOf, readerOf, shipWith, sourceOf } from './levelview.ts';
import { eventPanel, focused, tabPicture, timelinePanel, type View } from './tabs.ts';

/** From this size on everything is on the screen at once. */
export const WIDE_COLUMNS = 100;
export const WIDE_ROWS = 30;

/** A level: everything at once where there is room, else with the lower half as tabs. */
export function levelScreen(
  draw: Draw,
  state: UiState,
  level: LevelUi,
  info: LevelInfo | undefined,
): Picture {
  const model = readerOf(level).read(draw.now);
  const view: View = { draw, state, level, info, model };
  return draw.columns >= WIDE_COLUMNS && draw.rows >= WIDE_ROWS ? wide(view) : compact(view);
}

function header({ draw, level, info }: View): Row {
  const title = info === undefined ? draw.t.sandbox.heading : `${info.number}  ${info.title[draw.language]}`;
  return headerRow(draw, level.session, {
    title,
    speed: level.speed,
    paused: level.paused,
    reading: level.reading,
    ...(level.moment === undefined ? {} : { past: level.moment.second }),
  });
}

function wide(view: View): Picture {
  const { draw, model } = view;
  const { columns, rows, t } = draw;
  const left = Math.floor(columns * 0.65);
  const right = columns - left;
  const top = Math.max(14, Math.min(18, Math.floor(rows * 0.4)));
  const strip = 4;
  const middle = rows - top - strip - 3;
  const scene = inside(left, top);
  const harbour = drawHarbour(draw, model, { ...scene, ...sceneOptions(view) });
  const goals = goalPanel(view, right, top);
  // Tables are wide: at the prompt the terminal takes the room of the events beside it.
  const alone = bodyTab(view) === 'terminal' && view.level.focus === 'terminal';
  const body = bodyPanel(view, alone ? columns : left, middle);
  const upper = beside([
    {
      rows: drawBox(
        draw.theme,
        { width: left, height: top, title: titleOf(view, 'harbour'), focused: focused(view, 'harbour') },
        harbour,
      ),
      width: left,
    },
    { rows: goals, width: right },
  ]);
  const lower = alone ? body.rows : besideEvents(view, body.rows, { left, right, middle });
  const timeline = drawBox(
    draw.theme,
    { width: columns, height: strip, title: t.level.timeline, focused: focused(view, 'timeline') },
    timelinePanel(view, columns - 4),
  );
  const prompt = promptPart(view, rows - 2);
  const all = [header(view), ...upper, ...lower, ...timeline, prompt.row, keyLine(view)];
  const cursor =
    prompt.cursor ??
    (body.cursor === undefined ? undefined : { x: body.cursor.x, y: body.cursor.y + 1 + top });
  return {
    rows: fitRows(all, rows),
    ...(cursor === undefined ? {} : { cursor }),
    ...(body.scrollMax === undefined || bodyTab(view) !== view.level.focus
      ? {}
      : { scrollMax: body.scrollMax }),
  };
}

/** The lower half with the events at its right. */
function besideEvents(
  view: View,
  rows: readonly Row[],
  { left, right, middle }: { readonly left: number; readonly right: number; readonly middle: number },
): Row[] {
  const { draw } = view;
  const events = inside(right, middle);
  const eventBox = drawBox(
    draw.theme,
    { width: right, height: middle, title: titleOf(view, 'events'), focused: focused(view, 'events') },
    eventPanel(view, events.width, events.height),
  );
  return beside([
    { rows, width: left },
    { rows: eventBox, width: right },
  ]);
}

/** The tab that the wide layout shows: events and timeline have places of their own there. */
function bodyTab({ level }: View): Tab {
  return level.tab === 'events' || level.tab === 'timeline' ? 'terminal' : level.tab;
}

function compact(view: View): Picture {
  const { draw, level, model } = view;
  const { columns, rows } = draw;
  const left = Math.floor(columns * 0.54);
  const components = line(draw, columns).put(' ');
  if (level.crate === undefined) putComponents(draw, components, model);
  else components.row(chosenLine(draw, model, { width: columns - 1, height: 1, ...sceneOptions(view) }));
  const top = topRows(rows, level.session.goals.length);
  const bodyHeight = rows - top - 5;
  const options = { width: left - 1, height: top, ...sceneOptions(view) };
  const upper = beside([
    { rows: fitRows(shipLines(draw, model, options), top), width: left },
    {
      rows: goalSummary(draw, level.session.goals, {
        width: columns - left,
        height: top,
        hold: level.session.hold,
      }),
      width: columns - left,
    },
  ]);
  const tab = level.focus === 'goals' || level.focus === 'harbour' ? level.tab : asTab(level.focus);
  const body =
    level.focus === 'goals'
      ? { rows: scrolledGoals(view, columns - 2, bodyHeight) }
      : tabPicture(view, tab, columns - 2, bodyHeight);
  const prompt = promptPart(view, rows - 2);
  const all = [
    header(view),
    components.end(),
    ...fitRows(upper, top),
    tabBar(view, tab, columns),
    ...fitRows(
      body.rows.map((row) => line(draw, columns).put(' ').row(row).end()),
      bodyHeight,
    ),
    prompt.row,
    keyLine(view),
  ];
  const inBody = 'cursor' in body ? body.cursor : undefined;
  const scrollMax = 'scrollMax' in body ? body.scrollMax : undefined;
  const cursor =
    prompt.cursor ?? (inBody === undefined ? undefined : { x: inBody.x + 1, y: inBody.y + top + 3 });
  return {
    rows: fitRows(all, rows),
    ...(cursor === undefined ? {} : { cursor }),
    ...(scrollMax === undefined || tab !== level.focus ? {} : { scrollMax }),
  };
}

/** Rows for ships and goals: more where a level has many goals, so that the one in hand can be read. */
function topRows(rows: number, goals: number): number {
  const least = Math.max(4, Math.floor(rows * 0.3));
  return Math.max(least, Math.min(goals + 3, Math.floor(rows * 0.4)));
}

function asTab(panel: Panel): Tab {
  return TABS.find((tab) => tab === panel) ?? 'terminal';
}

/** A panel's name, and the moment it shows when that is not now. */
function titleOf({ draw, level }: View, panel: 'harbour' | 'events' | 'objects'): string {
  const name = draw.t.level[panel];
  return level.moment === undefined ? name : `${name}: ${draw.t.level.at(clock(level.moment.second * 1000))}`;
}

function sceneOptions({ level, model }: View): {
  readonly time: number;
  readonly crate?: string;
  readonly ship?: string;
} {
  const ship = shipWith(model, level.crate);
  return {
    time: sourceOf(level).sim.now(),
    ...(level.crate === undefined ? {} : { crate: level.crate }),
    ...(ship === undefined ? {} : { ship }),
  };
}

/** Names are cut where it is tight, but not to less than this. */
const LEAST_NAME = 2;

/** The names of the tabs with the keys that choose them; where it is tight, those not chosen are cut. */
function tabBar({ draw, level }: View, tab: Tab, width: number): Row {
  const { horizontal } = draw.theme.glyphs;
  const onTabs = level.focus !== 'goals';
  const goals = keyFor('level', 'goals', draw.t, draw.theme);
  const items = [
    ...TABS.map((name, i) => ({
      key: `${i + 1}`,
      name: tabName(draw, name),
      chosen: onTabs && name === tab,
    })),
    { key: goals, name: draw.t.level.goals, chosen: !onTabs },
  ];
  const active = !onTabs || level.focus === tab;
  const widthWith = (most: number): number =>
    items.reduce(
      (sum, { key, name, chosen }) =>
        sum + key.length + 3 + (chosen ? textWidth(name) : Math.min(textWidth(name), most)),
      0,
    );
  let most = Math.max(...items.map(({ name }) => textWidth(name)));
  while (most > LEAST_NAME && widthWith(most) > width) most--;
  const row = line(draw, width).put(horizontal, 'dim').put(' ');
  for (const [i, { key, name, chosen }] of items.entries()) {
    if (i > 0) row.put('  ');
    const style = chosen ? (active ? (['accent', 'bold'] as const) : 'bold') : 'dim';
    row
      .put(key, 'key')
      .put(' ')
      .put(chosen ? name : cutText(name, most), style);
  }
  row.put(' ');
  return row.repeat(horizontal, width - row.width, 'dim').end();
}

function tabName(draw: Draw, tab: Tab): string {
  return tab === 'editor' ? draw.t.level.manifest : draw.t.level[tab];
}

/** Goals in their frame. */
function goalPanel(view: View, width: number, height: number): Row[] {
  const { draw } = view;
  const size = inside(width, height);
  const rows = scrolledGoals(view, size.width, size.height);
  return drawBox(
    draw.theme,
    {
      width,
      height,
      // Goals are not looked back at: they are as they stand now.
      title: view.level.moment === undefined ? draw.t.level.goals : draw.t.level.now(draw.t.level.goals),
      focused: focused(view, 'goals'),
    },
    rows,
  );
}

/** The goals in full, from the chosen one on if they have the keys; a summary where they do not fit. */
function scrolledGoals(view: View, width: number, height: number): readonly Row[] {
  const { draw, level } = view;
  const { goals, hold } = level.session;
  const chosen = focused(view, 'goals')
    ? Math.min(placeOf(level, 'goals').chosen, goals.length - 1)
    : undefined;
  const held = hold === undefined ? [] : [holdRow(draw, hold, width), EMPTY];
  const rows = [...held, ...goalRows(draw, goals, width, chosen)];
  // The last row is the space below the last goal.
  if (rows.length - 1 <= height) return rows;
  if (chosen === undefined) return goalSummary(draw, goals, { width, height, hold });
  const before = goals.slice(0, chosen);
  const above = held.length + (before.length === 0 ? 0 : goalRows(draw, before, width, undefined).length);
  return rows.slice(Math.min(above, rows.length - height), rows.length);
}

/** The lower left frame of the wide screen: the tab on show that has no place of its own. */
function bodyPanel(view: View, width: number, height: number): Picture {
  const { draw, level } = view;
  const size = inside(width, height);
  const tab = bodyTab(view);
  const picture = tabPicture(view, tab, size.width, size.height);
  const title = line(draw, width - 6);
  for (const [i, name] of TABS.entries()) {
    if (name === 'events' || name === 'timeline') continue;
    const chosen = name === tab;
    title
      .put(`${i + 1} `, 'key')
      .put(tabName(draw, name), chosen ? (level.focus === tab ? ['accent', 'bold'] : 'bold') : 'dim')
      .put('  ');
  }
  const note = tab === 'editor' ? problemNote(view) : '';
  const box = drawBox(
    draw.theme,
    { width, height, title: title.end(), focused: level.focus === tab, note },
    picture.rows,
  );
  const { cursor } = picture;
  return {
    rows: box,
    ...(cursor === undefined ? {} : { cursor: { x: cursor.x + 2, y: cursor.y + 1 } }),
    ...(picture.scrollMax === undefined ? {} : { scrollMax: picture.scrollMax }),
  };
}

function problemNote({ draw, level }: View): string {
  const problems = level.files[level.file]?.problems.length ?? 0;
  return problems === 0 ? '' : draw.t.level.problems(problems);
}

/** The line of keys: what stands still can only be let go on, and Enter does in each panel something else. */
function keyLine({ draw, state, level }: View): Row {
  const { t } = draw;
  const { begin, resume } = t.level;
  const pause = level.reading ? begin : resume;
  return keyRow(draw, contextOf(state), {
    ...(level.reading || level.paused ? { pause } : {}),
    open: openWord(draw, level),
  });
}

/** What Enter does; nothing where it only leads to the prompt, for which there is another key. */
function openWord({ t }: Draw, level: LevelUi): string {
  if (level.session.state.kind !== 'playing') return t.keys.toResult;
  if (level.focus === 'objects') return t.level.describe;
  const goal = level.focus === 'goals' ? level.session.goals[placeOf(level, 'goals').chosen] : undefined;
  return goal !== undefined && isQuestion(goal) ? t.keys.answer : '';
}

/** The prompt's line; a notice takes its place until something is typed. */
function promptPart(
  { draw, level }: View,
  y: number,
): { readonly row: Row; readonly cursor?: { readonly x: number; readonly y: number } } {
  const typing = level.typing && level.focus === 'terminal';
  const asked = openLine(level.session.transcript);
  const picture = promptPicture(draw, level.session.prompt, level.prompt, {
    width: draw.columns,
    typing,
    asked,
  });
  const row = picture.rows[0] ?? EMPTY;
  const { cursor } = picture;
  if (cursor !== undefined) {
    const words = level.candidates.length > 0 ? level.candidates.join('  ') : (level.notice ?? '');
    const room = draw.columns - row.width - 4;
    const noted =
      words === '' || room < 8
        ? row
        : line(draw, draw.columns).row(row).put('   ').put(words, 'dim', room).end();
    return { row: noted, cursor: { x: cursor.x, y } };
  }
  if (level.notice === undefined) {
    if (level.reading) {
      const words = draw.t.level.timeWaits(keyFor('level', 'pause', draw.t, draw.theme));
      return { row: line(draw, draw.columns).put(' ').put(words, 'waiting').end() };
    }
    const empty = level.prompt.lines[0] === '' && level.session.prompt.kind === 'ready';
    if (!empty) return { row };
    const hint = draw.t.level.promptHint(keyFor('level', 'command', draw.t, draw.theme));
    return { row: line(draw, draw.columns).row(row).put(hint, 'dim').end() };
  }
  return { row: line(draw, draw.columns).put(' ').put(level.notice, 'waiting').end() };
}
