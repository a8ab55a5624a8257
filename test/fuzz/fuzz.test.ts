import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Checker } from './checker.ts';
import { drawPlan } from './draw.ts';
import { mutants } from './mutants.ts';
import { play } from './play.ts';
import { shrink } from './shrink.ts';

const SEEDS = 100;
const BATCH = 5;
/** A busy machine takes its time, ms. */
const TIMEOUT_MS = 180_000;

/** What is wrong with a run, with the way to see it again. */
function complaint(seed: number): string | undefined {
  const { violation } = play(drawPlan(seed));
  if (violation === undefined) return undefined;
  return `${violation.checker}: ${violation.message} (npm run fuzz -- --seeds 1 --seed ${seed})`;
}

describe('a cluster under random faults', () => {
  it.each(Array.from({ length: SEEDS / BATCH }, (_, i) => i * BATCH + 1))(
    'keeps its promises, from seed %i on',
    (first) => {
      for (let seed = first; seed < first + BATCH; seed++) expect(complaint(seed)).toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it.each([3, 29, 77])(
    'is the same again for the same plan (seed %i)',
    (seed) => {
      expect(play(drawPlan(seed)).hash).toBe(play(drawPlan(seed)).hash);
    },
    TIMEOUT_MS,
  );
});

describe('a broken promise', () => {
  /** Holds until the player has made two deployments. */
  const picky: Checker = {
    name: 'there are never two deployments',
    open(_, { fail }) {
      const known = new Set<string>();
      return {
        commit({ key, value }) {
          if (value?.kind === 'Deployment' && key.startsWith('/registry/deployments/default/'))
            known.add(key);
          if (known.size === 2) fail('there are two');
        },
      };
    },
  };

  it('is shown with the fewest steps that lead to it', () => {
    const seed = Array.from({ length: 50 }, (_, i) => i + 1).find(
      (each) => play(drawPlan(each), [picky]).violation !== undefined,
    );
    const small = shrink(drawPlan(seed ?? 0), picky.name, [picky]);
    expect(small.steps.map(({ action }) => action.do)).toEqual(['create', 'create']);
    expect(small.nodes).toHaveLength(1);
    expect(play(small, [picky]).violation).toMatchObject({ message: 'there are two' });
  });
});

describe('the deliberate bugs', () => {
  it.each(mutants.map(({ name, file, find }) => [name, file, find]))(
    '%s: its place is there once',
    (_, file, find) => {
      const source = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
      expect(source.split(find).length - 1).toBe(1);
    },
  );
});
