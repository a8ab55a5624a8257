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
import type { WallClock } from '../../sim/clock.ts';
import { Process } from '../../sim/process.ts';
import type { Stdio } from '../../sim/program.ts';
import type { Timer } from '../../sim/queue.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { AppContext, LogText, Signal } from '../apps/app.ts';
import type { AppParameters } from '../apps/parameters.ts';
import type {
  ContainerConfig,
  ContainerResources,
  ContainerStats,
  CriContainer,
  LogOptions,
} from '../cri.ts';
import { isCapable } from '../tools/credentials.ts';
import type { MountedFiles } from '../tools/mountedfiles.ts';
import type { MachineFigures, Tool, ToolContext } from '../tools/tool.ts';
import { containerFiles } from './containerfiles.ts';
import {
  ContainerProcesses,
  KILLED,
  type ProcessNeighbours,
  type ProcessOwner,
} from './containerprocesses.ts';
import type { MachineCpu } from './cpu.ts';
import { CpuUse } from './cpuuse.ts';
import { type ContainerCredentials, credentialsOf } from './credentials.ts';
import { environment } from './environment.ts';
import type { ExecHandlers, ExecTerminal } from './exectable.ts';
import type { Executable } from './executable.ts';
import type { ImageSpec } from './imagespec.ts';
import { ContainerLog } from './log.ts';
import { type MachineMemory, type MemoryUser, memoryNow } from './memory.ts';
import { PendingStop } from './pendingstop.ts';
import { type Routine, RoutineList, type RoutineOwner, type Routines } from './routines.ts';
import type { Sandbox } from './sandbox.ts';
import { Session } from './session.ts';
import type { OutputStream } from './stream.ts';
import { containerToolContext } from './toolcontext.ts';

/** The machine around containers. */
export interface ContainerHost extends ProcessNeighbours {
  readonly name: string;
  readonly simulation: Simulation;
  readonly wall: WallClock | undefined;
  readonly fabric: NetworkFabric;
  readonly memory: MachineMemory;
  readonly cpu: MachineCpu;
  /** Bytes left on the disk. */
  room(): number;
  readonly routines: Routines;
  /** Something about the container changed. */
  changed(container: Container): void;
}

/** Longest termination message that is read. */
const MAX_TERMINATION_MESSAGE = 4096;
/** What a shell and its children take, bytes. */
const SHELL_MEMORY = 1024 * 1024;
/** From the runtime's start of a process until the program's first instruction, ms. */
const SPAWN_MS = 5;
/** Ports below are for who has CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start). */
const PRIVILEGED_PORTS = 1024;
const UNIX_SIGNALS: Readonly<Record<string, Signal>> = {
  SIGHUP: 'SIGHUP',
  SIGINT: 'SIGINT',
  SIGKILL: 'SIGKILL',
  SIGQUIT: 'SIGQUIT',
  SIGTERM: 'SIGTERM',
  SIGUSR1: 'SIGUSR1',
  SIGWINCH: 'SIGWINCH',
};

/** One container: its process, files, log and use of the machine. The app in it sees it as its context. */
export class Container implements AppContext, MemoryUser, ProcessOwner, RoutineOwner {
  readonly sandbox: Sandbox;
  readonly spec: ImageSpec;
  /** The image's repository: `docker.io/library/nginx`. */
  readonly repository: string;
  status: CriContainer;
  memory = 0;
  memoryGrowth = 0;
  memoryAt = 0;
  readonly #host: ContainerHost;
  readonly #executable: Executable | { readonly error: string };
  #resources: ContainerResources;
  #process: Process | undefined;
  #files: MountedFiles | undefined;
  #env: Map<string, string> | undefined;
  #log: ContainerLog | undefined;
  #cpu: CpuUse | undefined;
  #onSignal: ((signal: Signal) => void) | undefined;
  #signals: string[] | undefined;
  #session: Session | undefined;
  #processes: ContainerProcesses | undefined;
  #stop: PendingStop | undefined;
  #limitTimer: Timer | undefined;
  #routines: RoutineList | undefined;

  constructor(
    host: ContainerHost,
    sandbox: Sandbox,
    image: { readonly spec: ImageSpec; readonly repository: string },
    config: ContainerConfig,
    id: string,
    executable: Executable | { readonly error: string },
  ) {
    this.#host = host;
    this.sandbox = sandbox;
    this.spec = image.spec;
    this.repository = image.repository;
    this.#executable = executable;
    this.#resources = config.resources;
    this.status = {
      id,
      sandboxId: sandbox.status.id,
      podUID: sandbox.status.pod.uid,
      config,
      user: credentialsOf(image.spec, config).linux,
      state: 'created',
      createdAt: host.simulation.now(),
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      reason: '',
      message: '',
      terminationMessage: '',
    };
  }

