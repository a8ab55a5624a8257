import type { GoalLeaf, GoalView } from '../../game/types.ts';
import { clock, type Draw, line, percent } from '../draw.ts';
import { keyFor } from '../keys.ts';
import { EMPTY, type Row } from '../theme/row.ts';
import { sanitize } from '../theme/sanitize.ts';
import type { StyleName } from '../theme/theme.ts';
import { clipMiddle, clipStart, clipText, textWidth, wrapText } from '../theme/width.ts';

const MAX_LEAVES = 40;

/** The glyph and colour of a goal's state. */
export function goalMark(draw: Draw, goal: GoalView): { readonly glyph: string; readonly style: StyleName } {
  const { glyphs } = draw.theme;
  switch (goal.state) {
    case 'met':
      return { glyph: glyphs.check, style: 'ready' };
    case 'failed':
      return { glyph: glyphs.cross, style: 'failing' };
    case 'holding':
      return { glyph: glyphs.half, style: 'waiting' };
    default:
      return goal.match > 0 ? { glyph: glyphs.half, style: 'waiting' } : { glyph: glyphs.open, style: 'dim' };
  }
}

/** Goals with their fields: what is desired, what there is. `chosen` is the goal that keys act on. */
export function goalRows(
  draw: Draw,
  goals: readonly GoalView[],
  width: number,
  chosen: number | undefined,
): Row[] {
  if (goals.length === 0) return [line(draw, width).put(draw.t.level.noGoals, 'dim').end()];
  return goals.flatMap((goal, i) => [...goalRow(draw, goal, width, chosen === i), EMPTY]);
}

function goalRow(draw: Draw, goal: GoalView, width: number, chosen: boolean): Row[] {
  const { glyph, style } = goalMark(draw, goal);
  const rows = wrapText(goal.text, width - 2).map((text, i) =>
    line(draw, width)
      .put(i === 0 ? `${glyph} ` : '  ', style)
      .put(text, chosen ? 'selected' : goal.state === 'met' ? 'dim' : 'plain')
      .end(),
  );
  const notes = goalNotes(draw, goal);
  if (notes !== '')
    rows.push(
      ...wrapText(notes, width - 2).map((text) => line(draw, width).put('  ').put(text, 'dim').end()),
    );
  if (goal.failure !== undefined) {
    const lines = goal.failure
      .split('\n')
      .slice(0, 6)
      .flatMap((text) => wrapText(text, width - 2));
    rows.push(...lines.map((text) => line(draw, width).put('  ').put(text, 'failing').end()));
  }
  if (goal.leaves.length > 0 && goal.state !== 'met' && goal.type !== 'answer')
    rows.push(...leafRows(draw, goal, width));
  return rows;
}

/** Whether the player has still to answer it. */
export function isQuestion(goal: GoalView): boolean {
  return goal.type === 'answer' && goal.state !== 'met' && goal.state !== 'failed';
}

/** `a answer`: how to answer a question. */
function answerKey({ t, theme }: Draw): string {
  return `${keyFor('level', 'answer', t, theme)} ${t.keys.answer}`;
}

/** What is to be known beside the sentence: hold, deadline, since when, answers tried. */
function goalNotes(draw: Draw, goal: GoalView): string {
  const { level } = draw.t;
  const notes: string[] = [];
  if (isQuestion(goal)) notes.push(answerKey(draw));
  if (goal.hold !== undefined && goal.hold > 0 && goal.state !== 'met') {
    notes.push(level.hold(`${Math.floor((goal.held ?? 0) / 1000)}`, `${Math.round(goal.hold / 1000)} s`));
  }
  if (goal.by !== undefined && goal.state !== 'met') notes.push(level.by(clock(goal.by)));
  if (goal.state === 'open' && goal.match > 0)
    notes.push(`${percent(goal.match)} ${level.since(clock(goal.since))}`);
  if (goal.answers !== undefined && goal.answers.length > 0 && goal.state !== 'met') {
    notes.push(level.answersTried(goal.answers.join(', ')));
  }
  return notes.join(`  ${draw.theme.glyphs.dot}  `);
}

