import type { Language } from '../../game/types.ts';
import { en, type UiTexts } from './en.ts';
import { ko } from './ko.ts';

export type { UiTexts } from './en.ts';

/** The screen's words in each language. */
export const texts: Readonly<Record<Language, UiTexts>> = Object.freeze({
  en,
  ko,
});