  get id(): string {
    return this.status.id;
  }

  get running(): boolean {
    return this.status.state === 'running';
  }

  get oomScoreAdj(): number {
    return this.#resources.oomScoreAdj;
  }

  get resources(): ContainerResources {
    return this.#resources;
  }

  // What the app sees.

  get process(): Process {
    return this.#process as Process;
  }

  get env(): ReadonlyMap<string, string> {
    this.#env ??= environment(this.spec, this.status.config, this.hostname, this.credentials.home);
    return this.#env;
  }

  get argv(): readonly string[] {
    return 'argv' in this.#executable ? this.#executable.argv : NO_ARGUMENTS;
  }

  get parameters(): AppParameters {
    return this.spec.parameters;
  }

  get network(): NetworkNamespace {
    return this.sandbox.status.network;
  }

  get fabric(): NetworkFabric {
    return this.#host.fabric;
  }

  get files(): MountedFiles {
    this.#files ??= containerFiles(this.spec, this.status.config, this.sandbox, this.credentials, this);
    return this.#files;
  }

  /** Bytes left on the disk that it writes to. */
  room(): number {
    return this.#host.room();
  }

  /** Files in memory are the memory of who writes them. */
  charge(bytes: number): void {
    this.addMemory(bytes);
  }

  get hostname(): string {
    return this.sandbox.config.hostname;
  }

  get workingDir(): string {
    return this.status.config.workingDir ?? this.spec.workingDir;
  }

  get declaredPorts(): readonly number[] {
    return this.status.config.ports.map(({ port }) => port);
  }

  get memoryLimit(): number {
    return this.#resources.memoryLimit;
  }

  get cpuLimit(): number {
    return this.#resources.cpuLimit;
  }

  get credentials(): ContainerCredentials {
    return credentialsOf(this.spec, this.status.config);
  }

  now(): number {
    return this.#host.simulation.now();
  }

  listen(port: number, handler: Handler, options: ListenOptions = {}): ListenResult {
    const refusal = this.#mayBind(port) ? undefined : `listen tcp :${port}: bind: permission denied`;
    if (refusal !== undefined) return { ok: false, error: refusal };
    return this.network.listen(port, handler, { ...options, owner: this.process });
  }

