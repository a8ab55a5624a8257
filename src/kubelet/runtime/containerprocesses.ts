import type { Process } from '../../sim/process.ts';
import type { Program, Stdio } from '../../sim/program.ts';
import type { CriContainer } from '../cri.ts';
import type { Credentials } from '../tools/credentials.ts';
import type { FileTree } from '../tools/filetree.ts';
import { withProcessRoots } from '../tools/routedfiles.ts';
import type { ProcessEntry } from '../tools/tool.ts';
import { accountsOf } from './accounts.ts';
import { type ExecHandlers, ExecTable, type ExecTerminal } from './exectable.ts';
import type { ImageSpec } from './imagespec.ts';
import { PidNamespace, type ProcessGroup } from './pidnamespace.ts';
import type { Sandbox } from './sandbox.ts';
import type { Session } from './session.ts';

/** 128 + the signal's number. */
export const KILLED = 137;
const TERMINATED = 143;

/** The container whose processes they are. */
export interface ProcessOwner {
  readonly spec: ImageSpec;
  readonly sandbox: Sandbox;
  readonly status: CriContainer;
  readonly files: FileTree;
  readonly argv: readonly string[];
  readonly credentials: Credentials;
  readonly process: Process;
  /** Whether its program does something of its own on signals. */
  readonly handlesSignals: boolean;
  deliver(signal: string): void;
  finish(exitCode: number, reason: string): void;
}

/** Where other processes are found. */
export interface ProcessNeighbours {
  /** The processes of a container that runs. */
  processesOf(containerId: string): ContainerProcesses | undefined;
  /** Those of the whole machine, and one of them signalled (hostPID). */
  machineProcesses(): readonly ProcessEntry[];
  signalMachineProcess(pid: number, signal: string): boolean;
}

/**
 * The processes of one container that runs, and those that it sees: its own program, the commands run beside it,
 * and those of the containers with which it shares its process numbers.
 */
export class ContainerProcesses implements ProcessGroup {
  readonly #owner: ProcessOwner;
  readonly #neighbours: ProcessNeighbours;
  /** Process numbers that it shares with others. */
  #pids: PidNamespace | undefined;
  /** The number of its own program. */
  readonly #pid: number;
  #execs: ExecTable | undefined;

  constructor(owner: ProcessOwner, neighbours: ProcessNeighbours) {
    this.#owner = owner;
    this.#neighbours = neighbours;
    this.#pids = this.#namespace();
    this.#pid = this.#pids?.newPid() ?? 1;
    this.#pids?.join(this);
  }

  /** The namespace that the configuration puts it into; undefined: one of its own, or the machine's. */
  #namespace(): PidNamespace | undefined {
    const { sandbox, status } = this.#owner;
    const { processes } = status.config;
    if (processes === undefined || processes === 'machine') return undefined;
    if (processes !== 'pod') return this.#neighbours.processesOf(processes.target)?.shared();
    sandbox.pids ??= PidNamespace.ofPod();
    return sandbox.pids;
  }

  /** Its process numbers, for another container to join. */
  shared(): PidNamespace {
    this.#pids ??= PidNamespace.around(this, this.#execs?.nextPid ?? 2);
    return this.#pids;
  }

  get files(): FileTree {
    return this.#owner.files;
  }

  /** Its files as its tools see them, those of the processes that it sees among them. */
  get visibleFiles(): FileTree {
    const pids = this.#pids;
    return pids === undefined ? this.files : withProcessRoots(this.files, (pid) => pids.rootOf(pid));
  }

  /** Runs a command beside its own program. */
  run(
    command: string,
    program: (stdio: Stdio) => Program,
    terminal: ExecTerminal,
    handlers: ExecHandlers,
  ): Session {
    this.#execs ??= new ExecTable();
    return this.#execs.run(this.#owner.process, this.#pids?.newPid(), command, program, terminal, handlers);
  }

  /** The container has ended. */
  end(): void {
    this.#execs?.endAll(KILLED);
    this.#pids?.leave(this);
  }

  /** What `ps` shows. */
  list(): readonly ProcessEntry[] {
    if (this.#seesMachine) return this.#neighbours.machineProcesses();
    return this.#pids?.list() ?? this.ownProcesses();
  }

  /** What `kill` does; false: there is no such process. */
  signal(pid: number, signal: string): boolean {
    if (this.#seesMachine) return this.#neighbours.signalMachineProcess(pid, signal);
    return this.#pids?.signal(pid, signal) ?? this.signalOwn(pid, signal);
  }

  get #seesMachine(): boolean {
    return this.#owner.status.config.processes === 'machine';
  }

  ownProcesses(): readonly ProcessEntry[] {
    const { credentials, spec, argv } = this.#owner;
    const { uid } = credentials;
    const user = accountsOf(spec).users.find((one) => one.uid === uid)?.name ?? String(uid);
    return [{ pid: this.#pid, user, command: argv.join(' ') }, ...(this.#execs?.list(user) ?? [])];
  }

  /** PID 1 is not killed from inside its own namespace, and gets no signal that it does not handle. */
  signalOwn(pid: number, signal: string): boolean {
    if (pid === this.#pid) this.signalProgram(signal, pid === 1);
    else return this.#execs?.end(pid, signal === 'SIGKILL' ? KILLED : TERMINATED) ?? false;
    return true;
  }

  /** A signal for its own program. `protectedOne`: it is the first process of whoever sends it. */
  signalProgram(signal: string, protectedOne: boolean): void {
    const owner = this.#owner;
    const kills = signal === 'SIGKILL' || (signal === 'SIGTERM' && !owner.handlesSignals);
    if (!protectedOne && kills) owner.finish(signal === 'SIGKILL' ? KILLED : TERMINATED, 'Error');
    else if (signal !== 'SIGKILL') owner.deliver(signal);
  }
}
