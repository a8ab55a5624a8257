import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
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
  isTerminal: {
    stdin: process.stdin.isTTY === true,
    stdout: process.stdout.isTTY === true,
    stderr: process.stderr.isTTY === true,
  },
  columns: process.stdout.columns ?? 80,
  breathe: async () => {
    await setImmediate();
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

/** Ctrl+C ends a command that does not look at it itself. */
export function endOnInterrupt(): void {
  process.once('SIGINT', () => {
    process.stderr.write('\n');
    process.exit(ExitCode.interrupted);
  });
}