  /** containerd lets everybody in a pod's own network bind every port; on the host's the kernel's rule holds. */
  #mayBind(port: number): boolean {
    const { hostNetwork, sysctls, userNamespace } = this.sandbox.config;
    const kernels = hostNetwork || userNamespace !== undefined;
    const start = sysctls?.get('net.ipv4.ip_unprivileged_port_start') ?? (kernels ? PRIVILEGED_PORTS : 0);
    return port >= Number(start) || isCapable(this.credentials, 'NET_BIND_SERVICE');
  }

  request(target: Target, options?: DialOptions): Exchange {
    return this.fabric.request(this.network, target, options);
  }

  log(text: string | LogText, stream: 'stdout' | 'stderr' = 'stdout'): void {
    if (this.running) this.#logs().add(this.now(), stream, text);
  }

  exit(code: number): void {
    this.finish(code, code === 0 ? 'Completed' : 'Error');
  }

  onSignal(handler: (signal: Signal) => void): void {
    this.#onSignal = handler;
  }

  setMemory(bytes: number, growth = 0): void {
    if (!this.running) return;
    this.#host.memory.change(this, bytes, growth);
    this.#watchLimit();
  }

  addMemory(bytes: number): void {
    if (bytes !== 0) this.setMemory(memoryNow(this, this.now()) + bytes, this.memoryGrowth);
  }

  setCpu(millicores: number): void {
    if (!this.running || (millicores === 0 && this.#cpu === undefined)) return;
    this.#cpuUse().setBase(millicores, this.now());
  }

  work(ms: number, weight = 1): number {
    return ms <= 0 || !this.running ? 0 : this.#cpuUse().work(ms, this.now(), weight);
  }

  backlog(): number {
    if (this.#cpu === undefined) return 0;
    return this.#cpuUse().backlog(this.now());
  }

  repeat(ms: number, line: string | LogText | undefined, reads: string | undefined): Repeat | undefined {
    if (!this.running || this.paused || this.cpuLimit > 0 || this.#log?.followed === true) return undefined;
    // What lies in a volume may be changed by others.
    if (reads !== undefined && !this.files.isOwn(reads)) return undefined;
    this.#routines ??= new RoutineList(this.#host.routines, this);
    return this.#routines.of(ms, line);
  }

  /** @internal */
  perform({ ms, line }: Routine, time: number): void {
    if (ms > 0) this.#cpu?.work(ms, time);
    if (line !== undefined) this.#log?.add(time, 'stdout', line);
  }

  /** Something has changed that what it does again and again depends on. */
  dropRoutines(): void {
    this.#routines?.drop();
    this.#routines = undefined;
  }

  writeTerminationMessage(text: string): void {
    this.files.write(this.status.config.terminationMessagePath, text);
  }

  // What the runtime does with it.

  /** Runs it: the program begins a moment later, in an event of its own. Returns why it could not be run. */
  start(): string | undefined {
    if ('error' in this.#executable) return this.#failStart(this.#executable.error);
    const { pod } = this.sandbox.status;
    const { config } = this.status;
    // Joined, so that the name is one string: what a template makes is a chain of its parts.
    const name = [this.#host.name, pod.namespace, pod.name, config.name].join('/');
    // The attempt does not tell runs apart: a pod made anew under its old name begins at 0 again.
    const { simulation, wall } = this.#host;
    this.#process = new Process(simulation, name, this.now() - simulation.startTime, wall);
    this.#set({ state: 'running', startedAt: this.now() });
    this.#host.memory.add(this);
    // Who shares process numbers takes one now; the others when somebody looks.
    if (this.status.config.processes !== undefined)
      this.#processes = new ContainerProcesses(this, this.#host);
    const executable = this.#executable;
    this.#process.after(SPAWN_MS, () => this.#begin(executable));
    return undefined;
  }

  #failStart(reason: string): string {
    const message = `${START_FAILED}: ${reason}`;
    this.#set({ state: 'exited', finishedAt: this.now(), exitCode: 128, reason: 'StartError', message });
    return message;
  }

  /** The stop signal now, SIGKILL after `graceMs`; the earlier of two deadlines counts. */
  stop(graceMs: number, done: () => void): void {
    const { simulation } = this.#host;
    if (!this.running) {
      simulation.after(0, done);
      return;
    }
    const first = this.#stop === undefined;
    this.#stop ??= new PendingStop(simulation, () => this.finish(KILLED, 'Error'));
    this.#stop.by(this.now() + Math.max(0, graceMs), done);
    if (first && graceMs > 0) this.deliver(this.status.config.stopSignal ?? this.spec.stopSignal);
  }

  /** Sends a signal to its program. A paused one gets it when it goes on. */
  deliver(signal: string): void {
    if (!this.running) return;
    if (signal === 'SIGKILL') {
      this.finish(KILLED, 'Error');
      return;
    }
    this.#signals ??= [];
    if (this.#signals.length < MAX_SIGNALS) this.#signals.push(signal);
    const known = UNIX_SIGNALS[signal];
    if (known !== undefined && this.#onSignal !== undefined)
      this.process.after(0, () => this.#onSignal?.(known));
  }

  /** The signals since the last call. */
  takeSignals(): readonly string[] {
    const signals = this.#signals ?? NO_SIGNALS;
    this.#signals = undefined;
    return signals;
  }

  /** Ends it for good; nothing happens if it does not run. */
  finish(exitCode: number, reason: string): void {
    if (!this.running) return;
    this.#host.routines.settle();
    this.dropRoutines();
    const now = this.now();
    const terminationMessage = this.#terminationMessage();
    this.#set({ state: 'exited', finishedAt: now, exitCode, reason, terminationMessage }, false);
    const { simulation } = this.#host;
    simulation.cancel(this.#limitTimer);
    this.#host.memory.delete(this);
    this.#process?.kill();
    this.#session?.end(exitCode);
    this.#processes?.end();
    this.#log?.end(now);
    const stop = this.#stop;
    this.#session = undefined;
    this.#processes = undefined;
    this.#files = undefined;
    this.#env = undefined;
    this.#cpu?.end(now);
    this.#cpu = undefined;
    this.#onSignal = undefined;
    this.#signals = undefined;
    this.#stop = undefined;
    this.#host.changed(this);
    stop?.over();
  }

  outOfMemory(): void {
    this.finish(KILLED, 'OOMKilled');
  }

  pause(): void {
    this.dropRoutines();
    this.#process?.pause();
  }

  resume(): void {
    this.#process?.resume();
  }

  get paused(): boolean {
    return this.#process?.paused === true;
  }

  updateResources(resources: ContainerResources): void {
    this.#host.routines.settle();
    this.dropRoutines();
    this.#resources = resources;
    const { config } = this.status;
    this.#set({ config: { ...config, resources } });
    this.#cpu?.setResources(resources.cpuLimit, resources.cpuRequest, this.now());
    this.#watchLimit();
  }

  stats(): ContainerStats | undefined {
    if (!this.running) return undefined;
    this.#host.routines.settle();
    const now = this.now();
    return {
      cpu: Math.round(this.#cpu?.rate(now) ?? 0),
      cpuTime: this.#cpu?.used(now) ?? 0,
      memory: Math.round(memoryNow(this, now)),
      disk: (this.#files?.writtenBytes ?? 0) + (this.#log?.bytes ?? 0),
    };
  }

  machine(): MachineFigures {
    const { cpu, memory } = this.#host;
    return { cpus: Math.ceil(cpu.capacity / 1000), memory: memory.capacity, usedMemory: memory.used };
  }

  openLog(options: LogOptions): OutputStream {
    if (options.follow) this.dropRoutines();
    return this.#logs().open(options, this.running);
  }

  /** A stream to its own program: input too if the container was made with stdin. */
  attach(stdin: boolean): OutputStream {
    const { config } = this.status;
    if (this.#session === undefined) return this.openLog({ follow: true, timestamps: false, tailLines: 0 });
    if (!stdin || !config.stdin) return this.#session.attach('none');
    return this.#session.attach(config.stdinOnce ? 'once' : 'open');
  }

  /** Runs one of the image's tools beside its own program. */
  exec(tool: Tool, args: readonly string[], options: ExecTerminal, handlers: ExecHandlers): Session {
    const program = (stdio: Stdio) => tool.run(this.#toolContext(stdio, options.tty, false), args);
    return this.processes.run([tool.name, ...args].join(' '), program, options, handlers);
  }

  /** Of a container that runs. */
  get processes(): ContainerProcesses {
    this.#processes ??= new ContainerProcesses(this, this.#host);
    return this.#processes;
  }

  get handlesSignals(): boolean {
    return this.#onSignal !== undefined || this.#session !== undefined;
  }

  #begin(executable: Executable): void {
    if (executable.kind === 'app') {
      executable.app.start(this);
      // Most programs look at their files once.
      if (this.#files?.pristine === true) this.#files = undefined;
      return;
    }
    const { stdin, tty } = this.status.config;
    this.setMemory(SHELL_MEMORY);
    if (!this.running) return;
    const { tool, argv } = executable;
    const session = new Session({
      process: this.process,
      program: (stdio) => tool.run(this.#toolContext(stdio, tty, true), argv.slice(1)),
      stdin,
      tty,
      onOutput: (stream, text) => {
        if (this.running) this.#logs().write(this.now(), stream, text);
      },
      onExit: (code) => this.exit(code),
    });
    if (this.running) this.#session = session;
  }

  #toolContext(stdio: Stdio, tty: boolean, main: boolean): ToolContext {
    return containerToolContext(this, stdio, tty, main);
  }

  #logs(): ContainerLog {
    if (this.#routines !== undefined) this.#host.routines.settle();
    this.#log ??= new ContainerLog();
    return this.#log;
  }

  #cpuUse(): CpuUse {
    this.#host.routines.settle();
    const { cpuLimit, cpuRequest } = this.#resources;
    this.#cpu ??= new CpuUse(this.#host.cpu, this.now(), cpuLimit, cpuRequest);
    return this.#cpu;
  }

  /** One event, at the moment at which the limit will be reached, if ever. */
  #watchLimit(): void {
    const { simulation } = this.#host;
    simulation.cancel(this.#limitTimer);
    this.#limitTimer = undefined;
    const limit = this.memoryLimit;
    if (limit <= 0 || !this.running) return;
    const over = (): void => this.outOfMemory();
    const left = limit - memoryNow(this, this.now());
    if (left < 0) this.#limitTimer = simulation.after(0, over);
    else if (this.memoryGrowth > 0)
      this.#limitTimer = simulation.after((left * 1000) / this.memoryGrowth + 1, over);
  }

  #terminationMessage(): string {
    const path = this.status.config.terminationMessagePath;
    if (this.#files === undefined || path === '') return '';
    const read = this.#files.read(path);
    return read.ok ? read.value.slice(0, MAX_TERMINATION_MESSAGE) : '';
  }

  #set(change: Partial<CriContainer>, tell = true): void {
    this.status = { ...this.status, ...change };
    if (tell) this.#host.changed(this);
  }
}

const START_FAILED =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init';
const MAX_SIGNALS = 16;
const NO_ARGUMENTS: readonly string[] = Object.freeze([]);
const NO_SIGNALS: readonly string[] = Object.freeze([]);
