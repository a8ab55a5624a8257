import { isUtf8 } from 'node:buffer';
import {
  type Dirent,
  type FSWatcher,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { MAX_FILE } from '../game/move.ts';

/** Why the game does not read a file that is there. */
export type Unread = 'tooLarge' | 'link' | 'notText' | 'failed';

/** A change on disk: a file saved, removed when there is no text, or there and not to be read. */
export type FileChange = (path: string, text: string | undefined, unread?: Unread) => void;

const MAX_FILES = 200;
const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 4;
const SETTLE_MS = 80;
/** Where file changes are not announced (network drives), the folder is looked at this often. */
const POLL_MS = 1500;
const EARLIER = '.earlier';
/** Earlier texts that are kept of one file. */
const MAX_EARLIER = 99;

interface Known {
  readonly stamp: string;
  /** Of a file that is not read: what it held before, if that was known. */
  readonly text: string | undefined;
  readonly unread?: Unread;
}

/** A walk through the folder. */
interface Visit {
  readonly depth: number;
  readonly found: Map<string, Known>;
  readonly folders: Set<string>;
}

/**
 * The player's folder on disk, mirrored both ways: what the game writes is put there, and what
 * another editor saves there is told to the game. Hidden files and backups are passed over; of links,
 * large files and what is no text it is told that they are not read. Nothing outside the folder is
 * touched, and no text in it is lost: what makes room for another is set aside in `.earlier`.
 */
export class FolderMirror {
  readonly path: string;
  readonly #onChange: FileChange;
  readonly #known = new Map<string, Known>();
  /** One for each folder: watching folders recursively loses files that are replaced by renaming. */
  readonly #watchers = new Map<string, FSWatcher>();
  #watching = false;
  #poll: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;

  /** Makes the folder if needed; throws an Error of node:fs when it cannot. */
  constructor(path: string, onChange: FileChange) {
    this.path = resolve(path);
    this.#onChange = onChange;
    mkdirSync(this.path, { recursive: true });
  }

  /** Puts the files there that a level begins with; other texts found in their place are set aside. */
  begin(files: ReadonlyMap<string, string>): void {
    for (const [path, known] of this.#list()) {
      const wanted = files.get(path);
      if (wanted === undefined || wanted !== known.text) this.#moveAside(path);
      else this.#known.set(path, known);
    }
    for (const [path, text] of files) this.write(path, text);
    this.#scan(false);
  }

  /** Starts telling of changes. */
  watch(): void {
    this.#watching = true;
    this.#list();
  }

  /** Stops telling of changes. */
  close(): void {
    this.#watching = false;
    this.#unwatch();
    clearInterval(this.#poll);
    clearTimeout(this.#settle);
  }

  /** Saves a file whole or not at all; the change is not told back. Does nothing when it is there already. */
  write(path: string, text: string): void {
    const target = this.#inside(path);
    if (target === undefined || this.#known.get(path)?.text === text) return;
    mkdirSync(dirname(target), { recursive: true });
    // Another program has been here since, and nobody has seen what it left.
    if (stampOf(target) !== '' && stampOf(target) !== this.#stampKnown(path)) this.#moveAside(path);
    const temporary = join(dirname(target), `.${process.pid}.saving`);
    writeFileSync(temporary, text);
    renameSync(temporary, target);
    this.#known.set(path, { stamp: stampOf(target), text });
  }

  /** Keeps a text in `.earlier`, beside what was kept there before; false when it cannot be written. */
  setAside(path: string, text: string): boolean {
    if (this.#inside(path) === undefined) return false;
    try {
      writeFileSync(this.#roomFor(path), text);
      return true;
    } catch {
      // A full disk, or a folder that is not ours any more.
      return false;
    }
  }

  /** Removes a file. */
  remove(path: string): void {
    const target = this.#inside(path);
    if (target === undefined) return;
    rmSync(target, { force: true });
    this.#known.delete(path);
  }

  /** Where the file is on disk; undefined when the name leads out of the folder. */
  locate(path: string): string | undefined {
    return this.#inside(path);
  }

  /** Looks for changes now. */
  refresh(): void {
    this.#scan(true);
  }

  #inside(path: string): string | undefined {
    const target = resolve(this.path, path);
    return target.startsWith(this.path + sep) && isShown(relative(this.path, target)) ? target : undefined;
  }

  /** The stamp of what was read or written last; undefined where that was refused. */
  #stampKnown(path: string): string | undefined {
    const known = this.#known.get(path);
    return known?.unread === undefined ? known?.stamp : undefined;
  }

  #moveAside(path: string): void {
    renameSync(join(this.path, path), this.#roomFor(path));
  }

  /** A free name in `.earlier`; where there is none any more, the last is used again. */
  #roomFor(path: string): string {
    const first = join(this.path, EARLIER, path);
    mkdirSync(dirname(first), { recursive: true });
    for (let n = 1; n < MAX_EARLIER; n++) {
      const name = n === 1 ? first : `${first}.${n}`;
      if (lstatSync(name, { throwIfNoEntry: false }) === undefined) return name;
    }
    return `${first}.${MAX_EARLIER}`;
  }

  #soon(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#scan(true), SETTLE_MS);
  }

  #watchFolders(folders: ReadonlySet<string>): void {
    if (!this.#watching || this.#poll !== undefined) return;
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(join(this.path, folder), { persistent: false }, () => this.#soon());
      watcher.on('error', () => this.#lost(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // Gone again, if it is not the player's folder itself: not every file system can be watched.
      if (folder === '') this.#startPolling();
    }
  }

  #lost(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    if (folder === '') this.#startPolling();
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #startPolling(): void {
    this.#unwatch();
    this.#poll ??= setInterval(() => this.#scan(true), POLL_MS).unref();
  }

  #scan(tell: boolean): void {
    const found = this.#list();
    for (const [path, file] of found) {
      const before = this.#known.get(path);
      this.#known.set(path, file);
      if (!tell) continue;
      if (file.unread !== undefined) {
        if (before?.stamp !== file.stamp) this.#onChange(path, undefined, file.unread);
      } else if (before?.text !== file.text || before?.unread !== undefined) this.#onChange(path, file.text);
    }
    for (const [path, { text }] of [...this.#known]) {
      if (found.has(path)) continue;
      // Where there are too many files, some are not listed.
      if (lstatSync(join(this.path, path), { throwIfNoEntry: false }) !== undefined) continue;
      this.#known.delete(path);
      if (!tell) continue;
      const kept = text === undefined || text === '' || this.setAside(path, text);
      this.#onChange(path, undefined, kept ? undefined : 'failed');
    }
  }

  #list(): Map<string, Known> {
    const found = new Map<string, Known>();
    const folders = new Set<string>();
    this.#visit('', { depth: 0, found, folders });
    this.#watchFolders(folders);
    return found;
  }

  #visit(folder: string, visit: Visit): void {
    const { depth, found, folders } = visit;
    folders.add(folder);
    for (const entry of entriesIn(join(this.path, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!isShown(path) || found.size >= MAX_FILES) continue;
      if (entry.isDirectory()) {
        if (depth < MAX_DEPTH) this.#visit(path, { ...visit, depth: depth + 1 });
        continue;
      }
      const file = this.#read(path);
      if (file !== undefined) found.set(path, file);
    }
  }

  /** The file's text, read again only when its time or size has changed. */
  #read(path: string): Known | undefined {
    const target = join(this.path, path);
    const info = lstatSync(target, { throwIfNoEntry: false });
    if (info === undefined) return undefined;
    const stamp = stampIn(info);
    const before = this.#known.get(path);
    if (before?.stamp === stamp) return before;
    const not = (unread: Unread): Known => ({ stamp, text: before?.text, unread });
    if (!info.isFile()) return not('link');
    if (info.size > MAX_BYTES) return not('tooLarge');
    try {
      const text = readText(readFileSync(target));
      if (text === undefined) return not('notText');
      return text.length > MAX_FILE ? not('tooLarge') : { stamp, text };
    } catch {
      // Forbidden, or gone since it was listed, which the next look will tell.
      return not('failed');
    }
  }
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Removed in the meantime.
    return [];
  }
}

function stampOf(path: string): string {
  const info = lstatSync(path, { throwIfNoEntry: false });
  return info === undefined ? '' : stampIn(info);
}

function stampIn(info: Stats): string {
  return `${info.mtimeMs} ${info.size} ${info.ino}`;
}

/** The text of a file; undefined for what is none. */
function readText(bytes: Buffer): string | undefined {
  return bytes.includes(0) || !isUtf8(bytes) ? undefined : bytes.toString('utf8');
}

/** Names that are the player's: not hidden, not an editor's backup or swap file. */
function isShown(path: string): boolean {
  return (
    path !== '' &&
    path
      .split(/[/\\]/)
      .every((part) => /^[^.\s][^\p{Cc}]*$/u.test(part) && !/(~|\.sw[a-p]|\.tmp)$/.test(part))
  );
}
