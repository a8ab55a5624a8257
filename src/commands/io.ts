import { ExitCode } from './exitcode.ts';

/** Where a command reads and writes; tests bring their own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** All of the standard input, as text. */
  readStdin(): string;
  readonly env: NodeJS.ProcessEnv;
  /** Which of the three standard streams are terminals. */
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
}

/** Says why a command cannot do what it was asked to; the answer is the exit code for that. */
export function refuse(io: Io, sentence: string): ExitCode {
  io.err(`shipshape: ${sentence}\n`);
  return ExitCode.usage;
}
