import type { KubeObject } from '../api/object.ts';
import type { AggregatedApi } from '../apiserver/aggregation.ts';
import type { ApiServer } from '../apiserver/apiserver.ts';
import type { Transport } from '../client/transport.ts';
import type { Etcd } from '../etcd/etcd.ts';
import type { EtcdCluster } from '../etcd/etcdcluster.ts';
import type { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';
import type { NetworkFabric } from '../network/types.ts';
import type { DnsTrouble } from '../proxy/coredns.ts';
import type { Process } from '../sim/process.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { ApiTrouble } from './apitrouble.ts';
import type { SimulatedCloud } from './cloud.ts';
import type { Machine } from './machine.ts';
import type { NodeSpec, ServerAddress } from './spec.ts';

/** A program in a pod that serves an API group, and where it listens. */
export interface AggregatedServer {
  readonly api: AggregatedApi;
  readonly process: Process;
  readonly ip: string;
  readonly port: number;
}

/** What faults, programs and gauges see of the cluster they are part of. */
export interface ClusterParts {
  readonly sim: Simulation;
  readonly fabric: NetworkFabric;
  /** What the members of etcd agree on. */
  readonly etcd: Etcd<KubeObject>;
  readonly etcdCluster: EtcdCluster<KubeObject>;
  /** The images that can be pulled, and whether anybody can. */
  readonly registry: ImageRegistry;
  /** What the API server answers badly at present. */
  readonly apiTrouble: ApiTrouble;
  /** The names that cluster DNS answers wrongly at present, and how; under the empty name: all. */
  readonly dnsTrouble: Map<string, DnsTrouble>;
  /** The data centre around the machines. */
  readonly cloud: SimulatedCloud;
  /** By name, the control plane first. */
  readonly machines: ReadonlyMap<string, Machine>;
  /** The first machine of the control plane. */
  readonly controlPlane: Machine;
  /** /etc/kubernetes/pki/sa.key: what the tokens of service accounts are signed with. */
  readonly serviceAccountKey: string;
  /** All of them. */
  readonly controlPlanes: readonly Machine[];
  /** The API server that answers, one that runs, or undefined while none does. */
  readonly apiServer: ApiServer | undefined;
  /** The API servers that run, by machine. */
  readonly apiServers: ReadonlyMap<string, ApiServer>;
  /** The API server's program on a machine announces itself, and undefined when it ends. */
  setApiServer(machine: string, server: ApiServer | undefined): void;
  /** The servers of an API group of their own, metrics-server's; undefined while there is none. */
  aggregatedServers(group: string): ReadonlySet<AggregatedServer> | undefined;
  addAggregatedServer(group: string, server: AggregatedServer): void;
  /** The way to the API servers from a host, through the load balancer if there is one; default: the laptop. */
  transport(from?: string): Transport;
  /** The way from a host to whatever is at an address: an API server, the load balancer, or nobody. */
  transportTo(from: string, server: ServerAddress): Transport;
  /** Another machine, switched on, that joins the cluster. */
  addNode(spec: NodeSpec): Machine;
}
