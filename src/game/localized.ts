import { type Shape, struct, text } from './shape.ts';
import type { Language, Texts } from './types.ts';

/** Every language there is; a level has every text in each of them. */
export const LANGUAGES: readonly Language[] = ['en', 'ko'];

/** A text in each language. */
export function localized(max: number): Shape<Texts> {
  return struct({ en: text({ max }), ko: text({ max }) }, {});
}
