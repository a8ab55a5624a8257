import * as buffers from '../editor/buffer.ts';
import type { CommandId } from '../keys.ts';
import { placeOf } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { act, notify } from './session.ts';
import type { Ui } from './ui.ts';

type Edit = (buffer: buffers.EditBuffer) => buffers.EditBuffer;

/** Keys that only change a line. */
export const LINE_EDITS: Readonly<Partial<Record<CommandId, Edit>>> = {
  left: buffers.moveLeft,
  right: buffers.moveRight,
  wordLeft: buffers.moveWordLeft,
  wordRight: buffers.moveWordRight,
  first: (buffer) => buffers.moveTo(buffer, 0, 0),
  last: buffers.moveEnd,
  backspace: buffers.backspace,
  delete: buffers.deleteAfter,
  clearLine: () => buffers.createBuffer(''),
};

const PAGE = 8;
const MAX_PAST = 500;

/** A command given while a line is typed at the prompt. */
export function promptCommand(ui: Ui, command: CommandId): void {
  const { level } = ui;
  if (level === undefined) return;
  const edit = LINE_EDITS[command];
  if (edit !== undefined) {
    setLine(ui, edit(level.prompt));
    return;
  }
  const { scroll, chosen } = placeOf(level, 'terminal');
  switch (command) {
    case 'run':
      runLine(ui);
      return;
    case 'complete':
      complete(ui);
      return;
    case 'historyBack':
      recall(ui, 1);
      return;
    case 'historyOn':
      recall(ui, -1);
      return;
    case 'interrupt':
      setLine(ui, buffers.createBuffer(''));
      ui.setLevel({ waiting: [] });
      act(ui, { type: 'interrupt' });
      return;
    case 'endOfFile':
      if (level.session.prompt.kind === 'reading') act(ui, { type: 'input' });
      return;
    case 'clear':
      ui.setLevel({ clearedTo: level.session.transcript.at(-1)?.id ?? -1 });
      return;
    case 'pageUp':
      ui.setLevel({ places: { ...level.places, terminal: { scroll: scroll + PAGE, chosen } } });
      return;
    case 'pageDown':
      ui.setLevel({
        places: { ...level.places, terminal: { scroll: Math.max(0, scroll - PAGE), chosen } },
      });
      return;
    case 'nextPanel':
      ui.setLevel({ typing: false, focus: 'events' });
      return;
    case 'back':
      ui.setLevel({ typing: false, candidates: [] });
      return;
    default:
  }
}

/** Puts typed text into the line; several pasted lines are several commands. */
export function typeAtPrompt(ui: Ui, text: string): void {
  const { level } = ui;
  if (level === undefined) return;
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.pop() ?? '';
  if (lines.length === 0) {
    setLine(ui, buffers.insert(level.prompt, text));
    return;
  }
  const [first = '', ...others] = lines;
  const commands = [buffers.textOf(buffers.insert(level.prompt, first)), ...others].filter(
    (line) => line.trim() !== '',
  );
  setLine(ui, buffers.createBuffer(last));
  ui.setLevel({
    waiting: [...level.waiting, ...commands],
    past: [...level.past, ...commands].slice(-MAX_PAST),
  });
  if (commands.length > 1) notify(ui, texts[ui.state.settings.language].level.pasted(commands.length));
  showTerminal(ui);
  ui.touch();
}

function setLine(ui: Ui, prompt: buffers.EditBuffer): void {
  const { level } = ui;
  if (level === undefined) return;
  const { notice: _, ...rest } = level;
  ui.set({ level: { ...rest, prompt, pastAt: 0, candidates: [] } });
}

function showTerminal(ui: Ui): void {
  const { level } = ui;
  if (level === undefined) return;
  ui.setLevel({ tab: 'terminal', places: { ...level.places, terminal: { scroll: 0, chosen: 0 } } });
}

function runLine(ui: Ui): void {
  const { level } = ui;
  if (level === undefined) return;
  const line = buffers.textOf(level.prompt);
  const { prompt } = level.session;
  if (prompt.kind !== 'ready' && prompt.kind !== 'reading') return;
  setLine(ui, buffers.createBuffer(''));
  showTerminal(ui);
  if (prompt.kind === 'reading') {
    act(ui, { type: 'input', line });
    return;
  }
  if (line.trim() === '') return;
  if (level.past.at(-1) !== line) ui.setLevel({ past: [...level.past, line].slice(-MAX_PAST) });
  act(ui, { type: 'command', line });
}

/** Goes back or forth in what was typed before; what is being typed is kept at the end. */
function recall(ui: Ui, step: number): void {
  const { level } = ui;
  if (level === undefined) return;
  const at = Math.max(0, Math.min(level.past.length, level.pastAt + step));
  if (at === level.pastAt) return;
  const draft = level.pastAt === 0 ? buffers.textOf(level.prompt) : level.draft;
  const line = at === 0 ? draft : (level.past.at(-at) ?? '');
  ui.setLevel({ prompt: buffers.moveEnd(buffers.createBuffer(line)), pastAt: at, draft, candidates: [] });
}

/** Completes what stands before the cursor, as far as all candidates agree. */
function complete(ui: Ui): void {
  const { level } = ui;
  if (level === undefined || level.session.prompt.kind !== 'ready') return;
  const { prompt } = level;
  const line = buffers.textOf(prompt);
  const { start, candidates } = level.session.complete(line.slice(0, prompt.col));
  if (candidates.length === 0) {
    ui.setLevel({ candidates: [] });
    return;
  }
  const common = commonStart(candidates);
  const only = candidates.length === 1;
  const ending = only && !/[/=:,]$/.test(common) ? ' ' : '';
  const added = common.length >= prompt.col - start ? common + ending : line.slice(start, prompt.col);
  const text = line.slice(0, start) + added + line.slice(prompt.col);
  const next = buffers.moveTo(buffers.createBuffer(text), 0, start + added.length);
  ui.setLevel({ prompt: next, candidates: only ? [] : candidates, pastAt: 0 });
}

/** The longest start that all of them have. */
export function commonStart(words: readonly string[]): string {
  const [first = '', ...others] = words;
  let length = first.length;
  for (const word of others) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
