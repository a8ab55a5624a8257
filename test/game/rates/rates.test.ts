import { describe, expect, it } from 'vitest';
import { levelJsonSchema } from '../../../src/game/jsonschema.ts';
import { ramp } from '../../../src/game/rates/ramp.ts';
import { rateNames, rateOf, rateText } from '../../../src/game/rates/registry.ts';
import { spike } from '../../../src/game/rates/spike.ts';
import { wave } from '../../../src/game/rates/wave.ts';
import { constantRate, type Rate } from '../../../src/network/rate.ts';

const MINUTE = 60_000;

describe('loads', () => {
  it.each<[string, Rate]>([
    ['constant', constantRate(40)],
    ['ramp', ramp.rate({ from: 5, to: 200, over: 2 * MINUTE })],
    ['spike', spike.rate({ base: 5, peak: 500, after: MINUTE, for: 20_000 })],
    ['wave', wave.rate({ low: 10, high: 90, period: 5 * MINUTE })],
  ])('%s adds up to what its rates are', (_, rate) => {
    let sum = 0;
    for (let ms = 0; ms < 10 * MINUTE; ms += 10) sum += rate.at(ms + 5) / 100;
    expect(rate.total(10 * MINUTE)).toBeCloseTo(sum, 0);
    expect(rate.total(0)).toBeCloseTo(0, 9);
  });

  it('a ramp rises in a straight line and stays', () => {
    const rate = ramp.rate({ from: 0, to: 100, over: MINUTE });
    expect([0, 15_000, 30_000, MINUTE, 2 * MINUTE].map((ms) => rate.at(ms))).toEqual([0, 25, 50, 100, 100]);
  });

  it('a spike is over after its time', () => {
    const rate = spike.rate({ base: 1, peak: 50, after: 1000, for: 2000 });
    expect([0, 999, 1000, 2999, 3000].map((ms) => rate.at(ms))).toEqual([1, 1, 50, 50, 1]);
  });

  it('a wave is lowest at the beginning and highest half a day later', () => {
    const rate = wave.rate({ low: 10, high: 90 });
    expect(rate.at(0)).toBeCloseTo(10);
    expect(rate.at(12 * 60 * MINUTE)).toBeCloseTo(90);
    expect(wave.rate({ low: 10, high: 90, period: 0 }).at(5)).toBe(50);
  });

  it('a number is a constant load; words for the timeline', () => {
    expect(rateOf(7).at(1e6)).toBe(7);
    expect(rateText({ spike: { base: 1, peak: 50, after: 0, for: 0 } })).toBe('1 to 50');
  });

  it('stand in the schema of levels, each by its name', () => {
    const schema = JSON.stringify(levelJsonSchema());
    for (const name of rateNames) expect(schema).toContain(`"${name}":{"type":"object"`);
  });
});
