import type { Wait } from '../../cluster/waits/wait.ts';
import { clock, type Draw, line, middle, type Picture, scrollTo } from '../draw.ts';
import { cursorColumn } from '../editor/buffer.ts';
import { bindings, type Context, keyFor, showKey } from '../keys.ts';
import { keyRow } from '../panels/keyline.ts';
import { around } from '../panels/terminal.ts';
import { STATE_STYLE } from '../scene/crates.ts';
import type { Overlay, Question, UiState } from '../store.ts';
import { whyTexts } from '../texts/whytexts.ts';
import { drawBox, inside } from '../theme/box.ts';
import { EMPTY, fitRows, type Row, sliceRow } from '../theme/row.ts';
import { sanitize } from '../theme/sanitize.ts';
import { textWidth, wrapText } from '../theme/width.ts';
import { actionListRows } from './actions.ts';
import { faultRows } from './faults.ts';
import { contextOf, startTime } from './levelview.ts';
import { requestRows } from './requests.ts';

/** From this width on a window leaves room at its sides: less would only show scraps of what is below. */
const LEAST_SPARE = 140;

/** Draws a window over a screen. */
export function withOverlay(draw: Draw, state: UiState, below: Picture): Picture {
  const { overlay } = state;
  if (overlay === undefined) return below;
  const small = overlay.kind === 'confirm' || overlay.kind === 'field' || overlay.kind === 'finished';
  const wide = draw.columns < LEAST_SPARE ? draw.columns : LEAST_SPARE - 10;
  const width = small ? Math.min(draw.columns - 2, 70) : wide;
  const content = contentOf(draw, state, overlay, inside(width, draw.rows).width);
  const most = draw.rows - 3;
  const height = Math.min(most, content.rows.length + 2);
  const room = height - 2;
  const first = Math.max(0, Math.min(content.first(room), content.rows.length - room));
  const shown = content.rows.slice(first, first + room);
  const more =
    content.rows.length > room ? `${first + 1}-${first + shown.length} / ${content.rows.length}` : '';
  const box = drawBox(draw.theme, { width, height, title: content.title, focused: true, note: more }, shown);
  const x = Math.floor((draw.columns - width) / 2);
  const y = small ? Math.max(1, Math.floor((draw.rows - height) / 3)) : 1;
  const rows = below.rows.map((row, at) => {
    const over = box[at - y];
    if (over === undefined) return row;
    const left = sliceRow(row, 0, x);
    return line(draw, draw.columns)
      .row(left)
      .to(x)
      .row(over)
      .row(sliceRow(row, x + width, draw.columns))
      .end();
  });
  const picture = [...fitRows(rows, draw.rows - 1), keyRow(draw, contextOf(state))];
  const { cursor } = content;
  return {
    rows: picture,
    scrollMax: Math.max(0, content.rows.length - room),
    ...(cursor === undefined ? {} : { cursor: { x: x + 2 + cursor.x, y: y + 1 + cursor.y } }),
  };
}

interface Content {
  readonly title: string;
  readonly rows: readonly Row[];
  /** The first row to show, given how many there is room for. */
  first(room: number): number;
  readonly cursor?: { readonly x: number; readonly y: number };
}

function contentOf(draw: Draw, state: UiState, overlay: Overlay, width: number): Content {
  switch (overlay.kind) {
    case 'help':
      return { title: draw.t.help.heading, rows: helpRows(draw, width), first: () => overlay.scroll };
    case 'why':
      return whyContent(draw, state, overlay, width);
    case 'crane':
      return craneContent(draw, state, overlay, width);
    case 'field':
      return fieldContent(draw, overlay, width);
    case 'faults': {
      const { rows, chosen } = faultRows(draw, overlay, width);
      return {
        title: draw.t.faults.heading,
        rows,
        first: (room) => scrollTo(chosen, rows.length, room),
      };
    }
    case 'actions': {
      const { rows, at } = actionListRows(draw, overlay, width);
      return { title: draw.t.actions.heading, rows, first: (room) => scrollTo(at, rows.length, room) };
    }
    case 'traffic': {
      const start = state.level === undefined ? 0 : startTime(state.level);
      const { rows, at } = requestRows(draw, overlay, start, width);
      return {
        title: pastTitle(draw, state, draw.t.traffic.heading),
        rows,
        first: (room) => scrollTo(at, rows.length, room),
      };
    }
    case 'confirm':
      return {
        title: draw.t.confirm.headings[overlay.what],
        rows: confirmRows(draw, state, overlay, width),
        first: () => 0,
      };
    default:
      return finishedContent(draw, state, width);
  }
}

/** A window's title, with the moment that it shows when that is not now. */
function pastTitle(draw: Draw, { level }: UiState, title: string): string {
  return level?.moment === undefined
    ? title
    : `${title}: ${draw.t.level.at(clock(level.moment.second * 1000))}`;
}

