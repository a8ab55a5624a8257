import type { Cluster } from '../cluster/cluster.ts';
import { notAllowed } from './allow.ts';
import type { CommandLine, GameCommand, NewCommandLine } from './commandline.ts';
import { shellWord } from './commandwords.ts';
import type { Level } from './level.ts';
import type { PlayerFiles } from './playerfiles.ts';
import { Terminal } from './terminal.ts';
import type { Phrases } from './texts/phrases.ts';
import type { Transcript } from './transcript.ts';
import type { PromptState, TimelineMark } from './types.ts';

/** What the office works with, and whom it tells. */
export interface OfficeContext {
  readonly level: Level;
  readonly cluster: Cluster;
  readonly phrases: Phrases;
  readonly transcript: Transcript;
  readonly files: PlayerFiles;
  readonly newCommandLine: NewCommandLine;
  readonly gameCommands: readonly GameCommand[];
  readonly elapsed: () => number;
  readonly touched: () => void;
  readonly marks: readonly TimelineMark[];
  readonly mark: (kind: TimelineMark['kind'], text: string) => void;
}

const MAX_LINE = 10_000;

/** Where the player types: lines, what they belong to, and which of them were moves. */
export class Office {
  readonly #context: OfficeContext;
  readonly #line: CommandLine;
  readonly #terminal: Terminal;
  readonly #moves: number[] = [];
  /** Where in the log the action under way stands. */
  #at = 0;
  /** The command being typed or run, with the lines that went on with it. */
  #script = '';

  constructor(context: OfficeContext) {
    const { cluster, files, transcript, elapsed, touched, gameCommands } = context;
    this.#context = context;
    this.#line = context.newCommandLine({
      cluster,
      files,
      refuses: (name, args) => this.#refusal(name, args),
      gameCommands,
    });
    const moved = (): void => void this.#moves.push(this.#at);
    this.#terminal = new Terminal(this.#line, { cluster, transcript, elapsed, touched, moved });
  }

  /** Where in the log each move began. */
  get moves(): readonly number[] {
    return this.#moves;
  }

  get prompt(): PromptState {
    return this.#terminal.prompt;
  }

  complete(line: string): { readonly start: number; readonly candidates: readonly string[] } {
    return this.#terminal.complete(line.slice(0, MAX_LINE));
  }

  /** A file as a word of a command: relative where the shell stands in the player's folder itself. */
  fileWord(path: string): string {
    const { directory = '/' } = this.#line;
    return shellWord(directory === '/' ? path : `/${path}`);
  }

  /** Runs a line; `at`: its place in the log. Returns a sentence when it cannot be. */
  command(line: string, at: number): string | undefined {
    const { phrases } = this.#context;
    if (this.#terminal.busy) return phrases.busy;
    if (line.length > MAX_LINE) return phrases.lineTooLong;
    this.#at = at;
    this.#script = line;
    this.#marked(line, () => this.#terminal.run(line));
    return undefined;
  }

  /** Hands a line to the program that reads; returns a sentence when none does. */
  input(typed: string | undefined, at: number): string | undefined {
    const line = typed?.slice(0, MAX_LINE);
    const { prompt } = this;
    if (prompt.kind !== 'reading') return this.#context.phrases.notReading;
    if (prompt.more === true) {
      // The rest of a command belongs to the move that it began.
      this.#script = `${this.#script}\n${line ?? ''}`;
    } else {
      // Each line in a shell on a machine is a move of its own.
      this.#at = at;
      this.#script = line ?? '';
    }
    this.#marked(this.#script.split('\n', 1)[0] ?? '', () => this.#terminal.input(line));
    return undefined;
  }

  /** Hands a text back to the program that asked to have it edited; returns a sentence when none did. */
  edited(text: string | undefined): string | undefined {
    return this.#terminal.edited(text) ? undefined : this.#context.phrases.noEditor;
  }

  /** Ctrl+C; returns a sentence when nothing runs. */
  interrupt(): string | undefined {
    return this.#terminal.interrupt() ? undefined : this.#context.phrases.nothingToInterrupt;
  }

  /** Something was written to the cluster: by the player's program, if it is at work. */
  commit(): void {
    this.#terminal.commit();
  }

  /** Runs what is done by a key and is no line; `at`: its place in the log. */
  byKey(at: number, run: () => string | undefined): string | undefined {
    // A line that still runs keeps its own place.
    const before = this.#at;
    this.#at = at;
    const refusal = run();
    this.#at = before;
    return refusal;
  }

  /** Something was changed that the API server may know nothing of: a move, once for each line. */
  moved(): void {
    if (this.#terminal.atWork) this.#terminal.move();
    else this.#moves.push(this.#at);
  }

  /** The sentence with which the level refuses a command. */
  #refusal(name: string, args: readonly string[]): string | undefined {
    const { level, phrases } = this.#context;
    const refused = notAllowed(level.allow, name, args);
    return refused === undefined ? undefined : phrases.notAllowed(refused.command, refused.allowed);
  }

  /** Runs a step of the player's and marks the move that it may be, unless it has left a mark of its own. */
  #marked(text: string, run: () => void): void {
    const { marks, mark } = this.#context;
    const [moves, marked] = [this.#moves.length, marks.length];
    run();
    if (this.#moves.length > moves && marks.length === marked) mark('action', text);
  }
}
