import type { SessionView, Starting } from '../../game/types.ts';
import { SANDBOX } from '../host.ts';
import type { CommandId } from '../keys.ts';
import { type UiState, withoutOverlay } from '../store.ts';
import { closeLevel, openLevel } from './session.ts';
import type { Ui } from './ui.ts';

/** What is worked on a level at a stretch, ms: as long as a key may have to wait for it. */
const SLICE_MS = 8;
/** From one look to the next whether the program's other parts are there, ms. */
const LOADING_MS = 4;
/** Keys that are kept for the level; more is a cat on the keyboard. */
const MAX_KEPT = 500;
const PAGE = 8;

/**
 * Starts a level a few ms at a time. Meanwhile the screen shows how far it is, and its briefing; what
 * is typed ahead waits for the level.
 */
export function beginLevel(ui: Ui, levelId: string, start: Starting): void {
  closeLevel(ui);
  stopOpening(ui);
  const first = start.next();
  if (first.done === true) {
    finish(ui, levelId, first.value);
    return;
  }
  const opening = { levelId, progress: first.value, scroll: 0 };
  ui.store.setState({ ...withoutOverlay(ui.state), screen: 'opening', opening }, true);
  const slice = (): void => {
    const until = ui.wall.now() + SLICE_MS;
    let step = start.next();
    while (step.done !== true && step.value.stage !== 'loading' && ui.wall.now() < until) step = start.next();
    if (step.done === true) {
      finish(ui, levelId, step.value);
      return;
    }
    const { value: progress } = step;
    const before = ui.state.opening;
    if (before !== undefined && !isSame(before.progress, progress))
      ui.set({ opening: { ...before, progress } });
    wait(progress.stage === 'loading' ? LOADING_MS : 0);
  };
  const wait = (ms: number): void => {
    ui.opening = { timer: ui.wall.setTimeout(slice, ms), kept: ui.opening?.kept ?? [] };
  };
  wait(0);
}

function isSame(
  a: NonNullable<UiState['opening']>['progress'],
  b: NonNullable<UiState['opening']>['progress'],
): boolean {
  return a.stage === b.stage && a.done === b.done && a.all === b.all;
}

function finish(ui: Ui, levelId: string, session: SessionView | undefined): void {
  const kept = ui.opening?.kept ?? [];
  stopOpening(ui);
  if (session === undefined) {
    ui.set({ screen: 'title', menu: 0 });
    return;
  }
  openLevel(ui, levelId, session);
  for (const press of kept) press();
}

/** Gives up a level that is being started. */
export function stopOpening(ui: Ui): void {
  if (ui.opening !== undefined) ui.wall.clearTimeout(ui.opening.timer);
  ui.opening = undefined;
  const { opening: _, ...rest } = ui.state;
  ui.store.setState(rest, true);
}

/** Keeps a key for the level that is being started. */
export function keepKey(ui: Ui, press: () => void): void {
  if (ui.opening !== undefined && ui.opening.kept.length < MAX_KEPT) ui.opening.kept.push(press);
}

/** A command given while a level is being started. */
export function openingCommand(ui: Ui, command: CommandId): void {
  const { opening } = ui.state;
  if (opening === undefined) return;
  const steps: Readonly<Partial<Record<CommandId, number>>> = {
    up: -1,
    down: 1,
    pageUp: -PAGE,
    pageDown: PAGE,
  };
  const step = steps[command];
  if (step !== undefined) ui.set({ opening: { ...opening, scroll: Math.max(0, opening.scroll + step) } });
  else if (command === 'back') {
    stopOpening(ui);
    ui.set({ screen: opening.levelId === SANDBOX ? 'title' : 'chart', menu: 0 });
  }
}
