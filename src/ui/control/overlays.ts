import { textOf } from '../editor/buffer.ts';
import type { CommandId } from '../keys.ts';
import { type Overlay, withoutOverlay } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { createFile } from './editor.ts';
import { goTo } from './menus.ts';
import { LINE_EDITS } from './prompt.ts';
import { act, closeLevel, replaceSession } from './session.ts';
import type { Ui } from './ui.ts';

const PAGE = 10;
/** Whoever is typing when the level ends does not close the news of it unread, ms. */
const UNREAD_MS = 600;

/** A command given while a window is open. */
export function overlayCommand(ui: Ui, overlay: Overlay, command: CommandId): void {
  switch (overlay.kind) {
    case 'confirm':
      if (command === 'yes') {
        confirmed(ui, overlay.what);
        return;
      }
      if (command === 'no' || command === 'back') closeOverlay(ui);
      return;
    case 'field':
      fieldCommand(ui, overlay, command);
      return;
    case 'finished':
      if (ui.wall.now() - overlay.since < UNREAD_MS) return;
      if (command === 'choose') ui.set({ screen: 'result' });
      if (command === 'choose' || command === 'back') closeOverlay(ui);
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

function confirmed(ui: Ui, what: 'leave' | 'exit' | 'reset'): void {
  closeOverlay(ui);
  const { level } = ui;
  if (what === 'reset') {
    const t = texts[ui.state.settings.language];
    if (level !== undefined) replaceSession(ui, level.session.reset(), t.level.restarted);
    return;
  }
  closeLevel(ui);
  if (what === 'leave') {
    goTo(ui, 'chart');
    return;
  }
  ui.terminal?.exit();
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
    else act(ui, { type: 'answer', goal: overlay.goal ?? '', text: text.trim() });
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
  const steps: Partial<Record<CommandId, number>> = { up: -1, down: 1, pageUp: -PAGE, pageDown: PAGE };
  const step = steps[command];
  if (command === 'back' || (command === 'choose' && overlay.kind !== 'why')) {
    closeOverlay(ui);
    return;
  }
  if (overlay.kind === 'why') {
    if (command === 'choose') {
      jumpTo(ui, overlay.lines[overlay.chosen]?.time);
      return;
    }
    if (step !== undefined) {
      const chosen = Math.max(0, Math.min(overlay.lines.length - 1, overlay.chosen + step));
      ui.set({ overlay: { ...overlay, chosen } });
    }
    return;
  }
  // The drawing knows how much there is to scroll, so it holds an overshoot back.
  if (step !== undefined)
    ui.set({ overlay: { ...overlay, scroll: Math.max(0, Math.min(200, overlay.scroll + step)) } });
}

/** The timeline goes to the moment of a line of `why`. */
function jumpTo(ui: Ui, time: number | undefined): void {
  closeOverlay(ui);
  const { level } = ui;
  if (level === undefined || time === undefined) return;
  const start = level.session.cluster.sim.now() - level.session.elapsed;
  ui.setLevel({ timeAt: Math.max(0, Math.floor((time - start) / 1000)), focus: 'timeline', tab: 'timeline' });
}
