import type { Cluster } from '../cluster/cluster.ts';
import { Priority } from '../sim/queue.ts';
import type { Level } from './level.ts';
import type { Mirror } from './mirror.ts';
import { IndexHistory, ScoreKeeper, weightedMean } from './score.ts';
import type { Phrases } from './texts/phrases.ts';
import { goalSentence, Tracker } from './tracker.ts';
import type { GoalView, IndexPoint, LevelState, ScoreView, TimelineMark } from './types.ts';
import type { Usage } from './usage.ts';

/** What the referee looks at, and whom it tells. */
export interface RefereeContext {
  readonly level: Level;
  readonly cluster: Cluster;
  readonly mirror: Mirror;
  readonly usage: Usage;
  readonly phrases: Phrases;
  /** Virtual time at which the level began. */
  readonly start: number;
  readonly moves: () => number;
  readonly wrongAnswers: () => number;
  readonly hints: () => number;
  readonly touched: () => void;
  readonly mark: (kind: TimelineMark['kind'], text: string) => void;
  readonly note: (text: string) => void;
}

const SECOND = 1000;

/**
 * Watches the goals of a level from its first instant: the shipshape index, second by second, the
 * scores, and when it is won or lost. It only looks on: the cluster does the same without it.
 */
export class Referee {
  readonly trackers: readonly Tracker[];
  readonly #context: RefereeContext;
  readonly #score: ScoreKeeper;
  readonly #history = new IndexHistory();
  #state: LevelState = { kind: 'playing' };
  /** Since when the index is 1, ms since the beginning. */
  #fullSince: number | undefined;

  constructor(context: RefereeContext) {
    const { level, cluster, mirror, usage, start, moves } = context;
    this.#context = context;
    this.#score = new ScoreKeeper(level);
    const { sim, fabric } = cluster;
    const settled = (tracker: Tracker, state: 'met' | 'failed'): void => this.#settled(tracker, state);
    const touched = (): void => this.#goalTouched();
    this.trackers = level.goals.map(
      (goal) => new Tracker(goal, { mirror, usage, fabric, sim, start, moves, settled, touched }),
    );
    if (level.limit !== undefined) sim.at(start + level.limit, () => this.#timeIsUp(), Priority.observer);
    this.#second(0);
  }

  get state(): LevelState {
    return this.#state;
  }

  /** The shipshape index now: the weighted mean of all matches, 1 without goals. */
  get index(): number {
    return weightedMean(this.trackers.map(({ goal, match }) => ({ weight: goal.weight, match })));
  }

  /** While all goals are met and the level waits for them to stay so: how long they have, of how long. */
  get hold(): { readonly held: number; readonly hold: number } | undefined {
    const { hold } = this.#context.level;
    if (this.#state.kind !== 'playing' || this.#fullSince === undefined || hold === 0) return undefined;
    if (this.trackers.length === 0) return undefined;
    return { held: Math.min(hold, this.#elapsed - this.#fullSince), hold };
  }

  get history(): readonly IndexPoint[] {
    return this.#history.points;
  }

  get score(): ScoreView {
    return this.#score.view(this.#state.kind === 'won', this.#helm, this.#context.hints(), this.unavailable);
  }

  /** Moves, and a point for each wrong answer: guessing must not pay. */
  get #helm(): number {
    return this.#context.moves() + this.#context.wrongAnswers();
  }

  /** Seconds of 1 - S so far. */
  get drift(): number {
    return this.#score.drift;
  }

  /** Seconds of silence that failed requests amount to. */
  get unavailable(): number {
    return this.trackers.reduce((sum, { check }) => sum + (check.unavailable?.() ?? 0), 0);
  }

  find(goal: string): Tracker | undefined {
    return this.trackers.find((tracker) => tracker.goal.id === goal);
  }

  views(): readonly GoalView[] {
    return this.trackers.map((tracker) => tracker.view(this.#context.phrases.language));
  }

  get #elapsed(): number {
    return this.#context.cluster.sim.now() - this.#context.start;
  }

  #settled(tracker: Tracker, state: 'met' | 'failed'): void {
    const { phrases, mark } = this.#context;
    const sentence = goalSentence(tracker.goal, phrases);
    // What is so from the beginning is no news.
    if (state === 'failed' || this.#elapsed > 0) mark('goal', sentence);
    if (state === 'failed' && tracker.goal.weight > 0) this.#lose(tracker.goal.id, sentence);
  }

  #goalTouched(): void {
    this.#context.touched();
    // A break between two seconds counts, too.
    if (this.#fullSince !== undefined && this.index < 1) this.#fullSince = undefined;
  }

  /** Judges a whole second once its last instant has settled. */
  #second(second: number): void {
    const { cluster, start } = this.#context;
    cluster.sim.at(start + second * SECOND, () => this.#tick(second), Priority.observer);
  }

  #tick(second: number): void {
    for (const tracker of this.trackers) tracker.tick();
    const { index } = this;
    this.#history.add({ second, index });
    const { nodes, cpu, memory } = this.#context.usage;
    if (second > 0) this.#score.second({ index, nodes, cpu, memory });
    if (index < 1) this.#fullSince = undefined;
    else this.#fullSince ??= this.#elapsed;
    this.#checkWon();
    this.#second(second + 1);
    this.#context.touched();
  }

  #checkWon(): void {
    const { level, phrases, mark, note } = this.#context;
    if (this.#state.kind !== 'playing' || level.goals.length === 0 || this.#fullSince === undefined) return;
    if (this.#elapsed - this.#fullSince < level.hold) return;
    if (!this.trackers.every(({ goal, fulfilled }) => fulfilled || goal.weight === 0)) return;
    this.#end({ kind: 'won', at: this.#elapsed });
    mark('goal', phrases.won);
    note(phrases.won);
  }

  #timeIsUp(): void {
    if (this.#state.kind !== 'playing') return;
    const missing = this.trackers.find(({ goal, fulfilled }) => !fulfilled && goal.weight > 0);
    this.#lose(missing?.goal.id ?? '', this.#context.phrases.outOfTime);
  }

  #lose(goal: string, why: string): void {
    if (this.#state.kind !== 'playing') return;
    this.#end({ kind: 'lost', at: this.#elapsed, goal });
    this.#context.note(this.#context.phrases.lost(why));
  }

  /** What comes after the end does not count. */
  #end(state: LevelState): void {
    this.#state = state;
    // A goal can fail while the trackers are still being made: nothing was sent yet.
    const unavailable = this.trackers === undefined ? 0 : this.unavailable;
    this.#score.freeze(this.#helm, this.#context.hints(), unavailable);
  }
}
