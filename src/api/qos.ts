import { milliOf } from '../apimachinery/quantity.ts';
import type { Container, Pod, PodSpec, ResourceRequirements } from './generated/types.ts';

/** How the kubelet ranks pods when memory runs out. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COUNTED = ['cpu', 'memory'] as const;

/** The class stored in the pod's status, or else computed (qos.GetPodQOS). */
export function qosClassOf(pod: Pod): string {
  const stored = pod.status?.qosClass ?? '';
  return stored === '' ? computeQosClass(pod.spec) : stored;
}

/**
 * The class of a pod of this spec (qos.ComputePodQOS, pkg/apis/core/v1/helper/qos/qos.go): Guaranteed
 * if every container limits cpu and memory and requests as much, BestEffort if none asks for any.
 * Resources of the pod as a whole, where given, decide alone.
 */
export function computeQosClass(spec: PodSpec): QosClass {
  const whole = spec.resources;
  const lists: readonly (ResourceRequirements | undefined)[] =
    whole?.requests !== undefined || whole?.limits !== undefined
      ? [whole]
      : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(
          (container: Container) => container.resources,
        );
  let asksAny = false;
  let guaranteed = true;
  for (const resources of lists) {
    for (const name of COUNTED) {
      const request = milliOf(resources?.requests?.[name]);
      const limit = milliOf(resources?.limits?.[name]);
      if (request > 0 || limit > 0) asksAny = true;
      if (limit === 0 || request !== limit) guaranteed = false;
    }
  }
  if (!asksAny) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
