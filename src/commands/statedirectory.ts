import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How many saves are kept: the newest and two before it. */
const GENERATIONS = 3;

/** `$XDG_STATE_HOME/shipshape`, by default `~/.local/state/shipshape`. SHIPSHAPE_STATE overrides both. */
export function stateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const own = env.SHIPSHAPE_STATE;
  if (own !== undefined && own !== '') return own;
  const base = env.XDG_STATE_HOME;
  return join(base?.startsWith('/') ? base : join(homedir(), '.local', 'state'), 'shipshape');
}

/** What reading a save gave: its text, and the generations that had to be skipped to get it. */
export interface Loaded {
  readonly text: string | undefined;
  /** Sentences for the player about saves that could not be used. */
  readonly problems: readonly string[];
}

/**
 * A file that survives a crash at any moment: written to a temporary file, synced and renamed, with
 * the last three saves kept. Reading falls back to an older one when the newest cannot be used.
 */
export class SavedFile {
  readonly #directory: string;
  readonly #name: string;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
  }

  get path(): string {
    return join(this.#directory, this.#name);
  }

  /** Reads the newest save that `accept` takes; `accept` returns a sentence for one that it does not. */
  load(accept: (text: string) => string | undefined): Loaded {
    const problems: string[] = [];
    for (let generation = 0; generation < GENERATIONS; generation++) {
      const path = this.#path(generation);
      if (!existsSync(path)) continue;
      try {
        const text = readFileSync(path, 'utf8');
        const refused = accept(text);
        if (refused === undefined) return { text, problems };
        problems.push(`${path}: ${refused}`);
      } catch (error) {
        problems.push(`${path}: ${messageOf(error)}`);
      }
    }
    return { text: undefined, problems };
  }

  /** Saves. Returns a sentence when that failed; the saves before are then untouched. */
  save(text: string): string | undefined {
    try {
      mkdirSync(this.#directory, { recursive: true });
      this.#sweep();
      const temporary = `${this.path}.${process.pid}.tmp`;
      const file = openSync(temporary, 'w', 0o600);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      for (let generation = GENERATIONS - 1; generation > 0; generation--) {
        const older = this.#path(generation - 1);
        if (existsSync(older)) renameSync(older, this.#path(generation));
      }
      renameSync(temporary, this.path);
      this.#syncDirectory();
      return undefined;
    } catch (error) {
      return `${this.path} could not be saved: ${messageOf(error)}`;
    }
  }

  #path(generation: number): string {
    return generation === 0 ? this.path : `${this.path}.${generation}`;
  }

  /** Temporary files of a run that was killed while saving. */
  #sweep(): void {
    for (const name of readdirSync(this.#directory))
      if (name.startsWith(`${this.#name}.`) && name.endsWith('.tmp'))
        rmSync(join(this.#directory, name), { force: true });
  }

  #syncDirectory(): void {
    const directory = openSync(this.#directory, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
