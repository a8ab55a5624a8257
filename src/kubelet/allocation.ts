import type { Container, Pod, PodCondition, ResourceRequirements } from '../api/generated/types.ts';
import { podRequests } from '../api/podrequests.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { milliOf, valueOf as wholeOf } from '../apimachinery/quantity.ts';
import { formatTime } from '../apimachinery/time.ts';

/** Why a resize waits: until there is room, or for good. */
export interface ResizeRefusal {
  readonly reason: 'Deferred' | 'Infeasible';
  readonly message: string;
}

/**
 * A pod with the resources that it has been allocated on this node, which those of `holder` are: what a
 * resize wishes for counts from when there is room for it (pkg/kubelet/allocation UpdatePodFromAllocation).
 * The pod itself where it wishes for nothing else.
 */
export function withAllocation(pod: Pod, holder: Pod): Pod {
  if (pod.spec === holder.spec || pod.spec.containers === holder.spec.containers) return pod;
  const containers = allocated(pod.spec.containers, holder.spec.containers);
  const init = pod.spec.initContainers;
  const initContainers = init === undefined ? undefined : allocated(init, holder.spec.initContainers ?? []);
  if (containers === pod.spec.containers && initContainers === init) return pod;
  return {
    ...pod,
    spec: { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) },
  };
}

function allocated(list: readonly Container[], holders: readonly Container[]): readonly Container[] {
  let changed = false;
  const next = list.map((container) => {
    const held = holders.find(({ name }) => name === container.name);
    if (held === undefined || deepEqual(held.resources, container.resources)) return container;
    changed = true;
    return withResources(container, held.resources);
  });
  return changed ? next : list;
}

function withResources(
  { resources: _, ...container }: Container,
  resources?: ResourceRequirements,
): Container {
  return resources === undefined ? container : { ...container, resources };
}

/** The allocation that a kubelet that starts anew finds in the status that its predecessor wrote. */
export function knownAllocation(pod: Pod): Pod {
  const { status, spec } = pod;
  if (status?.containerStatuses === undefined) return pod;
  const statuses = [...status.containerStatuses, ...(status.initContainerStatuses ?? [])];
  const holders = [...spec.containers, ...(spec.initContainers ?? []).filter(isRestartableInitContainer)].map(
    (container) => {
      const known = statuses.find(({ name }) => name === container.name);
      const requests = known?.allocatedResources;
      if (requests === undefined) return container;
      return withResources(container, { ...container.resources, ...known?.resources, requests });
    },
  );
  return withAllocation(pod, { ...pod, spec: { ...spec, containers: holders, initContainers: holders } });
}

/** Whether the pod is too big for this node however empty it is (kubelet.go canResizePod). */
export function infeasible(
  pod: Pod,
  allocatable: Readonly<Record<string, string>>,
): ResizeRefusal | undefined {
  const { milliCPU, memory } = podRequests(pod.spec);
  const [cpuRoom, memoryRoom] = [milliOf(allocatable.cpu), wholeOf(allocatable.memory)];
  if (milliCPU <= cpuRoom && memory <= memoryRoom) return undefined;
  const what =
    memory > memoryRoom
      ? `memory, requested: ${memory}, capacity: ${memoryRoom}`
      : `cpu, requested: ${milliCPU}, capacity: ${cpuRoom}`;
  return { reason: 'Infeasible', message: `Node didn't have enough capacity: ${what}` };
}

/** The condition that tells of a resize; the one there was where it says the same. */
export function resizeCondition(
  type: 'PodResizePending' | 'PodResizeInProgress',
  pod: Pod,
  said: { readonly reason?: string; readonly message?: string },
  old: PodCondition | undefined,
  now: number,
): PodCondition {
  const { generation } = pod.metadata;
  const same = old?.reason === said.reason && old?.message === said.message;
  if (old !== undefined && same && old.observedGeneration === generation) return old;
  return {
    type,
    status: 'True',
    ...said,
    lastTransitionTime: old?.lastTransitionTime ?? formatTime(now),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

/** The text of the events of a resize: what was said, and what the containers are to have. */
export function resizeMessage(prefix: string, { spec, metadata }: Pod, error = ''): string {
  const summary = (list: readonly Container[] | undefined): object[] =>
    (list ?? []).map(({ name, resources = {} }) => {
      const { limits, requests } = resources;
      return {
        name,
        resources: {
          ...(limits && { limits: sorted(limits) }),
          ...(requests && { requests: sorted(requests) }),
        },
      };
    });
  const init = summary(spec.initContainers?.filter(isRestartableInitContainer));
  const told = {
    ...(init.length === 0 ? {} : { initContainers: init }),
    containers: summary(spec.containers),
    generation: metadata.generation ?? 0,
    ...(error === '' ? {} : { error }),
  };
  return `${prefix}: ${JSON.stringify(told)}`;
}

function sorted(list: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)));
}
