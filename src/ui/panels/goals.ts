import type { GoalView } from '../../game/types.ts';
import { clock, type Draw, line, percent } from '../draw.ts';
import { keyFor } from '../keys.ts';
import { EMPTY, type Row } from '../theme/row.ts';
import type { StyleName } from '../theme/theme.ts';
import { wrapText } from '../theme/width.ts';
import { leafRows } from './goalleaves.ts';

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
  if (goals.length === 0) return noGoalRows(draw, width);
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
    rows.push(...leafRows(draw, goal.leaves, width));
  return rows;
}

/** What a harbour without goals is for. */
export function noGoalRows(draw: Draw, width: number): Row[] {
  return wrapText(draw.t.level.noGoals, width).map((text) => line(draw, width).put(text, 'dim').end());
}

/** All goals are met: how long they must stay so before the level is won. */
export function holdRow(
  draw: Draw,
  { held, hold }: { readonly held: number; readonly hold: number },
  width: number,
): Row {
  const words = draw.t.level.allMet(`${Math.floor(held / 1000)}`, `${Math.round(hold / 1000)} s`);
  return line(draw, width).put(`${draw.theme.glyphs.half} `, 'waiting').put(words, 'waiting').end();
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
export function goalNotes(draw: Draw, goal: GoalView): string {
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
