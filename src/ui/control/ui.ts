import type { UiHost } from '../host.ts';
import { Runner, type WallClock } from '../runner.ts';
import { createUiStore, type LevelUi, type UiState, type UiStore } from '../store.ts';
import type { FolderMirror } from '../watchfolder.ts';

/** What the terminal can do for a command; the root component provides it once it is mounted. */
export interface TerminalControl {
  /** Gives the terminal away while `run` is busy, then draws everything again. */
  suspend(run: () => Promise<void>): Promise<void>;
  /** Ends the program. */
  exit(): void;
  /** Hands a text to the terminal's clipboard; terminals that have none pass it over. */
  copy(text: string): void;
  /** Stops the process as Ctrl+Z does, and comes back when it is continued. */
  stop(): void;
  readonly rows: number;
  readonly columns: number;
}

/** A bright thing has faded after this time, ms. */
const FADE_MS = 1100;

/** Everything that commands act on: the store, the host, the running session, the terminal. */
export class Ui {
  readonly host: UiHost;
  readonly store: UiStore;
  readonly runner: Runner;
  readonly wall: WallClock;
  terminal: TerminalControl | undefined;
  /** How far the last drawing could be scrolled: keys do not go beyond it. */
  scrollMax = Number.POSITIVE_INFINITY;
  folder: FolderMirror | undefined;
  /** Set by the level's commands: brings the screen up to date with the session. */
  follow: (() => void) | undefined;
  /** A level being started: what goes on with it, and the keys that wait for it. */
  opening: { readonly timer: unknown; readonly kept: (() => void)[]; readonly back: () => void } | undefined;
  #fade: unknown;
  #check: unknown;

  constructor(host: UiHost, wall: WallClock) {
    this.host = host;
    this.wall = wall;
    this.store = createUiStore(host.settings, host.fleet);
    this.runner = new Runner(wall, () => this.touch());
  }

  /** The state now. */
  get state(): UiState {
    return this.store.getState();
  }

  /** The level on the screen. */
  get level(): LevelUi | undefined {
    return this.store.getState().level;
  }

  /** Changes parts of the state. */
  set(change: Partial<UiState>): void {
    this.store.setState(change);
  }

  /** Changes parts of the level; nothing happens when there is none. */
  setLevel(change: Partial<LevelUi>): void {
    const { level } = this.state;
    if (level !== undefined) this.store.setState({ level: { ...level, ...change } });
  }

  /** Where a scroll of `step` rows leads; infinite steps lead to the ends. */
  scrolled(scroll: number, step: number): number {
    const to = Math.max(0, Math.min(this.scrollMax, scroll + step));
    return Number.isFinite(to) ? to : scroll;
  }

  /** Has the screen drawn again, now and once more when what is bright has faded. */
  touch(): void {
    this.follow?.();
    this.store.setState(({ frame }) => ({ frame: frame + 1 }));
    this.#fade ??= this.wall.setTimeout(() => {
      this.#fade = undefined;
      this.store.setState(({ frame }) => ({ frame: frame + 1 }));
    }, FADE_MS);
  }

  /** Runs something once typing pauses for `ms`; a later call takes the place of an earlier one. */
  later(run: () => void, ms: number): void {
    if (this.#check !== undefined) this.wall.clearTimeout(this.#check);
    this.#check = this.wall.setTimeout(() => {
      this.#check = undefined;
      run();
    }, ms);
  }

  /** Ends all timers and watchers. */
  close(): void {
    this.runner.run(undefined, 1, true);
    this.folder?.close();
    this.level?.reader.close();
    for (const timer of [this.#fade, this.#check, this.opening?.timer])
      if (timer !== undefined) this.wall.clearTimeout(timer);
  }
}
