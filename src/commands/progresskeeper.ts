import { levelProgress, runOf, withRun } from '../game/progress.ts';
import type { Language, SessionView, Starting } from '../game/types.ts';
import type { LevelRecord, ProgressStore, ResumedGame, SavedGame } from '../ui/host.ts';
import type { LatePlaying } from './lateplaying.ts';
import type { ProgressFile } from './progressfile.ts';
import type { GameInProgress, SavedGameFile } from './savedgame.ts';

/** A game in progress is written this often at most, ms; what is missing is written on leaving. */
const INTERVAL_MS = 2000;

/** What lasts from one start to the next, as the screen uses it. */
export class ProgressKeeper implements ProgressStore {
  readonly #progress: ProgressFile;
  readonly #game: SavedGameFile;
  readonly #playing: LatePlaying;
  readonly #problem: (sentence: string) => void;
  #pending: { readonly levelId: string; readonly session: SessionView } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `problem` is told why something could not be written. */
  constructor(
    files: { readonly progress: ProgressFile; readonly game: SavedGameFile },
    playing: LatePlaying,
    problem: (sentence: string) => void,
  ) {
    this.#progress = files.progress;
    this.#game = files.game;
    this.#playing = playing;
    this.#problem = problem;
  }

  record(levelId: string): LevelRecord | undefined {
    const known = levelProgress(this.#progress.progress, levelId);
    if (known === undefined) return undefined;
    const { stars, best, runs } = known;
    return {
      won: true,
      stars: [stars[0] === true, stars[1] === true, stars[2] === true],
      best,
      runs: runs.map(({ score }) => score),
    };
  }

  saved(): SavedGame | undefined {
    if (this.#pending !== undefined)
      return { levelId: this.#pending.levelId, elapsed: this.#pending.session.elapsed };
    const { head } = this.#game;
    return head === undefined ? undefined : { levelId: head.level, elapsed: head.elapsed };
  }

  resume(language: Language): ResumedGame | undefined {
    this.flush();
    const { head } = this.#game;
    if (head === undefined) return undefined;
    const game = this.#game.load();
    let session: SessionView | undefined;
    const resuming = function* (keeper: ProgressKeeper): Starting {
      session = yield* keeper.#resuming(game, language);
      return session;
    };
    return {
      levelId: head.level,
      start: resuming(this),
      differs: () =>
        session !== undefined && game?.revision !== undefined && revisionOf(session) !== game.revision,
    };
  }

  *#resuming(game: GameInProgress | undefined, language: Language): Starting {
    const session =
      game === undefined
        ? undefined
        : yield* this.#playing.begin((playing) => playing.resume(game, language));
    if (session === undefined) this.#tell(this.#game.clear());
    return session;
  }

  save(levelId: string, session: SessionView): void {
    this.#pending = { levelId, session };
    this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS).unref();
  }

  finish(levelId: string, session: SessionView): void {
    this.#forget();
    this.#tell(this.#game.clear());
    if (session.state.kind !== 'won') return;
    const run = runOf(session.seed, session.state.at, session.hints.length, session.score);
    this.#tell(this.#progress.save(withRun(this.#progress.progress, levelId, run)));
  }

  /** Writes what has not been written yet. */
  flush(): void {
    const pending = this.#pending;
    this.#forget();
    if (pending === undefined) return;
    const { levelId, session } = pending;
    const edition = this.#playing.now.editionOf(levelId, session);
    if (edition === undefined) return;
    const { seed, log, elapsed } = session;
    const revision = revisionOf(session);
    this.#tell(this.#game.save({ level: levelId, ...edition, seed, log, elapsed, revision }));
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = undefined;
  }

  #tell(problem: string | undefined): void {
    if (problem !== undefined) this.#problem(problem);
  }
}

/** The revision just before a session's instant, of which not all may have happened yet. */
function revisionOf({ cluster }: SessionView): number {
  return cluster.history.revisionAt(cluster.sim.now() - 1);
}
