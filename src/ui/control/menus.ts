import { NODE_SIZES } from '../../cluster/nodesizes.ts';
import type { Fleet } from '../../game/sandbox.ts';
import { SANDBOX } from '../host.ts';
import { type CommandId, SCROLL_STEPS } from '../keys.ts';
import { findLevel, nextLevel, nextToSail } from '../screens/catalog.ts';
import { SETTINGS, titleItems, turnSetting } from '../screens/menus.ts';
import { type UiState, withoutOverlay } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { beginLevel } from './opening.ts';
import { closeLevel, notify } from './session.ts';
import type { Ui } from './ui.ts';

/** How many ships a sandbox can begin with. */
const SHIPS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100];

/** A command given on one of the screens outside a level. */
export function menuCommand(ui: Ui, command: CommandId): void {
  switch (ui.state.screen) {
    case 'title':
      titleCommand(ui, command);
      return;
    case 'chart':
      chartCommand(ui, command);
      return;
    case 'settings':
      settingsCommand(ui, command);
      return;
    default:
      sandboxCommand(ui, command);
      return;
  }
}

/** Asks before the program ends. */
export function askToExit(ui: Ui): void {
  ui.set({ overlay: { kind: 'confirm', what: 'exit' } });
}

/** Goes to a screen with its first line chosen. */
export function goTo(ui: Ui, screen: UiState['screen']): void {
  ui.store.setState({ ...withoutOverlay(ui.state), screen, menu: 0 }, true);
  if (screen === 'chart') lightNext(ui);
}

/** The chart opens at the level to sail next, unless one was chosen before. */
function lightNext(ui: Ui): void {
  const { chapter, island } = ui.state;
  if (chapter > 0 || island > 0) return;
  const lit = nextToSail(ui.host);
  const found = lit === undefined ? undefined : findLevel(ui.host, lit.id);
  if (found !== undefined) ui.set({ chapter: found.chapter, island: found.place });
}

function titleCommand(ui: Ui, command: CommandId): void {
  const items = titleItems(ui.host);
  const { menu } = ui.state;
  if (command === 'up') {
    ui.set({ menu: (menu + items.length - 1) % items.length });
    return;
  }
  if (command === 'down') {
    ui.set({ menu: (menu + 1) % items.length });
    return;
  }
  if (command === 'back') {
    askToExit(ui);
    return;
  }
  if (command !== 'choose' && command !== 'right') return;
  switch (items[menu]) {
    case 'continue':
      continueGame(ui);
      return;
    case 'chart':
      goTo(ui, 'chart');
      return;
    case 'sandbox':
      goTo(ui, 'sandbox');
      return;
    case 'settings':
      goTo(ui, 'settings');
      return;
    default:
      askToExit(ui);
      return;
  }
}

/** Takes up the game that was left, or says why that cannot be done as it was. */
function continueGame(ui: Ui): void {
  const { language } = ui.state.settings;
  const game = ui.host.progress.resume(language);
  if (game === undefined) return;
  const { levelId } = game;
  beginLevel(ui, levelId, game.start, {
    opened: () => {
      if (game.differs()) notify(ui, texts[language].level.otherOutcome);
    },
    failed: () => {
      const exists = levelId === SANDBOX || findLevel(ui.host, levelId) !== undefined;
      ui.set({ overlay: { kind: 'confirm', what: exists ? 'anew' : 'gone', levelId } });
    },
  });
}

