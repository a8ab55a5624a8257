import { duration, struct } from '../shape.ts';
import { perSecond, type RateType } from './rate.ts';

const DAY_MS = 86_400_000;

/** Day and night: from the low at the beginning to the high half a period later, and back. The period is a day. */
export const wave: RateType<{ readonly low: number; readonly high: number; readonly period?: number }> = {
  name: 'wave',
  shape: struct({ low: perSecond, high: perSecond }, { period: duration }),
  rate({ low, high, period = DAY_MS }) {
    // A wave without a length has no ups and downs.
    const length = period > 0 ? period : Number.POSITIVE_INFINITY;
    const [middle, swing] = [(low + high) / 2, (high - low) / 2];
    const turn = (2 * Math.PI) / length;
    return {
      at: (ms) => (turn === 0 ? middle : middle - swing * Math.cos(turn * ms)),
      total: (ms) => (middle * ms - (turn === 0 ? 0 : (swing * Math.sin(turn * ms)) / turn)) / 1000,
    };
  },
};
