/**
 * The words of a command line, and where one command ends and the next begins: enough to know what
 * will be run. Quotes and backslashes hold words together as in a POSIX shell.
 */
export function commandsOf(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [whole] of line.matchAll(/(?:[^\s|;&'"\\]|\\.|'[^']*'?|"(?:[^"\\]|\\.)*"?)+|[|;&]+/gs)) {
    if (/^[|;&]/.test(whole)) commands.push([]);
    else commands.at(-1)?.push(unquote(whole));
  }
  return commands.filter((words) => words.length > 0);
}

/** The words of a line that is one command. */
export function wordsOf(line: string): readonly string[] {
  return commandsOf(line).flat();
}

function unquote(word: string): string {
  return word.replace(/\\(.)|'([^']*)'?|"((?:[^"\\]|\\.)*)"?/gs, (_, escaped, single, double) =>
    String(escaped ?? single ?? String(double).replace(/\\(["\\$`])/g, '$1')),
  );
}
