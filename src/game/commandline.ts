import type { Cluster } from '../cluster/cluster.ts';
import type { FileSystem } from '../kubectl/context.ts';
import type { GuestCommand } from '../shell/command.ts';
import type { Program, Stdio } from '../sim/program.ts';

/** The player's command line, as far as the game uses it: what the shell offers. */
export interface CommandLine {
  /** A program that does what the line says. Every line has one: mistakes print and end. */
  run(line: string, stdio: Stdio): Program;
  complete(line: string): { readonly start: number; readonly candidates: readonly string[] };
  prompt(): string;
  /**
   * Counts what the lines so far changed outside the API: services stopped, files on machines
   * written. Without it only what reaches the API server counts as a move.
   */
  readonly changes?: number;
  /** Set by the terminal: wraps a program that goes on running beside the lines. */
  beside?: ((program: Program) => Program) | undefined;
  /** The folder it stands in, absolute; left out where there is only one. */
  readonly directory?: string;
}

/** A command of the game's own: what keys do, as something that can be typed. */
export type GameCommand = GuestCommand;

export interface CommandLineOptions {
  readonly cluster: Cluster;
  readonly files: FileSystem;
  /**
   * The sentence with which a command is refused, asked whenever one is to run; undefined lets it run.
   * `name` is the command's own name. Left out: everything may run.
   */
  readonly refuses?: (name: string, args: readonly string[]) => string | undefined;
  /** Commands that it has beside its own, where the player's own files are. */
  readonly gameCommands?: readonly GameCommand[];
}

/** Makes the command line of a session. */
export type NewCommandLine = (options: CommandLineOptions) => CommandLine;
