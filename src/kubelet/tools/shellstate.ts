import type { Command } from './shparser.ts';
import type { ToolContext } from './tool.ts';

/** What a shell remembers between commands. A subshell has a copy. */
export interface ShellState {
  readonly ctx: ToolContext;
  /** All variables; the exported ones are the environment of what it starts. */
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly traps: Map<string, string>;
  readonly functions: Map<string, Command>;
  /** `$0`, `$1` ... */
  parameters: readonly string[];
  status: number;
  /** `set -e`. */
  exitOnError: boolean;
  /** Set by `exit`, `break`, `continue`: everything up to whom it concerns is left. */
  leaving:
    | { readonly to: 'exit' | 'return'; readonly code: number }
    | { readonly to: 'break' | 'continue'; readonly loops: number }
    | undefined;
  /** Name in error messages: `sh`, `bash`. */
  readonly name: string;
  /** What variables were before `local`, of each function that runs, the innermost last. */
  readonly locals: Map<string, string | undefined>[];
  /** Nesting of shells in shells. */
  readonly depth: number;
  readonly pace: Pace;
}

/** Keeps loops that never wait from stopping time: shared by a shell and its subshells. */
export interface Pace {
  steps: number;
  /** When the last step was, and how long the next enforced pause is. */
  at: number;
  pause: number;
}

export function newShell(
  ctx: ToolContext,
  name: string,
  parameters: readonly string[],
  depth = 0,
): ShellState {
  return {
    ctx,
    variables: new Map(ctx.env),
    exported: new Set(ctx.env.keys()),
    traps: new Map(),
    functions: new Map(),
    parameters,
    status: 0,
    exitOnError: false,
    leaving: undefined,
    name,
    locals: [],
    depth,
    pace: { steps: 0, at: ctx.now(), pause: FIRST_PAUSE_MS },
  };
}

export const FIRST_PAUSE_MS = 10;

/** A copy that can change without the original noticing, with other standard streams. */
export function subshell(state: ShellState, change: Partial<ToolContext>): ShellState {
  return {
    ...state,
    ctx: childContext(state, change),
    variables: new Map(state.variables),
    exported: new Set(state.exported),
    functions: new Map(state.functions),
    traps: new Map(),
    leaving: undefined,
    depth: state.depth + 1,
  };
}

/** The context of a program that the shell starts. */
export function childContext(state: ShellState, change: Partial<ToolContext>): ToolContext {
  const env = new Map<string, string>();
  for (const name of state.exported) env.set(name, state.variables.get(name) ?? '');
  return { ...state.ctx, env, ...change };
}
