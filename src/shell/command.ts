import type { Cluster } from '../cluster/cluster.ts';
import type { Machine } from '../cluster/machine.ts';
import type { WhyWords } from '../cluster/whywords.ts';
import type { FileSystem } from '../kubectl/context.ts';
import type { KubeConfig } from '../kubectl/kubeconfig.ts';
import type { Program, Stdio } from '../sim/program.ts';
import type { Random } from '../sim/random.ts';

/** Where a command line runs: the harbour office (the player's laptop) or one of the machines. */
export type Place = { readonly kind: 'harbour' } | { readonly kind: 'machine'; readonly machine: Machine };

/** What a command of the shell needs of its surroundings. */
export interface CommandContext {
  readonly cluster: Cluster;
  readonly place: Place;
  readonly stdio: Stdio;
  /** The player's folder. */
  readonly files: FileSystem;
  readonly config: KubeConfig;
  readonly random: Random;
  /** In which words things are explained. */
  readonly words: WhyWords;
  /** Text piped in; undefined when standard input is the terminal. */
  readonly stdin: string | undefined;
  /** False when the output goes into a pipe or a file. */
  readonly interactive: boolean;
  /** To be called when something outside the API was changed. */
  changed(): void;
  /** The shell's own commands, for `help`. */
  readonly commands: readonly ShellCommand[];
  /** Runs a command line somewhere else: what ssh does. */
  runAt(place: Place, argv: readonly string[], stdio: Stdio): Program;
  /** A line-reading session somewhere else, until `exit` or end of file. */
  session(place: Place, stdio: Stdio): Program;
}

/** A command beside the everyday tools (ls, cat, grep, curl ...). One file, one line in registry.ts. */
export interface ShellCommand {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for `help`. */
  readonly summary: string;
  readonly usage: string;
  /** Where it can be run. */
  readonly where: 'harbour' | 'machine' | 'anywhere';
  run(context: CommandContext, args: readonly string[]): Program;
  /** Candidates for the last word of `args`. */
  complete?(
    context: Pick<CommandContext, 'cluster' | 'place' | 'config' | 'files'>,
    args: readonly string[],
  ): readonly string[];
}

/** Prints a usage error; the exit code is 2, as such tools have it. */
export function usageError(context: CommandContext, command: ShellCommand, message: string): number {
  context.stdio.err(`${command.name}: ${message}\nusage: ${command.usage}\n`);
  return 2;
}

/** A program that never waits: it runs when it is started, and ends with what `run` returns. */
// biome-ignore lint/correctness/useYield: there is nothing to wait for.
export function* immediately(run: () => number): Program {
  return run();
}

/** A command that comes from outside the shell, for the harbour office: it prints and ends. */
export interface GuestCommand {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  run(args: readonly string[]): { readonly out: string } | { readonly err: string };
  complete(args: readonly string[]): readonly string[];
}

/** A guest as the shell runs it. */
export function guestCommand(guest: GuestCommand): ShellCommand {
  const { name, summary, usage } = guest;
  return {
    name,
    summary,
    usage,
    where: 'harbour',
    complete: (_, args) => guest.complete(args),
    run: ({ stdio }, args) =>
      immediately(() => {
        const said = guest.run(args);
        if ('out' in said) stdio.out(said.out);
        else stdio.err(said.err);
        return 'out' in said ? 0 : 1;
      }),
  };
}
