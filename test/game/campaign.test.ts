import { describe, expect, it } from 'vitest';
import { campaignProblems, newCampaign, nextLevel, standings, starCount } from '../../src/game/campaign.ts';
import type { Chapter, Level } from '../../src/game/level.ts';
import { NO_PROGRESS, withRun } from '../../src/game/progress.ts';
import { exampleLevel } from './examplelevel.ts';

const EXAMPLE = exampleLevel();

function level(id: string, chapter: string, order: number, teaches: string[], needs: string[] = []): Level {
  return { ...EXAMPLE, id, chapter, order, teaches, needs };
}

function chapter(id: string, order: number): Chapter {
  return { id, order, title: { en: id, ko: id }, idea: { en: id, ko: id } };
}

const CHAPTERS = [chapter('network', 2), chapter('basics', 1)];
const LEVELS = [
  level('service', 'network', 1, ['service'], ['deployment']),
  level('deployment', 'basics', 2, ['deployment'], ['pod']),
  level('pod', 'basics', 1, ['pod', 'manifest']),
  level('scheduler', 'basics', 3, ['scheduler'], ['pod']),
];
const RUN = {
  seed: 1,
  time: 1,
  hints: 0,
  score: { service: 1, cargo: 1, helm: 1 },
  stars: [true, false, true],
};

describe('a campaign', () => {
  const campaign = newCampaign(CHAPTERS, LEVELS);

  it('orders chapters, and levels within them', () => {
    expect(campaign.levels.map(({ id }) => id)).toEqual(['pod', 'deployment', 'scheduler', 'service']);
    expect(campaign.chapters.map(({ chapter: { id } }) => id)).toEqual(['basics', 'network']);
  });

  it('opens what needs nothing, and then what was learnt for', () => {
    const open = (won: readonly string[]): readonly string[] =>
      standings(
        campaign,
        won.reduce((all, id) => withRun(all, id, RUN), NO_PROGRESS),
      )
        .filter((standing) => standing.open)
        .map((standing) => standing.level.id);
    expect(open([])).toEqual(['pod']);
    expect(open(['pod'])).toEqual(['pod', 'deployment', 'scheduler']);
    expect(open(['pod', 'deployment'])).toEqual(['pod', 'deployment', 'scheduler', 'service']);
    expect(standings(campaign, NO_PROGRESS)[3]?.missing).toEqual(['deployment']);
  });

  it('goes on with the first open level that is not won', () => {
    expect(nextLevel(campaign, NO_PROGRESS)?.id).toBe('pod');
    expect(nextLevel(campaign, withRun(NO_PROGRESS, 'pod', RUN))?.id).toBe('deployment');
    const all = LEVELS.reduce((progress, { id }) => withRun(progress, id, RUN), NO_PROGRESS);
    expect(nextLevel(campaign, all)).toBeUndefined();
    expect(starCount(campaign, all)).toEqual({ earned: 8, all: 12 });
  });

  it.each<[string, readonly Level[], readonly string[]]>([
    ['nothing in a good one', LEVELS, []],
    [
      'an idea that nobody teaches',
      [level('a', 'basics', 1, ['x'], ['y'])],
      ['a: needs y, which no other level teaches'],
    ],
    [
      'an idea that is taught too late',
      [level('a', 'basics', 1, ['x'], ['y']), level('b', 'basics', 2, ['y'])],
      ['a: needs y, which is taught only later, by b'],
    ],
    ['an unknown chapter', [level('a', 'moon', 1, ['x'])], ['a: there is no chapter moon']],
    [
      'two levels of one name',
      [level('a', 'basics', 1, ['x']), level('a', 'basics', 2, ['y'])],
      ['a: there are two levels of this name'],
    ],
  ])('finds %s', (_, levels, problems) => {
    expect(campaignProblems(CHAPTERS, levels)).toEqual(problems);
  });
});
