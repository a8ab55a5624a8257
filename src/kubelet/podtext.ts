import type { Container, ObjectReference, Pod } from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { Interner } from '../apimachinery/intern.ts';

/** `web_default(3f0c...)`: how messages name a pod (pkg/kubelet/util/format Pod). */
export function podDescription(pod: Pod): string {
  return `${nameOf(pod)}_${namespaceOf(pod)}(${uidOf(pod)})`;
}

/** `default/web`: how log lines name a pod. */
export function podRef(pod: Pod): string {
  return `${namespaceOf(pod)}/${nameOf(pod)}`;
}

/** The same few names come again in every pod. */
const paths = new Interner(256);

/** The field path of a container in its pod: `spec.containers{web}` (kubecontainer.GenerateContainerRef). */
export function containerFieldPath(pod: Pod, container: Container): string {
  return paths.of(newFieldPath(pod, container));
}

function newFieldPath(pod: Pod, container: Container): string {
  if (pod.spec.containers.includes(container)) return `spec.containers{${container.name}}`;
  if (pod.spec.initContainers?.includes(container) === true) return `spec.initContainers{${container.name}}`;
  const named = (list: readonly { readonly name: string }[] | undefined): boolean =>
    list?.some(({ name }) => name === container.name) === true;
  if (named(pod.spec.containers)) return `spec.containers{${container.name}}`;
  if (named(pod.spec.initContainers)) return `spec.initContainers{${container.name}}`;
  return `spec.ephemeralContainers{${container.name}}`;
}

/** How events refer to a pod, or to a part of it. */
export function podReference(pod: Pod, fieldPath?: string): ObjectReference {
  const namespace = namespaceOf(pod);
  const name = nameOf(pod);
  const uid = uidOf(pod);
  const { resourceVersion } = pod.metadata;
  // Spelled out: several of these are kept for each pod.
  if (resourceVersion !== undefined) {
    return fieldPath === undefined
      ? { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion }
      : { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion, fieldPath };
  }
  return {
    kind: 'Pod',
    namespace,
    name,
    uid,
    apiVersion: 'v1',
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** The running spec's grace period for the pod as a whole, seconds. */
export function specGracePeriod(pod: Pod): number {
  return pod.spec.terminationGracePeriodSeconds ?? 30;
}

export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';
export const CONFIG_SOURCE = 'kubernetes.io/config.source';
export const CONFIG_SEEN = 'kubernetes.io/config.seen';

/** Whether the pod came from a manifest on the machine rather than from the API server. */
export function isStaticPod(pod: Pod): boolean {
  const source = pod.metadata.annotations?.[CONFIG_SOURCE];
  return source !== undefined && source !== 'api';
}

/** Whether the object only shows a static pod to users of the API. */
export function isMirrorPod(pod: Pod): boolean {
  return pod.metadata.annotations?.[CONFIG_MIRROR] !== undefined;
}
