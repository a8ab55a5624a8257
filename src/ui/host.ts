import type { Fleet } from '../game/sandbox.ts';
import type { Language, SessionView, Starting, Texts } from '../game/types.ts';

/**
 * What the screen needs from the program around it. Types only: commands implement them, tests
 * fake them.
 */

/** A level as the sea chart and the briefing show it. */
export interface LevelInfo {
  readonly id: string;
  /** As shown before the title: `2-1`. */
  readonly number: string;
  readonly title: Texts;
  /** The idea in one sentence. */
  readonly idea: Texts;
  /** What it teaches, one short line each. */
  readonly teaches: Readonly<Record<Language, readonly string[]>>;
  /** Markdown. */
  readonly briefing: Texts;
  /** Where to read on, shown after the result. */
  readonly handbook?: Texts;
}

/** A chapter: an island of the sea chart. */
export interface ChapterInfo {
  readonly id: string;
  readonly title: Texts;
  readonly levels: readonly LevelInfo[];
}

/** All levels, in the order of the campaign. */
export interface LevelCatalog {
  readonly chapters: readonly ChapterInfo[];
}

/** The three scores of a finished run. */
export interface RunScore {
  readonly service: number;
  readonly cargo: number;
  readonly helm: number;
}

/** What is known of a level's earlier runs. */
export interface LevelRecord {
  /** Whether it was ever won. */
  readonly won: boolean;
  /** The most stars of one run. */
  readonly stars: readonly [boolean, boolean, boolean];
  /** The best of each score over all won runs. */
  readonly best?: RunScore;
  /** Won runs, oldest first. */
  readonly runs: readonly RunScore[];
}

/** A game in progress, as the title screen offers it. */
export interface SavedGame {
  readonly levelId: string;
  /** ms of virtual time since the level began. */
  readonly elapsed: number;
}

/** A game that is taken up again. */
export interface ResumedGame {
  readonly levelId: string;
  /** Comes to undefined when the game cannot be taken up: another build left it, or its file is broken. */
  readonly start: Starting;
  /** Whether the same actions have come out differently than before; asked once it has started. */
  differs(): boolean;
}

/** What lasts from one start of the program to the next. */
export interface ProgressStore {
  record(levelId: string): LevelRecord | undefined;
  /** The game to continue, if one was left. */
  saved(): SavedGame | undefined;
  /** Takes the saved game up again; undefined when none was left. */
  resume(language: Language): ResumedGame | undefined;
  /** Keeps a game to be continued; called when it is left and now and then before. */
  save(levelId: string, session: SessionView): void;
  /** Enters a run that was won or lost, and forgets the saved game. */
  finish(levelId: string, session: SessionView): void;
}

/** What the player can set. */
export interface UiSettings {
  readonly language: Language;
  /** `auto` goes by NO_COLOR and TERM. */
  readonly colour: 'auto' | 'on' | 'off';
  /** `auto` goes by the locale. */
  readonly glyphs: 'auto' | 'unicode' | 'ascii';
  /** The speed a level starts with. */
  readonly speed: Speed;
}

/** Virtual seconds in a second; `max` is as fast as it goes. */
export type Speed = 1 | 2 | 4 | 16 | 60 | 'max';

/** From slowest to fastest. */
export const SPEEDS: readonly Speed[] = Object.freeze([1, 2, 4, 16, 60, 'max']);

/** The level id under which a sandbox runs. */
export const SANDBOX = 'sandbox';

/** The ships of a sandbox for which nobody has chosen any. */
export const DEFAULT_FLEET: Fleet = Object.freeze({ ships: 3, cpu: '4', memory: '8Gi' });

/** Everything `startUi` is given. */
export interface UiHost {
  readonly levels: LevelCatalog;
  readonly progress: ProgressStore;
  readonly settings: UiSettings;
  /** Where the player's folders are, one per level; created when needed. */
  readonly folder: string;
  newSession(levelId: string, seed: number | undefined, language: Language): Starting;
  newSandbox(fleet: Fleet, language: Language): Starting;
  saveSettings(settings: UiSettings): void;
  /** What happened in a finished run, in about three sentences. */
  debrief?(levelId: string, session: SessionView): readonly string[];
  /** The player's editor, e.g. `$VISUAL`, `$EDITOR` or `vi`. */
  readonly editor?: string;
  /** A level to open at once instead of the title. */
  readonly open?: string;
  /** The ships of the next sandbox. */
  readonly fleet?: Fleet;
}
