import { type Draw, line, type Picture } from '../draw.ts';
import type { LevelInfo } from '../host.ts';
import { type CommandId, type Context, keyFor } from '../keys.ts';
import type { HarbourModel } from '../model/harbour.ts';
import { editorPicture, fileTabs } from '../panels/editor.ts';
import { eventRows } from '../panels/events.ts';
import { goalLines, goalRows } from '../panels/goals.ts';
import { headerRow } from '../panels/header.ts';
import { keyRow } from '../panels/keyline.ts';
import { markdownRows } from '../panels/markdown.ts';
import { objectKind, objectRows, objectsOf } from '../panels/objects.ts';
import { promptPicture, transcriptRows } from '../panels/terminal.ts';
import { timelineRows } from '../panels/timeline.ts';
import { chosenLine, drawHarbour, putComponents, shipLines } from '../scene/harbour.ts';
import { type LevelUi, type Panel, placeOf, TABS, type Tab, type UiState } from '../store.ts';
import { drawBox, inside } from '../theme/box.ts';
import { beside, EMPTY, fitRows, type Row } from '../theme/row.ts';
import { contextOf, shipWith, startTime } from './levelview.ts';

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
  const model = level.reader.read(draw.now);
  const view: View = { draw, state, level, info, model };
  return draw.columns >= WIDE_COLUMNS && draw.rows >= WIDE_ROWS ? wide(view) : compact(view);
}

interface View {
  readonly draw: Draw;
  readonly state: UiState;
  readonly level: LevelUi;
  readonly info: LevelInfo | undefined;
  readonly model: HarbourModel;
}

function header({ draw, level, info }: View): Row {
  const title = info === undefined ? draw.t.sandbox.heading : `${info.number}  ${info.title[draw.language]}`;
  return headerRow(draw, level.session, { title, speed: level.speed, paused: level.paused });
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
        { width: left, height: top, title: t.level.harbour, focused: focused(view, 'harbour') },
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
  const all = [
    header(view),
    ...upper,
    ...lower,
    ...timeline,
    prompt.row,
    keyRow(draw, contextOf(view.state)),
  ];
  const cursor =
    prompt.cursor ??
    (body.cursor === undefined ? undefined : { x: body.cursor.x, y: body.cursor.y + 1 + top });
  return { rows: fitRows(all, rows), ...(cursor === undefined ? {} : { cursor }) };
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
    { width: right, height: middle, title: draw.t.level.events, focused: focused(view, 'events') },
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
  const top = Math.max(4, Math.floor(rows * 0.3));
  const bodyHeight = rows - top - 5;
  const options = { width: left - 1, height: top, ...sceneOptions(view) };
  const upper = beside([
    { rows: fitRows(shipLines(draw, model, options), top), width: left },
    { rows: goalLines(draw, level.session.goals, columns - left, top), width: columns - left },
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
    keyRow(draw, contextOf(view.state)),
  ];
  const inBody = 'cursor' in body ? body.cursor : undefined;
  const cursor =
    prompt.cursor ?? (inBody === undefined ? undefined : { x: inBody.x + 1, y: inBody.y + top + 3 });
  return { rows: fitRows(all, rows), ...(cursor === undefined ? {} : { cursor }) };
}

function asTab(panel: Panel): Tab {
  return TABS.find((tab) => tab === panel) ?? 'terminal';
}

function focused({ level }: View, panel: Panel): boolean {
  return level.focus === panel;
}

function sceneOptions({ level, model }: View): {
  readonly time: number;
  readonly crate?: string;
  readonly ship?: string;
} {
  const ship = shipWith(model, level.crate);
  return {
    time: level.session.cluster.sim.now(),
    ...(level.crate === undefined ? {} : { crate: level.crate }),
    ...(ship === undefined ? {} : { ship }),
  };
}

/** The names of the tabs with the digits that choose them. */
function tabBar({ draw, level }: View, tab: Tab, width: number): Row {
  const { horizontal } = draw.theme.glyphs;
  const row = line(draw, width).put(horizontal, 'dim');
  const onTabs = level.focus !== 'goals';
  for (const [i, name] of TABS.entries()) {
    const chosen = onTabs && name === tab;
    const active = chosen && level.focus === tab;
    row
      .put(` ${i + 1} `, 'key')
      .put(tabName(draw, name), active ? ['accent', 'bold'] : chosen ? 'bold' : 'dim')
      .put(' ')
      .put(horizontal, 'dim');
  }
  if (!onTabs) row.put(` ${draw.t.level.goals} `, ['accent', 'bold']);
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
    { width, height, title: draw.t.level.goals, focused: focused(view, 'goals') },
    rows,
  );
}

function scrolledGoals(view: View, width: number, height: number): readonly Row[] {
  const { draw, level } = view;
  const { goals } = level.session;
  const chosen = focused(view, 'goals')
    ? Math.min(placeOf(level, 'goals').chosen, goals.length - 1)
    : undefined;
  const rows = goalRows(draw, goals, width, chosen);
  if (rows.length <= height) return rows;
  const above = chosen === undefined ? 0 : goalRows(draw, goals.slice(0, chosen), width, undefined).length;
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
  return { rows: box, ...(cursor === undefined ? {} : { cursor: { x: cursor.x + 2, y: cursor.y + 1 } }) };
}

