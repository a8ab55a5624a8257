import type { Random } from '../../sim/random.ts';

const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const WORDS = 8;
const DIGITS_PER_WORD = 8;
/** Reused: the text is made of all its digits in one go. */
const codes = new Array<number>(WORDS * DIGITS_PER_WORD).fill(0);

/** 64 hexadecimal digits: how the runtime names what it makes, and what digests look like. */
export function hexId(random: Random): string {
  for (let word = 0; word < WORDS; word++) {
    let bits = random.uint32();
    for (let i = 0; i < DIGITS_PER_WORD; i++) {
      codes[word * DIGITS_PER_WORD + i] = DIGITS[bits & 15] as number;
      bits >>>= 4;
    }
  }
  return String.fromCharCode(...codes);
}