/** Every key, from the table: two columns of contexts where there is room. */
function helpRows(draw: Draw, width: number): Row[] {
  const { t, theme } = draw;
  const contexts = Object.keys(t.help.contexts) as Context[];
  const twoColumns = width >= 72;
  const size = twoColumns ? Math.floor((width - 2) / 2) : width;
  const blocks = contexts.map((context) => {
    const own = bindings.filter((binding) => binding.context === context);
    const rows = own.map(({ keys, command }) =>
      line(draw, size)
        .cell(`  ${keys.map((key) => showKey(key, t, theme)).join(' ')}`, 18, 'key')
        .put(' ')
        .put(t.keys[command])
        .end(),
    );
    return [line(draw, size).put(t.help.contexts[context], 'title').end(), ...rows, EMPTY];
  });
  const states = (['ready', 'running', 'starting', 'pending', 'failing', 'terminating', 'done'] as const).map(
    (state) =>
      line(draw, size)
        .put('  ')
        .put(theme.glyphs[state], STATE_STYLE[state])
        .put(`  ${t.legend[state]}`)
        .end(),
  );
  blocks.push([line(draw, size).put(t.help.states, 'title').end(), ...states, EMPTY]);
  if (!twoColumns) return blocks.flat();
  const [left, right]: [Row[], Row[]] = [[], []];
  for (const block of blocks) (left.length <= right.length ? left : right).push(...block);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, y) =>
    line(draw, width)
      .row(left[y] ?? EMPTY)
      .to(size + 2)
      .row(right[y] ?? EMPTY)
      .end(),
  );
}

/** Cause and effect, newest last; the chosen line is where Enter takes the timeline. */
function whyContent(
  draw: Draw,
  state: UiState,
  overlay: Overlay & { readonly kind: 'why' },
  width: number,
): Content {
  const { t } = draw;
  const title = pastTitle(draw, state, t.why.heading(overlay.name));
  if (overlay.lines.length === 0) {
    return { title, rows: [line(draw, width).put(t.why.empty, 'dim').end()], first: () => 0 };
  }
  const start = state.level === undefined ? 0 : startTime(state.level);
  const indent = 9 + 1 + 22 + 1 + 7 + 1;
  const narrow = width < 80;
  const rows: Row[] = [];
  const places: number[] = [];
  for (const [i, entry] of overlay.lines.entries()) {
    places.push(rows.length);
    const chosen = i === overlay.chosen;
    const head = line(draw, width)
      .cell(
        entry.time < start ? `-${clock(start - entry.time).slice(1)}` : clock(entry.time - start),
        9,
        chosen ? 'selected' : 'dim',
      )
      .put(' ');
    head
      .cell(middle(draw, entry.component, 22), 22, 'accent')
      .put(' ')
      .cell(entry.revision, 7, 'dim', 'right')
      .put(' ');
    const texts = wrapText(entry.text, narrow ? width - 4 : width - indent);
    if (narrow)
      rows.push(
        head.end(),
        ...texts.map((text) =>
          line(draw, width)
            .put('    ')
            .put(text, chosen ? 'bold' : 'plain')
            .end(),
        ),
      );
    else {
      for (const [y, text] of texts.entries()) {
        rows.push((y === 0 ? head : line(draw, width).to(indent)).put(text, chosen ? 'bold' : 'plain').end());
      }
    }
  }
  rows.push(...waitRows(draw, overlay.waits, width));
  // At the last line the eye is to fall on what it waits for.
  const chosen = overlay.chosen === overlay.lines.length - 1 ? rows.length : (places[overlay.chosen] ?? 0);
  return { title, rows, first: (room) => scrollTo(chosen, rows.length, room) };
}

/** What the object waits for, and the command that shows more. */
function waitRows(draw: Draw, waits: readonly Wait[], width: number): readonly Row[] {
  if (waits.length === 0) return [];
  const words = whyTexts[draw.language].waits;
  const indented = (texts: readonly string[], style: 'plain' | 'dim'): Row[] =>
    texts.map((text, y) =>
      line(draw, width)
        .put(y === 0 && style === 'plain' ? '- ' : '  ', style)
        .put(text, style)
        .end(),
    );
  return [
    EMPTY,
    line(draw, width).put(words.heading, 'title').end(),
    ...waits.flatMap(({ text, look }) => [
      ...indented(wrapText(text, width - 2), 'plain'),
      ...(look === undefined ? [] : indented(wrapText(words.look(look), width - 2), 'dim')),
    ]),
  ];
}

const NAME = 16;
const CELL = 9;

