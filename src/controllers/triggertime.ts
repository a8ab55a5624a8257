import type { Pod, Service } from '../api/generated/types.ts';
import { keyOf, nameOf } from '../api/object.ts';
import { formatTime, parseTime } from '../apimachinery/time.ts';
import { readyCondition } from './ownership.ts';

/** On Endpoints and EndpointSlices: when the change happened that they were last written for. */
export const LAST_CHANGE_TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

interface State {
  readonly service: number;
  /** By pod name: when it last became ready or not. */
  readonly pods: ReadonlyMap<string, number>;
}

/**
 * Remembers what each Service's endpoints were last made of, to tell since when they are out of date
 * (endpointslice/util/trigger_time_tracker.go).
 */
export class TriggerTimes {
  readonly #states = new Map<string, State>();

  /**
   * The earliest of the changes since the last call for the Service, as an annotation has it: of a Service
   * not seen before its creation. Undefined when nothing changed that has a time.
   */
  next(service: Service, pods: readonly Pod[]): string | undefined {
    const known = this.#states.get(keyOf(service));
    const created = timeOf(service.metadata.creationTimestamp);
    const times = new Map<string, number>();
    let earliest = Number.POSITIVE_INFINITY;
    for (const pod of pods) {
      const time = timeOf(readyCondition(pod)?.lastTransitionTime);
      if (time === 0) continue;
      times.set(nameOf(pod), time);
      if (time > (known?.pods.get(nameOf(pod)) ?? 0)) earliest = Math.min(earliest, time);
    }
    this.#states.set(keyOf(service), { service: created, pods: times });
    if (known === undefined) return service.metadata.creationTimestamp;
    if (created > known.service) earliest = Math.min(earliest, created);
    // These times have whole seconds, so that Go's RFC 3339 with nanoseconds shows no fraction.
    return Number.isFinite(earliest) ? formatTime(earliest) : undefined;
  }

  /** The Service is gone. */
  forget(key: string): void {
    this.#states.delete(key);
  }
}

function timeOf(text: string | undefined): number {
  return (text === undefined ? undefined : parseTime(text)) ?? 0;
}

/** Annotations with that time in place of the one they have; without any when it is undefined. */
export function withTriggerTime(
  annotations: Readonly<Record<string, string>> | undefined,
  time: string | undefined,
): Readonly<Record<string, string>> {
  const { [LAST_CHANGE_TRIGGER_TIME]: _, ...rest } = annotations ?? {};
  return time === undefined ? rest : { ...rest, [LAST_CHANGE_TRIGGER_TIME]: time };
}
