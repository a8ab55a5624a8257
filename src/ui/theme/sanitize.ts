// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what this file removes.
/**
 * The one boundary between untrusted text and the terminal: whatever is drawn has passed here (rows
 * are built by RowBuilder, which calls it). What comes out is one line of visible characters.
 */

/** Escape sequences as a whole: CSI, OSC and the other strings with their terminators, two-byte ones. */
const SEQUENCES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** Line ends, which become a space. */
const LINE_ENDS = /\r\n|[\n\r\u0085\u2028\u2029\u000b\u000c]/g;

/** Invisible characters that change how others are drawn or cannot be seen: dropped. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const CONTROLS = /\p{Cc}/gu;
const MARKS = /(\p{M}{2})\p{M}+/gu;
const PLAIN = /^[\x20-\x7e]*$/;

/** Longer lines are cut before anything else is done with them. */
const MAX_LENGTH = 4096;

/** The same few drawings and names pass here again and again. */
const MAX_CACHED = 120;
const CACHE_SIZE = 4096;
const cache = new Map<string, string>();

/** Whether the text is printable ASCII, hence harmless and as wide as it is long. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/**
 * One line of harmless text: no control characters (a middle dot shows where one was), no escape
 * sequences, no bidirectional controls, no invisible characters, at most two combining marks in a
 * row, no line ends; composed (NFC).
 */
export function sanitize(text: string): string {
  if (text.length <= MAX_LENGTH && PLAIN.test(text)) return text;
  if (text.length > MAX_CACHED) return clean(text);
  let known = cache.get(text);
  if (known === undefined) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    known = clean(text);
    cache.set(text, known);
  }
  return known;
}

function clean(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replace(SEQUENCES, '')
    .replace(LINE_ENDS, ' ')
    .replaceAll('\t', '    ')
    .replace(CONTROLS, '·')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(MARKS, '$1');
}

/** The lines of a text, each harmless; `max` bounds how many are looked at, from the end. */
export function sanitizeLines(text: string, max = 2000): string[] {
  const lines = text.split(/\r\n|\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.slice(-max).map(sanitize);
}
