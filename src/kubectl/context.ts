import type { Client } from '../client/client.ts';
import type { NetworkNamespace } from '../network/types.ts';
import type { Stdio } from '../sim/program.ts';
import type { Random } from '../sim/random.ts';
import type { Settings } from './kubeconfig.ts';

/** The files kubectl reads and writes: the player's folder, a directory on disk, or a test's map. */
export interface FileSystem {
  /** The text of a file; undefined when there is none. Paths are relative to the folder or absolute. */
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  /** The names in a folder, sorted, folders with a trailing slash; undefined when it is no folder. */
  list(path: string): readonly string[] | undefined;
  remove(path: string): boolean;
  /** Where relative paths begin, for messages and `..`; `/` when left out. */
  readonly directory?: string;
}

/** What one kubectl call needs of its surroundings. */
export interface KubectlContext {
  /** A client with the caller's identity; its cause is set by the caller (the command line typed). */
  readonly client: Client;
  readonly stdio: Stdio;
  readonly files: FileSystem;
  /** Text piped in, for `-f -`; undefined when standard input is a terminal. */
  readonly stdin?: string;
  /** Virtual time, ms since the epoch. */
  now(): number;
  readonly random: Random;
  /** The kubeconfig, and what of it is in force. */
  readonly config: Settings;
  /** The network where kubectl runs, for ports that it opens there; without it none can be opened. */
  readonly network?: NetworkNamespace;
  /** True when standard input and output are a terminal: `run -it` may attach, prompts may ask. */
  readonly interactive: boolean;
}
