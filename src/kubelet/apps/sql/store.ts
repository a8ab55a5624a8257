import { baseName, directoryOf, type FileTree, makeDirectories } from '../../tools/filetree.ts';
import type { ColumnDefinition } from './statement.ts';
import type { SqlValue } from './wire.ts';

export type Row = readonly SqlValue[];

/** A table as it stands on disk. */
export interface Table {
  readonly columns: readonly ColumnDefinition[];
  readonly rows: readonly Row[];
  /** What the next row counts as, where a column counts by itself. */
  readonly next: number;
}

/** Who may come in, and with which password. */
export type Users = Readonly<Record<string, string>>;

/**
 * The databases of one server, in its data directory: `base/<database>/<table>`, and `global/users`. What
 * is on a volume is found again by whoever mounts it next.
 */
export class SqlStore {
  readonly #files: FileTree;
  readonly #directory: string;
  /** The tables that were read last, and the text they were read from. */
  readonly #cache = new Map<string, { readonly text: string; readonly table: Table }>();

  constructor(files: FileTree, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  get users(): Users {
    const read = this.#files.read(`${this.#directory}/global/users`);
    return read.ok ? ((readJson(read.value) as Users | undefined) ?? {}) : {};
  }

  setUser(name: string, password: string): boolean {
    return this.#write('global/users', JSON.stringify({ ...this.users, [name]: password }));
  }

  databases(): readonly string[] {
    const listed = this.#files.list(`${this.#directory}/base`);
    return listed.ok ? listed.value : [];
  }

  createDatabase(name: string): boolean {
    return this.#write(`base/${safe(name)}/.catalog`, '');
  }

  dropDatabase(name: string): void {
    this.#files.remove(`${this.#directory}/base/${safe(name)}`);
  }

  tables(database: string): readonly string[] {
    const listed = this.#files.list(`${this.#directory}/base/${safe(database)}`);
    return listed.ok ? listed.value.filter((name) => !name.startsWith('.')) : [];
  }

  table(database: string, name: string): Table | undefined {
    const path = this.#path(database, name);
    const read = this.#files.read(path);
    if (!read.ok) return undefined;
    const known = this.#cache.get(path);
    if (known?.text === read.value) return known.table;
    const table = readJson(read.value) as Table | undefined;
    if (table !== undefined) this.#cache.set(path, { text: read.value, table });
    return table;
  }

  /** False: the disk is full, or may not be written to. */
  save(database: string, name: string, table: Table): boolean {
    const text = JSON.stringify(table);
    const path = this.#path(database, name);
    if (!this.#write(`base/${safe(database)}/${safe(name)}`, text)) return false;
    this.#cache.set(path, { text, table });
    return true;
  }

  dropTable(database: string, name: string): void {
    this.#files.remove(this.#path(database, name));
  }

  #path(database: string, name: string): string {
    return `${this.#directory}/base/${safe(database)}/${safe(name)}`;
  }

  #write(path: string, text: string): boolean {
    const whole = `${this.#directory}/${path}`;
    return makeDirectories(this.#files, directoryOf(whole)).ok && this.#files.write(whole, text).ok;
  }
}

/** A name as a file can have it. */
function safe(name: string): string {
  return encodeURIComponent(baseName(`/${name.replaceAll('/', '%2F')}`)) || '%';
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody has been at the files: to the server there is no such table.
    return undefined;
  }
}
