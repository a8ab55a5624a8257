import type { ConfigMap, HostIP, Node, Pod, Secret } from '../api/generated/types.ts';
import type { NetworkNamespace } from '../network/types.ts';
import type { Process } from '../sim/process.ts';
import type { Rejection } from './admission.ts';
import type { Backoff } from './backoff.ts';
import type { KubeletConfig } from './config.ts';
import type { ContainerRuntime } from './cri.ts';
import type { EnvSources } from './env.ts';
import type { PodFacts } from './fieldpath.ts';
import type { ImageManager } from './images.ts';
import type { Journal } from './journal.ts';
import type { ObjectCache } from './objectcache.ts';
import type { PodEvents } from './podevents.ts';
import type { ProbeManager } from './probes/manager.ts';
import type { ProbeEnvironment } from './probes/probe.ts';
import type { StatusManager } from './statusmanager.ts';
import type { VolumeManager } from './volumes.ts';

/** What the workers of all pods of a kubelet share. */
export interface PodServices extends EnvSources {
  readonly process: Process;
  readonly runtime: ContainerRuntime;
  readonly events: PodEvents;
  readonly images: ImageManager;
  readonly probes: ProbeManager;
  readonly probeEnvironment: ProbeEnvironment;
  readonly volumes: VolumeManager;
  readonly statuses: StatusManager;
  readonly crashes: Backoff;
  readonly config: KubeletConfig;
  readonly journal: Journal;
  readonly hostNetwork: NetworkNamespace;
  readonly hostIPs: readonly HostIP[];
  /** The node as the API server has it, or as this kubelet would register it. */
  node(): Node;
  /** Why the node takes no pod like this for now; undefined: it does. */
  shortage(pod: Pod): Rejection | undefined;
  facts(pod: Pod, podIPs: readonly string[]): PodFacts;
  readonly configMaps: ObjectCache<ConfigMap>;
  readonly secrets: ObjectCache<Secret>;
  /** The next time at or after `time` at which the runtime's containers are listed (PLEG). */
  relistAfter(time: number): number;
}
