import type { Cluster } from '../cluster/cluster.ts';
import type { Slices } from '../sim/slices.ts';

/** The languages every text exists in. */
export type Language = 'en' | 'ko';

/** A text in each language. */
export type Texts = Readonly<Record<Language, string>>;

/**
 * What a player can do. A session is a function of its level, its seed and the list of these with
 * their times: that list is the save file, the replay and what undo shortens (it keeps saved files).
 */
export type PlayerAction =
  /** A line typed at the harbour's prompt: kubectl, curl, systemctl, why, ... */
  | { readonly type: 'command'; readonly line: string }
  /** A line typed for a program that reads (a shell in a container); undefined is end of file. */
  | { readonly type: 'input'; readonly line?: string }
  /** What came back from the editor that a program opened (kubectl edit); undefined: left unsaved. */
  | { readonly type: 'edited'; readonly text?: string }
  /** Ctrl+C. */
  | { readonly type: 'interrupt' }
  /** A file of the player's folder was saved, or removed (no text). */
  | { readonly type: 'file'; readonly path: string; readonly text?: string }
  /** The next hint was opened. */
  | { readonly type: 'hint' }
  /** An answer to a question goal. */
  | { readonly type: 'answer'; readonly goal: string; readonly text: string }
  /** A fault thrown by hand in the sandbox, in the scenario format's words. */
  | { readonly type: 'fault'; readonly fault: Readonly<Record<string, unknown>> };

/** An action and when it happened: ms of virtual time since the level began. */
export interface TimedAction {
  readonly at: number;
  readonly action: PlayerAction;
}

/** In what way something was done. */
export type ActionKind =
  /** A line at the prompt. */
  | 'typed'
  /** A file was applied from the editor. */
  | 'applied'
  /** A file of the player's folder was saved; removed. */
  | 'saved'
  | 'removed'
  /** An editor that a program had opened was left with a text; without one. */
  | 'edited'
  | 'leftEditor'
  /** A line for a program that reads; its end of input; Ctrl+C. */
  | 'line'
  | 'endOfInput'
  | 'interrupt'
  | 'hint'
  | 'answer'
  | 'fault';

/** One thing the player did, with the command that does the same. */
export interface ActionLine {
  /** ms since the level began. */
  readonly at: number;
  readonly kind: ActionKind;
  /** A file's path, or the text of an answer; else empty. */
  readonly subject: string;
  readonly fault?: Readonly<Record<string, unknown>>;
  /**
   * What does the same, typed where the player's shell stood then; may have several lines. Absent for what is
   * a key and no command, and for what changed nothing.
   */
  readonly line?: string;
}

/** A piece of the transcript: what was typed, what came back. */
export interface TranscriptEntry {
  /** Counts up; equal entries are the same. */
  readonly id: number;
  readonly at: number;
  readonly kind: 'command' | 'stdout' | 'stderr' | 'note';
  /** Raw text, may have several lines; made harmless where it is drawn. */
  readonly text: string;
  /** Of a line typed for a program that reads: what that program asked with. */
  readonly prompt?: string;
}

/** What the prompt waits for. */
export type PromptState =
  | { readonly kind: 'ready'; readonly prompt: string }
  /** A program runs and does not read; Ctrl+C ends it. */
  | { readonly kind: 'busy' }
  /** A program reads a line; `more`: the line goes on with the one before. */
  | { readonly kind: 'reading'; readonly prompt: string; readonly secret: boolean; readonly more?: boolean }
  | { readonly kind: 'editor'; readonly fileName: string; readonly text: string };

/** One compared leaf of a goal: what was wanted and what there is. */
export interface GoalLeaf {
  /** Short: `Deployment web · readyReplicas`, or words for counts, traffic and expressions. */
  readonly path: string;
  /** Empty where it is not told: the right answer to a question. */
  readonly wanted: string;
  readonly got: string;
  readonly ok: boolean;
}

/** A goal as the screen shows it. */
export interface GoalView {
  readonly id: string;
  readonly type: string;
  /**
   * The sentence generated from the goal itself, in the session's language; of expressions, which
   * nobody should have to read, the author's words.
   */
  readonly text: string;
  /** `failed` is final: an `always` or `never` goal was broken, or a deadline passed. */
  readonly state: 'open' | 'holding' | 'met' | 'failed';
  /** Matched leaves / all leaves, in [0, 1]. */
  readonly match: number;
  readonly leaves: readonly GoalLeaf[];
  /** ms since the level began at which `match` last changed. */
  readonly since: number;
  /** For goals that must hold: how long they have, of how long, ms. */
  readonly held?: number;
  readonly hold?: number;
  /** For goals with a deadline, ms since the level began. */
  readonly by?: number;
  /** Why it failed, with the object's last events; present in state `failed`. */
  readonly failure?: string;
  /** For answer goals: the answers tried, oldest first. Each wrong one has cost a point on Helm. */
  readonly answers?: readonly string[];
}

