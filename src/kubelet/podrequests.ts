import type { PodSpec, ResourceRequirements } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { milliOf } from '../apimachinery/quantity.ts';

/** Amounts in thousandths, by resource name. */
export type MilliList = Readonly<Record<string, number>>;

type Which = 'requests' | 'limits';

const cache: Readonly<Record<Which, WeakMap<PodSpec, MilliList>>> = {
  requests: new WeakMap(),
  limits: new WeakMap(),
};

/**
 * What a pod asks of its node (component-helpers resource.PodRequests): the larger of what its
 * containers and sidecars need together and what each init container needs beside the sidecars
 * before it; resources of the pod as a whole replace that. Remembered per spec.
 */
export function podRequests(spec: PodSpec): MilliList {
  return remembered(spec, 'requests');
}

/** The same of limits; a resource without a limit somewhere is still summed over the others. */
export function podLimits(spec: PodSpec): MilliList {
  return remembered(spec, 'limits');
}

function remembered(spec: PodSpec, which: Which): MilliList {
  const known = cache[which].get(spec);
  if (known !== undefined) return known;
  const total = compute(spec, which);
  cache[which].set(spec, total);
  return total;
}

function compute(spec: PodSpec, which: Which): MilliList {
  const total: Record<string, number> = {};
  for (const container of spec.containers) add(total, container.resources, which);
  const sidecars: Record<string, number> = {};
  const peak: Record<string, number> = {};
  for (const container of spec.initContainers ?? []) {
    const sidecar = isRestartableInitContainer(container);
    if (sidecar) {
      add(total, container.resources, which);
      add(sidecars, container.resources, which);
    }
    const now = { ...sidecars };
    if (!sidecar) add(now, container.resources, which);
    raise(peak, now);
  }
  raise(total, peak);
  const whole = spec.resources?.[which];
  for (const name of Object.keys(whole ?? {})) total[name] = milliOf(whole?.[name]);
  for (const name of Object.keys(spec.overhead ?? {})) {
    if (which === 'requests' || total[name] !== undefined)
      total[name] = (total[name] ?? 0) + milliOf(spec.overhead?.[name]);
  }
  return total;
}

function add(total: Record<string, number>, resources: ResourceRequirements | undefined, which: Which): void {
  const list = resources?.[which];
  if (list === undefined) return;
  for (const name of Object.keys(list)) total[name] = (total[name] ?? 0) + milliOf(list[name]);
}

function raise(total: Record<string, number>, floor: MilliList): void {
  for (const name of Object.keys(floor)) total[name] = Math.max(total[name] ?? 0, floor[name] ?? 0);
}