function problemNote({ draw, level }: View): string {
  const problems = level.files[level.file]?.problems.length ?? 0;
  return problems === 0 ? '' : draw.t.level.problems(problems);
}

function tabPicture(view: View, tab: Tab, width: number, height: number): Picture {
  const { draw, level } = view;
  switch (tab) {
    case 'editor':
      return editorTab(view, width, height);
    case 'terminal': {
      const back = placeOf(level, 'terminal').scroll;
      const options = { width, height, back, clearedTo: level.clearedTo };
      const rows = transcriptRows(draw, level.session.transcript, options);
      // A terminal fills from the bottom.
      return { rows: [...fitRows([], height - rows.length), ...rows] };
    }
    case 'events':
      return { rows: eventPanel(view, width, height) };
    case 'objects':
      return { rows: objectPanel(view, width, height) };
    case 'timeline':
      return { rows: timelinePanel(view, width) };
    default:
      return { rows: briefingPanel(view, width, height) };
  }
}

function editorTab({ draw, level }: View, width: number, height: number): Picture {
  const tabs = fileTabs(draw, level.files, level.file, width);
  const file = level.files[level.file];
  if (file === undefined) return { rows: [tabs, line(draw, width).put(draw.t.level.noFiles, 'dim').end()] };
  const typing = level.typing && level.focus === 'editor';
  const picture = editorPicture(draw, file, { width, height: height - 1, typing });
  const { cursor } = picture;
  return {
    rows: [tabs, ...picture.rows],
    ...(cursor === undefined ? {} : { cursor: { x: cursor.x, y: cursor.y + 1 } }),
  };
}

function eventPanel(view: View, width: number, height: number): Row[] {
  const { draw, level } = view;
  return eventRows(draw, level.reader.events.lines, {
    width,
    height,
    start: startTime(level),
    back: placeOf(level, 'events').scroll,
  });
}

function objectPanel(view: View, width: number, height: number): Row[] {
  const { draw, level } = view;
  const kind = objectKind(level.kind);
  if (kind === undefined) return [];
  const { cluster } = level.session;
  const { chosen } = placeOf(level, 'objects');
  const count = objectsOf(cluster, kind).length;
  const head = line(draw, width).put(kind.plural, ['accent', 'bold']).put(`  ${count}`, 'dim');
  const key = (context: Context, command: CommandId): string =>
    `   ${keyFor(context, command, draw.t, draw.theme)} ${draw.t.keys[command]}`;
  head.put(key('panel', 'nextKind') + key('panel', 'open') + key('level', 'why'), 'dim');
  return [
    head.end(),
    ...objectRows(draw, cluster, kind, {
      width,
      height: height - 1,
      chosen,
      focused: focused(view, 'objects'),
    }),
  ];
}

function timelinePanel({ draw, level }: View, width: number): Row[] {
  const { history, marks } = level.session;
  return timelineRows(draw, history, marks, {
    width,
    ...(level.timeAt === undefined ? {} : { at: level.timeAt }),
  });
}

function briefingPanel(view: View, width: number, height: number): Row[] {
  const rows = briefingRows(view, width);
  const { scroll } = placeOf(view.level, 'briefing');
  const first = Math.max(0, Math.min(scroll, rows.length - height));
  return rows.slice(first, first + height);
}

/** The level's briefing and the hints opened so far. */
function briefingRows({ draw, level, info }: View, width: number): Row[] {
  const text = info === undefined ? draw.t.sandbox.hint : info.briefing[draw.language];
  const { hints, hintsLeft } = level.session;
  const rows = hints.flatMap((hint, i) => [
    EMPTY,
    line(draw, width)
      .put(draw.t.level.hint(i + 1), 'title')
      .end(),
    ...markdownRows(draw, hint, width),
  ]);
  const left =
    hintsLeft > 0 ? [EMPTY, line(draw, width).put(draw.t.level.hintsLeft(hintsLeft), 'dim').end()] : [];
  // The latest hint is what one looks for after opening it, so hints come first.
  return hints.length === 0
    ? [...markdownRows(draw, text, width), ...left]
    : [...rows.slice(1), ...left, EMPTY, ...markdownRows(draw, text, width)];
}

/** The prompt's line; a notice takes its place until something is typed. */
function promptPart(
  { draw, level }: View,
  y: number,
): { readonly row: Row; readonly cursor?: { readonly x: number; readonly y: number } } {
  const typing = level.typing && level.focus === 'terminal';
  const picture = promptPicture(draw, level.session.prompt, level.prompt, { width: draw.columns, typing });
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
    const empty = level.prompt.lines[0] === '' && level.session.prompt.kind === 'ready';
    if (!empty) return { row };
    const hint = draw.t.level.promptHint(keyFor('level', 'command', draw.t, draw.theme));
    return { row: line(draw, draw.columns).row(row).put(hint, 'dim').end() };
  }
  return { row: line(draw, draw.columns).put(' ').put(level.notice, 'waiting').end() };
}
