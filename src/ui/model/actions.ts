import type { ActionLine } from '../../game/types.ts';

/** Something that was done and taken back. */
export interface UndoneAction {
  readonly action: ActionLine;
  /** How many of the things that were not taken back came before it. */
  readonly after: number;
}

/** A line of the list of what was done. */
export interface ActionRow {
  readonly action: ActionLine;
  readonly undone: boolean;
}

/** Most that is remembered of what was taken back. */
const MAX_UNDONE = 500;

/** What was taken back once `after` has taken the place of `before`: two lists of what was done. */
export function undoneBy(
  before: readonly ActionLine[],
  after: readonly ActionLine[],
  known: readonly UndoneAction[],
): readonly UndoneAction[] {
  let kept = 0;
  while (kept < before.length && isSame(before[kept], after[kept])) kept++;
  const undone = known.filter(({ after: place }) => place <= kept);
  for (let i = kept; i < before.length; i++) {
    const action = before[i];
    if (action !== undefined) undone.push({ action, after: kept });
    for (const other of known) if (other.after === i + 1) undone.push({ ...other, after: kept });
  }
  return undone.slice(-MAX_UNDONE);
}

/** All that was done, in the order in which it was, with what was taken back among it. */
export function actionRows(
  actions: readonly ActionLine[],
  undone: readonly UndoneAction[],
): readonly ActionRow[] {
  const rows: ActionRow[] = [];
  for (let i = 0; i <= actions.length; i++) {
    for (const { action, after } of undone) if (after === i) rows.push({ action, undone: true });
    const action = actions[i];
    if (action !== undefined) rows.push({ action, undone: false });
  }
  return rows;
}

function isSame(a: ActionLine | undefined, b: ActionLine | undefined): boolean {
  return a?.at === b?.at && a?.kind === b?.kind && a?.subject === b?.subject && a?.line === b?.line;
}
