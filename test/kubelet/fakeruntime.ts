import type { ByteStream } from '../../src/api/request.ts';
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
} from '../../src/kubelet/cri.ts';
import type { Listener, NetworkHost } from '../../src/network/types.ts';
import type { Simulation } from '../../src/sim/simulation.ts';

/** How containers of an image behave. Times in ms. */
export interface Behaviour {
  readonly sizeBytes?: number;
  readonly pullMs?: number;
  readonly pullError?: string;
  /** Ends by itself; absent: runs until it is stopped. */
  readonly exit?: { readonly code: number; readonly after: number; readonly reason?: string };
  /** How long it takes after the stop signal; default 0. `never`: waits for SIGKILL. */
  readonly stop?: number | 'never';
  readonly startError?: string;
  /** HTTP ports and what they answer at a moment (ms after the start of the container). */
  readonly http?: Readonly<Record<number, (age: number) => number>>;
  /** Commands by their first word. */
  readonly exec?: Readonly<Record<string, (config: ContainerConfig) => ExecSyncResult>>;
  readonly logs?: string;
  readonly user?: string;
}

interface Running {
  container: CriContainer;
  listeners: Listener[];
  done: (() => void)[];
  epoch: number;
}

const OK: RuntimeResult<undefined> = { ok: true, value: undefined };
const SANDBOX_MS = 200;

/** A container runtime whose images do what the test says. */
export class FakeRuntime implements ContainerRuntime {
  readonly version = 'containerd://2.1.5';
  readonly calls: string[] = [];
  state: RuntimeStatus = { runtimeReady: true, networkReady: true, message: '' };
  sandboxError: string | undefined;
  readonly #sim: Simulation;
  readonly #host: NetworkHost;
  readonly #images: Readonly<Record<string, Behaviour>>;
  readonly #sandboxes = new Map<string, SandboxStatus>();
  readonly #containers = new Map<string, Running>();
  readonly #listeners = new Set<(change: RuntimeChange) => void>();
  #present: readonly ImageRecord[] = [];
  #count = 0;
  #nextIP = 2;

  constructor(sim: Simulation, host: NetworkHost, images: Readonly<Record<string, Behaviour>>) {
    this.#sim = sim;
    this.#host = host;
    this.#images = images;
  }

  status(): RuntimeStatus {
    return this.state;
  }

