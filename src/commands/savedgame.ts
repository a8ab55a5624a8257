import { NODE_SIZES } from '../cluster/nodesizes.ts';
import { decodeReplay, encodeReplay, REPLAY_VERSION, type Replay } from '../game/replay.ts';
import type { Fleet } from '../game/sandbox.ts';
import type { TimedAction } from '../game/types.ts';
import { SavedFile, stateDirectory } from './statedirectory.ts';

const MAX_SHIPS = 200;
const DEFAULT_SIZE = { cpu: '4', memory: '8Gi' };

/** A game that was left: the replay of it, and how far it had got. */
export interface GameInProgress {
  readonly replay: Replay;
  /** ms of virtual time since the level began. */
  readonly elapsed: number;
  /** The workers of a sandbox. */
  readonly fleet: Fleet;
  /** What `revisionAt` said when it was left; undefined where an older build left it. */
  readonly revision: number | undefined;
}

/** What of a session is kept. */
export interface GameToSave {
  readonly level: string;
  readonly levelHash: string;
  readonly seed: number;
  readonly log: readonly TimedAction[];
  readonly elapsed: number;
  readonly fleet: Fleet;
  readonly revision: number;
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
    if (!decoded.ok) return undefined;
    const { elapsed, fleet, revision } = head;
    return { replay: decoded.value, elapsed, fleet, revision };
  }

  /** Keeps a game; returns a sentence when it could not be written. */
  save({ elapsed, fleet, revision, ...replay }: GameToSave): string | undefined {
    const head = JSON.stringify({ level: replay.level, elapsed, fleet, revision });
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

interface Head {
  readonly level: string;
  readonly elapsed: number;
  readonly fleet: Fleet;
  readonly revision: number | undefined;
}

function headOf(text: string): Head | undefined {
  try {
    const value: unknown = JSON.parse(text.slice(0, text.indexOf('\n') + 1));
    if (typeof value !== 'object' || value === null) return undefined;
    const { level, elapsed, fleet, revision } = value as Readonly<Record<string, unknown>>;
    if (typeof level !== 'string' || typeof elapsed !== 'number' || !(elapsed >= 0)) return undefined;
    return {
      level,
      elapsed,
      fleet: fleetFrom(fleet),
      revision: typeof revision === 'number' ? revision : undefined,
    };
  } catch {
    // Not ours, or cut off: an older generation may do.
    return undefined;
  }
}

/** A fleet of which everything was checked: the file may come from anywhere. */
function fleetFrom(value: unknown): Fleet {
  const { ships, cpu, memory } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const size = NODE_SIZES.find((known) => known.cpu === cpu && known.memory === memory) ?? DEFAULT_SIZE;
  const count = typeof ships === 'number' && ships >= 1 && ships <= MAX_SHIPS ? Math.floor(ships) : 3;
  return { ships: count, cpu: size.cpu, memory: size.memory };
}
