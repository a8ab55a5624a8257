import { createBuffer, insert, textOf } from '../editor/buffer.ts';
import { SANDBOX } from '../host.ts';
import { type CommandId, SCROLL_STEPS } from '../keys.ts';
import type { ActionRow } from '../model/actions.ts';
import { startTime } from '../screens/levelview.ts';
import { type Overlay, withoutOverlay } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { createFile } from './editor.ts';
import { faultsCommand } from './faults.ts';
import { beginAgain, goOnFrom } from './fork.ts';
import { goTo, startLevel, startSandbox } from './menus.ts';
import { LINE_EDITS } from './prompt.ts';
import { act, closeLevel, notify } from './session.ts';
import { lookBack } from './timeline.ts';
import type { Ui } from './ui.ts';

/** Whoever is typing when the level ends types on for this long after each key, ms. */
const UNREAD_MS = 600;

/** Whether a key belongs to what was being typed when the level ended: it must not close the news of it unread. */
export function isTypedOn(ui: Ui): boolean {
  const { overlay } = ui.state;
  if (overlay?.kind !== 'finished') return false;
  const now = ui.wall.now();
  if (now - overlay.since >= UNREAD_MS) return false;
  ui.set({ overlay: { ...overlay, since: now } });
  return true;
}

/** A command given while a window is open. */
export function overlayCommand(ui: Ui, overlay: Overlay, command: CommandId): void {
  switch (overlay.kind) {
    case 'confirm':
      if (command === 'yes') {
        confirmed(ui, overlay);
        return;
      }
      if (command === 'no' || command === 'back') closeOverlay(ui);
      return;
    case 'actions':
    case 'traffic':
      chosenCommand(ui, overlay, command);
      return;
    case 'field':
      fieldCommand(ui, overlay, command);
      return;
    case 'faults':
      faultsCommand(ui, overlay, command, () => closeOverlay(ui));
      return;
    case 'finished':
      if (command === 'toResult') ui.set({ screen: 'result', scroll: 0 });
      if (command === 'toResult' || command === 'back') closeOverlay(ui);
      return;
    default:
      listCommand(ui, overlay, command);
      return;
  }
}

/** Takes the window away. */
export function closeOverlay(ui: Ui): void {
  ui.store.setState(withoutOverlay(ui.state), true);
}

/** A list whose chosen line is what scrolling moves. */
function chosenCommand(
  ui: Ui,
  overlay: Overlay & { readonly kind: 'actions' | 'traffic' },
  command: CommandId,
): void {
  const step = SCROLL_STEPS[command];
  const count = overlay.kind === 'actions' ? overlay.rows.length : overlay.exchanges.length;
  if (step !== undefined) {
    ui.set({ overlay: { ...overlay, chosen: Math.max(0, Math.min(count - 1, overlay.chosen + step)) } });
    return;
  }
  if (overlay.kind === 'actions' && (command === 'toPrompt' || command === 'copy')) {
    takeCommand(ui, overlay.rows[overlay.chosen], command);
    return;
  }
  if (command === 'back') closeOverlay(ui);
}

/** Puts the command of something that was done where it can be typed again: at the prompt, or on the clipboard. */
function takeCommand(ui: Ui, row: ActionRow | undefined, command: 'toPrompt' | 'copy'): void {
  closeOverlay(ui);
  if (row === undefined) return;
  const { level: t } = texts[ui.state.settings.language];
  const { line } = row.action;
  if (line === undefined) {
    notify(ui, t.notTyped);
    return;
  }
  if (command === 'copy') {
    ui.terminal?.copy(line);
    notify(ui, t.copied);
    return;
  }
  if (line.includes('\n')) {
    notify(ui, t.severalLines('y'));
    return;
  }
  ui.setLevel({ prompt: insert(createBuffer(''), line), focus: 'terminal', tab: 'terminal', typing: true });
}

function confirmed(ui: Ui, { what, levelId, second }: Overlay & { readonly kind: 'confirm' }): void {
  closeOverlay(ui);
  const { level } = ui;
  if (what === 'gone') return;
  if (what === 'fork') {
    if (level !== undefined && second !== undefined) goOnFrom(ui, level, second);
    return;
  }
  if (what === 'anew') {
    if (levelId === SANDBOX) startSandbox(ui);
    else if (levelId !== undefined) startLevel(ui, levelId);
    return;
  }
  if (what === 'reset') {
    if (level !== undefined) beginAgain(ui, level);
    return;
  }
  closeLevel(ui);
  if (what === 'leave') {
    goTo(ui, 'chart');
    return;
  }
  ui.terminal?.exit();
}

/** Hands an answer in, and says beside the prompt whether it was right where the terminal is hidden. */
function answer(ui: Ui, goal: string, text: string): void {
  act(ui, { type: 'answer', goal, text });
  const { level } = ui;
  const said = level?.session.transcript.at(-1);
  const seen = level?.tab === 'terminal' && level.focus !== 'goals';
  if (said?.kind === 'note' && !seen) notify(ui, said.text);
}

function fieldCommand(ui: Ui, overlay: Overlay & { readonly kind: 'field' }, command: CommandId): void {
  if (command === 'back') {
    closeOverlay(ui);
    return;
  }
  if (command === 'run') {
    const text = textOf(overlay.input);
    closeOverlay(ui);
    if (text.trim() === '') return;
    if (overlay.purpose === 'newFile') createFile(ui, text);
    else answer(ui, overlay.goal ?? '', text.trim());
    return;
  }
  const edit = LINE_EDITS[command];
  if (edit !== undefined) ui.set({ overlay: { ...overlay, input: edit(overlay.input) } });
}

function listCommand(
  ui: Ui,
  overlay: Overlay & { readonly kind: 'help' | 'why' | 'crane' },
  command: CommandId,
): void {
  const step = SCROLL_STEPS[command];
  if (command === 'back') {
    closeOverlay(ui);
    return;
  }
  if (overlay.kind === 'why') {
    if (command === 'goThere') {
      jumpTo(ui, overlay.lines[overlay.chosen]?.time);
      return;
    }
    if (step !== undefined) {
      const chosen = Math.max(0, Math.min(overlay.lines.length - 1, overlay.chosen + step));
      ui.set({ overlay: { ...overlay, chosen } });
    }
    return;
  }
  if (step !== undefined) ui.set({ overlay: { ...overlay, scroll: ui.scrolled(overlay.scroll, step) } });
}

/** The timeline goes to the moment of a line of `why`. */
function jumpTo(ui: Ui, time: number | undefined): void {
  closeOverlay(ui);
  const { level } = ui;
  if (level === undefined || time === undefined) return;
  ui.setLevel({ focus: 'timeline', tab: 'timeline' });
  lookBack(ui, level, Math.max(0, Math.floor((time - startTime(level)) / 1000)));
}
