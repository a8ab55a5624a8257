import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScoreKeeper, starsFor, weightedMean } from '../../src/game/score.ts';
import { fillTemplate } from '../../src/game/template.ts';
import { Transcript } from '../../src/game/transcript.ts';
import { exampleLevel } from './examplelevel.ts';

describe('the shipshape index', () => {
  it.each<[string, readonly { weight: number; match: number }[], number]>([
    ['nothing', [], 1],
    [
      'all matched',
      [
        { weight: 1, match: 1 },
        { weight: 3, match: 1 },
      ],
      1,
    ],
    [
      'half of one of two',
      [
        { weight: 1, match: 1 },
        { weight: 1, match: 0.5 },
      ],
      0.75,
    ],
    [
      'different weights',
      [
        { weight: 3, match: 1 },
        { weight: 1, match: 0 },
      ],
      0.75,
    ],
    [
      'a goal without weight',
      [
        { weight: 0, match: 0 },
        { weight: 1, match: 1 },
      ],
      1,
    ],
  ])('of %s', (_, parts, index) => {
    expect(weightedMean(parts)).toBe(index);
  });

  it('is 1 exactly when everything with a weight is matched', () => {
    const part = fc.record({
      weight: fc.double({ min: 0, max: 100, noNaN: true }),
      match: fc.constantFrom(0, 0.1, 1 / 3, 0.999999999, 1),
    });
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const index = weightedMean(parts);
        expect(index === 1).toBe(parts.every(({ weight, match }) => weight === 0 || match === 1));
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the score', () => {
  it('adds up drift, silence, nodes and requests, and freezes at the end', () => {
    const keeper = new ScoreKeeper(exampleLevel());
    keeper.second({ index: 0.5, nodes: 2, cpu: 2, memory: 0 });
    keeper.second({ index: 1, nodes: 1, cpu: 0, memory: 4 * 1024 ** 3 });
    keeper.freeze(3, 1, 2);
    keeper.second({ index: 0, nodes: 9, cpu: 9, memory: 0 });
    expect(keeper.view(true, 7, 3, 9)).toMatchObject({ service: 2.5, cargo: 4, helm: 3 });
  });

  it.each<[string, { service: number; cargo: number; helm: number }, boolean, number, readonly boolean[]]>([
    ['within all pars', { service: 10, cargo: 10, helm: 2 }, true, 1, [true, true, true]],
    ['not won', { service: 1, cargo: 1, helm: 1 }, false, 0, [false, false, false]],
    ['too much drift', { service: 11, cargo: 10, helm: 2 }, true, 0, [true, false, true]],
    ['too much cargo', { service: 10, cargo: 11, helm: 2 }, true, 0, [true, true, false]],
    ['too many moves', { service: 10, cargo: 10, helm: 3 }, true, 0, [true, true, false]],
    ['a second hint', { service: 10, cargo: 10, helm: 2 }, true, 2, [true, true, false]],
  ])('gives stars for %s', (_, score, won, hints, stars) => {
    expect(starsFor(score, { service: 10, cargo: 10, helm: 2 }, won, hints)).toEqual(stars);
  });
});

describe('a debriefing', () => {
  it('fills what it knows and leaves the rest', () => {
    const filled = fillTemplate(
      '{moves} on {nodes:app=web,tier=a}, {unknown} {nodes:} {',
      (fact) => `<${fact}>`,
      (fact, selector) => `<${fact} of ${selector}>`,
    );
    expect(filled).toBe('<moves> on <nodes of app=web,tier=a>, {unknown} {nodes:} {');
  });
});

describe('the transcript', () => {
  it('joins output of one instant, and keeps the rest apart', () => {
    const transcript = new Transcript();
    transcript.add(0, 'command', 'a');
    transcript.add(0, 'stdout', 'x');
    transcript.add(0, 'stdout', 'y\n');
    transcript.add(0, 'stderr', 'z');
    transcript.add(1, 'stderr', 'z');
    expect(transcript.entries.map(({ kind, text }) => [kind, text])).toEqual([
      ['command', 'a'],
      ['stdout', 'xy\n'],
      ['stderr', 'z'],
      ['stderr', 'z'],
    ]);
  });

  it('shows what is typed behind the prompt of the program that reads it', () => {
    const transcript = new Transcript();
    transcript.add(0, 'command', 'crictl ps', 'root@n1:/# ');
    transcript.add(1, 'command', '', '> ');
    transcript.add(2, 'stdout', 'hello\n/ # ');
    transcript.echo(3, 'exit');
    transcript.echo(4, 'and more');
    expect(transcript.entries.map(({ text, prompt }) => [text, prompt])).toEqual([
      ['crictl ps', 'root@n1:/# '],
      ['', '> '],
      ['hello\n/ # exit\n', undefined],
      ['and more', ''],
    ]);
  });

  it('forgets the oldest, and never holds more than its bounds', () => {
    const transcript = new Transcript();
    for (let i = 0; i < 3000; i++) transcript.add(i, 'stdout', 'x'.repeat(1000));
    const { entries } = transcript;
    expect(entries.length).toBeLessThanOrEqual(2000);
    expect(entries.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(1_000_000);
    expect(entries.at(-1)?.at).toBe(2999);
    const ids = entries.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });
});
