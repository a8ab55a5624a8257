import { parseImageName } from '../../api/imagename.ts';
import type { ByteStream } from '../../api/request.ts';
import { milliOf, valueOf as quantityOf } from '../../apimachinery/quantity.ts';
import type { Exchange, NetworkFabric, NetworkHost, RequestMessage } from '../../network/types.ts';
import type { WallClock } from '../../sim/clock.ts';
import type { Random } from '../../sim/random.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { AppModel } from '../apps/app.ts';
import { findApp } from '../apps/registry.ts';
import type { MachineUsage } from '../config.ts';
import type {
  ContainerConfig,
  ContainerResources,
  ContainerRuntime,
  ContainerStats,
  CriContainer,
  ExecOptions,
  ExecSyncResult,
  ImageRecord,
  LogOptions,
  MachineStats,
  PullOptions,
  PullResult,
  RuntimeChange,
  RuntimeResult,
  RuntimeStatus,
  SandboxConfig,
  SandboxStatus,
} from '../cri.ts';
import { baseName } from '../tools/filetree.ts';
import type { ProcessEntry } from '../tools/tool.ts';
import { Container, type ContainerHost } from './container.ts';
import type { ContainerProcesses } from './containerprocesses.ts';
import { ContainerStreams } from './containerstreams.ts';
import { MachineCpu } from './cpu.ts';
import { argvOf, findExecutable } from './executable.ts';
import { hexId } from './ids.ts';
import { ImagePuller, type Pull } from './imagepuller.ts';
import type { ImageRegistry } from './imageregistry.ts';
import type { ImageSpec } from './imagespec.ts';
import { ImageStore } from './imagestore.ts';
import { MachineProcesses } from './machineprocesses.ts';
import { MachineMemory } from './memory.ts';
import { PodNetwork } from './podnetwork.ts';
import { PodRecords } from './podrecords.ts';
import type { ProgramTable } from './program.ts';
import { refused } from './refused.ts';
import { Routines } from './routines.ts';
import type { Sandbox } from './sandbox.ts';
import { SystemLoad } from './systemload.ts';

export interface ContainerdOptions {
  readonly sim: Simulation;
  /** The machine's clock; absent: it is right. */
  readonly wall?: WallClock;
  readonly fabric: NetworkFabric;
  /** The machine on the network; its pod range is where sandboxes get their addresses. */
  readonly host: NetworkHost;
  readonly registry: ImageRegistry;
  readonly programs?: ProgramTable;
  /** What the machine has, as quantities: `8Gi`, `4`. */
  readonly memory: string;
  readonly cpu: string;
  /** Bytes per second from a registry. Default 50 MB. */
  readonly bandwidth?: number;
  /** Bytes left on the disk; absent: enough. */
  readonly room?: () => number;
  /** Images that are on the disk from the beginning, by any name. The pause image always is. */
  readonly images?: readonly string[];
}

const VERSION = 'containerd://2.1.5';
const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';
/** Making a sandbox: pause container and network. */
const SANDBOX_MS = 200;
const UNAVAILABLE =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"';
const NO_CNI = 'Network plugin returns error: cni plugin not initialized';
const READY: RuntimeStatus = Object.freeze({ runtimeReady: true, networkReady: true, message: '' });
const NO_SANDBOXES: readonly SandboxStatus[] = Object.freeze([]);
const NO_CONTAINERS: readonly CriContainer[] = Object.freeze([]);
const NO_IMAGES: readonly ImageRecord[] = Object.freeze([]);

/** containerd on one machine: sandboxes, images and containers. It outlives every kubelet. */
export class Containerd implements ContainerRuntime, ContainerHost {
  readonly version = VERSION;
  readonly name: string;
  readonly simulation: Simulation;
  readonly wall: WallClock | undefined;
  readonly fabric: NetworkFabric;
  readonly memory: MachineMemory;
  readonly cpu: MachineCpu;
  readonly routines: Routines;
  readonly #host: NetworkHost;
  readonly #registry: ImageRegistry;
  readonly #ids: Random;
  readonly #images = new ImageStore();
  readonly #puller: ImagePuller;
  readonly #network: PodNetwork;
  readonly #room: () => number;
  readonly #pods = new PodRecords();
  readonly #processes = new MachineProcesses(() => this.#pods.containers());
  readonly #streams: ContainerStreams;
  readonly #listeners = new Set<(change: RuntimeChange) => void>();
  readonly #programs = new Map<string, AppModel>();
  #running = true;
  readonly #system: SystemLoad;
  #powered = true;
  /** Counts power-offs: what was under way before one is lost. */
  #boot = 0;

