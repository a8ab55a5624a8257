import type { ContainerRuntime, CriContainer, SandboxStatus } from './cri.ts';

/** The incarnations of one container of a pod that the runtime still has. */
export interface Incarnations {
  readonly latest: CriContainer;
  /** The one before, kept for `logs --previous` and lastState. */
  readonly previous: CriContainer | undefined;
}

/** What the runtime has of one pod at this moment (kubecontainer.PodStatus). */
export class RuntimeView {
  /** The newest sandbox, ready or not. */
  readonly sandbox: SandboxStatus | undefined;
  readonly sandboxes: readonly SandboxStatus[];
  readonly containers: readonly CriContainer[];

  constructor(runtime: ContainerRuntime, podUID: string) {
    this.sandboxes = runtime.sandboxesOf(podUID);
    this.sandbox = this.sandboxes[this.sandboxes.length - 1];
    this.containers = runtime.containersOf(podUID);
  }

  /** The container's incarnations; undefined when it was never made here. */
  get(name: string): Incarnations | undefined {
    const latest = this.latest(name);
    if (latest === undefined) return undefined;
    return { latest, previous: this.#last(name, this.containers.lastIndexOf(latest)) };
  }

  latest(name: string): CriContainer | undefined {
    return this.#last(name, this.containers.length);
  }

  /** The newest of that name among the first `end` containers. A pod has few: looking through them is quick. */
  #last(name: string, end: number): CriContainer | undefined {
    for (let i = end - 1; i >= 0; i--) {
      const container = this.containers[i] as CriContainer;
      if (container.config.name === name) return container;
    }
    return undefined;
  }

  /** The latest incarnation if it belongs to the present sandbox. */
  inSandbox(name: string): CriContainer | undefined {
    const latest = this.latest(name);
    return latest !== undefined && latest.sandboxId === this.sandbox?.id ? latest : undefined;
  }

  /** The addresses of the present sandbox; none when there is no ready one. */
  get ips(): readonly string[] {
    return this.sandbox?.state === 'ready' ? this.sandbox.ips : NO_IPS;
  }

  get anyRunning(): boolean {
    return this.containers.some(({ state }) => state === 'running');
  }
}

const NO_IPS: readonly string[] = Object.freeze([]);
