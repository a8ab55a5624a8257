import type { Process, ProcessTimer } from './process.ts';

/**
 * Programs that talk to a terminal: kubectl, the shell, what `exec` runs in a container. A program
 * is a generator: it writes through its Stdio and yields whenever it must wait. Whoever runs it
 * (a Job) answers each wait in virtual time, so the same program runs on screen, headless and in
 * tests, and nothing ever blocks. Its return value is the exit code.
 */
export type Program = Generator<Wait, number, Answer>;

/** What a program waits for. */
export type Wait =
  | { readonly type: 'sleep'; readonly ms: number }
  /** Until `wake` is called, or `timeout` ms passed. Subscribe returns how to unsubscribe. */
  | {
      readonly type: 'signal';
      readonly subscribe: (wake: () => void) => () => void;
      readonly timeout?: number;
    }
  /**
   * A line from standard input; the prompt is shown by the terminal. With `subscribe`, waking ends the
   * wait without a line: the program on the other side has ended.
   */
  | {
      readonly type: 'line';
      readonly prompt: string;
      readonly secret?: boolean;
      /** The line goes on with the one before: a command over several lines. */
      readonly more?: boolean;
      readonly subscribe?: (wake: () => void) => () => void;
    }
  /** The user's editor on a text. */
  | { readonly type: 'editor'; readonly fileName: string; readonly text: string };

/** The answer to a wait. */
export type Answer =
  | { readonly type: 'start' }
  | { readonly type: 'slept' }
  | { readonly type: 'woken' }
  | { readonly type: 'timeout' }
  /** `line` undefined: end of input. */
  | { readonly type: 'line'; readonly line: string | undefined }
  /** `text` undefined: the user left the editor without saving. */
  | { readonly type: 'edited'; readonly text: string | undefined };

/** Where a program writes. Text is raw; it is made harmless where it reaches a terminal. */
export interface Stdio {
  out(text: string): void;
  err(text: string): void;
}

/** A program that is running. At most one wait is open at any time. */
export class Job {
  /** Undefined while it runs. */
  exitCode: number | undefined;
  readonly #process: Process;
  readonly #program: Program;
  readonly #onChange: (job: Job) => void;
  #wait: Wait | undefined;
  #timer: ProcessTimer | undefined;
  #unsubscribe: (() => void) | undefined;
  #stepping = false;
  /** The answer to a signal that was raised while it was being subscribed to. */
  #early: Answer | undefined;

  /** Runs `program` until its first wait. `onChange` is called when it waits anew and when it ends. */
  constructor(process: Process, program: Program, onChange: (job: Job) => void = () => {}) {
    this.#process = process;
    this.#program = program;
    this.#onChange = onChange;
    this.#step({ type: 'start' });
  }

  get running(): boolean {
    return this.exitCode === undefined;
  }

  /** What the program waits for, if it does; `line` and `editor` are the terminal's to answer. */
  get wait(): Wait | undefined {
    return this.#wait;
  }

  /** Answers an open `line` wait; ignored when the program does not read. Returns whether it did. */
  line(line: string | undefined): boolean {
    if (this.#wait?.type !== 'line') return false;
    this.#step({ type: 'line', line });
    return true;
  }

  /** Answers an open `editor` wait. */
  edited(text: string | undefined): boolean {
    if (this.#wait?.type !== 'editor') return false;
    this.#step({ type: 'edited', text });
    return true;
  }

  /** Ctrl+C: the program's `finally` blocks run, nothing else of it; the exit code is 130. */
  interrupt(): void {
    if (this.exitCode !== undefined) return;
    this.#clear();
    // A program that is itself running cannot be returned now; that is done when it waits.
    if (!this.#stepping) this.#program.return(130);
    this.#end(130);
  }

  #step(answer: Answer): void {
    let next = this.#resume(answer);
    while (next.done !== true) {
      if (this.exitCode !== undefined) {
        // It was interrupted by what it did itself.
        this.#program.return(this.exitCode);
        return;
      }
      this.#open(next.value);
      const early = this.#early;
      this.#early = undefined;
      if (early === undefined) {
        this.#onChange(this);
        return;
      }
      next = this.#resume(early);
    }
    if (this.exitCode === undefined) this.#end(next.value);
  }

  #resume(answer: Answer): IteratorResult<Wait, number> {
    this.#clear();
    this.#stepping = true;
    const next = this.#program.next(answer);
    this.#stepping = false;
    return next;
  }

  #open(wait: Wait): void {
    this.#wait = wait;
    if (wait.type === 'sleep') {
      this.#timer = this.#process.after(wait.ms, () => this.#step({ type: 'slept' }));
    } else if (wait.type === 'signal') {
      let subscribing = true;
      this.#unsubscribe = wait.subscribe(() => {
        if (this.#wait !== wait || !this.#process.alive) return;
        if (subscribing) this.#early = { type: 'woken' };
        else this.#step({ type: 'woken' });
      });
      subscribing = false;
      if (wait.timeout !== undefined)
        this.#timer = this.#process.after(wait.timeout, () => this.#step({ type: 'timeout' }));
    }
  }

  #clear(): void {
    this.#wait = undefined;
    this.#process.cancel(this.#timer);
    this.#timer = undefined;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  #end(exitCode: number): void {
    this.exitCode = exitCode;
    this.#clear();
    this.#onChange(this);
  }
}
