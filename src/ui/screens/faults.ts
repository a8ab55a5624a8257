import type { FaultTarget } from '../../cluster/faults/fault.ts';
import { type Draw, line } from '../draw.ts';
import type { FaultChoice, Overlay } from '../store.ts';
import type { UiTexts } from '../texts/registry.ts';
import { EMPTY, type Row } from '../theme/row.ts';
import { textWidth } from '../theme/width.ts';

/** What a fault does, in words. */
export function faultName(t: UiTexts, kind: string): string {
  return Object.hasOwn(t.faults.kinds, kind) ? (t.faults.kinds[kind] ?? kind) : kind;
}

/** What it is done to, in words: the fields that say it, whichever fault they belong to. */
function targetWords(t: UiTexts, target: FaultTarget): string {
  const { component, node, to, cpu, memory, latency, percent, code, seconds, ...others } = target;
  const parts = [
    ...(component === undefined || node === undefined ? [] : [t.faults.component(`${component}`, `${node}`)]),
    ...(component === undefined || node !== undefined ? [] : [`${component}`]),
    ...(node === undefined || component !== undefined
      ? []
      : [to === undefined ? `${node}` : t.faults.between(`${node}`, `${to}`)]),
    ...(cpu === undefined || memory === undefined ? [] : [t.sandbox.sizeOf(`${cpu}`, `${memory}`)]),
    ...(latency === undefined ? [] : [`${latency} ms`]),
    ...(code === undefined ? [] : [`${code}`]),
    ...(percent === undefined ? [] : [`${percent} %`]),
    ...(seconds === undefined ? [] : [`${seconds} s`]),
    ...Object.values(others).map(String),
  ];
  return parts.join(', ');
}

/** A fault and what it is done to, in words. */
export function faultWords(t: UiTexts, choice: FaultChoice): string {
  const target = choice.targets[choice.target];
  const words = target === undefined ? '' : targetsWords(t, choice, target);
  return [faultName(t, choice.kind), words].filter((part) => part !== '').join(': ');
}

/** One of several machines that could be meant; without a machine it is all of them. */
function targetsWords(t: UiTexts, { targets }: FaultChoice, target: FaultTarget): string {
  const { component, node } = target;
  const everywhere =
    component !== undefined &&
    node === undefined &&
    targets.some((other) => other.component === component && other.node !== undefined);
  return everywhere ? t.faults.all(`${component}`) : targetWords(t, target);
}

const WORDS = 38;

/** The faults by what they do, each with what it would be done to; and the row of the chosen one. */
export function faultRows(
  draw: Draw,
  overlay: Overlay & { readonly kind: 'faults' },
  width: number,
): { readonly rows: readonly Row[]; readonly chosen: number } {
  const { t, theme } = draw;
  const rows: Row[] = [];
  let chosen = 0;
  for (const [i, choice] of overlay.faults.entries()) {
    if (choice.effect !== overlay.faults[i - 1]?.effect) {
      if (rows.length > 0) rows.push(EMPTY);
      rows.push(line(draw, width).put(t.faults.effects[choice.effect], 'title').end());
    }
    const isChosen = i === overlay.chosen;
    if (isChosen) chosen = rows.length;
    const target = choice.targets[choice.target];
    const words = target === undefined ? '' : targetsWords(t, choice, target);
    const shown = choice.targets.length > 1 ? `< ${words} >` : words;
    const row = line(draw, width)
      .put(isChosen ? `${theme.glyphs.play} ` : '  ', 'accent')
      .cell(faultName(t, choice.kind), WORDS, isChosen ? 'bold' : 'plain')
      .put(' ');
    if (!isChosen) rows.push(row.put(shown, 'dim').end());
    else if (textWidth(shown) <= row.left) rows.push(row.put(shown, ['accent', 'bold']).end());
    else rows.push(row.end(), line(draw, width).put('    ').put(shown, ['accent', 'bold']).end());
  }
  return { rows, chosen };
}
