import type { Stdio } from '../../sim/program.ts';
import { resolvePath } from '../tools/filetree.ts';
import { JOB_INPUT, type ToolContext } from '../tools/tool.ts';
import type { Container } from './container.ts';
import { toolOf } from './executable.ts';

/** The world as a tool in a container sees it. `main`: it is the container's own program. */
export function containerToolContext(
  container: Container,
  stdio: Stdio,
  tty: boolean,
  main: boolean,
): ToolContext {
  const { spec, process } = container;
  return {
    network: container.network,
    fabric: container.fabric,
    files: container.files,
    env: new Map(container.env),
    directory: resolvePath('/', container.workingDir),
    stdio,
    input: JOB_INPUT,
    tty,
    hostname: container.hostname,
    uid: container.uid,
    random: process.random,
    now: () => container.now(),
    find: (name) => toolOf(spec, name),
    processes: () => container.processes(),
    signal: (pid, signal) => container.signalProcess(pid, signal),
    pendingSignals: () => (main ? container.takeSignals() : NO_SIGNALS),
    work: (ms) => {
      container.work(ms);
    },
  };
}

const NO_SIGNALS: readonly string[] = Object.freeze([]);
