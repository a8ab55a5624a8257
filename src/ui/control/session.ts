import { join } from 'node:path';
import type { PlayerAction, SessionView } from '../../game/types.ts';
import { createBuffer, replaceText, textOf } from '../editor/buffer.ts';
import { diagnose, isManifest } from '../editor/diagnostics.ts';
import { undoneBy } from '../model/actions.ts';
import { HarbourReader } from '../model/harbour.ts';
import { type FileTab, type LevelUi, newLevelUi } from '../store.ts';
import { texts } from '../texts/registry.ts';
import { FolderMirror, type Unread } from '../watchfolder.ts';
import { backToNow } from './timeline.ts';
import type { Ui } from './ui.ts';

/** Shows a session on the level screen and lets its time pass. */
export function openLevel(ui: Ui, levelId: string, session: SessionView): void {
  closeLevel(ui);
  const level = newLevelUi(levelId, session, new HarbourReader(session.cluster), ui.state.settings.speed);
  ui.set({ screen: 'level', level });
  openFolder(ui, levelId, session);
  ui.follow = () => follow(ui);
  runTime(ui);
  ui.touch();
}

/** Lets the level's time pass, or stand still, as its screen says. */
export function runTime(ui: Ui): void {
  const { level } = ui;
  if (level !== undefined) ui.runner.run(level.session, level.speed, level.paused || level.reading);
}

/** Time begins: the briefing was left, or something was done. */
export function beginTime(ui: Ui): void {
  if (ui.level?.reading !== true) return;
  ui.setLevel({ reading: false });
  runTime(ui);
}

/** Leaves the level: its game is kept to be continued unless it is over. */
export function closeLevel(ui: Ui): void {
  const { level } = ui;
  if (level === undefined) return;
  if (level.session.state.kind === 'playing') ui.host.progress.save(level.levelId, level.session);
  ui.runner.run(undefined, 1, true);
  ui.follow = undefined;
  ui.folder?.close();
  ui.folder = undefined;
  level.reader.close();
  const { level: _, ...rest } = ui.state;
  ui.store.setState(rest, true);
}

/** Goes on with another session of the same level, after undo or reset. */
export function replaceSession(ui: Ui, session: SessionView, notice: string): void {
  const { level } = ui;
  if (level === undefined) return;
  const undone = undoneBy(level.session.actions, session.actions, level.undone);
  level.reader.close();
  backToNow(ui);
  ui.setLevel({
    session,
    reader: new HarbourReader(session.cluster),
    // The end of a run that was left and is returned to is no news.
    told: session.state.kind !== 'playing',
    undone,
    notice,
    waiting: [],
    clearedTo: -1,
  });
  runTime(ui);
  ui.touch();
}

/** The player does something in the session. */
export function act(ui: Ui, action: PlayerAction): void {
  const { level } = ui;
  if (level === undefined) return;
  // What the player does is done now.
  backToNow(ui);
  // To open a hint is to read on.
  if (action.type !== 'hint') beginTime(ui);
  level.session.act(action);
  if (level.session.state.kind === 'playing') ui.host.progress.save(level.levelId, level.session);
  ui.touch();
}

/** Says something in the line of the prompt. */
export function notify(ui: Ui, notice: string): void {
  ui.setLevel({ notice });
}

/** Takes away what was said. */
export function forgetNotice(ui: Ui): void {
  const { level } = ui;
  if (level?.notice === undefined) return;
  const { notice: _, ...rest } = level;
  ui.set({ level: rest });
}

function openFolder(ui: Ui, levelId: string, session: SessionView): void {
  try {
    const name = levelId.replaceAll(/[^\w.-]+/g, '-').replace(/^\.+/, '');
    const folder = new FolderMirror(join(ui.host.folder, name), (path, text, unread) =>
      changedOnDisk(ui, path, text, unread),
    );
    folder.begin(session.files);
    folder.watch();
    ui.folder = folder;
  } catch (error) {
    // A game without a folder is still a game: say why and go on.
    const why = error instanceof Error ? error.message : String(error);
    notify(ui, texts[ui.state.settings.language].level.folderFailed(why));
  }
}

/** Another program saved or removed a file of the player's folder. */
function changedOnDisk(ui: Ui, path: string, text: string | undefined, unread?: Unread): void {
  if (ui.opening !== undefined) {
    // The session that is on its way does not know of it.
    ui.opening.kept.push(() => changedOnDisk(ui, path, text, unread));
    return;
  }
  const { level } = ui;
  const t = texts[ui.state.settings.language];
  if (unread !== undefined) {
    notify(ui, t.level.unread[unread](path));
    return;
  }
  if (level === undefined || level.session.files.get(path) === text) return;
  const tab = level.files.find((file) => file.path === path);
  const kept =
    tab !== undefined &&
    text !== undefined &&
    textOf(tab.buffer) !== tab.saved &&
    textOf(tab.buffer) !== asLines(text);
  act(ui, text === undefined ? { type: 'file', path } : { type: 'file', path, text });
  if (level.session.files.get(path) !== text) {
    // Too large, or too many: the note says so.
    notify(ui, level.session.transcript.at(-1)?.text ?? '');
    return;
  }
  if (text === undefined) notify(ui, t.level.removed(path));
  else if (kept) {
    // Whoever saves the one overwrites the other.
    const aside = ui.folder?.setAside(path, text) === true;
    notify(ui, aside ? t.level.changedOnDisk(path) : t.level.unread.failed(path));
  } else notify(ui, t.level.reloaded(path));
}

