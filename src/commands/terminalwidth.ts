/** A terminal that has not answered by then will not, ms. */
const PATIENCE_MS = 300;
const ESC = '\u001b';
const ANSWER = new RegExp(`${ESC}\\[\\d+;(\\d+)R`);

/**
 * How many columns the terminal moves its cursor for a text, by asking where the cursor is after it.
 * Undefined when it does not answer. Standard input and output must be terminals.
 */
export async function measureWidth(text: string): Promise<number | undefined> {
  const { stdin, stdout } = process;
  stdin.setRawMode(true);
  stdin.resume();
  try {
    return await new Promise<number | undefined>((resolve) => {
      let heard = '';
      const finish = (column: number | undefined): void => {
        clearTimeout(timer);
        stdin.off('data', listen);
        resolve(column === undefined ? undefined : column - 1);
      };
      const listen = (chunk: Buffer): void => {
        heard += chunk.toString('latin1');
        const column = ANSWER.exec(heard)?.[1];
        if (column !== undefined) finish(Number(column));
      };
      const timer = setTimeout(() => finish(undefined), PATIENCE_MS);
      stdin.on('data', listen);
      stdout.write(`\r${text}${ESC}[6n\r${ESC}[K`);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
