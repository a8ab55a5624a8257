import type { GoalView } from '../../game/types.ts';
import { type Draw, line } from '../draw.ts';
import type { Row } from '../theme/row.ts';
import { textWidth, wrapText } from '../theme/width.ts';
import { leafGroups } from './goalleaves.ts';
import { goalMark, goalNotes, holdRow, isQuestion, noGoalRows } from './goals.ts';

/** What a goal takes in a tight panel: its sentence, and what is off. */
interface Piece {
  readonly goal: GoalView;
  readonly sentence: readonly string[];
  /** The rows of each object that is off. */
  readonly details: readonly (readonly Row[])[];
}

/** How much of a goal is shown. */
interface Room {
  lines: number;
  details: number;
}

/** Rows of what is off with the goal in hand before the others get any. */
const LEAD_DETAILS = 4;

/** What the summary is drawn with. */
export interface SummaryOptions {
  readonly width: number;
  readonly height: number;
  /** How long all goals have held and must hold, ms. */
  readonly hold?: { readonly held: number; readonly hold: number } | undefined;
}

/**
 * All goals in `height` rows: one line each, and what is left goes to the first one that is not met
 * (its whole sentence, desired and actual), then to the others in turn. When that one cannot be told in
 * full, those that are met share a line.
 */
export function goalSummary(draw: Draw, goals: readonly GoalView[], options: SummaryOptions): Row[] {
  const { width, hold } = options;
  if (goals.length === 0) return noGoalRows(draw, width);
  const held = hold === undefined ? [] : [holdRow(draw, hold, width)];
  const height = options.height - held.length;
  const lead = leadOf(goals);
  const pieces = goals.map((goal) => pieceOf(draw, goal, width));
  const wanted = lead === undefined ? 0 : sizeOf(pieces[lead]) - 1;
  const met = goals.filter(({ state }) => state === 'met').length;
  const fold = met > 1 && goals.length + wanted > height;
  const shown = fold ? pieces.filter(({ goal }) => goal.state !== 'met') : pieces;
  const head = fold ? [foldedRow(draw, met, goals.length, width)] : [];
  const rooms = share(shown, height - head.length, lead === undefined ? undefined : pieces[lead]);
  const rows = shown.flatMap((piece, i) => drawPiece(draw, piece, rooms[i] as Room, width));
  return [...held, ...head, ...rows].slice(0, options.height);
}

/** The goal to be told about: one that has failed, else the first that is not met. */
function leadOf(goals: readonly GoalView[]): number | undefined {
  const failed = goals.findIndex(({ state }) => state === 'failed');
  if (failed >= 0) return failed;
  // One that only has to go on holding needs no help.
  const open = goals.findIndex(({ state, match }) => state !== 'met' && match < 1);
  const at = open >= 0 ? open : goals.findIndex(({ state }) => state !== 'met');
  return at < 0 ? undefined : at;
}

function sizeOf(piece: Piece | undefined): number {
  return piece === undefined ? 0 : piece.sentence.length + piece.details.flat().length;
}

function pieceOf(draw: Draw, goal: GoalView, width: number): Piece {
  return {
    goal,
    sentence: wrapText(goal.text, width - 2 - textWidth(holdNote(goal))),
    details: detailGroups(draw, goal, width),
  };
}

/** Below a goal that is not met: how to answer it, or the fields that are off. */
function detailGroups(draw: Draw, goal: GoalView, width: number): Row[][] {
  if (goal.state === 'met') return [];
  if (isQuestion(goal)) return [[line(draw, width).put('  ').put(goalNotes(draw, goal), 'dim').end()]];
  return leafGroups(
    draw,
    goal.leaves.filter(({ ok }) => !ok),
    width,
  );
}

/** Who gets the rows: one each, then the lead's all, then sentences and details of the others in turn. */
function share(pieces: readonly Piece[], height: number, lead: Piece | undefined): Room[] {
  const rooms = pieces.map((): Room => ({ lines: 1, details: 0 }));
  let spare = height - pieces.length;
  const give = (i: number, part: keyof Room, most: number): void => {
    const room = rooms[i];
    if (room === undefined || spare <= 0) return;
    const more = Math.min(spare, most - room[part]);
    if (more <= 0) return;
    room[part] += more;
    spare -= more;
  };
  const order = [...pieces.keys()].sort((a, b) => rank(pieces[a], lead) - rank(pieces[b], lead) || a - b);
  // What is off with the first comes before the sentences of the others, but not all thirty pods of it.
  for (const most of [LEAD_DETAILS, Number.POSITIVE_INFINITY]) {
    for (const i of order) {
      const piece = pieces[i] as Piece;
      give(i, 'lines', piece.sentence.length);
      if (piece === lead || most > LEAD_DETAILS)
        give(i, 'details', Math.min(most, piece.details.flat().length));
    }
  }
  return rooms;
}

function rank(piece: Piece | undefined, lead: Piece | undefined): number {
  if (piece === lead) return 0;
  return piece?.goal.state === 'met' ? 2 : 1;
}

function drawPiece(draw: Draw, piece: Piece, room: Room, width: number): Row[] {
  const { goal, sentence, details } = piece;
  const { glyph, style } = goalMark(draw, goal);
  const note = holdNote(goal);
  // The last line takes the rest, and is cut where it is drawn.
  const texts =
    sentence.length <= room.lines
      ? sentence
      : [...sentence.slice(0, room.lines - 1), sentence.slice(room.lines - 1).join(' ')];
  const rows = texts.map((text, y) =>
    line(draw, width)
      .put(y === 0 ? `${glyph} ` : '  ', style)
      .put(text, goal.state === 'met' ? 'dim' : 'plain', width - 2 - textWidth(note))
      .put(y === texts.length - 1 ? note : '', 'dim')
      .end(),
  );
  return [...rows, ...cutGroups(details, room.details)];
}

/** The first rows; the name of an object is not shown without a field of it. */
function cutGroups(groups: readonly (readonly Row[])[], room: number): Row[] {
  const out: Row[] = [];
  for (const group of groups) {
    const left = room - out.length;
    if (left < Math.min(2, group.length)) break;
    out.push(...group.slice(0, left));
  }
  return out;
}

function foldedRow(draw: Draw, met: number, all: number, width: number): Row {
  return line(draw, width)
    .put(`${draw.theme.glyphs.check} `, 'ready')
    .put(draw.t.level.goalsMet(met, all), 'dim')
    .end();
}

function holdNote({ hold, held = 0, state }: GoalView): string {
  if (hold === undefined || hold <= 0 || state === 'met') return '';
  return ` ${Math.floor(held / 1000)}/${Math.round(hold / 1000)}s`;
}
