import { decodeReplay, encodeReplay, REPLAY_VERSION, type Replay } from '../game/replay.ts';
import type { TimedAction } from '../game/types.ts';
import { SavedFile, stateDirectory } from './statedirectory.ts';

/** A game that was left: the replay of it, and how far it had got. */
export interface GameInProgress {
  readonly replay: Replay;
  /** ms of virtual time since the level began. */
  readonly elapsed: number;
  /** Workers, for a sandbox. */
  readonly nodes: number;
}

/** What of a session is kept. */
export interface GameToSave {
  readonly level: string;
  readonly levelHash: string;
  readonly seed: number;
  readonly log: readonly TimedAction[];
  readonly elapsed: number;
  readonly nodes: number;
}

/**
 * The game to continue, on disk: the replay as `shipshape` writes it, after a first line with how far
 * it had got, so that the title screen need not read the rest.
 */
export class SavedGameFile {
  readonly #file: SavedFile;
  #text: string | undefined;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.#file = new SavedFile(stateDirectory(env), 'game.json');
    const { text } = this.#file.load((candidate) =>
      candidate === '' || headOf(candidate) !== undefined ? undefined : 'not a saved game of Shipshape',
    );
    this.#text = text === '' ? undefined : text;
  }

  /** The level of the game that was left, and how far it had got. */
  get head(): { readonly level: string; readonly elapsed: number } | undefined {
    return this.#text === undefined ? undefined : headOf(this.#text);
  }

  /** The whole game; undefined when there is none, or it cannot be read. */
  load(): GameInProgress | undefined {
    const head = this.#text === undefined ? undefined : headOf(this.#text);
    if (this.#text === undefined || head === undefined) return undefined;
    const decoded = decodeReplay(this.#file.path, this.#text.slice(this.#text.indexOf('\n') + 1));
    return decoded.ok ? { replay: decoded.value, elapsed: head.elapsed, nodes: head.nodes } : undefined;
  }

  /** Keeps a game; returns a sentence when it could not be written. */
  save({ elapsed, nodes, ...replay }: GameToSave): string | undefined {
    const head = JSON.stringify({ level: replay.level, elapsed, nodes });
    return this.#write(`${head}\n${encodeReplay({ version: REPLAY_VERSION, ...replay })}`);
  }

  /** Forgets the game. */
  clear(): string | undefined {
    return this.#text === undefined ? undefined : this.#write('');
  }

  #write(text: string): string | undefined {
    this.#text = text === '' ? undefined : text;
    return this.#file.save(text);
  }
}

function headOf(
  text: string,
): { readonly level: string; readonly elapsed: number; readonly nodes: number } | undefined {
  try {
    const value: unknown = JSON.parse(text.slice(0, text.indexOf('\n') + 1));
    if (typeof value !== 'object' || value === null) return undefined;
    const { level, elapsed, nodes } = value as Readonly<Record<string, unknown>>;
    if (typeof level !== 'string' || typeof elapsed !== 'number' || !(elapsed >= 0)) return undefined;
    return {
      level,
      elapsed,
      nodes: typeof nodes === 'number' && nodes >= 1 && nodes <= 200 ? Math.floor(nodes) : 3,
    };
  } catch {
    // Not ours, or cut off: an older generation may do.
    return undefined;
  }
}