/** Leaves of one object under its name: `web · spec.replicas` is the field `spec.replicas` of `web`. */
const OBJECT_END = ' · ';

function leafRows(draw: Draw, goal: GoalView, width: number): Row[] {
  const { level } = draw.t;
  const leaves = goal.leaves.slice(0, MAX_LEAVES);
  const longest = Math.max(...leaves.map(({ path }) => textWidth(path.slice(path.indexOf(OBJECT_END) + 1))));
  // Values share what the fields leave, and at least a quarter each.
  const most = Math.max(8, Math.floor(width / 4), Math.floor((width - 8 - longest) / 2));
  const widest = (words: string, values: readonly string[]): number =>
    Math.min(most, Math.max(textWidth(words), ...values.map(textWidth)));
  const wanted = widest(
    level.wanted,
    leaves.map((leaf) => leaf.wanted),
  );
  const got = widest(
    level.got,
    leaves.map((leaf) => leaf.got),
  );
  const room = Math.max(4, width - wanted - got - 8);
  const columns = { width, room, wanted, got };
  const rows: Row[] = [];
  for (const [owner, fields] of byObject(leaves)) {
    const head = line(draw, width).put('  ');
    if (fields.some((leaf) => !isLong(leaf, columns))) {
      head.cell(clipMiddle(owner, room), room, 'accent').put(' ');
      head.cell(level.wanted, wanted, 'dim', 'right').put('  ').cell(level.got, got, 'dim', 'right');
    } else head.put(clipMiddle(owner, width - 2), 'accent');
    rows.push(head.end());
    for (const leaf of fields) {
      if (isLong(leaf, columns)) rows.push(...longLeaf(draw, leaf, width));
      else rows.push(shortLeaf(draw, leaf, columns));
    }
  }
  return rows;
}

/** Goals in as few lines as needed, with the first field that is off below those that are open. */
export function goalLines(draw: Draw, goals: readonly GoalView[], width: number, height: number): Row[] {
  if (goals.length === 0) return [line(draw, width).put(draw.t.level.noGoals, 'dim').end()];
  let spare = height - goals.length;
  // What is off comes before the ends of long sentences.
  const details = goals.map((goal) => {
    if (goal.state === 'met' || spare <= 0) return undefined;
    const leaf = goal.leaves.find(({ ok }) => !ok);
    const detail = isQuestion(goal) ? questionLine(draw, goal, width) : leaf && leafLine(draw, leaf, width);
    if (detail !== undefined) spare--;
    return detail;
  });
  return goals.flatMap((goal, i) => {
    const texts = sentence(goal, width, 1 + Math.max(0, spare));
    spare -= texts.length - 1;
    const { glyph, style } = goalMark(draw, goal);
    const note = holdNote(goal);
    const rows = texts.map((text, y) =>
      line(draw, width)
        .put(y === 0 ? `${glyph} ` : '  ', style)
        .put(text, goal.state === 'met' ? 'dim' : 'plain', width - 2 - note.length)
        .put(y === texts.length - 1 ? note : '', 'dim')
        .end(),
    );
    const detail = details[i];
    return detail === undefined ? rows : [...rows, detail];
  });
}

/** The goal's sentence in at most `most` lines; the last one is cut where it is drawn. */
function sentence(goal: GoalView, width: number, most: number): readonly string[] {
  const lines = wrapText(goal.text, width - 2 - holdNote(goal).length);
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')];
}

function holdNote({ hold, held = 0, state }: GoalView): string {
  if (hold === undefined || hold <= 0 || state === 'met') return '';
  return ` ${Math.floor(held / 1000)}/${Math.round(hold / 1000)}s`;
}

