import type { Starting } from '../../game/types.ts';
import { clock } from '../draw.ts';
import { keyFor } from '../keys.ts';
import type { LevelUi } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { createTheme } from '../theme/theme.ts';
import { restartLevel } from './opening.ts';
import { replaceSession, runTime } from './session.ts';
import type { Ui } from './ui.ts';

/** Runs that were left and are kept whole, to be returned to at once. */
const MAX_LEFT = 3;
/** A second looked back at is shown as it was at its end, ms. */
const END_OF_SECOND = 999;

/** Asks whether to go on from the moment that is looked back at. */
export function askToFork(ui: Ui, level: LevelUi): void {
  if (level.moment === undefined) return;
  ui.set({ overlay: { kind: 'confirm', what: 'fork', second: level.moment.second } });
}

/** Goes on from an earlier second of the run, as it was at its end, and lets time wait for the player there. */
export function goOnFrom(ui: Ui, level: LevelUi, second: number): void {
  const { session } = level;
  const fork = session.forking(Math.min(second * 1000 + END_OF_SECOND, session.elapsed));
  if (fork === undefined) return;
  const t = texts[ui.state.settings.language];
  const pause = keyFor('level', 'pause', t, createTheme({ colour: false, ascii: false }));
  leaveFor(ui, level, fork, t.level.forked(clock(second * 1000), pause), () => {
    ui.setLevel({ paused: true, reading: false });
    runTime(ui);
  });
}

/** Begins the level again. */
export function beginAgain(ui: Ui, level: LevelUi): void {
  leaveFor(ui, level, level.session.resetting(), texts[ui.state.settings.language].level.restarted);
}

/** Puts another run of the level in the place of the one on the screen, which can be returned to. */
function leaveFor(ui: Ui, level: LevelUi, start: Starting, notice: string, begun = (): void => {}): void {
  const { session: left, undone, paused, forks } = level;
  restartLevel(ui, start, notice, ({ log, moves }) => {
    ui.setLevel({ forks: [...forks, { left, undone, paused, moves, length: log.length }].slice(-MAX_LEFT) });
    begun();
  });
}

/** Back to the run that was left last, unless a move was made since; whether that was so. */
export function returnToLeft(ui: Ui, level: LevelUi): boolean {
  const fork = level.forks.at(-1);
  const { session } = level;
  if (fork === undefined || session.moves > fork.moves) return false;
  const { left, undone, paused } = fork;
  // Files are the player's own text: what was written since goes along.
  for (const { action } of session.log.slice(fork.length)) if (action.type === 'file') left.act(action);
  replaceSession(ui, left, texts[ui.state.settings.language].level.returned);
  ui.setLevel({ undone, paused, forks: level.forks.slice(0, -1) });
  runTime(ui);
  return true;
}
