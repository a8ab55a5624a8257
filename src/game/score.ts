import { milliOf, valueOf as unitsOf } from '../apimachinery/quantity.ts';
import { DEFAULT_NODE } from '../cluster/spec.ts';
import type { Level } from './level.ts';
import type { IndexPoint, ScoreView } from './types.ts';

/** What the score needs to know of a second. */
export interface SecondOfPlay {
  /** The shipshape index, 0 to 1. */
  readonly index: number;
  /** Nodes that carry the player's pods. */
  readonly nodes: number;
  /** Cores and bytes requested. */
  readonly cpu: number;
  readonly memory: number;
}

/**
 * The three scores, added up second by second and frozen when the level is over.
 * Service: the integral of 1 - S in seconds, plus the seconds of silence that failed requests amount
 * to. Cargo: nodes in use over time, plus what is requested, counted in nodes of this level: in
 * node-seconds. Helm: moves, and a point for each wrong answer.
 */
export class ScoreKeeper {
  readonly #level: Level;
  readonly #node: { readonly cpu: number; readonly memory: number };
  #drift = 0;
  #cargo = 0;
  #frozen: { readonly helm: number; readonly hints: number; readonly unavailable: number } | undefined;

  constructor(level: Level) {
    this.#level = level;
    this.#node = meanNode(level);
  }

  /** Seconds of 1 - S so far. */
  get drift(): number {
    return this.#drift;
  }

  second({ index, nodes, cpu, memory }: SecondOfPlay): void {
    if (this.#frozen !== undefined) return;
    this.#drift += 1 - index;
    this.#cargo += nodes + Math.max(cpu / this.#node.cpu, memory / this.#node.memory);
  }

  /** The level is over: what comes after does not count. */
  freeze(helm: number, hints: number, unavailable: number): void {
    this.#frozen ??= { helm, hints, unavailable };
  }

  view(won: boolean, helm: number, hints: number, unavailable: number): ScoreView {
    const { par } = this.#level;
    const last = this.#frozen ?? { helm, hints, unavailable };
    const service = round(this.#drift + last.unavailable);
    const cargo = round(this.#cargo);
    return {
      service,
      cargo,
      helm: last.helm,
      par,
      stars: starsFor({ service, cargo, helm: last.helm }, par, won, last.hints),
    };
  }
}

/** Won; won within par Service; won within par Cargo and Helm with no hint past the first. */
export function starsFor(
  score: { readonly service: number; readonly cargo: number; readonly helm: number },
  par: { readonly service: number; readonly cargo: number; readonly helm: number },
  won: boolean,
  hints: number,
): ScoreView['stars'] {
  return [
    won,
    won && score.service <= par.service,
    won && score.cargo <= par.cargo && score.helm <= par.helm && hints <= 1,
  ];
}

/** The weighted mean of matches; 1 when nothing has a weight. */
export function weightedMean(parts: readonly { readonly weight: number; readonly match: number }[]): number {
  let total = 0;
  let sum = 0;
  let complete = true;
  for (const { weight, match } of parts) {
    total += weight;
    sum += weight * match;
    if (weight > 0 && match < 1) complete = false;
  }
  // Exactly 1 when all is matched, whatever the weights add up to in floating point.
  return complete ? 1 : Math.min(sum / total, 1 - Number.EPSILON);
}

const MAX_POINTS = 100_000;

/** The index over time, one point a second; of a very long run the first hours. */
export class IndexHistory {
  readonly #points: IndexPoint[] = [];

  add(point: IndexPoint): void {
    if (this.#points.length >= MAX_POINTS) return;
    this.#points.push(point);
  }

  /** The same list all the time; it grows. */
  get points(): readonly IndexPoint[] {
    return this.#points;
  }
}

function meanNode(level: Level): { readonly cpu: number; readonly memory: number } {
  const { nodes } = level.cluster;
  const count = Math.max(1, nodes.length);
  const cpu = nodes.reduce((sum, node) => sum + milliOf(node.cpu ?? DEFAULT_NODE.cpu) / 1000, 0);
  const memory = nodes.reduce((sum, node) => sum + unitsOf(node.memory ?? DEFAULT_NODE.memory), 0);
  return { cpu: Math.max(cpu / count, 0.001), memory: Math.max(memory / count, 1) };
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
