import type { ByteStream } from '../../../src/api/request.ts';
import type { ContainerConfig, CriContainer, SandboxStatus } from '../../../src/kubelet/cri.ts';
import { Containerd, type ContainerdOptions } from '../../../src/kubelet/runtime/containerd.ts';
import { ImageRegistry } from '../../../src/kubelet/runtime/imageregistry.ts';
import { Fabric } from '../../../src/network/fabric.ts';
import type { Host } from '../../../src/network/host.ts';
import type { NetworkNamespace } from '../../../src/network/types.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

export const NO_RESOURCES = {
  cpuRequest: 0,
  cpuLimit: 0,
  memoryLimit: 0,
  memoryRequest: 0,
  oomScoreAdj: 1000,
};

/** One machine with a runtime, and the laptop outside. */
export class TestMachine {
  readonly sim = new Simulation({ seed: 1 });
  readonly fabric = new Fabric(this.sim);
  readonly host: Host;
  readonly registry = new ImageRegistry();
  readonly runtime: Containerd;
  #pods = 0;

  constructor(options: Partial<ContainerdOptions> & { readonly podCIDR?: string } = {}) {
    this.host = this.fabric.addHost({
      name: 'n1',
      ip: '192.168.0.11',
      podCIDR: options.podCIDR ?? '10.244.1.0/24',
    });
    const base = { sim: this.sim, fabric: this.fabric, host: this.host, registry: this.registry };
    this.runtime = new Containerd({ ...base, memory: '8Gi', cpu: '4', ...options });
  }

  /** Virtual time passes. */
  run(ms: number): void {
    this.sim.runUntil(this.sim.now() + ms);
  }

  sandbox(
    options: {
      hostNetwork?: boolean;
      name?: string;
      portMappings?:
        | never[]
        | readonly { hostPort: number; containerPort: number; transport: 'TCP'; hostIP: string }[];
    } = {},
  ): SandboxStatus {
    const name = options.name ?? `pod-${++this.#pods}`;
    let made: SandboxStatus | undefined;
    this.runtime.runPodSandbox(
      {
        pod: { name, namespace: 'default', uid: `uid-${name}` },
        attempt: 0,
        labels: {},
        annotations: {},
        hostname: name,
        hostNetwork: options.hostNetwork ?? false,
        hosts: new Map(),
        portMappings: options.portMappings ?? [],
      },
      (result) => {
        if (!result.ok) throw new Error(result.error);
        made = result.value;
      },
    );
    this.run(1000);
    return made as SandboxStatus;
  }

  /** Pulls if need be, makes and starts a container; its program begins when time passes. */
  container(sandbox: SandboxStatus, image: string, config: Partial<ContainerConfig> = {}): CriContainer {
    const { runtime } = this;
    if (runtime.imageStatus(image) === undefined) {
      runtime.pullImage(image, { auth: [] }, (result) => {
        if (!result.ok) throw new Error(result.error);
      });
      this.run(60_000);
    }
    const record = runtime.imageStatus(image);
    const created = runtime.createContainer(sandbox.id, {
      name: 'app',
      attempt: 0,
      image,
      imageId: record?.id ?? '',
      imageName: record?.repoTags[0] ?? '',
      imageRef: record?.repoDigests[0] ?? '',
      env: [],
      mounts: [],
      resources: NO_RESOURCES,
      stdin: false,
      stdinOnce: false,
      tty: false,
      readOnlyRootFilesystem: false,
      privileged: false,
      terminationMessagePath: '/dev/termination-log',
      ports: [],
      labels: {},
      annotations: {},
      ...config,
    });
    if (!created.ok) throw new Error(created.error);
    runtime.startContainer(created.value);
    return this.status(created.value);
  }

  /** A pod with one container, running for a second. */
  pod(
    image: string,
    config: Partial<ContainerConfig> = {},
  ): { id: string; sandbox: SandboxStatus; network: NetworkNamespace } {
    const sandbox = this.sandbox();
    const { id } = this.container(sandbox, image, config);
    this.run(1000);
    return { id, sandbox, network: sandbox.network };
  }

  status(id: string): CriContainer {
    const status = this.runtime.containerStatus(id);
    if (status === undefined) throw new Error(`no container ${id}`);
    return status;
  }

  /** All that a container has printed. */
  logs(id: string): string {
    const result = this.runtime.logs(id, { follow: false, timestamps: false });
    if (!result.ok) throw new Error(result.error);
    return read(result.value).text;
  }

  /** Runs a command in a container to its end. */
  exec(
    id: string,
    ...command: string[]
  ): { readonly output: string; readonly exitCode: number; readonly error?: string } {
    let answer: { readonly output: string; readonly exitCode: number; readonly error?: string } | undefined;
    this.runtime.execSync(id, command, 600_000, (result) => {
      answer = result;
    });
    this.run(601_000);
    if (answer === undefined) throw new Error('exec did not end');
    return answer;
  }

  /** A shell command in a container, to its end. */
  sh(id: string, script: string): string {
    return this.exec(id, 'sh', '-c', script).output;
  }

  /** GET from the machine itself. */
  get(
    ip: string,
    port: number,
    path = '/',
  ): { status: number; body: string; outcome: string; headers: Readonly<Record<string, string>> } {
    const message = { protocol: 'http' as const, method: 'GET', path, headers: {}, body: '', host: ip };
    const { outcome, reply } = this.fabric.request(this.host.namespace, { host: ip, port, message });
    return reply?.type === 'http' ? { ...reply, outcome } : { status: 0, body: '', outcome, headers: {} };
  }
}

/** Collects what a stream has so far. */
export function read(stream: ByteStream): { text: string; exitCode: number | undefined } {
  const seen: { text: string; exitCode: number | undefined } = { text: '', exitCode: undefined };
  stream.onOutput((chunk) => {
    seen.text += chunk.text;
  });
  stream.onExit((code) => {
    seen.exitCode = code;
  });
  return seen;
}
