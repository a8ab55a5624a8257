import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../src/game/issue.ts';
import { decodeReplay, encodeReplay, type Replay, replayMismatch } from '../../src/game/replay.ts';
import type { PlayerAction, TimedAction } from '../../src/game/types.ts';
import { exampleLevel } from './examplelevel.ts';

const action: fc.Arbitrary<PlayerAction> = fc.oneof(
  fc.record({ type: fc.constant('command' as const), line: fc.string({ unit: 'binary' }) }),
  fc.record({ type: fc.constant('input' as const), line: fc.string() }),
  fc.constant({ type: 'input' as const }),
  fc.record({ type: fc.constant('edited' as const), text: fc.string() }),
  fc.constant({ type: 'interrupt' as const }),
  fc.record({
    type: fc.constant('file' as const),
    path: fc.string({ minLength: 1, maxLength: 50 }),
    text: fc.string(),
  }),
  fc.constant({ type: 'hint' as const }),
  fc.record({ type: fc.constant('answer' as const), goal: fc.constant('g-1'), text: fc.string() }),
  fc.constant({ type: 'fault' as const, fault: { kind: 'NodeDown', node: 'n1' } }),
);

const log: fc.Arbitrary<TimedAction[]> = fc
  .array(fc.record({ at: fc.nat(1_000_000), action }), { maxLength: 20 })
  .map((entries) => entries.sort((a, b) => a.at - b.at));

const REPLAY: Replay = { version: 1, level: 'web', levelHash: 'abc', seed: 7, log: [] };

describe('a replay file', () => {
  it('reads back what was written, whatever the player typed', () => {
    fc.assert(
      fc.property(log, fc.nat(), (entries, seed) => {
        const replay: Replay = { ...REPLAY, seed, log: entries };
        expect(decodeReplay('run.json', encodeReplay(replay))).toEqual({ ok: true, value: replay });
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !decodeReplay('run.json', text).ok));
  });

  it.each<[string, unknown, string]>([
    ['another version', { ...REPLAY, version: 2 }, 'InvalidValue version: wanted version 1, got 2'],
    ['no version', { level: 'x' }, 'InvalidValue version: wanted version 1, got null'],
    [
      'an unknown action',
      { ...REPLAY, log: [{ at: 0, action: { type: 'cheat' } }] },
      'InvalidValue log[0].action.type: wanted one of',
    ],
    [
      'a time before the last',
      {
        ...REPLAY,
        log: [
          { at: 5, action: { type: 'hint' } },
          { at: 4, action: { type: 'hint' } },
        ],
      },
      'InvalidValue log[1].at: wanted a time not before',
    ],
    [
      'a part of a millisecond',
      { ...REPLAY, log: [{ at: 0.5, action: { type: 'hint' } }] },
      'InvalidValue log[0].at: wanted a whole number',
    ],
    ['an unknown field', { ...REPLAY, sede: 1 }, 'UnknownField sede: wanted one of'],
    [
      'a missing field',
      { version: 1, level: 'web', levelHash: 'a', log: [] },
      'MissingField wanted a field "seed", got none',
    ],
    ['a list', [], 'WrongType wanted an object, got object'],
  ])('reports %s', (_, value, expected) => {
    const decoded = decodeReplay('run.json', JSON.stringify(value));
    const texts = decoded.ok ? [] : decoded.issues.map((issue) => `${issue.code} ${issue.message}`);
    expect(texts[0]).toContain(expected);
  });

  it('reports text that is no JSON, with the file', () => {
    const decoded = decodeReplay('run.json', '{');
    expect(decoded.ok ? '' : decoded.issues.map(formatIssue)[0]).toMatch(/^run\.json:1:1 wanted JSON, got /);
  });

  it('says when it belongs to another level, or to another state of it', () => {
    const level = exampleLevel();
    const fitting = { ...REPLAY, level: level.id, levelHash: level.hash };
    expect(replayMismatch(fitting, level)).toBeUndefined();
    expect(replayMismatch({ ...fitting, levelHash: 'other' }, level)).toContain('has changed since');
    expect(replayMismatch({ ...fitting, level: 'x' }, level)).toBe(
      'the replay is of level x, not of three-of-a-kind',
    );
  });
});