  constructor(options: ContainerdOptions) {
    this.name = options.host.name;
    this.simulation = options.sim;
    this.wall = options.wall;
    this.fabric = options.fabric;
    this.cpu = new MachineCpu(milliOf(options.cpu));
    this.routines = new Routines(options.sim, this.cpu);
    this.memory = new MachineMemory(options.sim, quantityOf(options.memory));
    this.#system = new SystemLoad(this.cpu, this.memory, options.sim.now());
    this.#host = options.host;
    this.#room = options.room ?? ((): number => Number.POSITIVE_INFINITY);
    this.#registry = options.registry;
    this.#network = new PodNetwork(options.host);
    this.#puller = new ImagePuller(options, this.#images);
    this.#ids = options.sim.stream(`containerd/${options.host.name}`);
    this.#streams = new ContainerStreams({
      simulation: options.sim,
      find: (id) => this.#askFor(id),
      newId: () => this.#newId(),
    });
    for (const [repository, start] of options.programs ?? [])
      this.#programs.set(repository, { name: repository, start });
    for (const image of [PAUSE_IMAGE, ...(options.images ?? [])]) this.preload(image, image === PAUSE_IMAGE);
  }

  // The machine and its faults.

  /** Puts an image on the disk as if it had been pulled. Throws for images that do not exist. */
  preload(image: string, pinned = false): void {
    const name = parseImageName(image);
    const found = 'error' in name ? undefined : this.#registry.find(name);
    if ('error' in name || found === undefined) throw new Error(`no such image to preload: ${image}`);
    this.#images.add(name, found, pinned);
  }

  /** The machine loses power: everything that runs is gone, disks stay. Its host on the network goes down too. */
  powerOff(): void {
    if (!this.#powered) return;
    this.#powered = false;
    this.routines.settle();
    this.#system.stop(this.simulation.now());
    this.#boot++;
    this.#host.up = false;
    for (const container of this.#pods.containers()) container.finish(137, 'Error');
    for (const sandbox of this.#pods.sandboxes()) this.#unready(sandbox);
  }

  powerOn(): void {
    this.#powered = true;
    this.routines.settle();
    this.#system.boot(this.simulation.now());
    this.#host.up = true;
  }

  /** `systemctl stop containerd`, and start: containers run on, nobody can be asked about them. */
  setRunning(running: boolean): void {
    this.#running = running;
  }

  get running(): boolean {
    return this.#running && this.#powered;
  }

  /** Kills a container's program as `kill -9` on the machine does. False: it does not run. */
  killContainer(id: string, exitCode = 137): boolean {
    const container = this.#pods.container(id);
    if (container?.running !== true) return false;
    container.finish(exitCode, exitCode === 0 ? 'Completed' : 'Error');
    return true;
  }

  /** SIGSTOP and SIGCONT for a container's program. False: it does not run. */
  pauseContainer(id: string): boolean {
    const container = this.#pods.container(id);
    container?.pause();
    return container?.running === true;
  }

  resumeContainer(id: string): boolean {
    const container = this.#pods.container(id);
    container?.resume();
    return container?.running === true;
  }

  /** The running containers of a pod, by `namespace/name`, and by container name if given: for faults. */
  find(pod: string, containerName?: string): readonly CriContainer[] {
    const found: CriContainer[] = [];
    for (const container of this.#pods.containers()) {
      const { namespace, name } = container.sandbox.status.pod;
      if (!container.running || `${namespace}/${name}` !== pod) continue;
      if (containerName === undefined || container.status.config.name === containerName)
        found.push(container.status);
    }
    return found;
  }

  /**
   * How a program is doing, by the last part of its image's repository: `kube-apiserver`. What faults and
   * the state of the control plane go by: what runs, whatever the API says.
   */
  programState(program: string): 'running' | 'paused' | 'down' {
    let state: 'paused' | 'down' = 'down';
    for (const container of this.#pods.containers()) {
      if (!container.running || baseName(container.repository) !== program) continue;
      if (!container.paused) return 'running';
      state = 'paused';
    }
    return state;
  }

  /** The running containers of a program, by the last part of its image's repository. */
  findProgram(program: string): readonly CriContainer[] {
    const found: CriContainer[] = [];
    for (const container of this.#pods.containers())
      if (container.running && baseName(container.repository) === program) found.push(container.status);
    return found;
  }

  /** Bytes of memory that all containers take now. */
  memoryUsed(): number {
    return this.memory.used;
  }

  /** What containers use of the machine: bytes of memory, bytes of images, and programs that run. */
  usage(): MachineUsage {
    const pods = this.#pods;
    return {
      memory: this.memory.used,
      disk: this.#images.bytes,
      get pids() {
        let running = 0;
        for (const container of pods.containers()) if (container.running) running++;
        return running;
      },
    };
  }

  room(): number {
    return this.#room();
  }

  processesOf(containerId: string): ContainerProcesses | undefined {
    const container = this.#pods.container(containerId);
    return container?.running === true ? container.processes : undefined;
  }

  machineProcesses(): readonly ProcessEntry[] {
    return this.#processes.list();
  }

  signalMachineProcess(pid: number, signal: string): boolean {
    return this.#processes.signal(pid, signal);
  }

  changed(container: Container): void {
    this.#pods.changed(container.status.podUID);
    this.#tell({ podUID: container.status.podUID, containerId: container.id });
  }

  // Runtime.

  status(): RuntimeStatus {
    if (!this.running) return { runtimeReady: false, networkReady: false, message: UNAVAILABLE };
    return this.#network.ready ? READY : { runtimeReady: true, networkReady: false, message: NO_CNI };
  }

  /** Whether the network plugin has its configuration (/etc/cni/net.d). */
  get networkPlugin(): boolean {
    return this.#network.configured;
  }

  set networkPlugin(configured: boolean) {
    this.#network.configured = configured;
  }

  subscribe(listener: (change: RuntimeChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // Sandboxes.

  runPodSandbox(config: SandboxConfig, done: (result: RuntimeResult<SandboxStatus>) => void): void {
    const boot = this.#boot;
    const work = this.running ? SANDBOX_MS : 0;
    this.simulation.after(work, () => {
      done(boot === this.#boot && this.running ? this.#makeSandbox(config) : refused(UNAVAILABLE));
    });
  }

  #makeSandbox(config: SandboxConfig): RuntimeResult<SandboxStatus> {
    const id = this.#newId();
    const made = this.#network.add(id, config);
    if (!made.ok) return made;
    const { network, ips, ruleKeys } = made.value;
    const status: SandboxStatus = {
      id,
      pod: config.pod,
      attempt: config.attempt,
      state: 'ready',
      createdAt: this.simulation.now(),
      hostNetwork: config.hostNetwork,
      ips,
      network,
    };
    this.#pods.addSandbox({ status, config, ruleKeys, holdsAddress: !config.hostNetwork });
    this.#tell({ podUID: config.pod.uid });
    return { ok: true, value: status };
  }

  stopPodSandbox(id: string): void {
    const sandbox = this.#pods.sandbox(id);
    if (sandbox === undefined || !this.running) return;
    for (const container of this.#pods.containersIn(sandbox)) container.finish(137, 'Error');
    this.#unready(sandbox);
    this.#network.release(sandbox);
  }

  removePodSandbox(id: string): void {
    const sandbox = this.#pods.sandbox(id);
    if (sandbox === undefined || !this.running) return;
    this.stopPodSandbox(id);
    for (const container of this.#pods.containersIn(sandbox)) this.removeContainer(container.id);
    this.#pods.removeSandbox(sandbox);
    this.#tell({ podUID: sandbox.status.pod.uid });
  }

  listPodSandboxes(): readonly SandboxStatus[] {
    return this.running ? this.#pods.allSandboxes() : NO_SANDBOXES;
  }

  sandboxesOf(podUID: string): readonly SandboxStatus[] {
    return this.running ? this.#pods.sandboxesOf(podUID) : NO_SANDBOXES;
  }

  #unready(sandbox: Sandbox): void {
    if (sandbox.status.state === 'notReady') return;
    this.#network.takeDown(sandbox);
    sandbox.status = { ...sandbox.status, state: 'notReady' };
    this.#pods.changed(sandbox.status.pod.uid);
    this.#tell({ podUID: sandbox.status.pod.uid });
  }

  // Images.

  pullImage(image: string, options: PullOptions, done: (result: PullResult) => void): void {
    const boot = this.#boot;
    const pulled: Pull = this.running ? this.#puller.pull(image, options) : OFF;
    this.simulation.after(pulled.ms, () => {
      done(boot === this.#boot && this.running ? pulled.finish() : OFF.finish());
    });
  }

  imageStatus(image: string): ImageRecord | undefined {
    if (!this.running) return undefined;
    const byId = this.#images.byId(image);
    if (byId !== undefined) return byId.record;
    const name = parseImageName(image);
    return 'error' in name ? undefined : this.#images.find(name);
  }

  listImages(): readonly ImageRecord[] {
    return this.running ? this.#images.list() : NO_IMAGES;
  }

  removeImage(id: string): RuntimeResult<undefined> {
    if (!this.running) return refused(UNAVAILABLE);
    for (const container of this.#pods.containers()) {
      if (container.status.config.imageId === id)
        return refused(`unable to delete image "${id}": image is being used by container ${container.id}`);
    }
    this.#images.delete(id);
    return NOTHING;
  }

  imageFsUsage(): number {
    return this.#images.bytes;
  }

  // Containers.

  createContainer(sandboxId: string, config: ContainerConfig): RuntimeResult<string> {
    if (!this.running) return refused(UNAVAILABLE);
    const sandbox = this.#pods.sandbox(sandboxId);
    if (sandbox === undefined) return refused(`failed to find sandbox id "${sandboxId}": not found`);
    if (sandbox.status.state !== 'ready')
      return refused(
        `failed to get sandbox container task: no running task found: task ${sandboxId} not found`,
      );
    const image = this.#images.byId(config.imageId);
    if (image === undefined)
      return refused(`failed to get image from containerd "${config.imageId}": not found`);
    const argv = argvOf(image.spec, config.command, config.args);
    if (argv.length === 0) return refused('failed to generate container spec: no command specified');
    const executable = findExecutable(image.spec, argv, this.#appOf(image));
    const container = new Container(this, sandbox, image, config, this.#newId(), executable);
    this.#pods.addContainer(container);
    this.changed(container);
    return { ok: true, value: container.id };
  }

  #appOf(image: { readonly spec: ImageSpec; readonly repository: string }): AppModel | undefined {
    return this.#programs.get(image.repository) ?? findApp(image.spec.app);
  }

  startContainer(id: string): RuntimeResult<undefined> {
    const found = this.#askFor(id);
    if (!found.ok) return found;
    const container = found.value;
    if (container.status.state !== 'created')
      return refused(`container "${id}" is in ${container.status.state.toUpperCase()} state`);
    const error = container.start();
    return error === undefined ? NOTHING : refused(error);
  }

  stopContainer(id: string, graceMs: number, done: () => void): void {
    const container = this.running ? this.#pods.container(id) : undefined;
    if (container === undefined) this.simulation.after(0, done);
    else container.stop(graceMs, done);
  }

  removeContainer(id: string): void {
    const container = this.running ? this.#pods.container(id) : undefined;
    if (container === undefined || container.running) return;
    this.#pods.removeContainer(container);
    this.#tell({ podUID: container.status.podUID, containerId: id });
  }

  updateContainerResources(id: string, resources: ContainerResources): RuntimeResult<undefined> {
    const found = this.#askFor(id);
    if (!found.ok) return found;
    found.value.updateResources(resources);
    return NOTHING;
  }

  containerStatus(id: string): CriContainer | undefined {
    return this.running ? this.#pods.container(id)?.status : undefined;
  }

  listContainers(): readonly CriContainer[] {
    return this.running ? this.#pods.allContainers() : NO_CONTAINERS;
  }

  containersOf(podUID: string): readonly CriContainer[] {
    return this.running ? this.#pods.containersOf(podUID) : NO_CONTAINERS;
  }

  containerStats(id: string): ContainerStats | undefined {
    return this.running ? this.#pods.container(id)?.stats() : undefined;
  }

  machineStats(): MachineStats {
    this.routines.settle();
    return this.#system.stats(this.simulation.now());
  }

  // Streams.

  exec(id: string, command: readonly string[], options: ExecOptions): RuntimeResult<ByteStream> {
    return this.#streams.exec(id, command, options);
  }

  execSync(
    id: string,
    command: readonly string[],
    timeoutMs: number,
    done: (result: ExecSyncResult) => void,
  ): void {
    this.#streams.execSync(id, command, timeoutMs, done);
  }

  attach(id: string, options: ExecOptions): RuntimeResult<ByteStream> {
    return this.#streams.attach(id, options);
  }

  portForward(
    sandboxId: string,
    port: number,
    message: RequestMessage | undefined,
    weight: number,
  ): Exchange | undefined {
    const sandbox = this.listPodSandboxes().find(({ id, state }) => id === sandboxId && state === 'ready');
    if (sandbox === undefined) return undefined;
    const target = { host: '127.0.0.1', port, ...(message === undefined ? {} : { message }) };
    return this.fabric.request(sandbox.network, target, { weight });
  }

  logs(id: string, options: LogOptions): RuntimeResult<ByteStream> {
    return this.#streams.logs(id, options);
  }

  /** A container that somebody asks for by its id. */
  #askFor(id: string): RuntimeResult<Container> {
    if (!this.running) return refused(UNAVAILABLE);
    const container = this.#pods.container(id);
    return container === undefined
      ? refused(
          `rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`,
        )
      : { ok: true, value: container };
  }

  #newId(): string {
    return hexId(this.#ids);
  }

  #tell(change: RuntimeChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** A pull of a runtime that does not answer. */
const OFF: Pull = Object.freeze({ ms: 0, finish: (): PullResult => ({ ok: false, error: UNAVAILABLE }) });
const NOTHING: RuntimeResult<undefined> = Object.freeze({ ok: true, value: undefined });
