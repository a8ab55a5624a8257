import type { Cluster } from '../cluster/cluster.ts';
import { Process } from '../sim/process.ts';
import { type Answer, Job, type Program, type Stdio, type Wait } from '../sim/program.ts';
import type { CommandLine } from './commandline.ts';
import type { Transcript } from './transcript.ts';
import type { PromptState } from './types.ts';

/** What the terminal reports to the session. */
export interface TerminalContext {
  readonly cluster: Cluster;
  readonly transcript: Transcript;
  /** ms since the level began. */
  readonly elapsed: () => number;
  readonly touched: () => void;
  /** Called once for each line that changed something, at its first change. */
  readonly moved: () => void;
}

/**
 * The player's terminal: one program at a time, and the knowledge which of them changed something.
 * A write is the player's when it is committed while the player's program is running a step, since
 * all calls within the simulation return at once.
 */
export class Terminal {
  readonly #context: TerminalContext;
  readonly #line: CommandLine;
  readonly #process: Process;
  #job: Job | undefined;
  #stepping = false;
  #moved = false;
  #changesBefore = 0;

  constructor(line: CommandLine, context: TerminalContext) {
    this.#line = line;
    this.#context = context;
    this.#process = new Process(context.cluster.sim, 'player');
    line.beside = (program) => this.#watched(program, true);
  }

  get busy(): boolean {
    return this.#job?.running === true;
  }

  get prompt(): PromptState {
    const job = this.#job;
    if (job?.running !== true) return { kind: 'ready', prompt: this.#line.prompt() };
    const { wait } = job;
    if (wait?.type === 'line')
      return {
        kind: 'reading',
        prompt: wait.prompt,
        secret: wait.secret === true,
        ...(wait.more === true ? { more: true } : {}),
      };
    if (wait?.type === 'editor') return { kind: 'editor', fileName: wait.fileName, text: wait.text };
    return { kind: 'busy' };
  }

  complete(line: string): { readonly start: number; readonly candidates: readonly string[] } {
    return this.#line.complete(line);
  }

  /** Starts what the line says; must not be busy. */
  run(line: string): void {
    const { transcript, elapsed } = this.#context;
    transcript.add(elapsed(), 'command', line);
    this.#moved = false;
    this.#changesBefore = this.#line.changes ?? 0;
    const stdio: Stdio = {
      out: (text) => this.#print('stdout', text),
      err: (text) => this.#print('stderr', text),
    };
    const program = this.#watched(this.#line.run(line, stdio));
    const job = new Job(this.#process, program, () => this.#context.touched());
    this.#job = job.running ? job : undefined;
  }

  /** Hands a line to the program that reads one; false when none does. */
  input(line: string | undefined): boolean {
    const wait = this.#job?.wait;
    if (wait?.type !== 'line') return false;
    this.#moved = false;
    if (line !== undefined && wait.secret !== true) this.#echo(wait.prompt, line);
    return this.#job?.line(line) === true;
  }

  /** Shows what was typed: beside its prompt, or where a program asked in its own output, behind that. */
  #echo(prompt: string, line: string): void {
    const { transcript, elapsed } = this.#context;
    if (prompt === '') transcript.echo(elapsed(), line);
    else transcript.add(elapsed(), 'command', line, prompt);
  }

  edited(text: string | undefined): boolean {
    return this.#job?.edited(text) === true;
  }

  /** Ctrl+C; false when nothing runs. */
  interrupt(): boolean {
    const job = this.#job;
    if (job?.running !== true) return false;
    this.#context.transcript.add(this.#context.elapsed(), 'note', '^C');
    job.interrupt();
    return true;
  }

  /** Takes note of a commit: if a step of the player's program is running, it is the player's. */
  commit(): void {
    if (this.#stepping) this.move();
  }

  /** Whether a step of the player's program is running. */
  get atWork(): boolean {
    return this.#stepping;
  }

  /** The line that runs changed something. */
  move(): void {
    if (this.#moved) return;
    this.#moved = true;
    this.#context.moved();
  }

  #print(kind: 'stdout' | 'stderr', text: string): void {
    this.#context.transcript.add(this.#context.elapsed(), kind, text);
    this.#context.touched();
  }

  /** The program, with a note kept of when it is at work. `beside`: it goes on when its line has ended. */
  *#watched(program: Program, beside = false): Program {
    let answer: Answer = { type: 'start' };
    try {
      for (;;) {
        // What it does later is a move of its own.
        if (beside && answer.type !== 'start') this.#moved = false;
        const next: IteratorResult<Wait, number> = this.#step(() => program.next(answer));
        if (next.done === true) return next.value;
        answer = yield next.value;
      }
    } finally {
      // Ctrl+C ends this generator; what it wraps must run its own `finally` blocks too.
      this.#step(() => program.return(130));
    }
  }

  #step<T>(run: () => T): T {
    const before = this.#stepping;
    this.#stepping = true;
    const result = run();
    this.#stepping = before;
    if ((this.#line.changes ?? 0) !== this.#changesBefore) this.move();
    return result;
  }
}
