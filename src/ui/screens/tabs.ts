import { clock, type Draw, line, type Picture } from '../draw.ts';
import type { LevelInfo } from '../host.ts';
import { type CommandId, type Context, keyFor } from '../keys.ts';
import type { HarbourModel } from '../model/harbour.ts';
import { editorPicture, fileTabs } from '../panels/editor.ts';
import { eventRows, eventsIn } from '../panels/events.ts';
import { markdownRows } from '../panels/markdown.ts';
import { kindBar, objectKind, objectRows } from '../panels/objects.ts';
import { transcriptLines, transcriptRows } from '../panels/terminal.ts';
import { markRows, timelineRows } from '../panels/timeline.ts';
import { type LevelUi, type Panel, placeOf, type Tab, type UiState } from '../store.ts';
import { EMPTY, fitRows, type Row } from '../theme/row.ts';
import { readerOf, sourceOf, startTime } from './levelview.ts';

/** What the parts of the level screen are drawn from. */
export interface View {
  readonly draw: Draw;
  readonly state: UiState;
  readonly level: LevelUi;
  readonly info: LevelInfo | undefined;
  readonly model: HarbourModel;
}

/** Whether keys go to a panel. */
export function focused({ level }: View, panel: Panel): boolean {
  return level.focus === panel;
}

/** The panel of a tab. */
export function tabPicture(view: View, tab: Tab, width: number, height: number): Picture {
  const { draw, level } = view;
  switch (tab) {
    case 'editor':
      return editorTab(view, width, height);
    case 'terminal': {
      const back = placeOf(level, 'terminal').scroll;
      const options = { width, height, back, clearedTo: level.clearedTo };
      const rows = transcriptRows(draw, level.session.transcript, options);
      const scrollMax = Math.max(
        0,
        transcriptLines(level.session.transcript, width, level.clearedTo) - height,
      );
      // A terminal fills from the bottom.
      return { rows: [...fitRows([], height - rows.length), ...rows], scrollMax };
    }
    case 'events':
      return {
        rows: eventPanel(view, width, height),
        scrollMax: Math.max(0, readerOf(level).events.lines.length - eventsIn(width, height)),
      };
    case 'objects':
      return { rows: objectPanel(view, width, height) };
    case 'timeline':
      return { rows: [...timelinePanel(view, width), EMPTY, ...marksPanel(view, width, height - 3)] };
    default:
      return briefingPicture(view, width, height);
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

/** The events that there is room for. */
export function eventPanel(view: View, width: number, height: number): Row[] {
  const { draw, level } = view;
  return eventRows(draw, readerOf(level).events.lines, {
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
  const cluster = sourceOf(level);
  const { chosen } = placeOf(level, 'objects');
  const key = (context: Context, command: CommandId): string =>
    `${keyFor(context, command, draw.t, draw.theme)} ${draw.t.keys[command]}`;
  const ways = line(draw, width);
  if (level.moment !== undefined)
    ways.put(`${draw.t.level.at(clock(level.moment.second * 1000))}   `, 'waiting');
  const open = `${keyFor('panel', 'open', draw.t, draw.theme)} ${draw.t.level.describe}`;
  ways.put([key('panel', 'nextKind'), open, key('level', 'why')].join('   '), 'dim');
  const rows = objectRows(draw, cluster, kind, {
    width,
    height: height - 2,
    chosen,
    focused: focused(view, 'objects'),
  });
  return [kindBar(draw, cluster, kind, width), ...fitRows(rows, height - 2), ways.end()];
}

/** The curve and the marks below it. */
export function timelinePanel({ draw, level }: View, width: number): Row[] {
  const { history, marks } = level.session;
  return timelineRows(draw, history, marks, {
    width,
    ...(level.moment === undefined ? {} : { at: level.moment.second }),
  });
}

function marksPanel({ draw, level }: View, width: number, height: number): Row[] {
  const { marks } = level.session;
  return markRows(draw, marks, { width, height, at: level.moment?.second });
}

function briefingPicture(view: View, width: number, height: number): Picture {
  const rows = briefingRows(view, width);
  if (rows.length <= height) return { rows, scrollMax: 0 };
  const { draw, level } = view;
  // One row says that there is more.
  const room = height - 1;
  const scrollMax = rows.length - room;
  const first = Math.min(placeOf(level, 'briefing').scroll, scrollMax);
  const key = keyFor('panel', 'down', draw.t, draw.theme);
  const ways = first < scrollMax && level.focus === 'briefing' ? `${key} ${draw.t.keys.down}  ` : '';
  const more = line(draw, width)
    .put(`${ways}${first + 1}-${first + room} / ${rows.length}`, 'waiting')
    .end();
  return { rows: [...rows.slice(first, first + room), more], scrollMax };
}

/** The level's briefing and the hints opened so far. */
function briefingRows({ draw, level, info }: View, width: number): Row[] {
  const text = info === undefined ? draw.t.sandbox.briefing : info.briefing[draw.language];
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
