import type { Process } from '../../sim/process.ts';
import { Job, type Program, type Stdio } from '../../sim/program.ts';
import { OutputStream, type StreamName } from './stream.ts';

/** Lines typed ahead are kept up to this many. */
const MAX_LINES = 10_000;

export interface SessionOptions {
  readonly process: Process;
  /** Makes the program; what it writes goes to the session. */
  readonly program: (stdio: Stdio) => Program;
  /** False: input has ended. */
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Sees everything the program writes. */
  readonly onOutput?: (stream: StreamName, text: string) => void;
  readonly onExit: (exitCode: number) => void;
  /** True: `stream` is there from the first word on; hanging up ends the program. */
  readonly streamed?: boolean;
}

/** What a program ends with when whoever ran it has hung up. */
const HUNG_UP = 137;

/** A program that runs in a container, with its input and whoever watches its output. */
export class Session {
  /** The stream of whoever ran it, if asked for. */
  readonly stream: OutputStream | undefined;
  readonly #process: Process;
  readonly #tty: boolean;
  readonly #onOutput: ((stream: StreamName, text: string) => void) | undefined;
  readonly #onExit: (exitCode: number) => void;
  readonly #job: Job;
  #lines: string[] = [];
  #inputEnded: boolean;
  #watchers: OutputStream[] = [];
  #prompt = '';
  #feeding = false;
  #ended = false;

  constructor(options: SessionOptions) {
    this.#process = options.process;
    this.#tty = options.tty;
    this.#onOutput = options.onOutput;
    this.#onExit = options.onExit;
    this.#inputEnded = !options.stdin;
    const stdio: Stdio = {
      out: (text) => this.#write('stdout', text),
      // A terminal has one stream only.
      err: (text) => this.#write(this.#tty ? 'stdout' : 'stderr', text),
    };
    this.stream =
      options.streamed === true
        ? this.attach(options.stdin ? 'once' : 'none', () => this.end(HUNG_UP))
        : undefined;
    this.#job = new Job(options.process, options.program(stdio), (job) => this.#changed(job));
  }

  /**
   * A stream of what comes from now on. What is written to it is the program's input, unless `stdin`
   * is `none`; with `once` the program's input ends with the stream's, with `open` it goes on.
   */
  attach(stdin: 'none' | 'once' | 'open', hangUp: () => void = () => {}): OutputStream {
    const endInput = (): void => {
      if (stdin === 'once') this.endInput();
    };
    const stream = new OutputStream({
      line: (text) => {
        if (stdin === 'none') return;
        // A terminal echoes what is typed: whoever types sees it anyway.
        if (this.#tty) this.#write('stdout', `${text}\n`, stream);
        this.line(text);
      },
      end: endInput,
      hangUp: () => {
        this.#watchers = this.#watchers.filter((other) => other !== stream);
        hangUp();
        endInput();
      },
    });
    this.#watchers.push(stream);
    // Who joins later sees what the program is waiting with.
    stream.push('stdout', this.#prompt);
    return stream;
  }

  line(text: string): void {
    if (this.#inputEnded || this.#lines.length >= MAX_LINES) return;
    this.#lines.push(text);
    this.#feed();
  }

  endInput(): void {
    this.#inputEnded = true;
    this.#feed();
  }

  /** Ends the program from outside. */
  end(exitCode: number, error?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#job.interrupt();
    this.#finish(exitCode, error);
  }

  #changed(job: Job): void {
    if (this.#ended) return;
    if (job.exitCode !== undefined) {
      this.#ended = true;
      this.#finish(job.exitCode, undefined);
    } else if (job.wait?.type === 'line') {
      this.#prompt = this.#tty && !this.#inputEnded ? job.wait.prompt : '';
      this.#write('stdout', this.#prompt);
      this.#feed();
    } else if (job.wait?.type === 'editor') {
      this.#process.after(0, () => job.edited(undefined));
    }
  }

  /** Answers a read in an event of its own: the program may have asked a moment ago, in this call. */
  #feed(): void {
    if (this.#feeding || (this.#lines.length === 0 && !this.#inputEnded)) return;
    this.#feeding = true;
    this.#process.after(0, () => {
      this.#feeding = false;
      if (this.#ended || this.#job.wait?.type !== 'line') return;
      this.#prompt = '';
      this.#job.line(this.#lines.shift());
    });
  }

  #write(stream: StreamName, text: string, except?: OutputStream): void {
    if (text === '') return;
    this.#onOutput?.(stream, text);
    for (const watcher of this.#watchers) if (watcher !== except) watcher.push(stream, text);
  }

  #finish(exitCode: number, error: string | undefined): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher.end(exitCode, error);
    this.#onExit(exitCode);
  }
}
