import type {
  DialOptions,
  Exchange,
  Handler,
  ListenOptions,
  ListenResult,
  NetworkFabric,
  NetworkNamespace,
  Repeat,
  Target,
} from '../../network/types.ts';
import type { Process } from '../../sim/process.ts';
import type { Credentials } from '../tools/credentials.ts';
import type { FileTree } from '../tools/filetree.ts';
import type { AppParameters } from './parameters.ts';

/** What an image's program does. It knows a machine with files and a network, and nothing of Kubernetes. */
export interface AppModel {
  /** As image data names it. */
  readonly name: string;
  /** Begins. Everything later happens in timers, sockets and signal handlers of the context. */
  start(ctx: AppContext): void;
}

/** Text of a log that is made when it is read: what many containers print in the same words. */
export interface LogText {
  /** About as long as the text. */
  readonly bytes: number;
  render(time: number): string;
}

export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGKILL' | 'SIGQUIT' | 'SIGTERM' | 'SIGUSR1' | 'SIGWINCH';

/** The container around a program. Bytes, millicores and ms throughout. */
export interface AppContext {
  readonly process: Process;
  readonly env: ReadonlyMap<string, string>;
  /** What is run, the executable first. */
  readonly argv: readonly string[];
  /** What the image (or a level) says of its behaviour. */
  readonly parameters: AppParameters;
  readonly network: NetworkNamespace;
  readonly fabric: NetworkFabric;
  readonly files: FileTree;
  readonly hostname: string;
  readonly workingDir: string;
  /** Ports that the pod declares, for images that say nothing themselves. */
  readonly declaredPorts: readonly number[];
  /** 0: unlimited. */
  readonly memoryLimit: number;
  readonly cpuLimit: number;
  /** Whom the program runs as. */
  readonly credentials: Credentials;
  now(): number;
  /** Opens a port; it closes with the process. */
  listen(port: number, handler: Handler, options?: ListenOptions): ListenResult;
  request(target: Target, options?: DialOptions): Exchange;
  /** Prints a line (or several, separated by newlines). Default stream: stdout. */
  log(text: string | LogText, stream?: 'stdout' | 'stderr'): void;
  /** Ends the container. Nothing of the app runs afterwards. */
  exit(code: number): void;
  /** What the program does on a signal; a program without handler ignores it, as PID 1 does. */
  onSignal(handler: (signal: Signal) => void): void;
  /** The working set from now on, and how fast it grows, in bytes per second. */
  setMemory(bytes: number, growth?: number): void;
  /** Adds to the working set. */
  addMemory(bytes: number): void;
  /** Steady use, on top of what `work` adds. */
  setCpu(millicores: number): void;
  /**
   * Books `weight` times `ms` of one core's time, and returns how long the first of them takes: work waits
   * for work booked before, and stands still while the container is throttled.
   */
  work(ms: number, weight?: number): number;
  /**
   * For a request that was just answered with `work(ms)` and `log(line)` and will be answered so again as
   * long as the program's own files stay as they are; `reads` is the directory or file it looks at, if any.
   * Undefined: what it depends on may change without the container's doing.
   */
  repeat(ms: number, line: string | LogText | undefined, reads: string | undefined): Repeat | undefined;
  /** How long what is booked already will take, ms. */
  backlog(): number;
  writeTerminationMessage(text: string): void;
}
