import type { KubeObject } from '../../src/api/object.ts';
import type { Random } from '../../src/sim/random.ts';

/** What the drawing of actions knows, and the objects it has made so far. */
export interface Drawing {
  readonly random: Random;
  readonly nodes: readonly string[];
  readonly controlPlanes: readonly string[];
  /** Nothing that runs may end by itself: no containers that crash, no liveness probes that fail. */
  readonly calm: boolean;
  /** What is created, and how likely each is. */
  readonly objects: readonly ObjectDraw[];
  /** Classes that exist. */
  readonly priorityClasses: readonly string[];
  /** Everything created so far, in order. */
  readonly made: KubeObject[];
  /** A name not used before. */
  name(prefix: string): string;
  namespace(): string;
}

/** A way to draw objects that a player would create together. */
export interface ObjectDraw {
  readonly weight: number;
  draw(drawing: Drawing): readonly KubeObject[];
}

/** Where objects are made, and where pods are looked for. */
export const NAMESPACES = ['default', 'default', 'default', 'team-a', 'team-b'] as const;

/** An index drawn with weights; -1 when all are 0. */
export function weighted(random: Random, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.float() * total;
  if (total === 0) return -1;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
