import type { Taint } from '../api/generated/types.ts';
import type { Json } from '../apimachinery/json.ts';
import { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';

/** A machine to be. Quantities as in Kubernetes: cpu "4" or "500m", memory "8Gi". */
export interface NodeSpec {
  readonly name: string;
  readonly cpu?: string;
  readonly memory?: string;
  /** How many pods it takes; 110 as upstream's kubelet. */
  readonly pods?: number;
  readonly ephemeralStorage?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** What it can pull, bytes a second. */
  readonly bandwidth?: number;
  /** Images it has from the beginning. */
  readonly images?: readonly string[];
}

/** What a cluster is made of. The same spec and seed make the same cluster, revision by revision. */
export interface ClusterSpec {
  readonly seed: string | number;
  /** ms since the epoch; default 2026-01-05T00:00:00Z. */
  readonly startTime?: number;
  /** The workers. */
  readonly nodes: readonly NodeSpec[];
  /** The nodes of the control plane; they take no ordinary pods. The second is called `<name>2`, and so on. */
  readonly controlPlane?: Partial<NodeSpec>;
  /**
   * How many machines the control plane has, each with an etcd member, an API server, a scheduler and a
   * controller manager (kubeadm's stacked topology); default 1.
   */
  readonly controlPlanes?: ControlPlanes;
  /** Whether the machines stand in a cloud that gives Services of type LoadBalancer an address; default: no. */
  readonly loadBalancers?: boolean;
  /** Images beside those of the registry in assets/: name -> how they behave, in the scenario format's words. */
  readonly images?: Readonly<Record<string, Json>>;
}

/** Where a kubeconfig says that the API server is. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Sizes of a control plane: odd, so that etcd gains by each member. */
export const CONTROL_PLANES = [1, 3, 5] as const;
export type ControlPlanes = (typeof CONTROL_PLANES)[number];

export const KUBERNETES_VERSION = 'v1.35.6';

export const DEFAULT_NODE = Object.freeze({
  cpu: '4',
  memory: '8Gi',
  pods: 110,
  ephemeralStorage: '100Gi',
  /** 400 Mbit/s */
  bandwidth: 50_000_000,
});

/** 192.168.0.0/16 holds the machines; the gateway and the outside world are at .0.1. */
const FIRST_NODE_ADDRESS = 10;
const PODS_PER_RANGE = 256;

/** The address of the n-th machine, the control plane being number 0. */
export function nodeAddress(index: number): string {
  const offset = FIRST_NODE_ADDRESS + index;
  return `192.168.${offset >> 8}.${offset & 255}`;
}

/**
 * The pod addresses of the n-th machine: 10.244.n.0/24 as kubeadm's usual network has it; clusters of
 * more than 3,072 machines go on in 10.128.0.0/9.
 */
export function podRange(index: number): string {
  const high = 244 + Math.floor(index / PODS_PER_RANGE);
  const second = high <= 255 ? high : 128 + (high - 256);
  return `10.${second}.${index % PODS_PER_RANGE}.0/24`;
}

/** Where the load balancer in front of several API servers is: kubeadm's `controlPlaneEndpoint`. */
export const CONTROL_PLANE_ENDPOINT = '192.168.0.5';
export const SERVICE_CIDR = '10.96.0.0/16';
export const DNS_ADDRESS = '10.96.0.10';
export const CLUSTER_DOMAIN = 'cluster.local';
export const API_PORT = 6443;

/** What is wrong with the images of a spec, one sentence each; to be asked before a cluster is made of it. */
export function imageProblems(images: Readonly<Record<string, Json>>): readonly string[] {
  return new ImageRegistry().add(images);
}

const CONTROL_PLANE_NAME = 'control-plane';

/** `control-plane`, `control-plane2`, `control-plane3`. */
export function controlPlaneNames(
  spec: Pick<ClusterSpec, 'controlPlane' | 'controlPlanes'>,
): readonly string[] {
  const first = spec.controlPlane?.name ?? CONTROL_PLANE_NAME;
  return Array.from({ length: spec.controlPlanes ?? 1 }, (_, i) => (i === 0 ? first : `${first}${i + 1}`));
}
