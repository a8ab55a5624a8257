/** What the resource metrics API (metrics.k8s.io) says of pods, as far as the autoscaler reads it. */

/** What a pod's containers use. */
export interface PodMetrics {
  readonly name: string;
  /** When it was measured, ms since the epoch, and over how long a time, ms. */
  readonly timestamp: number;
  readonly window: number;
  /** By container: millicores and bytes. */
  readonly containers: ReadonlyMap<string, { readonly cpu: number; readonly memory: number }>;
}

/** Somebody who serves that API, such as metrics-server. */
export interface PodMetricsSource {
  /** The pods of a namespace that were measured. */
  podMetrics(namespace: string): readonly PodMetrics[];
}
