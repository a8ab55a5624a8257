import type { Level } from '../game/level.ts';
import { loadLevel } from '../game/loader.ts';
import { replayMismatch } from '../game/replay.ts';
import { type Fleet, fleetNodes, fleetOf, SANDBOX_ID, sandboxLevel } from '../game/sandbox.ts';
import { Session } from '../game/session.ts';
import type { Language, SessionView, Starting } from '../game/types.ts';
import { registerAssets } from './assets.ts';
import { sessionOptions, startingSession } from './gamesession.ts';
import { readLevelFolder } from './levelfolders.ts';
import type { GameInProgress } from './savedgame.ts';

/**
 * Everything that needs a cluster. It is loaded after the first screen has been drawn, which needs
 * none.
 */
export class Playing {
  readonly #folders: ReadonlyMap<string, string>;
  readonly #levels = new Map<string, Level>();

  /** `folders`: level id -> the folder it is read from. */
  constructor(folders: ReadonlyMap<string, string>) {
    this.#folders = folders;
    registerAssets();
  }

  /** Begins a level. Throws for one that is not there. */
  start(levelId: string, seed: number, language: Language): Starting {
    const level = this.#level(levelId);
    if (level === undefined) throw new Error(`level ${levelId} has gone`);
    return startingSession(level, seed, language);
  }

  /** Begins a sandbox with these workers. */
  startSandbox(fleet: Fleet, seed: number, language: Language): Starting {
    return startingSession(sandboxLevel({ nodes: fleetNodes(fleet) }), seed, language);
  }

  /** Takes a game up where it was left; comes to undefined when the level is not what it was. */
  *resume(game: GameInProgress, language: Language): Starting {
    const { replay, elapsed, fleet } = game;
    const level = this.#levelOf(replay.level, fleet);
    if (level === undefined || replayMismatch(replay, level) !== undefined) return undefined;
    const options = sessionOptions(level, replay.seed, language);
    const started = yield* Session.replaying(options, replay.log, elapsed);
    return started.ok ? started.session : undefined;
  }

  /** What tells one edition of a level from another; undefined for a level that is not there. */
  editionOf(
    levelId: string,
    session: SessionView,
  ): { readonly levelHash: string; readonly fleet: Fleet } | undefined {
    const fleet = fleetOf(session.cluster.spec.nodes);
    const level = this.#levelOf(levelId, fleet);
    return level === undefined ? undefined : { levelHash: level.hash, fleet };
  }

  /** The closing words of a level by paragraph. */
  debrief(session: SessionView): readonly string[] {
    if (!(session instanceof Session)) return [];
    return session
      .debriefing()
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== '');
  }

  #levelOf(levelId: string, fleet: Fleet): Level | undefined {
    return levelId === SANDBOX_ID ? sandboxLevel({ nodes: fleetNodes(fleet) }) : this.#level(levelId);
  }

  #level(levelId: string): Level | undefined {
    const known = this.#levels.get(levelId);
    if (known !== undefined) return known;
    const folder = this.#folders.get(levelId);
    const loaded = folder === undefined ? undefined : loadLevel(readLevelFolder(folder).files);
    if (loaded?.ok !== true) return undefined;
    this.#levels.set(levelId, loaded.value);
    return loaded.value;
  }
}
