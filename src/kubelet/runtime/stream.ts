import type { ByteStream } from '../../api/request.ts';

export type StreamName = 'stdout' | 'stderr';

/** What the other end of a stream does with what comes in. */
export interface StreamInput {
  line(text: string): void;
  end(): void;
  hangUp(): void;
}

interface Chunk {
  readonly stream: StreamName;
  readonly text: string;
}

/** Output that nobody reads yet is kept up to this size; what is older is lost. */
const MAX_PENDING = 1024 * 1024;

/** The near end of a ByteStream: the runtime writes, the reader reads when it likes. */
export class OutputStream implements ByteStream {
  readonly #input: StreamInput | undefined;
  #pending: Chunk[] = [];
  #pendingSize = 0;
  #read: ((chunk: Chunk) => void) | undefined;
  #done: ((exitCode: number, error?: string) => void) | undefined;
  #ended: { readonly exitCode: number; readonly error: string | undefined } | undefined;
  #told = false;
  #closed = false;

  constructor(input?: StreamInput) {
    this.#input = input;
  }

  /** Hands text to the reader, or keeps it until there is one. */
  push(stream: StreamName, text: string): void {
    if (this.#closed || this.#ended !== undefined || text === '') return;
    if (this.#read !== undefined) {
      this.#read({ stream, text });
      return;
    }
    this.#pending.push({ stream, text });
    this.#pendingSize += text.length;
    while (this.#pendingSize > MAX_PENDING) this.#pendingSize -= this.#pending.shift()?.text.length ?? 0;
  }

  /** Nothing more will come. */
  end(exitCode: number, error?: string): void {
    if (this.#closed || this.#ended !== undefined) return;
    this.#ended = { exitCode, error };
    this.#tell();
  }

  get closed(): boolean {
    return this.#closed;
  }

  onOutput(read: (chunk: Chunk) => void): void {
    this.#read = read;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingSize = 0;
    for (const chunk of pending) read(chunk);
    this.#tell();
  }

  onExit(done: (exitCode: number, error?: string) => void): void {
    this.#done = done;
    this.#tell();
  }

  write(line: string): void {
    if (!this.#closed && this.#ended === undefined) this.#input?.line(line);
  }

  closeInput(): void {
    if (!this.#closed && this.#ended === undefined) this.#input?.end();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pending = [];
    if (this.#ended === undefined) this.#input?.hangUp();
  }

  /** The end is told once, and after all output. */
  #tell(): void {
    if (this.#ended === undefined || this.#done === undefined || this.#told || this.#closed) return;
    if (this.#pending.length > 0) return;
    this.#told = true;
    this.#done(this.#ended.exitCode, this.#ended.error);
  }
}
