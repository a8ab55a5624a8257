import type { FileTree } from '../tools/filetree.ts';
import type { ProcessEntry } from '../tools/tool.ts';

/** Processes that came into a namespace together: those of one container. */
export interface ProcessGroup {
  readonly files: FileTree;
  /** Those that run, with their numbers in the namespace. */
  ownProcesses(): readonly ProcessEntry[];
  /** False: none of them has that number. */
  signalOwn(pid: number, signal: string): boolean;
}

/** The number of the first process after the sandbox's own. */
const FIRST = 7;
/** The sandbox's process, which adopts what the others leave behind. */
const PAUSE: ProcessEntry = Object.freeze({ pid: 1, user: '65535', command: '/pause' });

/** Process numbers that several containers share: those of a pod, or of a container and whoever debugs it. */
export class PidNamespace {
  readonly #groups = new Set<ProcessGroup>();
  readonly #first: readonly ProcessEntry[];
  #next: number;

  private constructor(first: readonly ProcessEntry[], next: number) {
    this.#first = first;
    this.#next = next;
  }

  /** A pod's, whose first process is its sandbox's. */
  static ofPod(): PidNamespace {
    return new PidNamespace([PAUSE], FIRST);
  }

  /** One that begins with the processes of a container, whose next one would have the number `next`. */
  static around(group: ProcessGroup, next: number): PidNamespace {
    const made = new PidNamespace([], next);
    made.join(group);
    return made;
  }

  join(group: ProcessGroup): void {
    this.#groups.add(group);
  }

  leave(group: ProcessGroup): void {
    this.#groups.delete(group);
  }

  newPid(): number {
    return this.#next++;
  }

  list(): readonly ProcessEntry[] {
    const all = [...this.#first];
    for (const group of this.#groups) all.push(...group.ownProcesses());
    return all.sort((a, b) => a.pid - b.pid);
  }

  signal(pid: number, signal: string): boolean {
    if (this.#first.some((process) => process.pid === pid)) return true;
    for (const group of this.#groups) if (group.signalOwn(pid, signal)) return true;
    return false;
  }

  /** The root directory of a process: /proc/PID/root. */
  rootOf(pid: number): FileTree | undefined {
    for (const group of this.#groups)
      if (group.ownProcesses().some((process) => process.pid === pid)) return group.files;
    return undefined;
  }
}
