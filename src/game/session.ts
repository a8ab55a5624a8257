import type { KubeObject } from '../api/object.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { KeyValue } from '../etcd/store.ts';
import { atOnce, type Slices } from '../sim/slices.ts';
import { ActionLog } from './actionlog.ts';
import type { NewCommandLine } from './commandline.ts';
import { debriefing } from './debrief.ts';
import { Desk } from './desk.ts';
import type { Hand } from './hand.ts';
import { scheduleTimeline } from './happenings.ts';
import type { Level } from './level.ts';
import { SLICE_EVENTS, startLevel } from './levelstart.ts';
import { Mirror } from './mirror.ts';
import { Office } from './office.ts';
import { PlayerFiles } from './playerfiles.ts';
import { Referee } from './referee.ts';
import type { Phrases } from './texts/phrases.ts';
import { phrasesFor } from './texts/texts.ts';
import { Transcript } from './transcript.ts';
import type {
  ActionLine,
  GoalView,
  IndexPoint,
  Language,
  LevelState,
  PlayerAction,
  PromptState,
  ScoreView,
  SessionView,
  StartProgress,
  TimedAction,
  TimelineMark,
  TranscriptEntry,
} from './types.ts';
import { Usage } from './usage.ts';

export interface SessionOptions {
  readonly level: Level;
  readonly seed: number;
  readonly language: Language;
  readonly newCommandLine: NewCommandLine;
}

/** A session, or why the level cannot be played. */
export type Started =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly problem: string };

const SECOND = 1000;
const MAX_LOG = 20_000;
const MAX_MARKS = 2000;

/**
 * A level being played: a pure function of the level, the seed and the log of timed actions. How the
 * time in between is sliced, paused or hurried changes nothing: actions happen when their instant
 * has settled, and everything else is an event on the cluster's own queue.
 */
export class Session implements SessionView {
  readonly language: Language;
  readonly seed: number;
  readonly level: Level;
  readonly cluster: Cluster;
  readonly #options: SessionOptions;
  readonly #phrases: Phrases;
  readonly #start: number;
  readonly #mirror: Mirror;
  readonly #usage: Usage;
  readonly #files: PlayerFiles;
  readonly #transcript = new Transcript();
  readonly #office: Office;
  readonly #referee: Referee;
  readonly #desk: Desk;
  readonly #actions = new ActionLog();
  readonly #marks: TimelineMark[] = [];
  readonly #log: TimedAction[] = [];
  readonly #problems: string[] = [];
  #version = 1;
  #views: { readonly version: number; readonly goals: readonly GoalView[] } | undefined;

  /** Boots the level's cluster, puts the start on it, lets it settle, and begins. */
  static start(options: SessionOptions): Started {
    return atOnce(Session.starting(options));
  }

  /** The same in slices of a few ms. */
  static *starting(options: SessionOptions): Slices<StartProgress, Started> {
    const started = yield* startLevel(options.level, options.seed);
    if (!started.ok) return started;
    return { ok: true, session: new Session(options, started.cluster, started.hand) };
  }

  /** Plays a log again: up to its end, or up to `until` (ms since the level began). */
  static replay(options: SessionOptions, log: readonly TimedAction[], until?: number): Started {
    return atOnce(Session.replaying(options, log, until));
  }

  /** The same in slices of a few ms. */
  static *replaying(
    options: SessionOptions,
    log: readonly TimedAction[],
    until?: number,
  ): Slices<StartProgress, Started> {
    const started = yield* Session.starting(options);
    if (!started.ok) return started;
    const { session } = started;
    const end = until ?? log.at(-1)?.at ?? 0;
    for (const { at, action } of log) {
      if (until !== undefined && at > until) break;
      yield* session.#replayTo(at, end);
      session.act(action);
    }
    if (until !== undefined) yield* session.#replayTo(until, end);
    return started;
  }

