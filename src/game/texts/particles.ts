/** The pairs of Korean particles that depend on whether the word before ends in a consonant. */
export type Particle = '이/가' | '을/를' | '은/는' | '과/와' | '으로/로' | '이어야/여야';

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const FINAL_RIEUL = 8;

/** Digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구. The index of the final consonant, 0 for none. */
const DIGIT_FINALS = [21, 8, 0, 16, 0, 0, 1, 8, 8, 0] as const;
/** Latin letters whose Korean names end in a consonant: 엘 엠 엔 아르(none). */
const LETTER_FINALS: Readonly<Record<string, number>> = { l: FINAL_RIEUL, m: 16, n: 4 };
/** Endings of English words that are read with a final consonant: pod 파드 has none, replica none, ... */
const CONSONANT_ENDINGS: readonly (readonly [RegExp, number])[] = [
  [/(?:ing|ong|ang|ung)$/, 21],
  [/[aeiou](?:l|le|ll)$/, FINAL_RIEUL],
  [/[aeiou]me?$/, 16],
  [/[aeiou]ne?$/, 4],
  [/[aeiou](?:ck|k)$/, 1],
  [/[aeiou]pp?$/, 17],
  [/[aeiou](?:b|bb)$/, 17],
  [/(?:et|ot|it|at|ut)$/, 7],
];

/** The word with the particle that fits its end: `노드` + 이/가 -> `노드가`, `replicas 3` + 이/가 -> `replicas 3이`. */
export function withParticle(word: string, particle: Particle): string {
  return word + particleFor(word, particle);
}

/** The particle alone. Closing quotes and brackets are not read. */
export function particleFor(word: string, particle: Particle): string {
  const [consonant = '', vowel = ''] = particle.split('/');
  const final = finalOf(word.replace(/[\s"'`”’)\]}.,:]+$/u, ''));
  if (particle === '으로/로') return final === 0 || final === FINAL_RIEUL ? vowel : consonant;
  return final === 0 ? vowel : consonant;
}

/** The final consonant a word is read with, 0 for none. */
function finalOf(word: string): number {
  const last = word.at(-1) ?? '';
  const code = last.codePointAt(0) ?? 0;
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) return (code - FIRST_SYLLABLE) % FINALS;
  if (/[0-9]/.test(last)) return numberFinal(word);
  if (last === '%') return 0;
  if (!/[A-Za-z]/.test(last)) return 0;
  const latin = /[A-Za-z]+$/.exec(word)?.[0] ?? '';
  if (latin === latin.toUpperCase() || latin.length === 1) return LETTER_FINALS[last.toLowerCase()] ?? 0;
  const lower = latin.toLowerCase();
  return CONSONANT_ENDINGS.find(([ending]) => ending.test(lower))?.[1] ?? 0;
}

/** 10 십, 100 백, 1000 천: the zeros at the end are read as one word. */
function numberFinal(word: string): number {
  const digits = /[0-9]+$/.exec(word)?.[0] ?? '';
  const zeros = /0*$/.exec(digits)?.[0].length ?? 0;
  if (zeros === 0 || zeros === digits.length) return DIGIT_FINALS[Number(digits.at(-1) ?? 0)] ?? 0;
  const powers = [17, 1, 4] as const;
  return zeros <= 3 ? (powers[zeros - 1] ?? 0) : zeros < 8 ? 4 : 1;
}
