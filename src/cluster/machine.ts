import { isAdministratorsLabel } from '../api/nodelabels.ts';
import { valueOf as bytesOf } from '../apimachinery/quantity.ts';
import { newUID } from '../apimachinery/uid.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import type { MachineUsage, StorageBackend } from '../kubelet/config.ts';
import type { ContainerRuntime } from '../kubelet/cri.ts';
import { NodeDisk } from '../kubelet/files.ts';
import { Journal } from '../kubelet/journal.ts';
import { Kubelet } from '../kubelet/kubelet.ts';
import { Containerd } from '../kubelet/runtime/containerd.ts';
import type { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';
import type { MemoryUser } from '../kubelet/runtime/memory.ts';
import type { ProgramTable } from '../kubelet/runtime/program.ts';
import type { NetworkFabric, NetworkHost } from '../network/types.ts';
import type { WallClock } from '../sim/clock.ts';
import type { Process } from '../sim/process.ts';
import type { Simulation } from '../sim/simulation.ts';
import { layOutKubeadmFiles } from './kubeadmfiles.ts';
import { readKubeletFiles } from './kubeletfiles.ts';
import type { ServerAddress } from './spec.ts';
import { CLUSTER_DOMAIN, DEFAULT_NODE, DNS_ADDRESS, type NodeSpec } from './spec.ts';
import { MANIFEST_DIRECTORY, StaticPodDirectory } from './staticpoddirectory.ts';
import { Unit } from './unit.ts';

export interface MachineOptions {
  readonly sim: Simulation;
  readonly fabric: NetworkFabric;
  readonly registry: ImageRegistry;
  /** What the images of Kubernetes' own components run. */
  readonly programs: ProgramTable;
  readonly spec: NodeSpec;
  readonly ip: string;
  /** The control plane's address. */
  readonly server: string;
  readonly podCIDR: string;
  readonly controlPlane: boolean;
  /** The way from this machine to whatever a kubeconfig names as the server. */
  readonly transportTo: (server: ServerAddress) => Transport;
  /** What stands behind volumes that are not on its own disk. */
  readonly storage: StorageBackend;
}

const KUBELET_USER = (name: string) => ({
  name: `system:node:${name}`,
  groups: Object.freeze(['system:nodes', 'system:authenticated']),
});

/** What uses a machine without being a container; the kernel leaves it alone. */
class HostLoad implements MemoryUser {
  memory = 0;
  memoryGrowth = 0;
  memoryAt = 0;
  readonly oomScoreAdj = -1000;
  disk = 0;
  pids = 0;

  /** Never asked: its score is the lowest there is. */
  outOfMemory(): void {}
}

/** RestartSec of the two units, ms. */
const KUBELET_RESTART_MS = 10_000;
const CONTAINERD_RESTART_MS = 5_000;

const CONTROL_PLANE_ROLE = 'node-role.kubernetes.io/control-plane';
const CONTROL_PLANE_LABELS = Object.freeze({
  [CONTROL_PLANE_ROLE]: '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
});

/**
 * One machine: a host on the network, a disk, a container runtime and a kubelet under systemd. What is
 * on the disk and which images it has survive a power-off; everything that runs does not.
 */
export class Machine {
  readonly name: string;
  readonly spec: NodeSpec;
  readonly controlPlane: boolean;
  readonly host: NetworkHost;
  readonly disk: NodeDisk;
  readonly journal: Journal;
  readonly runtime: ContainerRuntime;
  readonly containerd: Containerd;
  readonly kubelet: Unit;
  /** systemd's services by name: kubelet and containerd. */
  readonly units: ReadonlyMap<string, Unit>;
  readonly staticPods: StaticPodDirectory;
  /** Its clock. */
  readonly wall: WallClock = { skew: 0 };
  readonly #options: MachineOptions;
  #kubelet: Kubelet | undefined;
  #boots = 0;
  #powered = false;
  /** What runs on it besides containers. */
  readonly #load = new HostLoad();

  constructor(options: MachineOptions) {
    const { sim, fabric, spec } = options;
    this.#options = options;
    this.name = spec.name;
    this.spec = spec;
    this.controlPlane = options.controlPlane;
    this.host = fabric.addHost({ name: spec.name, ip: options.ip, podCIDR: options.podCIDR });
    this.disk = new NodeDisk();
    this.journal = new Journal(sim);
    this.staticPods = new StaticPodDirectory(this.disk.root);
    this.containerd = new Containerd({
      sim,
      wall: this.wall,
      host: this.host,
      fabric,
      registry: options.registry,
      programs: options.programs,
      bandwidth: spec.bandwidth ?? DEFAULT_NODE.bandwidth,
      cpu: spec.cpu ?? DEFAULT_NODE.cpu,
      memory: spec.memory ?? DEFAULT_NODE.memory,
      images: spec.images ?? [],
      room: () => Math.max(0, this.#diskCapacity - this.#usage().disk),
    });
    this.runtime = this.containerd;
    this.kubelet = this.#newUnit('kubelet', KUBELET_RESTART_MS, (process) => {
      const config = readKubeletFiles(this.disk.root);
      if ('error' in config) {
        this.journal.error('run.go:72', `"command failed" err=${JSON.stringify(config.error)}`);
        // It ends at once, and systemd starts it again after a while.
        process.after(0, () => this.kubelet.kill());
        return;
      }
      this.staticPods.directory = config.manifests;
      this.#kubelet = this.#newKubelet(process, options.transportTo(config));
      this.#kubelet.start();
    });
    const containerd = this.#newUnit('containerd', CONTAINERD_RESTART_MS, (process) => {
      this.containerd.setRunning(true);
      process.onExit(() => this.containerd.setRunning(false));
    });
    this.units = new Map([containerd, this.kubelet].map((unit) => [unit.name, unit]));
    layOutKubeadmFiles(this.disk.root, {
      name: spec.name,
      controlPlane: options.controlPlane,
      address: options.ip,
      server: options.server,
      maxPods: spec.pods ?? DEFAULT_NODE.pods,
    });
  }

  get powered(): boolean {
    return this.#powered;
  }

  /** How often it was switched on. */
  get boots(): number {
    return this.#boots;
  }

  /** The kubelet that runs; undefined while its unit does not. */
  get runningKubelet(): Kubelet | undefined {
    return this.kubelet.process === undefined ? undefined : this.#kubelet;
  }

  /** Switches it on: network, runtime, then the kubelet. */
  powerOn(): void {
    if (this.#powered) return;
    this.#powered = true;
    this.#boots++;
    this.containerd.powerOn();
    for (const unit of this.units.values()) unit.start();
  }

  /** Pulls the plug: nothing on it gets to say goodbye. */
  powerOff(): void {
    if (!this.#powered) return;
    this.#powered = false;
    for (const unit of this.units.values()) unit.stop();
    this.containerd.memory.delete(this.#load);
    this.#load.memory = 0;
    this.#load.pids = 0;
    this.containerd.powerOff();
  }

  /** Writes one of kubeadm's static pods; the kubelet notices. */
  writeManifest(file: string, text: string): void {
    this.disk.root.set(`${MANIFEST_DIRECTORY}/${file}`, text);
    this.staticPods.notify();
  }

  /** Removes a static pod's file. Returns its text, undefined when there was none. */
  removeManifest(file: string): string | undefined {
    const path = `${MANIFEST_DIRECTORY}/${file}`;
    const text = this.disk.root.get(path)?.content;
    if (text === undefined) return undefined;
    this.disk.root.delete(path);
    this.staticPods.notify();
    return text;
  }

  /** Ends a component's program, as `kill -9` on the machine does; whoever supervises it starts it again. */
  killProgram(component: string): void {
    for (const { id } of this.containerd.findProgram(component)) this.containerd.killContainer(id);
  }

  pauseProgram(component: string): void {
    for (const { id } of this.containerd.findProgram(component)) this.containerd.pauseContainer(id);
  }

  resumeProgram(component: string): void {
    for (const { id } of this.containerd.findProgram(component)) this.containerd.resumeContainer(id);
  }

  /** The labels of its node that its kubelet may not set. */
  get administratorsLabels(): Readonly<Record<string, string>> {
    return this.#labels(isAdministratorsLabel);
  }

  #labels(wanted: (key: string) => boolean): Readonly<Record<string, string>> {
    const labels = { ...(this.controlPlane ? CONTROL_PLANE_LABELS : {}), ...this.spec.labels };
    return Object.fromEntries(Object.entries(labels).filter(([key]) => wanted(key)));
  }

  /**
   * Has something besides the containers use so much of the machine: bytes of memory and disk, and
   * processes. The memory is gone with a power-off.
   */
  setLoad({ memory, disk, pids }: MachineUsage): void {
    this.#load.disk = disk;
    this.#load.pids = pids;
    this.containerd.memory.add(this.#load);
    this.containerd.memory.change(this.#load, memory, 0);
  }

  /** Whether something besides the containers uses it. */
  get loaded(): boolean {
    const { memory, disk, pids } = this.#load;
    return memory + disk + pids > 0;
  }

  /** Bytes of memory that nothing uses. */
  get freeMemory(): number {
    const { capacity, used } = this.containerd.memory;
    return Math.max(0, capacity - used);
  }

  get #diskCapacity(): number {
    return bytesOf(this.#options.spec.ephemeralStorage ?? DEFAULT_NODE.ephemeralStorage);
  }

  #usage(): MachineUsage {
    const usage = this.containerd.usage();
    const load = this.#load;
    return {
      memory: usage.memory,
      disk: this.disk.full ? this.#diskCapacity : usage.disk + this.disk.bytes + load.disk,
      get pids() {
        return usage.pids + load.pids;
      },
    };
  }

  #newUnit(name: string, restartMs: number, run: (process: Process) => void): Unit {
    const { sim } = this.#options;
    return new Unit({
      sim,
      wall: this.wall,
      machine: this.name,
      name,
      restartMs,
      powered: () => this.#powered,
      run,
    });
  }

  #newKubelet(process: Process, transport: Transport): Kubelet {
    const { sim, fabric, spec, ip, podCIDR, storage } = this.#options;
    const user = KUBELET_USER(this.name);
    const client = new Client(transport, { user, component: 'kubelet' });
    const ids = (stream: string): string => {
      const random = sim.stream(stream);
      return newUID(() => random.uint32() >>> 28);
    };
    const taints = this.controlPlane ? [{ key: CONTROL_PLANE_ROLE, effect: 'NoSchedule' }] : [];
    return new Kubelet({
      process,
      client,
      runtime: this.runtime,
      nodeName: this.name,
      nodeInfo: {
        capacity: {
          cpu: spec.cpu ?? DEFAULT_NODE.cpu,
          memory: spec.memory ?? DEFAULT_NODE.memory,
          pods: String(spec.pods ?? DEFAULT_NODE.pods),
          'ephemeral-storage': spec.ephemeralStorage ?? DEFAULT_NODE.ephemeralStorage,
        },
        labels: this.#labels((key) => !isAdministratorsLabel(key)),
        taints: [...taints, ...(spec.taints ?? [])],
        addresses: [
          { type: 'InternalIP', address: ip },
          { type: 'Hostname', address: this.name },
        ],
        podCIDR,
        // The machine stays what it is; the boot changes when it is switched on, not when the kubelet starts.
        bootID: ids(`machine/${this.name}/boot/${this.#boots}`),
        machineID: ids(`machine/${this.name}/id`).replaceAll('-', ''),
        systemUUID: ids(`machine/${this.name}/system`),
      },
      fabric,
      hostNetwork: this.host.namespace,
      disk: this.disk,
      usage: () => this.#usage(),
      journal: this.journal,
      staticPods: this.staticPods,
      storage,
      config: {
        maxPods: spec.pods ?? DEFAULT_NODE.pods,
        clusterDNS: [DNS_ADDRESS],
        clusterDomain: CLUSTER_DOMAIN,
      },
    });
  }
}
