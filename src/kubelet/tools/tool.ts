import type { NetworkFabric, NetworkNamespace } from '../../network/types.ts';
import type { Answer, Program, Stdio, Wait } from '../../sim/program.ts';
import type { Random } from '../../sim/random.ts';
import type { Credentials } from './credentials.ts';
import type { FileTree } from './filetree.ts';

/** A small Unix program: `ls`, `curl`, `sh`. It sees a machine through its context, whatever that is. */
export interface Tool {
  readonly name: string;
  /** Runs with `args` (its own name not among them). The program's return value is the exit code. */
  run(ctx: ToolContext, args: readonly string[]): Program;
}

/** A process as `ps` lists it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly user: string;
  readonly command: string;
}

/** What the machine under a tool has: containers see the whole machine. */
export interface MachineFigures {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly usedMemory: number;
}

/** What a shell runs beside the commands it waits for. */
export interface BackgroundJobs {
  /** Starts a program; its number and process id. */
  start(program: Program): { readonly number: number; readonly pid: number };
  /** The lines of `jobs`. */
  list(): readonly string[];
  /** The process id that `%1` means. */
  pidOf(number: number): number | undefined;
}

/** Where a tool runs: a container, a ship's own system, the player's laptop. */
export interface ToolContext {
  readonly network: NetworkNamespace;
  readonly fabric: NetworkFabric;
  readonly files: FileTree;
  /** The environment; `export` adds to it. A shell gives its children a copy. */
  readonly env: Map<string, string>;
  /** Current directory, absolute and normal. Only `cd` changes it. */
  directory: string;
  readonly stdio: Stdio;
  readonly input: ToolInput;
  /** Whether input and output are a terminal. */
  readonly tty: boolean;
  readonly hostname: string;
  readonly credentials: Credentials;
  readonly random: Random;
  now(): number;
  machine(): MachineFigures;
  /** What is found under this name or path in $PATH. */
  find(name: string): Tool | undefined;
  processes(): readonly ProcessEntry[];
  /** Sends a signal; false when there is no such process. */
  signal(pid: number, signal: string): boolean;
  /** Where commands with `&` behind them run; without it there are none. */
  readonly jobs?: BackgroundJobs;
  /** Takes the signals that have arrived since the last call; empty for what cannot be signalled. */
  pendingSignals(): readonly string[];
  /** Books ms of one core's time; returns how long that takes. */
  work(ms: number): number;
}

/** Standard input, by lines. */
export interface ToolInput {
  /** True when the last line is known to have no newline, as after `echo -n`. */
  readonly unterminated?: boolean;
  /** The next line without its newline; undefined at the end. A terminal shows the prompt. */
  read(prompt: string): Generator<Wait, string | undefined, Answer>;
}

/** Input that has ended before it began. */
export const NO_INPUT: ToolInput = Object.freeze({
  // biome-ignore lint/correctness/useYield: nothing to wait for.
  *read(): Generator<Wait, string | undefined, Answer> {
    return undefined;
  },
});

/** A shell's prompt for a command that goes on. */
export const MORE_PROMPT = '> ';

/** Input that is asked for by `line` waits: whoever runs the program answers them. */
export const JOB_INPUT: ToolInput = Object.freeze({
  *read(prompt: string): Generator<Wait, string | undefined, Answer> {
    const answer = yield { type: 'line', prompt, ...(prompt === MORE_PROMPT ? { more: true } : {}) };
    return answer.type === 'line' ? answer.line : undefined;
  },
});

/** Input from a text: a file or the output of another program. */
export function textInput(text: string): ToolInput {
  const lines = text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  let next = 0;
  return {
    unterminated: text !== '' && !text.endsWith('\n'),
    // biome-ignore lint/correctness/useYield: everything is there already.
    *read(): Generator<Wait, string | undefined, Answer> {
      return lines[next++];
    },
  };
}

/** Most text a tool collects before it gives up on the rest, in UTF-16 units. */
export const MAX_COLLECTED = 1024 * 1024;

/** Reads standard input to its end. */
export function* readAll(input: ToolInput): Generator<Wait, string, Answer> {
  const lines: string[] = [];
  let size = 0;
  for (;;) {
    const line = yield* input.read('');
    if (line === undefined || size > MAX_COLLECTED) break;
    size += line.length + 1;
    lines.push(line);
  }
  if (lines.length === 0) return '';
  return input.unterminated === true ? lines.join('\n') : `${lines.join('\n')}\n`;
}
