import { type WhyWords, whyWords } from '../../cluster/whywords.ts';
import type { Language } from '../../game/types.ts';
import { whyKo } from './whyko.ts';

/** In which words it is told what became of objects and why. */
export const whyTexts: Readonly<Record<Language, WhyWords>> = Object.freeze({ en: whyWords, ko: whyKo });
