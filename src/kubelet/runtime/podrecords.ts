import type { CriContainer, SandboxStatus } from '../cri.ts';
import type { Container } from './container.ts';
import type { Sandbox } from './sandbox.ts';

/** What the runtime has of one pod: the statuses, brought up to date when they are asked for. */
interface PodRecord {
  sandboxes: readonly SandboxStatus[];
  containers: readonly CriContainer[];
  /** A status was replaced since. */
  stale: boolean;
}

const NO_SANDBOXES: readonly SandboxStatus[] = Object.freeze([]);
const NO_CONTAINERS: readonly CriContainer[] = Object.freeze([]);

/** All sandboxes and containers of a machine, by id and by pod, each in the order of creation. */
export class PodRecords {
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #pods = new Map<string, PodRecord>();
  #sandboxList: readonly SandboxStatus[] | undefined;
  #containerList: readonly CriContainer[] | undefined;

  sandbox(id: string): Sandbox | undefined {
    return this.#sandboxes.get(id);
  }

  container(id: string): Container | undefined {
    return this.#containers.get(id);
  }

  sandboxes(): Iterable<Sandbox> {
    return this.#sandboxes.values();
  }

  containers(): Iterable<Container> {
    return this.#containers.values();
  }

  containersIn(sandbox: Sandbox): readonly Container[] {
    const record = this.#pods.get(sandbox.status.pod.uid);
    return (record?.containers ?? [])
      .map(({ id }) => this.#containers.get(id) as Container)
      .filter((container) => container.sandbox === sandbox);
  }

  addSandbox(sandbox: Sandbox): void {
    const { id, pod } = sandbox.status;
    this.#sandboxes.set(id, sandbox);
    const record = this.#record(pod.uid);
    record.sandboxes = record.sandboxes.concat(sandbox.status);
    this.changed(pod.uid);
  }

  removeSandbox(sandbox: Sandbox): void {
    const { id, pod } = sandbox.status;
    this.#sandboxes.delete(id);
    const record = this.#record(pod.uid);
    record.sandboxes = record.sandboxes.filter((other) => other.id !== id);
    this.#tidy(pod.uid, record);
  }

  addContainer(container: Container): void {
    const { status } = container;
    this.#containers.set(status.id, container);
    const record = this.#record(status.podUID);
    record.containers = record.containers.concat(status);
    this.changed(status.podUID);
  }

  removeContainer(container: Container): void {
    this.#containers.delete(container.id);
    const record = this.#record(container.status.podUID);
    record.containers = record.containers.filter((other) => other.id !== container.id);
    this.#tidy(container.status.podUID, record);
  }

  /** To be called when a status of the pod was replaced. */
  changed(podUID: string): void {
    this.#sandboxList = undefined;
    this.#containerList = undefined;
    const record = this.#pods.get(podUID);
    if (record !== undefined) record.stale = true;
  }

  allSandboxes(): readonly SandboxStatus[] {
    this.#sandboxList ??= [...this.#sandboxes.values()].map(({ status }) => status);
    return this.#sandboxList;
  }

  allContainers(): readonly CriContainer[] {
    this.#containerList ??= [...this.#containers.values()].map(({ status }) => status);
    return this.#containerList;
  }

  sandboxesOf(podUID: string): readonly SandboxStatus[] {
    return this.#fresh(podUID)?.sandboxes ?? NO_SANDBOXES;
  }

  containersOf(podUID: string): readonly CriContainer[] {
    return this.#fresh(podUID)?.containers ?? NO_CONTAINERS;
  }

  #fresh(podUID: string): PodRecord | undefined {
    const record = this.#pods.get(podUID);
    if (record?.stale !== true) return record;
    record.stale = false;
    record.sandboxes = record.sandboxes.map(({ id }) => (this.#sandboxes.get(id) as Sandbox).status);
    record.containers = record.containers.map(({ id }) => (this.#containers.get(id) as Container).status);
    return record;
  }

  #record(podUID: string): PodRecord {
    let record = this.#pods.get(podUID);
    if (record === undefined) {
      record = { sandboxes: NO_SANDBOXES, containers: NO_CONTAINERS, stale: false };
      this.#pods.set(podUID, record);
    }
    return record;
  }

  #tidy(podUID: string, record: PodRecord): void {
    this.changed(podUID);
    if (record.sandboxes.length === 0 && record.containers.length === 0) this.#pods.delete(podUID);
  }
}
