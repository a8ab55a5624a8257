import type { Rate } from '../../network/rate.ts';
import type { NetworkFabric } from '../../network/types.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Mirror } from '../mirror.ts';
import type { Shape } from '../shape.ts';
import type { Phrases } from '../texts/phrases.ts';
import type { GoalLeaf } from '../types.ts';
import type { Usage } from '../usage.ts';

/** What a check may look at. It never writes and never asks the API server. */
export interface GoalContext {
  readonly mirror: Mirror;
  readonly usage: Usage;
  readonly fabric: NetworkFabric;
  readonly sim: Simulation;
  /** Virtual time at which the level began, ms since the epoch. */
  readonly start: number;
  /** How many moves the player has made. */
  readonly moves: () => number;
  /** To be called whenever the outcome may have changed; inside a commit is fine. */
  readonly changed: () => void;
}

/** Matched leaves of all leaves; `total` is at least 1. */
export interface Match {
  readonly matched: number;
  readonly total: number;
}

/** An object that a goal is about: the one whose events explain a failure. */
export interface Subject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** One goal at work: compares what is with what is wanted. */
export interface Check {
  evaluate(): Match;
  /** The leaves as the screen shows them; made when asked for. */
  leaves(phrases: Phrases): readonly GoalLeaf[];
  /** The objects whose events explain why it is not so, the worst first. */
  subjects(): readonly Subject[];
  /** Set when the outcome changes with time alone: it is evaluated every second. */
  readonly timed?: true;
  /** Called at every whole second, before the evaluation. */
  tick?(): void;
  /** For questions: takes an answer and says whether it is right. */
  answer?(text: string): boolean;
  /** For questions: an answer that would be right now. */
  rightAnswer?(): string | undefined;
  /** For questions: the answers tried. */
  answers?(): readonly string[];
  /** What it cost, in seconds of complete silence; only traffic has it. */
  unavailable?(): number;
  /** Changes the load of a traffic goal, requests per second. */
  setRate?(rate: Rate): void;
}

/**
 * A type of goal: one file here, one line in registry.ts. `T` is what the goal's own field holds.
 */
export interface GoalType<T> {
  /** The field's name in the level: `state`. */
  readonly name: string;
  readonly shape: Shape<T>;
  /** True when the goal means "at every moment" unless the level says otherwise. */
  readonly always: boolean;
  /** The goal as a sentence without its time, made from nothing but the goal itself. */
  sentence(spec: T, phrases: Phrases): string;
  check(spec: T, context: GoalContext): Check;
}