/** Columns for a field's path and its two values, in a panel of a width. */
interface LeafColumns {
  readonly width: number;
  readonly room: number;
  readonly wanted: number;
  readonly got: number;
}

/** The leaves of each object, with paths that begin within it. */
function byObject(leaves: readonly GoalLeaf[]): ReadonlyMap<string, readonly GoalLeaf[]> {
  const objects = new Map<string, GoalLeaf[]>();
  for (const leaf of leaves) {
    const end = leaf.path.indexOf(OBJECT_END);
    const owner = end < 0 ? '' : leaf.path.slice(0, end);
    const fields = objects.get(owner) ?? [];
    fields.push(end < 0 ? leaf : { ...leaf, path: leaf.path.slice(end + OBJECT_END.length) });
    objects.set(owner, fields);
  }
  return objects;
}

/** Whether a field that is off needs rows of its own to be read. */
function isLong(leaf: GoalLeaf, { room, wanted, got }: LeafColumns): boolean {
  if (leaf.ok) return false;
  // Of `status.readyReplicas` the last part says enough.
  const least = Math.min(
    textWidth(leaf.path),
    textWidth(leaf.path.slice(leaf.path.lastIndexOf('.') + 1)) + 1,
  );
  return least > room || textWidth(leaf.wanted) > wanted || textWidth(leaf.got) > got;
}

/** A field in one row, under the headings. */
function shortLeaf(draw: Draw, leaf: GoalLeaf, { width, room, wanted, got }: LeafColumns): Row {
  const row = line(draw, width).put('  ');
  row.cell(clipStart(leaf.path, room, draw.theme.glyphs.ellipsis), room, leaf.ok ? 'dim' : 'plain').put(' ');
  row.cell(leaf.wanted, wanted, leaf.ok ? 'dim' : 'plain', 'right').put('  ');
  row.cell(leaf.got, got, leaf.ok ? 'ready' : 'failing', 'right');
  if (!leaf.ok) row.put(` ${draw.theme.glyphs.pointer}`, 'failing');
  return row.end();
}

/** A field whose values are too long to stand beside it. */
function longLeaf(draw: Draw, leaf: GoalLeaf, width: number): Row[] {
  const { level } = draw.t;
  const { ellipsis, pointer } = draw.theme.glyphs;
  const head = line(draw, width)
    .put('  ')
    .put(clipStart(sanitize(leaf.path), width - 2, ellipsis))
    .end();
  const sides = textWidth(level.wanted) + textWidth(level.got) + 4;
  if (sides + textWidth(leaf.wanted) + textWidth(leaf.got) + 8 <= width) {
    const row = line(draw, width).put(`    ${level.wanted} `, 'dim').put(leaf.wanted);
    return [
      head,
      row.put(`  ${level.got} `, 'dim').put(leaf.got, 'failing').put(` ${pointer}`, 'failing').end(),
    ];
  }
  const wanted = line(draw, width).put(`    ${level.wanted} `, 'dim').put(leaf.wanted);
  const got = line(draw, width).put(`    ${level.got} `, 'dim');
  return [
    head,
    wanted.end(),
    got
      .put(leaf.got, 'failing', got.left - 2)
      .put(` ${pointer}`, 'failing')
      .end(),
  ];
}

function questionLine(draw: Draw, goal: GoalView, width: number): Row {
  return line(draw, width).put('    ').put(goalNotes(draw, goal), 'dim').end();
}

function leafLine(draw: Draw, leaf: GoalLeaf, width: number): Row {
  const { ellipsis, pointer } = draw.theme.glyphs;
  const values = clipText(sanitize(`${leaf.got} / ${leaf.wanted}`), Math.floor(width / 2), ellipsis);
  const room = Math.max(6, width - 7 - textWidth(values));
  return line(draw, width)
    .put('    ')
    .put(clipStart(sanitize(leaf.path), room, ellipsis), 'dim')
    .put(' ')
    .put(values, 'failing')
    .put(` ${pointer}`, 'failing')
    .end();
}