function chartCommand(ui: Ui, command: CommandId): void {
  const { chapters } = ui.host.levels;
  const { chapter, island } = ui.state;
  const to = (next: number, place: number): void => {
    const at = Math.max(0, Math.min(chapters.length - 1, next));
    const last = (chapters[at]?.levels.length ?? 1) - 1;
    ui.set({ chapter: at, island: Math.max(0, Math.min(last, place)) });
  };
  const count = chapters[chapter]?.levels.length ?? 0;
  switch (command) {
    case 'up':
      // Beyond the last island there is nothing but the route itself.
      if (chapter === 0) to(0, island - 1);
      else to(chapter - 1, island);
      return;
    case 'down':
      if (chapter >= chapters.length - 1) to(chapter, island + 1);
      else to(chapter + 1, island);
      return;
    case 'left':
      if (island === 0 && chapter > 0) to(chapter - 1, Number.MAX_SAFE_INTEGER);
      else to(chapter, island - 1);
      return;
    case 'right':
      if (island >= count - 1 && chapter < chapters.length - 1) to(chapter + 1, 0);
      else to(chapter, island + 1);
      return;
    case 'choose': {
      const level = chapters[chapter]?.levels[island];
      if (level !== undefined) startLevel(ui, level.id);
      return;
    }
    case 'back':
      goTo(ui, 'title');
      return;
    default:
  }
}

/** A sandbox of the fleet that is set. */
export function startSandbox(ui: Ui): void {
  beginLevel(ui, SANDBOX, ui.host.newSandbox(ui.state.fleet, ui.state.settings.language));
}

/** A level from its beginning. */
export function startLevel(ui: Ui, levelId: string): void {
  const { language } = ui.state.settings;
  const found = findLevel(ui.host, levelId);
  if (found !== undefined) ui.set({ chapter: found.chapter, island: found.place });
  beginLevel(ui, levelId, ui.host.newSession(levelId, undefined, language));
}

function settingsCommand(ui: Ui, command: CommandId): void {
  const { menu, settings } = ui.state;
  const turn = (step: number): void => {
    const name = SETTINGS[menu];
    if (name === undefined) return;
    const next = turnSetting(settings, name, step);
    ui.set({ settings: next });
    ui.host.saveSettings(next);
  };
  switch (command) {
    case 'up':
      ui.set({ menu: (menu + SETTINGS.length - 1) % SETTINGS.length });
      return;
    case 'down':
      ui.set({ menu: (menu + 1) % SETTINGS.length });
      return;
    case 'less':
      turn(-1);
      return;
    case 'more':
    case 'choose':
      turn(1);
      return;
    case 'back':
      goTo(ui, 'title');
      return;
    default:
  }
}

function sandboxCommand(ui: Ui, command: CommandId): void {
  const { menu, fleet } = ui.state;
  switch (command) {
    case 'up':
    case 'down':
      ui.set({ menu: 1 - menu });
      return;
    case 'less':
    case 'more': {
      const step = command === 'less' ? -1 : 1;
      ui.set({ fleet: menu === 0 ? withShips(fleet, step) : withSize(fleet, step) });
      return;
    }
    case 'choose':
      startSandbox(ui);
      return;
    case 'back':
      goTo(ui, 'title');
      return;
    default:
  }
}

function withShips(fleet: Fleet, step: number): Fleet {
  const { ships } = fleet;
  const next = step < 0 ? SHIPS.findLast((count) => count < ships) : SHIPS.find((count) => count > ships);
  return { ...fleet, ships: next ?? ships };
}

function withSize(fleet: Fleet, step: number): Fleet {
  const at = NODE_SIZES.findIndex(({ cpu }) => cpu === fleet.cpu);
  return { ...fleet, ...NODE_SIZES[at + step] };
}

/** A command given on the result screen. */
export function resultCommand(ui: Ui, command: CommandId): void {
  const { level } = ui;
  if (level === undefined) return;
  switch (command) {
    case 'next': {
      const next = nextLevel(ui.host, level.levelId);
      if (next !== undefined) {
        startLevel(ui, next.id);
        return;
      }
      closeLevel(ui);
      goTo(ui, 'chart');
      return;
    }
    case 'again':
      startLevel(ui, level.levelId);
      return;
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown':
    case 'first':
    case 'last':
      ui.set({ scroll: ui.scrolled(ui.state.scroll, SCROLL_STEPS[command] ?? 0) });
      return;
    case 'look':
      ui.set({ screen: 'level' });
      return;
    case 'toChart':
    case 'back':
      closeLevel(ui);
      goTo(ui, 'chart');
      return;
    default:
  }
}
