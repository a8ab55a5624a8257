import { constantRate, type Rate } from '../../network/rate.ts';
import { exactlyOne, type Out, objectOr, struct } from '../shape.ts';
import { ramp } from './ramp.ts';
import { perSecond } from './rate.ts';
import { spike } from './spike.ts';
import { wave } from './wave.ts';

const shaped = exactlyOne(
  struct({}, { [ramp.name]: ramp.shape, [spike.name]: spike.shape, [wave.name]: wave.shape } as {
    readonly ramp: typeof ramp.shape;
    readonly spike: typeof spike.shape;
    readonly wave: typeof wave.shape;
  }),
  [ramp.name, spike.name, wave.name],
);

/** A load in a level: a number of requests a second, or how it changes: `{ramp: {from: 5, to: 200, over: 2m}}`. */
export const rateShape = objectOr(shaped, perSecond);

export type RateSpec = Out<typeof rateShape>;

/** The names of the ways in which a load can change. */
export const rateNames: readonly string[] = [ramp.name, spike.name, wave.name];

/** The load that a level asks for. */
export function rateOf(spec: RateSpec): Rate {
  if (typeof spec === 'number') return constantRate(spec);
  if (spec.ramp !== undefined) return ramp.rate(spec.ramp);
  if (spec.spike !== undefined) return spike.rate(spec.spike);
  if (spec.wave !== undefined) return wave.rate(spec.wave);
  return constantRate(0);
}

/** A load in few words: `40`, `5 to 200`. */
export function rateText(spec: RateSpec): string {
  if (typeof spec === 'number') return String(spec);
  if (spec.ramp !== undefined) return `${spec.ramp.from} to ${spec.ramp.to}`;
  if (spec.spike !== undefined) return `${spec.spike.base} to ${spec.spike.peak}`;
  return spec.wave === undefined ? '0' : `${spec.wave.low} to ${spec.wave.high}`;
}
