import { duration, struct } from '../shape.ts';
import { perSecond, type RateType } from './rate.ts';

/** Little, then suddenly much for a while, then little again: `{base: 5, peak: 500, after: 1m, for: 20s}`. */
export const spike: RateType<{
  readonly base: number;
  readonly peak: number;
  readonly after: number;
  readonly for: number;
}> = {
  name: 'spike',
  shape: struct({ base: perSecond, peak: perSecond, after: duration, for: duration }, {}),
  rate({ base, peak, after, for: length }) {
    const inside = (ms: number): number => Math.min(length, Math.max(0, ms - after));
    return {
      at: (ms) => (ms >= after && ms < after + length ? peak : base),
      total: (ms) => (base * (ms - inside(ms)) + peak * inside(ms)) / 1000,
    };
  },
};
