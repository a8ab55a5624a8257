import type { Starting, StartProgress } from '../game/types.ts';
import type { Playing } from './playing.ts';

const LOADING: StartProgress = Object.freeze({ stage: 'loading', done: 0, all: 1 });

/**
 * The parts that need a cluster. They are most of the program, so they are loaded while the first
 * screen, which needs none of them, is already to be seen.
 */
export class LatePlaying {
  #playing: Playing | undefined;

  /** Loads them. `folders`: level id -> the folder it is read from. */
  async load(folders: ReadonlyMap<string, string>): Promise<void> {
    const { Playing } = await import('./playing.ts');
    this.#playing = new Playing(folders);
  }

  /** What was loaded; throws before that. */
  get now(): Playing {
    if (this.#playing === undefined) throw new Error('a session was asked about before the game was loaded');
    return this.#playing;
  }

  /** Begins something as soon as they are loaded. */
  *begin(make: (playing: Playing) => Starting): Starting {
    while (this.#playing === undefined) yield LOADING;
    return yield* make(this.#playing);
  }
}