  runPodSandbox(config: SandboxConfig, done: (result: RuntimeResult<SandboxStatus>) => void): void {
    this.#sim.after(SANDBOX_MS, () => {
      if (this.sandboxError !== undefined) {
        done({ ok: false, error: this.sandboxError });
        return;
      }
      const id = `s${++this.#count}`;
      const ip = `10.244.1.${this.#nextIP++}`;
      const name = `${config.pod.namespace}/${config.pod.name}`;
      const network = config.hostNetwork ? this.#host.namespace : this.#host.addNamespace(name, ip);
      const { pod, attempt, hostNetwork } = config;
      const sandbox: SandboxStatus = {
        id,
        pod,
        attempt,
        state: 'ready',
        createdAt: this.#sim.now(),
        hostNetwork,
        ips: network.ips,
        network,
      };
      this.#sandboxes.set(id, sandbox);
      this.#tell({ podUID: pod.uid });
      done({ ok: true, value: sandbox });
    });
  }

  stopPodSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined || sandbox.state === 'notReady') return;
    for (const { container } of [...this.#containers.values()])
      if (container.sandboxId === id && container.state === 'running') this.#exit(container.id, 137, 'Error');
    if (!sandbox.hostNetwork) sandbox.network.remove();
    this.#sandboxes.set(id, { ...sandbox, state: 'notReady', ips: [] });
    this.#tell({ podUID: sandbox.pod.uid });
  }

  removePodSandbox(id: string): void {
    this.stopPodSandbox(id);
    for (const { container } of [...this.#containers.values()])
      if (container.sandboxId === id) this.#containers.delete(container.id);
    this.#sandboxes.delete(id);
  }

  listPodSandboxes(): readonly SandboxStatus[] {
    return [...this.#sandboxes.values()];
  }

  sandboxesOf(podUID: string): readonly SandboxStatus[] {
    return this.listPodSandboxes().filter(({ pod }) => pod.uid === podUID);
  }

  pullImage(image: string, _options: PullOptions, done: (result: PullResult) => void): void {
    const behaviour = this.#images[image];
    this.calls.push(`pull ${image}`);
    this.#sim.after(behaviour?.pullMs ?? 1000, () => {
      if (behaviour?.pullError !== undefined || behaviour === undefined) {
        done({
          ok: false,
          error: behaviour?.pullError ?? `failed to pull and unpack image "${image}": not found`,
        });
        return;
      }
      const record: ImageRecord = {
        id: `sha256:${image}`,
        repoTags: [`docker.io/library/${image}`],
        repoDigests: [`docker.io/library/${image.split(':')[0]}@sha256:abc`],
        sizeBytes: behaviour.sizeBytes ?? 1000,
        pinned: false,
        ...(behaviour.user === undefined ? {} : { user: behaviour.user }),
      };
      if (this.imageStatus(image) === undefined) this.#present = [...this.#present, record];
      done({ ok: true, image: record });
    });
  }

  imageStatus(image: string): ImageRecord | undefined {
    return this.#present.find(({ id }) => id === `sha256:${image}`);
  }

  listImages(): readonly ImageRecord[] {
    return this.#present;
  }

  removeImage(): RuntimeResult<undefined> {
    return OK;
  }

  createContainer(sandboxId: string, config: ContainerConfig): RuntimeResult<string> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox === undefined) return { ok: false, error: 'sandbox not found' };
    const id = `c${++this.#count}`;
    const container: CriContainer = {
      id,
      sandboxId,
      podUID: sandbox.pod.uid,
      config,
      user: { uid: 0, gid: 0, supplementalGroups: [0] },
      state: 'created',
      createdAt: this.#sim.now(),
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      reason: '',
      message: '',
      terminationMessage: '',
    };
    this.#containers.set(id, { container, listeners: [], done: [], epoch: 0 });
    this.#tell({ podUID: container.podUID, containerId: id });
    return { ok: true, value: id };
  }

  startContainer(id: string): RuntimeResult<undefined> {
    const running = this.#containers.get(id);
    if (running === undefined) return { ok: false, error: 'not found' };
    const { config } = running.container;
    const behaviour = this.#images[config.image] ?? {};
    this.calls.push(`start ${config.name}#${config.attempt}`);
    running.container = { ...running.container, state: 'running', startedAt: this.#sim.now() };
    if (behaviour.startError !== undefined) {
      this.#exit(id, 128, 'StartError', behaviour.startError);
      return { ok: false, error: behaviour.startError };
    }
    const network = this.#sandboxes.get(running.container.sandboxId)?.network;
    for (const [port, answer] of Object.entries(behaviour.http ?? {})) {
      const started = this.#sim.now();
      const result = network?.listen(Number(port), () => ({
        type: 'http',
        status: answer(this.#sim.now() - started),
        headers: {},
        body: '',
        latencyMs: 1,
      }));
      if (result?.ok) running.listeners.push(result.listener);
    }
    this.#tell({ podUID: running.container.podUID, containerId: id });
    const { exit } = behaviour;
    if (exit !== undefined) {
      const reason = exit.reason ?? (exit.code === 0 ? 'Completed' : 'Error');
      this.#sim.after(exit.after, () => this.#exit(id, exit.code, reason));
    }
    return OK;
  }

  stopContainer(id: string, graceMs: number, done: () => void): void {
    const running = this.#containers.get(id);
    if (running?.container.state !== 'running') {
      this.#sim.after(0, done);
      return;
    }
    this.calls.push(`stop ${running.container.config.name} ${graceMs}`);
    running.done.push(done);
    const { stop = 0 } = this.#images[running.container.config.image] ?? {};
    if (stop !== 'never') this.#sim.after(stop, () => this.#exit(id, 143, 'Error'));
    this.#sim.after(graceMs, () => this.#exit(id, 137, 'Error'));
  }

  removeContainer(id: string): void {
    this.#containers.delete(id);
  }

  updateContainerResources(id: string, resources: ContainerResources): RuntimeResult<undefined> {
    const running = this.#containers.get(id);
    if (running === undefined) return { ok: false, error: 'not found' };
    running.container = { ...running.container, config: { ...running.container.config, resources } };
    return OK;
  }

  containerStatus(id: string): CriContainer | undefined {
    return this.#containers.get(id)?.container;
  }

  listContainers(): readonly CriContainer[] {
    return Array.from(this.#containers.values(), ({ container }) => container);
  }

  containersOf(podUID: string): readonly CriContainer[] {
    return this.listContainers().filter((container) => container.podUID === podUID);
  }

  exec(id: string, _command: readonly string[], _options: ExecOptions): RuntimeResult<ByteStream> {
    return { ok: true, value: streamOf(`exec in ${id}`) };
  }

  portForward(): undefined {
    return undefined;
  }

  attach(id: string, _options: ExecOptions): RuntimeResult<ByteStream> {
    return { ok: true, value: streamOf(`attached to ${id}`) };
  }

  execSync(
    id: string,
    command: readonly string[],
    timeoutMs: number,
    done: (result: ExecSyncResult) => void,
  ): void {
    const config = this.containerStatus(id)?.config;
    const run = config === undefined ? undefined : this.#images[config.image]?.exec?.[command[0] ?? ''];
    this.calls.push(`exec ${command.join(' ')}`);
    const result = config === undefined ? undefined : run?.(config);
    this.#sim.after(result?.timedOut === true ? timeoutMs : 10, () => {
      done(result ?? { exitCode: 0, output: '', timedOut: false });
    });
  }

  logs(id: string, _options: LogOptions): RuntimeResult<ByteStream> {
    const config = this.containerStatus(id)?.config;
    if (config === undefined) return { ok: false, error: 'container not found' };
    return {
      ok: true,
      value: streamOf(this.#images[config.image]?.logs ?? `log of ${config.name}#${config.attempt}\n`),
    };
  }

  machineStats(): MachineStats {
    return { startedAt: 0, cpuTime: 0, memory: 0 };
  }

  containerStats(): ContainerStats | undefined {
    return undefined;
  }

  imageFsUsage(): number {
    return 0;
  }

  subscribe(listener: (change: RuntimeChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The machine loses its power and comes back: nothing runs any more. */
  powerOff(): void {
    for (const { id } of this.listPodSandboxes()) this.stopPodSandbox(id);
  }

  /** Ends a running container from outside, as the OOM killer or a crash does. */
  kill(name: string, code: number, reason = 'Error'): void {
    for (const { id, config, state } of this.listContainers())
      if (config.name === name && state === 'running') this.#exit(id, code, reason);
  }

  #exit(id: string, exitCode: number, reason: string, message = ''): void {
    const running = this.#containers.get(id);
    if (running?.container.state !== 'running') return;
    running.container = {
      ...running.container,
      state: 'exited',
      finishedAt: this.#sim.now(),
      exitCode,
      reason,
      message,
    };
    for (const listener of running.listeners) listener.close();
    this.#tell({ podUID: running.container.podUID, containerId: id });
    for (const done of running.done) this.#sim.after(0, done);
    running.done = [];
  }

  #tell(change: RuntimeChange): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function streamOf(text: string): ByteStream {
  return {
    onOutput: (read) => read({ stream: 'stdout', text }),
    onExit: (done) => done(0),
    write: () => {},
    closeInput: () => {},
    close: () => {},
  };
}
