import { insert } from '../editor/buffer.ts';
import {
  type CommandId,
  type Context,
  commandFor,
  type InkKey,
  namedKey,
  TEXT_CONTEXTS,
  typedKeys,
} from '../keys.ts';
import { contextOf } from '../screens/levelview.ts';
import { editorCommand, typeIntoFile } from './editor.ts';
import { levelCommand } from './level.ts';
import { askToExit, menuCommand, resultCommand } from './menus.ts';
import { overlayCommand } from './overlays.ts';
import { promptCommand, typeAtPrompt } from './prompt.ts';
import type { Ui } from './ui.ts';

/** A key as Ink reports it, or several typed at once. */
export function pressKey(ui: Ui, input: string, key: InkKey): void {
  if (key.eventType === 'release') return;
  const named = namedKey(input, key);
  if (named !== undefined) return pressNamed(ui, named);
  if (input === '') return;
  if (TEXT_CONTEXTS.has(contextOf(ui.state))) return typeText(ui, input);
  for (const name of typedKeys(input)) {
    const context = contextOf(ui.state);
    // What follows a key that opened a text field is text.
    if (TEXT_CONTEXTS.has(context)) typeText(ui, name === 'space' ? ' ' : name);
    else pressNamed(ui, name);
  }
}

/** Text pasted in one piece. */
export function pasteText(ui: Ui, text: string): void {
  if (TEXT_CONTEXTS.has(contextOf(ui.state))) typeText(ui, text);
}

function pressNamed(ui: Ui, name: string): void {
  const context = contextOf(ui.state);
  const lower = name.length === 1 ? name.toLowerCase() : name;
  const command = commandFor(context, name) ?? commandFor(context, lower);
  if (command !== undefined) runCommand(ui, context, command);
}

function typeText(ui: Ui, text: string): void {
  const { overlay, level } = ui.state;
  if (overlay?.kind === 'field') {
    const [first = ''] = text.split(/[\r\n]/);
    return ui.set({ overlay: { ...overlay, input: insert(overlay.input, first) } });
  }
  if (level === undefined) return;
  if (level.focus === 'editor') return typeIntoFile(ui, text);
  // Nothing begins with a question mark, so it may ask for help at an empty prompt.
  const isEmpty = level.prompt.lines.length === 1 && level.prompt.lines[0] === '';
  if (text === '?' && isEmpty && level.session.prompt.kind === 'ready') return showHelp(ui);
  typeAtPrompt(ui, text);
}

function showHelp(ui: Ui): void {
  ui.set({ overlay: { kind: 'help', scroll: 0 } });
}

/** Does what a binding says, in the context in which it was found. */
export function runCommand(ui: Ui, context: Context, command: CommandId): void {
  if (command === 'suspend') return ui.terminal?.stop();
  const { overlay } = ui.state;
  if (overlay !== undefined) return overlayCommand(ui, overlay, command);
  if (command === 'help') return showHelp(ui);
  if (command === 'quit') return askToExit(ui);
  switch (context) {
    case 'menu':
      return menuCommand(ui, command);
    case 'result':
      return resultCommand(ui, command);
    case 'editor':
      return editorCommand(ui, command);
    case 'prompt':
      return promptCommand(ui, command);
    default:
      return levelCommand(ui, command);
  }
}
