/**
 * The words of a command line that is one command. Quotes and backslashes hold words together as in a
 * POSIX shell; what would separate commands separates words.
 */
export function wordsOf(line: string): readonly string[] {
  const words = line.matchAll(/(?:[^\s|;&'"\\]|\\.|'[^']*'?|"(?:[^"\\]|\\.)*"?)+/gs);
  return Array.from(words, ([whole]) => unquote(whole));
}

function unquote(word: string): string {
  return word.replace(/\\(.)|'([^']*)'?|"((?:[^"\\]|\\.)*)"?/gs, (_, escaped, single, double) =>
    String(escaped ?? single ?? String(double).replace(/\\(["\\$`])/g, '$1')),
  );
}
