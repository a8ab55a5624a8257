import type { ProcessEntry } from '../tools/tool.ts';
import type { Container } from './container.ts';

/** What runs on every machine beside its containers. */
const SYSTEM: readonly ProcessEntry[] = Object.freeze([
  { pid: 1, user: 'root', command: '/sbin/init' },
  { pid: 611, user: 'root', command: '/usr/bin/containerd' },
  { pid: 702, user: 'root', command: '/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml' },
]);
const FIRST = 1204;

/** The processes of a machine as a container with hostPID sees them: a container's program gets a number when first seen. */
export class MachineProcesses {
  readonly #containers: () => Iterable<Container>;
  readonly #pids = new WeakMap<Container, number>();
  #next = FIRST;

  constructor(containers: () => Iterable<Container>) {
    this.#containers = containers;
  }

  list(): readonly ProcessEntry[] {
    const found = [...SYSTEM];
    for (const container of this.#containers()) {
      if (!container.running) continue;
      const [own, ...others] = container.processes.ownProcesses();
      if (own !== undefined) found.push({ ...own, pid: this.#pidOf(container) });
      for (const other of others) found.push({ ...other, pid: this.#pidOf(container) + other.pid });
    }
    return found.sort((a, b) => a.pid - b.pid);
  }

  /** Signals the program of a container; what is the system's own takes no notice. */
  signal(pid: number, signal: string): boolean {
    if (SYSTEM.some((process) => process.pid === pid)) return true;
    for (const container of this.#containers()) {
      if (!container.running || this.#pids.get(container) !== pid) continue;
      container.processes.signalProgram(signal, false);
      return true;
    }
    return false;
  }

  #pidOf(container: Container): number {
    let pid = this.#pids.get(container);
    if (pid === undefined) {
      pid = this.#next;
      this.#next += 100;
      this.#pids.set(container, pid);
    }
    return pid;
  }
}