/** Brings the screen up to date with the session: files, texts to edit, waiting commands, the end. */
function follow(ui: Ui): void {
  const { level } = ui;
  if (level === undefined) return;
  followFiles(ui, level);
  submitWaiting(ui);
  const { session } = level;
  if (session.state.kind === 'playing' || ui.level?.told === true) return;
  ui.setLevel({ told: true, typing: false, focus: 'harbour' });
  ui.runner.run(undefined, 1, true);
  ui.host.progress.finish(level.levelId, session);
  ui.set({ overlay: { kind: 'finished', since: ui.wall.now() } });
}

/** Pasted commands go one after the other, each when the one before is done. */
function submitWaiting(ui: Ui): void {
  for (;;) {
    const { level } = ui;
    const [line, ...waiting] = level?.waiting ?? [];
    if (level === undefined || line === undefined) return;
    const { prompt } = level.session;
    if (prompt.kind !== 'ready' && prompt.kind !== 'reading') return;
    ui.setLevel({ waiting });
    level.session.act(prompt.kind === 'ready' ? { type: 'command', line } : { type: 'input', line });
  }
}

/** The files as the session has them; unsaved text is kept. */
function followFiles(ui: Ui, level: LevelUi): void {
  const { session } = level;
  let changed = false;
  const files: FileTab[] = [];
  for (const file of level.files) {
    const text = file.asked === true ? askedText(session, file.path) : session.files.get(file.path);
    const next = followFile(file, text === undefined ? undefined : asLines(text));
    changed ||= next !== file;
    if (next !== undefined) files.push(next);
  }
  for (const [path, text] of session.files) {
    mirrorFile(ui, path, text);
    if (files.some((file) => file.path === path && file.asked !== true)) continue;
    files.push(newTab(path, text));
    changed = true;
  }
  const asked = session.prompt.kind === 'editor' ? session.prompt : undefined;
  const opens = asked !== undefined && !files.some((file) => file.asked === true);
  if (asked !== undefined && opens) files.push({ ...newTab(asked.fileName, asked.text), asked: true });
  if (!changed && !opens) return;
  const at = opens ? files.length - 1 : Math.max(0, Math.min(level.file, files.length - 1));
  const wasAsked = level.files.some((file) => file.asked === true);
  const closes = wasAsked && !files.some((file) => file.asked === true);
  ui.setLevel({
    files,
    file: at,
    ...(opens ? { focus: 'editor', tab: 'editor', typing: true } : {}),
    // Back to where the program was started.
    ...(closes ? { focus: 'terminal', tab: 'terminal', typing: true } : {}),
  });
}

/** Puts a file into the player's folder; where that fails the game goes on without the folder. */
function mirrorFile(ui: Ui, path: string, text: string): void {
  try {
    ui.folder?.write(path, text);
  } catch (error) {
    ui.folder?.close();
    ui.folder = undefined;
    const why = error instanceof Error ? error.message : String(error);
    notify(ui, texts[ui.state.settings.language].level.folderFailed(why));
  }
}

function askedText(session: SessionView, path: string): string | undefined {
  const { prompt } = session;
  return prompt.kind === 'editor' && prompt.fileName === path ? prompt.text : undefined;
}

/** The tab after its file was changed elsewhere; undefined when it is to be closed. */
function followFile(file: FileTab, text: string | undefined): FileTab | undefined {
  const own = textOf(file.buffer);
  if (text === undefined) return own === file.saved || file.asked === true ? undefined : file;
  if (text === file.saved) return file;
  if (own !== file.saved && own !== text) return { ...file, saved: text };
  const buffer = own === text ? file.buffer : replaceText(file.buffer, text);
  return { ...file, buffer, saved: text, problems: check(file.path, text) };
}

function newTab(path: string, text: string): FileTab {
  const lines = asLines(text);
  return { path, buffer: createBuffer(lines), saved: lines, problems: check(path, lines) };
}

/** A text with the line ends of the editor, which knows one kind only. */
function asLines(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** What is wrong with a file's text. */
export function check(path: string, text: string): FileTab['problems'] {
  return isManifest(path) ? diagnose(text) : [];
}
