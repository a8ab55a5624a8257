import { podMetrics as kind, METRICS_GROUP, type PodMetrics as PodMetricsObject } from '../api/metrics.ts';
import { nameOf } from '../api/object.ts';
import { parseDuration } from '../apimachinery/duration.ts';
import { valueOf as bytesOf, milliOf } from '../apimachinery/quantity.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';

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

/** The pods that a selector matches and that were measured, or why nobody knows (podautoscaler/metrics/client.go). */
export function readPodMetrics(
  client: Client,
  namespace: string,
  selector: string,
): readonly PodMetrics[] | { readonly error: string } {
  const read = client.list(kind, { namespace, labelSelector: selector });
  if (read.ok) return read.value.items.map(figuresOf);
  const { message = '' } = read.status;
  const about = isNotFound(read.status) ? ` (get pods.${METRICS_GROUP})` : '';
  return { error: `unable to fetch metrics from resource metrics API: ${message}${about}` };
}

function figuresOf(object: PodMetricsObject): PodMetrics {
  const window = parseDuration(object.window);
  return {
    name: nameOf(object),
    timestamp: parseTime(object.timestamp) ?? 0,
    window: typeof window === 'number' ? window : 0,
    containers: new Map(
      object.containers.map(({ name, usage }) => [
        name,
        // Rounded up, as a quantity's MilliValue is.
        { cpu: milliOf(usage.cpu), memory: bytesOf(usage.memory) },
      ]),
    ),
  };
}
