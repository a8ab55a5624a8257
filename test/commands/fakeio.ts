import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../src/commands/io.ts';

/** Streams that remember what was written, with a state directory of their own. */
export class FakeIo implements Io {
  output = '';
  errors = '';
  readonly env: NodeJS.ProcessEnv;
  readonly isTerminal: Io['isTerminal'];
  readonly columns = 100;
  readonly #stdin: string;

  constructor(
    options: {
      readonly stdin?: string;
      readonly env?: NodeJS.ProcessEnv;
      readonly isTerminal?: Partial<Io['isTerminal']>;
    } = {},
  ) {
    this.#stdin = options.stdin ?? '';
    this.env = { SHIPSHAPE_STATE: temporaryFolder(), LANG: 'en_US.UTF-8', ...options.env };
    this.isTerminal = { stdin: false, stdout: false, stderr: false, ...options.isTerminal };
  }

  out(text: string): void {
    this.output += text;
  }

  err(text: string): void {
    this.errors += text;
  }

  readStdin(): string {
    return this.#stdin;
  }
}

/** A new empty folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'shipshape-test-'));
}
