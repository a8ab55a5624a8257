import type { Language } from '../types.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import type { Phrases } from './phrases.ts';

const PHRASES: Readonly<Record<Language, Phrases>> = { en, ko };

/** The game's own words in a language. */
export function phrasesFor(language: Language): Phrases {
  return PHRASES[language];
}
