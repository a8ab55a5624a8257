import type { SessionView, Starting, StartProgress } from '../../game/types.ts';
import { SANDBOX } from '../host.ts';
import type { CommandId } from '../keys.ts';
import { type UiState, withoutOverlay } from '../store.ts';
import { closeLevel, openLevel, replaceSession, runTime } from './session.ts';
import type { Ui } from './ui.ts';

/** What is worked on a level at a stretch, ms: as long as a key may have to wait for it. */
const SLICE_MS = 8;
/** What is done at once, before a screen tells how far it is, ms: less is not seen. */
const AT_ONCE_MS = 150;
/** From one look to the next whether the program's other parts are there, ms. */
const LOADING_MS = 4;
/** Keys that are kept for the level; more is a cat on the keyboard. */
const MAX_KEPT = 500;
const PAGE = 8;

/** What becomes of a start. */
interface Job {
  readonly levelId: string;
  readonly start: Starting;
  /** `session` is undefined when what was asked for cannot be played any more. */
  readonly ready: (session: SessionView | undefined) => void;
  /** The player would rather not wait. */
  readonly back: () => void;
}

/** What else is to be done about a level that is being started. */
export interface StartOutcome {
  readonly opened?: () => void;
  readonly failed?: () => void;
}

/**
 * Starts a level a few ms at a time. Meanwhile the screen shows how far it is, and its briefing; what
 * is typed ahead waits for the level.
 */
export function beginLevel(ui: Ui, levelId: string, start: Starting, outcome: StartOutcome = {}): void {
  closeLevel(ui);
  stopOpening(ui);
  const job: Job = {
    levelId,
    start,
    ready: (session) => {
      if (session === undefined) ui.set({ screen: 'title', menu: 0 });
      else openLevel(ui, levelId, session);
      if (session === undefined) outcome.failed?.();
      else outcome.opened?.();
    },
    back: () => ui.set({ screen: levelId === SANDBOX ? 'title' : 'chart', menu: 0 }),
  };
  const first = start.next();
  if (first.done === true) finish(ui, job, first.value);
  else showOpening(ui, job, first.value);
}

/**
 * Takes the level on the screen back to an earlier state. What takes longer than a key may is done as a
 * start is: a few ms at a time, for all to see, and to be given up.
 */
export function restartLevel(
  ui: Ui,
  start: Starting,
  notice: string,
  restarted?: (session: SessionView) => void,
): void {
  const { level } = ui;
  if (level === undefined) return;
  ui.runner.run(undefined, 1, true);
  const job: Job = {
    levelId: level.levelId,
    start,
    ready: (session) => {
      ui.set({ screen: 'level' });
      if (session === undefined) return;
      replaceSession(ui, session, notice);
      restarted?.(session);
    },
    back: () => {
      ui.set({ screen: 'level' });
      runTime(ui);
    },
  };
  const until = ui.wall.now() + AT_ONCE_MS;
  let step = start.next();
  while (step.done !== true && ui.wall.now() < until) step = start.next();
  if (step.done === true) finish(ui, job, step.value);
  else showOpening(ui, job, step.value);
}

function showOpening(ui: Ui, job: Job, first: StartProgress): void {
  const { levelId, start, back } = job;
  const opening = { levelId, progress: first, scroll: 0 };
  ui.store.setState({ ...withoutOverlay(ui.state), screen: 'opening', opening }, true);
  const slice = (): void => {
    const until = ui.wall.now() + SLICE_MS;
    let step = start.next();
    while (step.done !== true && step.value.stage !== 'loading' && ui.wall.now() < until) step = start.next();
    if (step.done === true) {
      finish(ui, job, step.value);
      return;
    }
    const { value: progress } = step;
    const before = ui.state.opening;
    if (before !== undefined && !isSame(before.progress, progress))
      ui.set({ opening: { ...before, progress } });
    wait(progress.stage === 'loading' ? LOADING_MS : 0);
  };
  const wait = (ms: number): void => {
    ui.opening = { timer: ui.wall.setTimeout(slice, ms), kept: ui.opening?.kept ?? [], back };
  };
  wait(0);
}

function isSame(
  a: NonNullable<UiState['opening']>['progress'],
  b: NonNullable<UiState['opening']>['progress'],
): boolean {
  return a.stage === b.stage && a.done === b.done && a.all === b.all;
}

function finish(ui: Ui, job: Job, session: SessionView | undefined): void {
  const kept = ui.opening?.kept ?? [];
  stopOpening(ui);
  job.ready(session);
  if (session !== undefined) for (const press of kept) press();
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
    const kept = ui.opening?.kept ?? [];
    const back = ui.opening?.back;
    stopOpening(ui);
    back?.();
    if (ui.level !== undefined) for (const press of kept) press();
  }
}
