const HYPHEN = 45;
/** Character codes of 0-9a-f. */
const HEX = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0));
/** Reused, because a UUID is made for every object: the text is built from codes in one go. */
const codes = new Array<number>(36).fill(HYPHEN);

/**
 * A random UUID (version 4) in lower case with hyphens; `hexDigit` draws whole numbers below 16. The text is
 * one flat string: pieces added up one by one would be kept as a chain ten times its size.
 */
export function newUID(hexDigit: () => number): string {
  for (let i = 0; i < 36; i++) {
    if (i === 8 || i === 13 || i === 18 || i === 23) continue;
    const nibble = hexDigit();
    // Version 4 stands at the 15th place, the variant (binary 10xx) at the 20th.
    codes[i] = HEX[i === 14 ? 4 : i === 19 ? 8 | (nibble & 3) : nibble] as number;
  }
  return String.fromCharCode(...codes);
}
