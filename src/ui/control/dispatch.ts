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
import { focusOn, levelCommand } from './level.ts';
import { askToExit, menuCommand, resultCommand } from './menus.ts';
import { keepKey, openingCommand } from './opening.ts';
import { isTypedOn, overlayCommand } from './overlays.ts';
import { promptCommand, typeAtPrompt } from './prompt.ts';
import { beginTime, forgetNotice } from './session.ts';
import type { Ui } from './ui.ts';

/** A key as Ink reports it, or several typed at once. */
export function pressKey(ui: Ui, input: string, key: InkKey): void {
  hearKey(ui, input, key);
  leaveBriefing(ui);
}

/** Text pasted in one piece. */
export function pasteText(ui: Ui, text: string): void {
  hearPaste(ui, text);
  leaveBriefing(ui);
}

/** The time of a level begins once its briefing is left. */
function leaveBriefing(ui: Ui): void {
  if (ui.state.screen === 'level' && ui.level?.focus !== 'briefing') beginTime(ui);
}

function hearKey(ui: Ui, input: string, key: InkKey): void {
  if (key.eventType === 'release') return;
  const named = namedKey(input, key);
  if (
    contextOf(ui.state) === 'opening' &&
    (named === undefined || commandFor('opening', named) === undefined)
  ) {
    keepKey(ui, () => pressKey(ui, input, key));
    return;
  }
  if (named !== undefined) {
    pressNamed(ui, named);
    return;
  }
  if (input === '') return;
  if (TEXT_CONTEXTS.has(contextOf(ui.state))) {
    typeText(ui, input);
    return;
  }
  const chars = [...input];
  for (const [i, char] of chars.entries()) {
    for (const name of typedKeys(char)) pressNamed(ui, name);
    // What follows a key that opened a text field is text.
    const rest = chars.slice(i + 1).join('');
    if (rest !== '' && TEXT_CONTEXTS.has(contextOf(ui.state))) {
      typeText(ui, rest);
      return;
    }
  }
}

function hearPaste(ui: Ui, text: string): void {
  const context = contextOf(ui.state);
  if (context === 'opening') {
    keepKey(ui, () => pasteText(ui, text));
    return;
  }
  // On the level screen there is only one thing that pasted text can mean.
  const { level } = ui;
  if (level !== undefined && (context === 'panel' || context === 'past'))
    focusOn(ui, level.focus === 'editor' && level.files.length > 0 ? 'editor' : 'terminal', true);
  if (TEXT_CONTEXTS.has(contextOf(ui.state))) typeText(ui, text);
}

function pressNamed(ui: Ui, name: string): void {
  if (isTypedOn(ui)) return;
  const context = contextOf(ui.state);
  const lower = name.length === 1 ? name.toLowerCase() : name;
  const command = commandFor(context, name) ?? commandFor(context, lower);
  if (command !== undefined) runCommand(ui, context, command);
}

function typeText(ui: Ui, text: string): void {
  const { overlay, level } = ui.state;
  if (overlay?.kind === 'field') {
    const [first = '', ...rest] = text.split(/\r\n|\n|\r/);
    const filled = { ...overlay, input: insert(overlay.input, first) };
    ui.set({ overlay: filled });
    // Typed (or pasted) with its Enter in one piece.
    if (rest.length > 0) overlayCommand(ui, filled, 'run');
    return;
  }
  if (level === undefined) return;
  if (level.focus === 'editor') {
    typeIntoFile(ui, text);
    return;
  }
  // Nothing begins with a question mark, so it may ask for help at an empty prompt.
  const isEmpty = level.prompt.lines.length === 1 && level.prompt.lines[0] === '';
  if (text === '?' && isEmpty && level.session.prompt.kind === 'ready') {
    showHelp(ui);
    return;
  }
  typeAtPrompt(ui, text);
}

function showHelp(ui: Ui): void {
  ui.set({ overlay: { kind: 'help', scroll: 0 } });
}

/** Does what a binding says, in the context in which it was found. */
export function runCommand(ui: Ui, context: Context, command: CommandId): void {
  if (command === 'suspend') {
    ui.terminal?.stop();
    return;
  }
  const { overlay } = ui.state;
  if (overlay !== undefined) {
    overlayCommand(ui, overlay, command);
    return;
  }
  if (command === 'help') {
    showHelp(ui);
    return;
  }
  if (command === 'quit') {
    askToExit(ui);
    return;
  }
  switch (context) {
    case 'menu':
    case 'chart':
    case 'choice':
      menuCommand(ui, command);
      return;
    case 'opening':
      openingCommand(ui, command);
      return;
    case 'result':
      resultCommand(ui, command);
      return;
    case 'editor':
      editorCommand(ui, command);
      return;
    case 'prompt':
      promptCommand(ui, command);
      return;
    default:
      // What was said of the key before is old news at the next one.
      forgetNotice(ui);
      levelCommand(ui, command);
      return;
  }
}
