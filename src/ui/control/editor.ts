import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { applyCommand } from '../../game/actionlog.ts';
import { MAX_FILE } from '../../game/move.ts';
import * as buffers from '../editor/buffer.ts';
import type { CommandId } from '../keys.ts';
import type { FileTab } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { act, check, forgetNotice, notify, runTime } from './session.ts';
import type { Ui } from './ui.ts';

/** Typing has paused after this time, ms. */
const PAUSE_MS = 300;

type Edit = (buffer: buffers.EditBuffer) => buffers.EditBuffer;

/** Keys that only change the buffer. */
const EDITS: Readonly<Partial<Record<CommandId, Edit>>> = {
  undo: buffers.undo,
  redo: buffers.redo,
  deleteLine: buffers.deleteLine,
  indent: buffers.indent,
  outdent: buffers.outdent,
  newline: buffers.insertNewline,
  backspace: buffers.backspace,
  delete: buffers.deleteAfter,
  up: (buffer) => buffers.moveVertically(buffer, -1),
  down: (buffer) => buffers.moveVertically(buffer, 1),
  left: buffers.moveLeft,
  right: buffers.moveRight,
  wordLeft: buffers.moveWordLeft,
  wordRight: buffers.moveWordRight,
  first: buffers.moveHome,
  last: buffers.moveEnd,
};

/** A command given while a file is edited. */
export function editorCommand(ui: Ui, command: CommandId): void {
  const edit = EDITS[command];
  if (edit !== undefined) {
    editFile(ui, edit);
    return;
  }
  const page = Math.max(4, Math.floor((ui.terminal?.rows ?? 24) * 0.35));
  switch (command) {
    case 'pageUp':
      editFile(ui, (buffer) => buffers.moveVertically(buffer, -page));
      return;
    case 'pageDown':
      editFile(ui, (buffer) => buffers.moveVertically(buffer, page));
      return;
    case 'apply':
      applyFile(ui);
      return;
    case 'nextFile':
      nextFile(ui);
      return;
    case 'newFile':
      askForFile(ui);
      return;
    case 'nextPanel':
      ui.setLevel({ typing: true, focus: 'terminal', tab: 'terminal' });
      return;
    case 'external':
      // Errors of the child are told by the function itself; anything else is a bug and may end the program.
      void openExternally(ui);
      return;
    case 'back':
      leaveEditor(ui);
      return;
    default:
  }
}

/** Puts typed or pasted text into the file. */
export function typeIntoFile(ui: Ui, text: string): void {
  editFile(ui, (buffer) => buffers.insert(buffer, text));
}

function currentFile(ui: Ui): FileTab | undefined {
  const { level } = ui;
  return level?.files[level.file];
}

function setFile(ui: Ui, change: Partial<FileTab>): void {
  const { level } = ui;
  const file = currentFile(ui);
  if (level === undefined || file === undefined) return;
  ui.setLevel({ files: level.files.with(level.file, { ...file, ...change }) });
}

function editFile(ui: Ui, edit: Edit): void {
  const file = currentFile(ui);
  if (file === undefined) return;
  const buffer = edit(file.buffer);
  if (buffer === file.buffer) return;
  setFile(ui, { buffer });
  forgetNotice(ui);
  if (buffer.lines !== file.buffer.lines) ui.later(() => checkFile(ui, file.path), PAUSE_MS);
}

/** Looks for problems once typing has paused. */
function checkFile(ui: Ui, path: string): void {
  const { level } = ui;
  if (level === undefined) return;
  const files = level.files.map((file) =>
    file.path === path ? { ...file, problems: check(path, buffers.textOf(file.buffer)) } : file,
  );
  ui.setLevel({ files });
}

/** Saves the file and applies it, or sends back the text that a program asked for. */
function applyFile(ui: Ui): void {
  const file = currentFile(ui);
  if (file === undefined) return;
  const text = buffers.textOf(file.buffer);
  if (file.asked === true) {
    act(ui, { type: 'edited', text });
    return;
  }
  setFile(ui, { saved: text, problems: check(file.path, text) });
  act(ui, { type: 'file', path: file.path, text });
  const word = ui.level?.session.fileWord(file.path) ?? file.path;
  act(ui, { type: 'command', line: applyCommand(word) });
  reportApply(ui, file.path);
}

