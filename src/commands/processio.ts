import { readFileSync } from 'node:fs';
import { ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';

const STDIN = 0;

/** The process's own streams. */
export const processIo: Io = {
  out: (text) => {
    process.stdout.write(text);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  readStdin: () => readFileSync(STDIN, 'utf8'),
  env: process.env,
  get isTerminal() {
    return {
      stdin: process.stdin.isTTY === true,
      stdout: process.stdout.isTTY === true,
      stderr: process.stderr.isTTY === true,
    };
  },
  get columns() {
    return process.stdout.columns ?? 80;
  },
};

/** A reader that goes away (`shipshape levels | head -1`) ends the program without a word. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(ExitCode.ok);
      throw error;
    });
  }
}
