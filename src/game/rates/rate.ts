import type { Rate } from '../../network/rate.ts';
import { number, type Shape } from '../shape.ts';

/** A way in which a load changes with time. */
export interface RateType<T = never> {
  /** As levels name it. */
  readonly name: string;
  readonly shape: Shape<T>;
  rate(spec: T): Rate;
}

/** Requests per second, as far as they can be asked for. */
export const perSecond = number(0, 10_000);
