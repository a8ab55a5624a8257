import type { NetworkFabric, NetworkNamespace } from '../../network/types.ts';
import type { Process } from '../../sim/process.ts';
import type { Stdio } from '../../sim/program.ts';
import type { Credentials } from '../tools/credentials.ts';
import { resolvePath } from '../tools/filetree.ts';
import { JOB_INPUT, type MachineFigures, type ToolContext } from '../tools/tool.ts';
import type { ContainerProcesses } from './containerprocesses.ts';
import { toolOf } from './executable.ts';
import type { ImageSpec } from './imagespec.ts';

/** What tools need of the container they run in. */
export interface ToolHost {
  readonly spec: ImageSpec;
  readonly process: Process;
  readonly network: NetworkNamespace;
  readonly fabric: NetworkFabric;
  readonly env: ReadonlyMap<string, string>;
  readonly workingDir: string;
  readonly hostname: string;
  readonly credentials: Credentials;
  now(): number;
  machine(): MachineFigures;
  readonly processes: ContainerProcesses;
  takeSignals(): readonly string[];
  work(ms: number): number;
}

/** The world as a tool in a container sees it. `main`: it is the container's own program. */
export function containerToolContext(
  container: ToolHost,
  stdio: Stdio,
  tty: boolean,
  main: boolean,
): ToolContext {
  const { spec, process } = container;
  return {
    network: container.network,
    fabric: container.fabric,
    files: container.processes.visibleFiles,
    env: new Map(container.env),
    directory: resolvePath('/', container.workingDir),
    stdio,
    input: JOB_INPUT,
    tty,
    hostname: container.hostname,
    credentials: container.credentials,
    random: process.random,
    now: () => container.now(),
    machine: () => container.machine(),
    find: (name) => toolOf(spec, name),
    processes: () => container.processes.list(),
    signal: (pid, signal) => container.processes.signal(pid, signal),
    pendingSignals: () => (main ? container.takeSignals() : NO_SIGNALS),
    work: (ms) => container.work(ms),
  };
}

const NO_SIGNALS: readonly string[] = Object.freeze([]);