/** The last thing said about it, beside the prompt: the terminal may not be on the screen. */
function reportApply(ui: Ui, path: string): void {
  const entry = ui.level?.session.transcript.at(-1);
  const said =
    entry === undefined || entry.kind === 'command' ? '' : (entry.text.trim().split('\n').at(-1) ?? '');
  notify(ui, said === '' ? texts[ui.state.settings.language].level.saved(path) : said);
}

function nextFile(ui: Ui): void {
  const { level } = ui;
  if (level !== undefined && level.files.length > 0)
    ui.setLevel({ file: (level.file + 1) % level.files.length });
}

/** Asks for the name of a new file. */
export function askForFile(ui: Ui): void {
  const { level } = texts[ui.state.settings.language];
  ui.set({
    overlay: { kind: 'field', purpose: 'newFile', label: level.newFile, input: buffers.createBuffer('') },
  });
}

/** Makes an empty file and opens it. */
export function createFile(ui: Ui, name: string): boolean {
  const path = name.trim();
  if (!/^\w[\w.-]*$/.test(path)) {
    notify(ui, texts[ui.state.settings.language].level.badFileName);
    return false;
  }
  const full = /\.\w+$/.test(path) ? path : `${path}.yaml`;
  if (ui.level?.session.files.has(full) !== true) act(ui, { type: 'file', path: full, text: '' });
  const at = ui.level?.files.findIndex((file) => file.path === full) ?? -1;
  if (at >= 0) ui.setLevel({ file: at, focus: 'editor', tab: 'editor', typing: true });
  return true;
}

function leaveEditor(ui: Ui): void {
  const file = currentFile(ui);
  // A program waits for this text: leaving it is an answer too.
  if (file?.asked === true) act(ui, { type: 'edited' });
  else ui.setLevel({ typing: false });
}

/** Hands the file to the player's own editor and takes back what was saved there. */
async function openExternally(ui: Ui): Promise<void> {
  const file = currentFile(ui);
  const { level, terminal } = ui;
  if (file === undefined || level === undefined || terminal === undefined) return;
  const text = buffers.textOf(file.buffer);
  const scratch = mkdtempSync(join(tmpdir(), 'shipshape-'));
  const path = join(scratch, basename(file.path) || 'manifest.yaml');
  ui.runner.run(undefined, 1, true);
  try {
    writeFileSync(path, text);
    let problem: string | undefined;
    await terminal.suspend(async () => {
      problem = await runEditor(ui.host.editor ?? 'vi', path);
    });
    const t = texts[ui.state.settings.language].level;
    const edited = readBack(path);
    if (problem !== undefined || edited === undefined) notify(ui, t.editorFailed(problem ?? t.noText));
    else if (edited !== text) takeEdited(ui, file, edited);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    runTime(ui);
  }
}

/** What the editor left; undefined when it left no file. */
function readBack(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll(/\r\n?/g, '\n');
  } catch {
    // Removed, or made unreadable, by the editor.
    return undefined;
  }
}

/** Takes a text that was edited elsewhere; one that is too large is kept beside the player's files. */
function takeEdited(ui: Ui, file: FileTab, edited: string): void {
  const t = texts[ui.state.settings.language].level;
  if (edited.length > MAX_FILE) {
    ui.folder?.setAside(file.path, edited);
    notify(ui, t.tooLarge(file.path));
    return;
  }
  setFile(ui, { buffer: buffers.replaceText(file.buffer, edited), problems: check(file.path, edited) });
  if (file.asked === true) return;
  setFile(ui, { saved: edited });
  act(ui, { type: 'file', path: file.path, text: edited });
  notify(ui, t.reloaded(file.path));
}

/** Undefined when it ended well, else why not. */
async function runEditor(command: string, path: string): Promise<string | undefined> {
  // Few need it, and it takes a while to load.
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    // The setting may hold arguments (`code --wait`), so the shell takes it apart; the path is passed beside it.
    const child = spawn('/bin/sh', ['-c', `exec ${command} "$1"`, 'sh', path], { stdio: 'inherit' });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code) => resolve(code === 0 ? undefined : `${command} (${code ?? 'signal'})`));
  });
}
