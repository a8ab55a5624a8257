import type { ActionLine } from '../../game/types.ts';
import { clock, type Draw, line } from '../draw.ts';
import type { ActionRow } from '../model/actions.ts';
import type { Overlay } from '../store.ts';
import { EMPTY, type Row } from '../theme/row.ts';
import { sanitizeLines } from '../theme/sanitize.ts';
import { wrapText } from '../theme/width.ts';
import { faultName } from './faults.ts';

const TIME = 9;
const WHAT = 30;
const INDENT = 4;
/** Narrower than this, commands stand below what they do. */
const LEAST_WIDE = 96;

/** What somebody did, in words. */
function actionWords(draw: Draw, { kind, subject, fault }: ActionLine): string {
  const t = draw.t.actions;
  if (kind === 'hint' || kind === 'typed' || kind === 'line') return t[kind];
  if (kind === 'endOfInput' || kind === 'interrupt') return t[kind];
  if (kind === 'fault') return faultName(draw.t, String(fault?.kind ?? ''));
  return t[kind](subject);
}

/**
 * What the player did, oldest first: when, what, and the command that does the same. Of the chosen one the command
 * stands in full; `at` is where it begins.
 */
export function actionListRows(
  draw: Draw,
  { begin, rows: actions, chosen }: Overlay & { readonly kind: 'actions' },
  width: number,
): { readonly rows: readonly Row[]; readonly at: number } {
  const rows: Row[] = wrapText(`${draw.t.actions.begin}  ${begin}`, width).map((text) =>
    line(draw, width).put(text, 'dim').end(),
  );
  if (actions.length === 0) {
    const words = wrapText(draw.t.actions.empty, width);
    return { rows: [...rows, EMPTY, ...words.map((text) => line(draw, width).put(text).end())], at: 0 };
  }
  let at = 0;
  for (const [i, row] of actions.entries()) {
    if (i === chosen) at = rows.length;
    rows.push(...actionRow(draw, row, width, i === chosen));
  }
  return { rows, at };
}

function actionRow(draw: Draw, { action, undone }: ActionRow, width: number, chosen: boolean): Row[] {
  const t = draw.t.actions;
  const style = chosen ? 'bold' : undone ? 'dim' : 'plain';
  const head = line(draw, width)
    .cell(clock(action.at), TIME, chosen ? 'selected' : 'dim')
    .put(' ');
  const words = actionWords(draw, action);
  const lines = commandLines(draw, action);
  const first = lines[0] ?? '';
  const more = lines.length > 1 ? `  (${t.lines(lines.length)})` : '';
  const wide = width >= LEAST_WIDE;
  const what = undone ? `${words} (${t.undone})` : words;
  if (wide) head.cell(what, WHAT, undone ? 'dim' : 'accent').put(' ');
  else head.put(what, undone ? 'dim' : 'accent');
  if (!chosen) {
    if (wide)
      return [
        head
          .put(first, style, head.left - more.length)
          .put(more, 'dim')
          .end(),
      ];
    return [
      head.end(),
      indented(draw, width)
        .put(first, style, width - INDENT - more.length)
        .put(more, 'dim')
        .end(),
    ];
  }
  const whole = lines.flatMap((text) => wrapText(text, width - INDENT));
  if (wide && whole.length === 1 && first.length <= head.left) return [head.put(first, style).end()];
  return [head.end(), ...whole.map((text) => indented(draw, width).put(text, style).end())];
}

function indented(draw: Draw, width: number): ReturnType<typeof line> {
  return line(draw, width).to(INDENT);
}

function commandLines(draw: Draw, { line: command }: ActionLine): readonly string[] {
  return command === undefined ? [`# ${draw.t.actions.noCommand}`] : sanitizeLines(command);
}
