import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeProgress,
  encodeProgress,
  levelProgress,
  mergeProgress,
  NO_PROGRESS,
  newestProgress,
  type Progress,
  type Run,
  withRun,
  withSettings,
} from '../../src/game/progress.ts';

const run: fc.Arbitrary<Run> = fc.record({
  seed: fc.nat(),
  time: fc.nat(),
  hints: fc.nat(5),
  score: fc.record({ service: fc.nat(100), cargo: fc.nat(100), helm: fc.nat(100) }),
  stars: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()).map((stars) => [...stars]),
});

const progress: fc.Arbitrary<Progress> = fc
  .array(fc.tuple(fc.constantFrom('pod', 'web', '__proto__', 'constructor'), run), { maxLength: 8 })
  .map((runs) => runs.reduce((all, [level, one]) => withRun(all, level, one), NO_PROGRESS));

function aRun(service: number, stars: readonly boolean[]): Run {
  return {
    seed: service,
    time: 1,
    hints: 0,
    score: { service, cargo: 100 - service, helm: 1 },
    stars: [...stars],
  };
}

describe('progress', () => {
  it('keeps the best of each score and every star', () => {
    const after = withRun(
      withRun(NO_PROGRESS, 'web', aRun(10, [true, true, false])),
      'web',
      aRun(20, [true, false, true]),
    );
    expect(levelProgress(after, 'web')).toMatchObject({
      stars: [true, true, true],
      best: { service: 10, cargo: 80, helm: 1 },
    });
    expect(levelProgress(after, 'web')?.runs).toHaveLength(2);
    expect(levelProgress(after, 'toString')).toBeUndefined();
  });

  it('keeps the last fifty runs', () => {
    let all = NO_PROGRESS;
    for (let i = 0; i < 80; i++) all = withRun(all, 'web', aRun(i, [true, false, false]));
    expect(levelProgress(all, 'web')?.runs.map(({ seed }) => seed)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 30),
    );
  });

  it('reads back what was written', () => {
    fc.assert(
      fc.property(progress, (one) => {
        const withLanguage = withSettings(one, { language: 'ko' });
        expect(decodeProgress('progress.json', encodeProgress(withLanguage))).toEqual({
          ok: true,
          value: withLanguage,
        });
      }),
    );
  });

  it('merges without losing anything, and twice is as good as once', () => {
    fc.assert(
      fc.property(progress, progress, (a, b) => {
        const merged = mergeProgress(a, b);
        expect(mergeProgress(merged, merged)).toEqual(merged);
        for (const name of [...Object.keys(a.levels), ...Object.keys(b.levels)]) {
          const [before, after] = [levelProgress(a, name), levelProgress(merged, name)];
          expect(after?.best.service).toBeLessThanOrEqual(before?.best.service ?? Number.POSITIVE_INFINITY);
          before?.stars.forEach((star, i) => {
            if (star) expect(after?.stars[i]).toBe(true);
          });
        }
        expect(mergeProgress(b, a).levels).toEqual(
          expect.objectContaining(
            Object.fromEntries(
              Object.entries(merged.levels).map(([name, { stars, best }]) => [
                name,
                expect.objectContaining({ stars, best }),
              ]),
            ),
          ),
        );
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof decodeProgress('p', text).ok).toBe('boolean');
      }),
    );
  });

  it.each([
    ['cut off text', '{"version":1,"levels":{', 'Syntax'],
    ['a newer version', '{"version":2,"levels":{},"settings":{}}', 'InvalidValue'],
    [
      'a score that is no number',
      '{"version":1,"levels":{"a":{"stars":[true,true,true],"best":{"service":"x","cargo":1,"helm":1},"runs":[]}},"settings":{}}',
      'WrongType',
    ],
    ['an unknown field', '{"version":1,"levels":{},"settings":{},"x":1}', 'UnknownField'],
  ])('reports %s', (_, text, code) => {
    const decoded = decodeProgress('progress.json', text);
    expect(decoded.ok ? '' : decoded.issues[0]?.code).toBe(code);
  });

  it('is read from the newest generation that can be read', () => {
    const good = encodeProgress(withRun(NO_PROGRESS, 'web', aRun(1, [true, false, false])));
    const store = {
      generations: () => [
        { name: 'progress.json', text: good.slice(0, 20) },
        { name: 'progress.1.json', text: good },
        { name: 'progress.2.json', text: encodeProgress(NO_PROGRESS) },
      ],
      save: () => {},
    };
    const { progress: found, issues } = newestProgress(store);
    expect(Object.keys(found.levels)).toEqual(['web']);
    expect(issues.map(({ file }) => file)).toEqual(['progress.json']);
    expect(newestProgress({ generations: () => [], save: () => {} }).progress).toBe(NO_PROGRESS);
  });
});
