/** The 33 jamo of the Korean 2-set layout and the keys they are on (KS X 5002). */
const LAYOUT =
  'ㅂq ㅈw ㄷe ㄱr ㅅt ㅛy ㅕu ㅑi ㅐo ㅔp ㅁa ㄴs ㅇd ㄹf ㅎg ㅗh ㅓj ㅏk ㅣl ㅋz ㅌx ㅊc ㅍv ㅠb ㅜn ㅡm ㅃQ ㅉW ㄸE ㄲR ㅆT ㅒO ㅖP';

/** Jamo -> key, for the command path only: text stays what was typed. */
export const JAMO_KEYS: ReadonlyMap<string, string> = new Map(
  LAYOUT.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);

const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const VOWELS = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ';
const FINALS = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ';

/** Jamo that are typed as two. */
const COMPOUND: ReadonlyMap<string, string> = new Map([
  ['ㅘ', 'ㅗㅏ'],
  ['ㅙ', 'ㅗㅐ'],
  ['ㅚ', 'ㅗㅣ'],
  ['ㅝ', 'ㅜㅓ'],
  ['ㅞ', 'ㅜㅔ'],
  ['ㅟ', 'ㅜㅣ'],
  ['ㅢ', 'ㅡㅣ'],
  ['ㄳ', 'ㄱㅅ'],
  ['ㄵ', 'ㄴㅈ'],
  ['ㄶ', 'ㄴㅎ'],
  ['ㄺ', 'ㄹㄱ'],
  ['ㄻ', 'ㄹㅁ'],
  ['ㄼ', 'ㄹㅂ'],
  ['ㄽ', 'ㄹㅅ'],
  ['ㄾ', 'ㄹㅌ'],
  ['ㄿ', 'ㄹㅍ'],
  ['ㅀ', 'ㄹㅎ'],
  ['ㅄ', 'ㅂㅅ'],
]);

const FIRST_SYLLABLE = 0xac00;
const SYLLABLES = 11172;

/** The jamo typed for a Korean character, in order; undefined when it is none. */
export function jamoOf(char: string): readonly string[] | undefined {
  if (JAMO_KEYS.has(char)) return [char];
  const compound = COMPOUND.get(char);
  if (compound !== undefined) return [...compound];
  const place = (char.codePointAt(0) ?? 0) - FIRST_SYLLABLE;
  if (place < 0 || place >= SYLLABLES) return undefined;
  const initial = INITIALS[Math.floor(place / 588)] ?? '';
  const vowel = VOWELS[Math.floor((place % 588) / 28)] ?? '';
  const final = FINALS[place % 28] ?? ' ';
  return [initial, vowel, final]
    .filter((jamo) => jamo !== ' ')
    .flatMap((jamo) => [...(COMPOUND.get(jamo) ?? jamo)]);
}
