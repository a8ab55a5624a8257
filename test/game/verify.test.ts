import { describe, expect, it } from 'vitest';
import { makeMoves } from '../../src/game/autopilot.ts';
import type { Level } from '../../src/game/level.ts';
import { Session } from '../../src/game/session.ts';
import { verifyLevel } from '../../src/game/verify.ts';
import { newCommandLine } from './commandline.ts';
import { exampleLevel } from './examplelevel.ts';

function problems(level: Level, seeds = 1): readonly string[] {
  const report = verifyLevel(level, { newCommandLine, seeds });
  return report.findings
    .filter(({ ok }) => !ok)
    .map(({ check, subject, detail }) => `${check} ${subject}: ${detail}`);
}

describe('verifying a level', () => {
  it('finds nothing wrong with a good one, and says what it looked at', () => {
    const seen: string[] = [];
    const report = verifyLevel(exampleLevel(), {
      newCommandLine,
      seeds: 3,
      progress: ({ check }) => seen.push(check),
    });
    expect(report.findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.scores).toHaveLength(3);
    expect(seen).toEqual([
      'hints',
      'languages',
      'sentences',
      'idle',
      'wrong',
      'wrong',
      ...Array.from({ length: 6 }, () => 'solution'),
      'timeline',
      'repeatable',
    ]);
  });

  it.each<[string, readonly [string, string], string]>([
    ['a solution that does not win', ['--replicas=3"}', '--replicas=2"}'], 'solution create: not won after'],
    [
      'a wrong attempt that wins',
      ['--replicas=2"}]', '--replicas=3"}, {wait: 9s, answer: which-image}]'],
      'wrong two only: it wins the level',
    ],
    [
      'a wrong attempt that fails elsewhere',
      ['fails: not-too-many', 'fails: cheap'],
      'wrong four: it should fail at cheap, but that goal is met',
    ],
  ])('finds %s', (_, replacement, expected) => {
    expect(problems(exampleLevel(replacement)).join('\n')).toContain(expected);
  });

  it('lists a solution that fails on many seeds once, with the seeds', () => {
    const level = exampleLevel(['--replicas=3"}', '--replicas=2"}']);
    const report = verifyLevel({ ...level, wrong: [] }, { newCommandLine, seeds: 3 });
    expect(report.failures).toEqual([
      {
        check: 'solution',
        subject: 'create',
        seeds: '1-3',
        detail: expect.stringContaining('not won after') as unknown,
      },
    ]);
  });

  it('waits with a move for a goal until it has held as long as it must', () => {
    const level = exampleLevel(['- id: web-ready\n', '- id: web-ready\n      hold: 5s\n']);
    const started = Session.start({ level, seed: 1, language: 'en', newCommandLine });
    if (!started.ok) throw new Error(started.problem);
    const { session } = started;
    makeMoves(session, level.solutions[0]?.moves ?? []);
    const since = session.goals[0]?.since ?? 0;
    expect(session.log.at(-1)?.at).toBeGreaterThanOrEqual(since + 5000);
  });

  it('finds a level that doing nothing wins', () => {
    const level = exampleLevel();
    const idle = { ...level, goals: level.goals.filter(({ id }) => id === 'cheap') };
    expect(problems({ ...idle, wrong: [], solutions: [] })).toContain('idle : doing nothing wins the level');
  });

  it('finds a timeline that cannot happen', () => {
    const level = exampleLevel([
      'at: 2m, fault: {kind: NodeDown, node: n2}',
      'at: 1s, fault: {kind: NodeDown, node: n9}',
    ]);
    expect(problems({ ...level, wrong: [] }).join('\n')).toContain('timeline : there is no node "n9"');
  });

  it('finds a solution that cannot be played to its end', () => {
    const stuck = exampleLevel(['{after: web-ready, answer', '{after: which-image, answer']);
    expect(problems({ ...stuck, wrong: [], limit: 20_000 })[0]).toContain(
      'solution apply: move 2 of 2 cannot be made: goal which-image is not met',
    );
  });
});
