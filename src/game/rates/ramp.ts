import { duration, struct } from '../shape.ts';
import { perSecond, type RateType } from './rate.ts';

/** From one rate to another in a straight line, and on at that: `{from: 5, to: 200, over: 2m}`. */
export const ramp: RateType<{ readonly from: number; readonly to: number; readonly over: number }> = {
  name: 'ramp',
  shape: struct({ from: perSecond, to: perSecond, over: duration }, {}),
  rate({ from, to, over }) {
    const at = (ms: number): number => (ms >= over ? to : from + ((to - from) * ms) / over);
    return {
      at,
      total(ms) {
        const rising = Math.min(ms, over);
        return (((from + at(rising)) / 2) * rising + to * (ms - rising)) / 1000;
      },
    };
  },
};