  private constructor(options: SessionOptions, cluster: Cluster, hand: Hand) {
    const { level } = options;
    this.#options = options;
    this.level = level;
    this.seed = options.seed;
    this.language = options.language;
    this.cluster = cluster;
    this.#phrases = phrasesFor(options.language);
    this.#start = cluster.sim.now();
    this.#mirror = new Mirror(cluster);
    this.#usage = new Usage(this.#mirror);
    this.#files = new PlayerFiles(level.files, () => this.#touch());
    this.#desk = new Desk({
      level,
      cluster,
      phrases: this.#phrases,
      trackers: () => this.#referee.trackers,
      note: (text) => this.#note(text),
      mark: (kind, text) => this.#mark(kind, text),
      moved: () => this.#office.moved(),
    });
    this.#office = new Office({
      level,
      cluster,
      phrases: this.#phrases,
      transcript: this.#transcript,
      files: this.#files,
      newCommandLine: options.newCommandLine,
      gameCommands: this.#desk.commands,
      elapsed: () => this.elapsed,
      touched: () => this.#touch(),
      marks: this.#marks,
      mark: (kind, text) => this.#mark(kind, text),
    });
    cluster.onCommit((record) => this.#commit(record));
    this.#referee = new Referee({
      level,
      cluster,
      mirror: this.#mirror,
      usage: this.#usage,
      phrases: this.#phrases,
      start: this.#start,
      moves: () => this.#office.moves.length,
      wrongAnswers: () => this.#desk.wrongAnswers,
      hints: () => this.#desk.hints,
      touched: () => this.#touch(),
      mark: (kind, text) => this.#mark(kind, text),
      note: (text) => this.#note(text),
    });
    scheduleTimeline(level.timeline, {
      cluster,
      mirror: this.#mirror,
      hand,
      start: this.#start,
      trackers: () => this.#referee.trackers,
      happened: (event, text) => {
        this.#mark(event.fault === undefined ? 'action' : 'fault', text);
        if (event.note !== undefined) this.#note(event.note[this.language]);
      },
      refused: (problem) => {
        this.#problems.push(problem);
        this.#note(problem);
      },
    });
  }

  get elapsed(): number {
    return this.cluster.sim.now() - this.#start;
  }

  get state(): LevelState {
    return this.#referee.state;
  }

  get goals(): readonly GoalView[] {
    if (this.#views?.version !== this.#version)
      this.#views = { version: this.#version, goals: this.#referee.views() };
    return this.#views.goals;
  }

  get index(): number {
    return this.#referee.index;
  }

  get hold(): { readonly held: number; readonly hold: number } | undefined {
    return this.#referee.hold;
  }

  get history(): readonly IndexPoint[] {
    return this.#referee.history;
  }

  get marks(): readonly TimelineMark[] {
    return this.#marks;
  }

  get score(): ScoreView {
    return this.#referee.score;
  }

  get transcript(): readonly TranscriptEntry[] {
    return this.#transcript.entries;
  }

  get prompt(): PromptState {
    return this.#office.prompt;
  }

  get files(): ReadonlyMap<string, string> {
    return this.#files.all;
  }

  get hints(): readonly string[] {
    return this.level.hints.slice(0, this.#desk.hints).map((hint) => hint[this.language]);
  }

  get hintsLeft(): number {
    return this.level.hints.length - this.#desk.hints;
  }

  get log(): readonly TimedAction[] {
    return this.#log;
  }

  get moves(): number {
    return this.#office.moves.length;
  }

  get version(): number {
    return this.#version;
  }

  /** The level's closing words about this run. */
  debriefing(): string {
    return debriefing(this.level.debrief[this.language], {
      score: this.score,
      drift: this.#referee.drift,
      moves: this.#office.moves.length,
      unavailable: this.#referee.unavailable,
      hints: this.#desk.hints,
      revision: this.cluster.revision,
      seed: this.seed,
      time: this.#phrases.duration(this.state.kind === 'playing' ? this.elapsed : this.state.at),
      mirror: this.#mirror,
    });
  }

  /** What of the level's timeline could not happen: mistakes of the level. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** What would be a right answer to a question goal now; undefined for other goals. */
  rightAnswer(goal: string): string | undefined {
    return this.#referee.find(goal)?.check.rightAnswer?.();
  }

  advance(ms: number, maxEvents?: number): boolean {
    // Time that passes is no change of itself: goals and scores are looked at once a second.
    return this.cluster.sim.runUntil(this.cluster.sim.now() + Math.max(0, Math.floor(ms)), maxEvents);
  }

  step(): void {
    this.cluster.sim.step();
    this.#touch();
  }

  act(action: PlayerAction): void {
    // An instant is finished before the player acts in it, however time was sliced.
    this.cluster.sim.runUntil(this.cluster.sim.now());
    const at = this.#log.length;
    if (at >= MAX_LOG) {
      this.#note(this.#phrases.logFull);
      return;
    }
    this.#log.push({ at: this.elapsed, action });
    const { prompt, files } = this;
    const before = { prompt, files, fileWord: (path: string) => this.#office.fileWord(path) };
    const refusal = this.#perform(action, at);
    if (refusal !== undefined) {
      this.#log.pop();
      this.#note(refusal);
    } else this.#actions.add(this.elapsed, action, before);
    this.#touch();
  }

  complete(line: string): { readonly start: number; readonly candidates: readonly string[] } {
    return this.#office.complete(line);
  }

  undoing(): Slices<StartProgress, Session> | undefined {
    const last = this.#office.moves.at(-1);
    const entry = last === undefined ? undefined : this.#log[last];
    if (last === undefined || entry === undefined) return undefined;
    // Files are the player's own text: what was typed after the move is not taken back with it.
    return this.#again(this.#log.slice(0, last), entry.at, lastSaves(this.#log.slice(last)));
  }

  resetting(): Slices<StartProgress, Session> {
    return this.#again([], undefined, []);
  }

  forking(ms: number): Slices<StartProgress, Session> | undefined {
    if (!(ms >= 0 && ms <= this.elapsed)) return undefined;
    const later = this.#log.findIndex(({ at }) => at > ms);
    const kept = later < 0 ? this.#log.length : later;
    return this.#again(this.#log.slice(0, kept), Math.floor(ms), lastSaves(this.#log.slice(kept)));
  }

  /** The same at once: another session that goes on from there by itself; this one stays as it is. */
  forkAt(ms: number): Session | undefined {
    const forking = this.forking(ms);
    return forking === undefined ? undefined : atOnce(forking);
  }

  get actions(): readonly ActionLine[] {
    return this.#actions.lines;
  }

  fileWord(path: string): string {
    return this.#office.fileWord(path);
  }

  *#again(
    log: readonly TimedAction[],
    until: number | undefined,
    then: readonly PlayerAction[],
  ): Slices<StartProgress, Session> {
    const started = yield* Session.replaying(this.#options, log, until);
    if (!started.ok) throw new Error(`a level that was started cannot be started again: ${started.problem}`);
    for (const action of then) started.session.act(action);
    return started.session;
  }

  *#replayTo(at: number, end: number): Slices<StartProgress, void> {
    while (!this.cluster.sim.runUntil(this.#start + at, SLICE_EVENTS))
      yield { stage: 'replay', done: Math.floor(this.elapsed / SECOND), all: Math.ceil(end / SECOND) };
  }

  /** Does it; returns a sentence when it is refused, which leaves no trace in the log. */
  #perform(action: PlayerAction, at: number): string | undefined {
    const phrases = this.#phrases;
    switch (action.type) {
      case 'command':
        return this.#office.command(action.line, at);
      case 'input':
        return this.#office.input(action.line, at);
      case 'edited':
        return this.#office.edited(action.text);
      case 'interrupt':
        return this.#office.interrupt();
      case 'file':
        if (action.text === undefined)
          return this.#files.remove(action.path) ? undefined : phrases.fileRefused;
        return this.#files.save(action.path, action.text) ? undefined : phrases.fileRefused;
      case 'hint':
        return this.#desk.hint();
      case 'answer':
        return this.#desk.answer(action.goal, action.text);
      case 'fault':
        return this.#office.byKey(at, () => this.#desk.fault(action.fault));
    }
  }

  #commit(record: KeyValue<KubeObject>): void {
    this.#office.commit();
    this.#mirror.commit(record);
    this.#touch();
  }

  #note(text: string): void {
    this.#transcript.add(this.elapsed, 'note', text);
    this.#touch();
  }

  #mark(kind: TimelineMark['kind'], text: string): void {
    if (this.#marks.length < MAX_MARKS)
      this.#marks.push({ at: this.elapsed, kind, text: text.slice(0, 200) });
    this.#touch();
  }

  #touch(): void {
    this.#version++;
  }
}

/** What became of each file that a log saves or removes. */
function lastSaves(log: readonly TimedAction[]): readonly PlayerAction[] {
  const saves = new Map<string, PlayerAction>();
  for (const { action } of log) if (action.type === 'file') saves.set(action.path, action);
  return [...saves.values()];
}
