import type { ByteStream, RequestOptions, Tunnel } from '../api/request.ts';

/** What a kubelet serves on port 10250: the API server forwards pods/log, pods/attach and pods/exec to it. */
export interface KubeletApi {
  /** Output of a container, as `RequestOptions` asks (container, previous, follow, tailLines ...). */
  logs(namespace: string, pod: string, options: RequestOptions): KubeletAnswer;
  /** Joins a container's own program. */
  attach(namespace: string, pod: string, options: RequestOptions): KubeletAnswer;
  /** Runs `options.command` in a container. */
  exec(namespace: string, pod: string, options: RequestOptions): KubeletAnswer;
  /** Opens a way to the ports of a pod. */
  portForward(namespace: string, pod: string): TunnelAnswer;
  /** What the node and its running containers use (`/metrics/resource`, `/stats/summary`). */
  summary(): UsageSummary;
}

/** Use of cpu and memory so far. */
export interface UsageCounters {
  /** Since when core time is counted, ms since the epoch. */
  readonly startedAt: number;
  /** Core time used since then, ms. */
  readonly cpuTime: number;
  /** Working set, bytes. */
  readonly memory: number;
}

/** The use of one running container. */
export interface ContainerUsage extends UsageCounters {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface UsageSummary {
  /** The machine as a whole, what is no container included. */
  readonly node: UsageCounters;
  readonly containers: readonly ContainerUsage[];
}

/** A stream, or a refusal in the kubelet's own words (HTTP code and text). */
export type KubeletAnswer =
  | { readonly ok: true; readonly stream: ByteStream }
  | { readonly ok: false; readonly code: number; readonly message: string };

/** A tunnel, or a refusal in the kubelet's own words. */
export type TunnelAnswer =
  | { readonly ok: true; readonly tunnel: Tunnel }
  | Extract<KubeletAnswer, { readonly ok: false }>;

/**
 * How the API server reaches a node's kubelet: undefined host, or an error text of the dialler such
 * as `dial tcp 192.168.0.11:10250: connect: connection refused`.
 */
export type DialKubelet = (nodeName: string) => { readonly api: KubeletApi } | { readonly error: string };
