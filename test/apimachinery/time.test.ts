import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, humanDuration, parseDuration } from '../../src/apimachinery/duration.ts';
import { formatMicroTime, formatRFC1123Z, formatTime, parseTime } from '../../src/apimachinery/time.ts';

const T0 = Date.UTC(2026, 0, 5);

describe('times', () => {
  it('are written to the second, the microsecond, and as describe prints them', () => {
    expect(formatTime(T0 + 999)).toBe('2026-01-05T00:00:00Z');
    expect(formatTime(T0 + 1000)).toBe('2026-01-05T00:00:01Z');
    expect(formatMicroTime(T0 + 250)).toBe('2026-01-05T00:00:00.250000Z');
    expect(formatRFC1123Z(T0)).toBe('Mon, 05 Jan 2026 00:00:00 +0000');
  });

  it.each([
    ['2026-01-05T00:00:00Z', T0],
    ['2026-01-05T00:00:00.250000Z', T0 + 250],
    ['2026-01-05T09:00:00+09:00', T0],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2026-02-29T00:00:00Z', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-01-05', undefined],
    ['2026-01-05 00:00:00Z', undefined],
    ['', undefined],
  ])('reads %j as %j', (text, ms) => expect(parseTime(text)).toBe(ms));

  it('are read back as written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), (s) => parseTime(formatTime(s * 1000)) === s * 1000),
    );
  });
});

describe('Go durations', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['2.1s', 2100],
    ['300ms', 300],
    ['-1.5h', -5_400_000],
    ['0', 0],
    ['1us', 0.001],
    ['.5s', 500],
    ['1h1m1s', 3_661_000],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    ['', 'time: invalid duration ""'],
    ['3', 'time: missing unit in duration "3"'],
    ['1x', 'time: unknown unit "x" in duration "1x"'],
    ['s', 'time: invalid duration "s"'],
    ['.s', 'time: invalid duration ".s"'],
    ['9999999999h', 'time: invalid duration "9999999999h"'],
  ])('%j is none', (text, error) => expect(parseDuration(text)).toEqual({ error }));

  it.each([
    [5_400_000, '1h30m0s'],
    [2100, '2.1s'],
    [300, '300ms'],
    [0, '0s'],
    [60_000, '1m0s'],
    [0.0015, '1.5µs'],
    [-1000, '-1s'],
  ])('%d ms prints as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('ages', () => {
  const [S, M, H, D] = [1000, 60_000, 3_600_000, 86_400_000];
  it.each([
    [-2 * S, '<invalid>'],
    [-1 * S, '0s'],
    [0, '0s'],
    [45 * S, '45s'],
    [119 * S, '119s'],
    [120 * S, '2m'],
    [9 * M + 59 * S, '9m59s'],
    [10 * M, '10m'],
    [179 * M, '179m'],
    [3 * H, '3h'],
    [7 * H + 59 * M, '7h59m'],
    [8 * H, '8h'],
    [47 * H, '47h'],
    [48 * H, '2d'],
    [7 * D + 23 * H, '7d23h'],
    [8 * D, '8d'],
    [729 * D, '729d'],
    [735 * D, '2y5d'],
    [730 * D, '2y'],
    [8 * 365 * D, '8y'],
  ])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text));
});
