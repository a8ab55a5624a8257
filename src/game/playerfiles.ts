import type { FileSystem } from '../kubectl/context.ts';
import { MAX_FILE } from './move.ts';

const MAX_FILES = 300;
const MAX_TOTAL = 4_000_000;
const MAX_PATH = 200;
/** What no path may hold: control characters, backslashes, and what tricks the eye. */
const BAD_PATH = /[\\:*?"<>|\p{Cc}\p{Cf}]/u;

/**
 * The player's folder: texts by path, nothing else. Paths are relative to it; a leading slash or
 * `./` means the same, and `..` does not lead out. Bounded in number and size.
 */
export class PlayerFiles implements FileSystem {
  readonly #texts: Map<string, string>;
  #sorted: ReadonlyMap<string, string> | undefined;
  #total = 0;
  readonly #changed: () => void;

  constructor(texts: ReadonlyMap<string, string>, changed: () => void = () => {}) {
    this.#texts = new Map(texts);
    for (const text of texts.values()) this.#total += text.length;
    this.#changed = changed;
  }

  /** All files, sorted by path; the same map until one changes. */
  get all(): ReadonlyMap<string, string> {
    this.#sorted ??= new Map([...this.#texts].sort(([a], [b]) => (a < b ? -1 : 1)));
    return this.#sorted;
  }

  read(path: string): string | undefined {
    return this.#texts.get(normalize(path));
  }

  write(path: string, text: string): void {
    this.save(path, text);
  }

  /** Writes a file; false when its path is none, or when it would be too much. */
  save(path: string, text: string): boolean {
    const name = normalize(path);
    const before = this.#texts.get(name);
    if (before === text) return true;
    const total = this.#total + text.length - (before?.length ?? 0);
    if (!isFileName(name) || text.length > MAX_FILE || total > MAX_TOTAL) return false;
    if (before === undefined && this.#texts.size >= MAX_FILES) return false;
    // A name is a file or a folder, not both.
    if (this.list(name) !== undefined || parents(name).some((parent) => this.#texts.has(parent)))
      return false;
    this.#texts.set(name, text);
    this.#total = total;
    this.#touch();
    return true;
  }

  list(path: string): readonly string[] | undefined {
    const folder = normalize(path);
    const prefix = folder === '' ? '' : `${folder}/`;
    const names = new Set<string>();
    for (const file of this.#texts.keys()) {
      if (!file.startsWith(prefix)) continue;
      const rest = file.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
    }
    return names.size === 0 && folder !== '' ? undefined : [...names].sort();
  }

  remove(path: string): boolean {
    const name = normalize(path);
    const before = this.#texts.get(name);
    if (before === undefined) return false;
    this.#texts.delete(name);
    this.#total -= before.length;
    this.#touch();
    return true;
  }

  #touch(): void {
    this.#sorted = undefined;
    this.#changed();
  }
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function isFileName(name: string): boolean {
  return name !== '' && name.length <= MAX_PATH && !BAD_PATH.test(name);
}

function parents(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}
