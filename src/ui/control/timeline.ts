import { lookAt } from '../model/past.ts';
import { startTime } from '../screens/levelview.ts';
import type { LevelUi } from '../store.ts';
import type { Ui } from './ui.ts';

/** From mark to mark, and to the ends where there are none. */
export function moveTime(ui: Ui, level: LevelUi, step: -1 | 1): void {
  const { marks, elapsed } = level.session;
  const end = Math.floor(elapsed / 1000);
  const at = level.moment?.second ?? end + (step < 0 ? 1 : 0);
  const seconds = marks.map((mark) => Math.floor(mark.at / 1000));
  const next =
    step < 0
      ? Math.max(0, ...seconds.filter((second) => second < at))
      : Math.min(end, ...seconds.filter((second) => second > at));
  if (step > 0 && next >= end) {
    backToNow(ui);
    return;
  }
  lookBack(ui, level, next);
}

/** Second by second. */
export function moveSecond(ui: Ui, level: LevelUi, step: number): void {
  const end = Math.floor(level.session.elapsed / 1000);
  const next = Math.max(0, (level.moment?.second ?? end) + step);
  if (next >= end) backToNow(ui);
  else lookBack(ui, level, next);
}

/** Shows the harbour as it was at a second. It is put together once; time goes on meanwhile. */
export function lookBack(ui: Ui, level: LevelUi, second: number): void {
  if (level.moment?.second === second) return;
  ui.setLevel({ moment: lookAt(level.session.cluster, startTime(level), second) });
}

/** Shows the harbour as it is. */
export function backToNow(ui: Ui): void {
  const { level } = ui;
  if (level?.moment === undefined) return;
  const { moment: _, ...rest } = level;
  ui.set({ level: rest });
}
