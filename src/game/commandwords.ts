/** Words that a shell takes as they are. */
const PLAIN = /^[\w./:@%+,-][\w./:@%+,=-]*$/;
/** Text that a here-document carries line by line: whole lines, nothing but printable characters. */
const LINES = /^(?:[^\p{Cc}\u2028\u2029]*\n)+$/u;
/** A prompt takes lines up to this length. */
const MAX_LINE = 10_000;

/** A word as a shell must be given it. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The command that writes a text into a file: a here-document, or `printf` where the text has no last line end
 * or holds characters that cannot be typed. Undefined for lines that no prompt would take. `file` is a word
 * already.
 */
export function writeCommand(file: string, text: string): string | undefined {
  const lines = text.split('\n');
  if (lines.some((line) => line.length > MAX_LINE)) return undefined;
  if (LINES.test(text)) {
    let end = 'EOF';
    while (lines.includes(end)) end += '_';
    return `cat > ${file} <<'${end}'\n${text}${end}`;
  }
  const command = `printf '${escaped(text)}' > ${file}`;
  return command.length > MAX_LINE ? undefined : command;
}

/** As a format of `printf` in single quotes. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
    .replaceAll("'", "'\\''")
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, (char) => {
      const code = char.charCodeAt(0).toString(16);
      return char < '\u0080' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
    });
}