/** One second of the timeline. */
export interface IndexPoint {
  /** Whole seconds since the level began. */
  readonly second: number;
  /** The shipshape index in [0, 1]. */
  readonly index: number;
}

/** Something worth a mark on the timeline. */
export interface TimelineMark {
  readonly at: number;
  readonly kind: 'action' | 'fault' | 'goal' | 'hint';
  readonly text: string;
}

/** The three scores. They are never added up. */
export interface ScoreView {
  /** Drift: the integral of 1 - S in seconds; lower is better. */
  readonly service: number;
  /** Ship-seconds and requested resources over time, in the level's own measure; lower is better. */
  readonly cargo: number;
  /** Moves (commands that changed something, applied files), and one for each wrong answer. */
  readonly helm: number;
  readonly par: { readonly service: number; readonly cargo: number; readonly helm: number };
  /** Stars earned so far if it were won now: won; within par Service; within par Cargo and Helm with at most one hint. */
  readonly stars: readonly [boolean, boolean, boolean];
}

/** How the level stands. */
export type LevelState =
  | { readonly kind: 'playing' }
  | { readonly kind: 'won'; readonly at: number }
  | { readonly kind: 'lost'; readonly at: number; readonly goal: string };

/** How far a level is from being playable. */
export interface StartProgress {
  readonly stage: StartStage;
  /** Of the stage: ships that have come in, seconds that have passed. */
  readonly done: number;
  readonly all: number;
}

/** The stages of a start in their order; some have nothing to do. */
export const START_STAGES = Object.freeze([
  'loading',
  'controlPlane',
  'dns',
  'nodes',
  'objects',
  'settling',
  'replay',
] as const);
export type StartStage = (typeof START_STAGES)[number];

/**
 * A session that is being started, a few ms of work at a time; it comes to undefined when what was
 * asked for cannot be played any more.
 */
export type Starting = Slices<StartProgress, SessionView | undefined>;

/**
 * A running level as the screen, the commands and the tests see it. All calls are synchronous;
 * nothing happens between them. Reading is cheap: values are cached until the next change.
 */
export interface SessionView {
  readonly language: Language;
  readonly seed: number;
  /** The cluster: read it, never write it except through actions. */
  readonly cluster: Cluster;
  /** ms of virtual time since the level began. */
  readonly elapsed: number;
  readonly state: LevelState;
  readonly goals: readonly GoalView[];
  /** The shipshape index now. */
  readonly index: number;
  /** Since all goals are met: how long they have held, of how long they must, ms. */
  readonly hold?: { readonly held: number; readonly hold: number } | undefined;
  /** One point a second since the beginning; the same list all the time, which grows. */
  readonly history: readonly IndexPoint[];
  readonly marks: readonly TimelineMark[];
  readonly score: ScoreView;
  readonly transcript: readonly TranscriptEntry[];
  readonly prompt: PromptState;
  /** The player's folder: path -> text, sorted by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Hints opened so far. */
  readonly hints: readonly string[];
  readonly hintsLeft: number;
  readonly log: readonly TimedAction[];
  /** Moves made: what undo can take back, one after the other. */
  readonly moves: number;
  /** What the player did, oldest first, each with the command that does the same. */
  readonly actions: readonly ActionLine[];
  /** Counts up with every change, not with time: compare it to know whether to draw. */
  readonly version: number;

  /** Lets virtual time pass, in slices of at most `maxEvents` events; true when `ms` have passed. */
  advance(ms: number, maxEvents?: number): boolean;
  /** Runs the next event only (single step). */
  step(): void;
  /** Does something now. Refusals (a closed prompt, an unknown goal) are notes in the transcript. */
  act(action: PlayerAction): void;
  /** Completions for the line typed so far. */
  complete(line: string): { readonly start: number; readonly candidates: readonly string[] };
  /**
   * The same level without the last move, played up to just before it, with the player's files as they
   * are now; undefined when there is no move.
   */
  undoing(): Starting | undefined;
  /** The same level from the beginning. */
  resetting(): Starting;
  /**
   * The same level as it was `ms` after it began, to go on from there, with the player's files as they are now;
   * undefined for a moment that has not been yet.
   */
  forking(ms: number): Starting | undefined;
  /** A file of the player's folder as a word of a command typed where the shell stands. */
  fileWord(path: string): string;
}