/** A scheduling decision: what each ship was rejected for, or how it scored. */
function craneContent(
  draw: Draw,
  state: UiState,
  overlay: Overlay & { readonly kind: 'crane' },
  width: number,
): Content {
  const { t, theme } = draw;
  const title = pastTitle(draw, state, t.crane.heading(overlay.pod));
  const { table } = overlay;
  if (table === undefined)
    return { title, rows: [line(draw, width).put(t.crane.none, 'dim').end()], first: () => 0 };
  const rows = wrapText(table.summary, width).map((text) => line(draw, width).put(text).end());
  rows.push(EMPTY);
  // Plugins that gave every ship the same say nothing; those that differ come first.
  const shown = table.plugins
    .map((plugin, i) => ({
      plugin,
      i,
      spread: spreadOf(table.rows.map(({ scores }) => scores[i]?.weighted)),
    }))
    .sort((a, b) => b.spread - a.spread)
    .slice(0, Math.max(0, Math.floor((width - NAME - 10) / (CELL + 1))));
  const room = Math.floor((width - NAME - 8) / Math.max(1, shown.length)) - 1;
  const sizes = shown.map(({ plugin }) => Math.max(CELL, Math.min(plugin.length, room)));
  const head = line(draw, width).cell(t.crane.ship, NAME, 'dim');
  for (const [at, { plugin }] of shown.entries()) {
    const size = sizes[at] ?? CELL;
    head.put(' ').cell(abbreviate(plugin, size), size, 'dim', 'right');
  }
  rows.push(head.put(' ').cell(t.crane.total, 7, 'dim', 'right').end());
  for (const entry of table.rows) {
    const row = line(draw, width).put(entry.chosen ? `${theme.glyphs.play} ` : '  ', 'accent');
    row.cell(middle(draw, entry.node, NAME - 2), NAME - 2, entry.chosen ? ['accent', 'bold'] : 'plain');
    if (entry.rejectedBy !== undefined) {
      row
        .put(` ${theme.glyphs.cross} `, 'failing')
        .put(`${entry.rejectedBy}: ${entry.reasons.join(', ')}`, 'failing');
    } else if (entry.total !== undefined) {
      for (const [at, { i }] of shown.entries())
        row.put(' ').cell(entry.scores[i]?.weighted ?? '', sizes[at] ?? CELL, 'plain', 'right');
      row.put(' ').cell(entry.total, 7, 'bold', 'right');
    }
    rows.push(row.end());
  }
  if (table.omitted > 0) rows.push(line(draw, width).put(t.crane.omitted(table.omitted), 'dim').end());
  return { title, rows, first: () => overlay.scroll };
}

function spreadOf(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? 0 : Math.max(...known) - Math.min(...known);
}

/** `NodeResourcesFit` as `NodeResFi`: each word of a plugin's name gives what there is room for. */
function abbreviate(plugin: string, size: number): string {
  if (plugin.length <= size) return plugin;
  const words = plugin.match(/[A-Z][a-z]*/g) ?? [plugin];
  const each = Math.max(2, Math.floor(size / words.length));
  return words
    .map((word) => word.slice(0, each))
    .join('')
    .slice(0, size);
}

function fieldContent(draw: Draw, overlay: Overlay & { readonly kind: 'field' }, width: number): Content {
  const text = sanitize(overlay.input.lines[0] ?? '');
  const { shown, column } = around(text, cursorColumn(overlay.input), width - 2);
  const rows = [
    ...wrapText(overlay.label, width).map((words) => line(draw, width).put(words).end()),
    line(draw, width).put(draw.theme.glyphs.play, 'accent').put(' ').put(shown, 'bold').end(),
  ];
  return {
    title: draw.t.keys[overlay.purpose],
    rows,
    first: () => 0,
    cursor: { x: 2 + column, y: rows.length - 1 },
  };
}

/** Questions after which what is typed is gone. */
const LEAVING: ReadonlySet<Question> = new Set<Question>(['leave', 'exit', 'reset']);

function confirmRows(
  draw: Draw,
  state: UiState,
  { what, second = 0 }: Overlay & { readonly kind: 'confirm' },
  width: number,
): Row[] {
  const { t } = draw;
  const dirty =
    LEAVING.has(what) &&
    state.level?.files.some(({ buffer, saved }) => buffer.lines.join('\n') !== saved) === true;
  const question =
    what === 'fork'
      ? t.confirm.fork(clock(second * 1000), keyFor('level', 'undoMove', t, draw.theme))
      : what === 'exit' && state.level === undefined
        ? t.confirm.exitMenu
        : t.confirm[what];
  const rows = wrapText(question, width).map((text) => line(draw, width).put(text).end());
  if (dirty)
    rows.push(
      EMPTY,
      ...wrapText(t.confirm.unsaved, width).map((text) => line(draw, width).put(text, 'waiting').end()),
    );
  return rows;
}

function finishedContent(draw: Draw, state: UiState, width: number): Content {
  const { t } = draw;
  const won = state.level?.session.state.kind === 'won';
  const rows = [
    EMPTY,
    line(draw, width)
      .put(won ? t.level.won : t.level.lostTitle, won ? ['ready', 'bold'] : ['failing', 'bold'])
      .end(),
    EMPTY,
    line(draw, width).put(t.level.finished, 'dim', textWidth(t.level.finished)).end(),
  ];
  return { title: clock(state.level?.session.elapsed ?? 0), rows, first: () => 0 };
}
