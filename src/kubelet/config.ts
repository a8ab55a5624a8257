import type { NodeAddress, PersistentVolume, Pod, Taint } from '../api/generated/types.ts';
import type { Client } from '../client/client.ts';
import type { NetworkFabric, NetworkNamespace } from '../network/types.ts';
import type { Process } from '../sim/process.ts';
import type { ContainerRuntime } from './cri.ts';
import type { NodeDisk, VolumeFiles } from './files.ts';
import type { Journal } from './journal.ts';

/** What the machine is: what the kubelet reports of it and cannot decide. */
export interface NodeInfo {
  /** Quantities: `cpu`, `memory`, `pods` (default `config.maxPods`), `ephemeral-storage`, extended resources. */
  readonly capacity: Readonly<Record<string, string>>;
  /** `--node-labels`; the kubelet adds hostname, os and arch. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `--register-with-taints`. */
  readonly taints?: readonly Taint[];
  readonly addresses: readonly NodeAddress[];
  /** The provider's id of the machine: spec.providerID. */
  readonly providerID?: string;
  /** The range its pods' addresses are from: spec.podCIDR. */
  readonly podCIDR?: string;
  /** Changes at each boot of the machine. */
  readonly bootID: string;
  readonly machineID: string;
  readonly systemUUID: string;
  readonly architecture?: string;
  readonly kernelVersion?: string;
  readonly osImage?: string;
}

/** When pods are evicted because the node runs short; signals are e.g. `memory.available`. */
export interface EvictionConfig {
  /** Signal to the least that must be left, e.g. `100Mi` or `10%`; below it pods go at once. */
  readonly evictionHard: Readonly<Record<string, string>>;
  /** Likewise, once it lasted as long as `evictionSoftGracePeriod` says, ms. */
  readonly evictionSoft: Readonly<Record<string, string>>;
  readonly evictionSoftGracePeriod: Readonly<Record<string, number>>;
  /** How much more than the least must be left before evictions stop. */
  readonly evictionMinimumReclaim: Readonly<Record<string, string>>;
  /** Seconds that a pod evicted for a soft threshold gets at most. */
  readonly evictionMaxPodGracePeriod: number;
  /** How long the node's condition stays after the shortage is over, ms. */
  readonly evictionPressureTransitionPeriod: number;
}

/** What a machine uses as a whole: bytes, and processes, which are counted when they are read. */
export interface MachineUsage {
  readonly memory: number;
  readonly disk: number;
  readonly pids: number;
}

/** KubeletConfiguration, as far as it is acted on. */
export interface KubeletConfig extends EvictionConfig {
  readonly maxPods: number;
  /** Millicores and bytes withheld from allocatable (kubeReserved + systemReserved). */
  readonly reservedCpu: number;
  readonly reservedMemory: number;
  /** Addresses of the cluster DNS service; without any, pods get the host's resolver. */
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
  readonly serializeImagePulls: boolean;
}

export const DEFAULT_KUBELET_CONFIG: KubeletConfig = Object.freeze({
  maxPods: 110,
  reservedCpu: 0,
  reservedMemory: 0,
  // pkg/kubelet/apis/config/v1beta1/defaults_linux.go
  evictionHard: Object.freeze({
    'memory.available': '100Mi',
    'nodefs.available': '10%',
    'nodefs.inodesFree': '5%',
    'imagefs.available': '15%',
    'imagefs.inodesFree': '5%',
  }),
  evictionSoft: Object.freeze({}),
  evictionSoftGracePeriod: Object.freeze({}),
  evictionMinimumReclaim: Object.freeze({}),
  evictionMaxPodGracePeriod: 0,
  evictionPressureTransitionPeriod: 300_000,
  clusterDNS: Object.freeze(['10.96.0.10']),
  clusterDomain: 'cluster.local',
  serializeImagePulls: true,
});

/** A manifest in the static pod directory: decoded, or the error it gave. */
export type StaticManifest =
  | { readonly path: string; readonly pod: Pod }
  | { readonly path: string; readonly error: string };

/** Where static pods come from: /etc/kubernetes/manifests, decoded by whoever can. */
export interface StaticPodSource {
  read(): readonly StaticManifest[];
  /** Calls `changed` after each change of the directory. Returns how to unsubscribe. */
  subscribe(changed: () => void): () => void;
}

/** What stands behind persistent volumes that are not on the machine's own disk. */
export interface StorageBackend {
  /** The volume's files, shared by all who mount it; or why it cannot be mounted here. */
  mount(volume: PersistentVolume, nodeName: string): VolumeFiles | { readonly error: string };
}

/** What a kubelet is made of. Everything but `process` and `client` outlives it. */
export interface KubeletOptions {
  readonly process: Process;
  /** Its user is `system:node:<name>`. */
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly nodeName: string;
  readonly nodeInfo: NodeInfo;
  readonly fabric: NetworkFabric;
  /** The machine's own network namespace: probes are dialled from it. */
  readonly hostNetwork: NetworkNamespace;
  readonly disk: NodeDisk;
  readonly journal: Journal;
  readonly staticPods?: StaticPodSource;
  readonly storage?: StorageBackend;
  /** What the machine uses now; without it the node is never short of anything. */
  usage?(): MachineUsage;
  readonly config?: Partial<KubeletConfig>;
}
