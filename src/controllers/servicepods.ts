import type { Endpoint, ObjectReference, Pod, Service, ServicePort } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { isTerminating, keyOf, nameOf, namespaceOf, revisionOf, splitKey, uidOf } from '../api/object.ts';
import { type Selector, selectorFromSet } from '../apimachinery/labels.ts';
import type { Informer, InformerFactory } from '../client/informer.ts';
import { isPodReady, NAMESPACE_INDEX, namespaceIndex } from './ownership.ts';

/** Selectors are compiled once for each version of a Service's selector map. */
const selectors = new WeakMap<object, Selector>();

/** The Service's selector; undefined when it has none: then nobody but the user makes its endpoints. */
export function selectorOf(service: Service): Selector | undefined {
  const map = service.spec.selector;
  if (map === undefined || Object.keys(map).length === 0) return undefined;
  let selector = selectors.get(map);
  if (selector === undefined) {
    selector = selectorFromSet(map);
    selectors.set(map, selector);
  }
  return selector;
}

/** What the Service and Pod caches tell an endpoints controller. */
export interface ServicePods {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;
  /** Whether both caches know what there was when the controller began. */
  readonly synced: boolean;
  /** The pods that a Service selects, in the order of their names. */
  select(service: Service): Pod[];
  /** Virtual time of a sync that selects, by the Service's key, ms. */
  cost(serviceKey: string): number;
}

/** A sync looks at every pod of the namespace, each 10 µs long: with many it takes in many changes at once. */
const SYNC_COST_MS = 2;
const PODS_PER_MS = 100;
/** Whether a controller makes the endpoints of a Service: not of those without selector, nor of mere names. */
export function wantsEndpoints(service: Service): boolean {
  return !isTerminating(service) && service.spec.type !== 'ExternalName' && selectorOf(service) !== undefined;
}

/**
 * Watches Services and Pods and calls `enqueue` with the key of each Service that a change may
 * concern (endpointslice/endpoints controllers, endpointsliceutil GetServicesToUpdateOnPodChange).
 */
export function watchServicePods(
  informers: InformerFactory,
  enqueue: (serviceKey: string, trigger: number) => void,
): ServicePods {
  const services = informers.informer(serviceKind);
  const pods = informers.informer(podKind);
  services.addIndex(NAMESPACE_INDEX, namespaceIndex);
  pods.addIndex(NAMESPACE_INDEX, namespaceIndex);
  services.addHandler({
    add: (service) => enqueue(keyOf(service), revisionOf(service)),
    update: (_, service) => enqueue(keyOf(service), revisionOf(service)),
    delete: (service) => enqueue(keyOf(service), revisionOf(service)),
  });
  const concerned = (pod: Pod, former: Pod | undefined): void => {
    for (const service of services.byIndex(NAMESPACE_INDEX, namespaceOf(pod))) {
      const selector = selectorOf(service);
      if (selector === undefined) continue;
      const matches = selector.matches(pod.metadata.labels);
      const matched = former !== undefined && selector.matches(former.metadata.labels);
      if (matches || matched) enqueue(keyOf(service), revisionOf(pod));
    }
  };
  pods.addHandler({
    add: (pod) => concerned(pod, undefined),
    update: (old, pod) => {
      if (changesEndpoint(old, pod) || old.metadata.labels !== pod.metadata.labels) concerned(pod, old);
    },
    delete: (pod) => concerned(pod, undefined),
  });
  return {
    services,
    pods,
    cost: (key) =>
      SYNC_COST_MS + Math.floor(pods.countByIndex(NAMESPACE_INDEX, splitKey(key).namespace) / PODS_PER_MS),
    get synced() {
      return services.synced && pods.synced;
    },
    select: (service) => {
      const selector = selectorOf(service);
      if (selector === undefined) return [];
      const chosen = pods
        .byIndex(NAMESPACE_INDEX, namespaceOf(service))
        .filter((pod) => selector.matches(pod.metadata.labels));
      return chosen.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    },
  };
}

/** Whether an update of a pod can change the endpoint made of it. */
function changesEndpoint(old: Pod, pod: Pod): boolean {
  return (
    old.status?.podIP !== pod.status?.podIP ||
    old.status?.phase !== pod.status?.phase ||
    old.spec.nodeName !== pod.spec.nodeName ||
    old.spec.hostname !== pod.spec.hostname ||
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    isPodReady(old) !== isPodReady(pod)
  );
}

/** A pod with an address that has not come to an end (ShouldPodBeInEndpoints). */
export function hasEndpoint(pod: Pod, includeTerminating: boolean): boolean {
  const { phase, podIP } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') return false;
  if (podIP === undefined || podIP === '') return false;
  return includeTerminating || !isTerminating(pod);
}

/** The pod's port that a Service port means; a name is looked up in the pod, each pod for itself (podutil.FindPort). */
function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  const protocol = port.protocol ?? 'TCP';
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const candidate of container.ports ?? [])
      if (candidate.name === target && (candidate.protocol ?? 'TCP') === protocol)
        return candidate.containerPort;
  }
  return undefined;
}

/** A port of a Service as one pod has it. */
export interface ResolvedPort {
  /** Empty when the Service's port has no name. */
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** The Service's ports on a pod; those whose name the pod does not have are left out. */
export function resolvedPorts(pod: Pod, service: Service): ResolvedPort[] {
  const ports: ResolvedPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = targetPort(pod, port);
    if (number === undefined) continue;
    ports.push({
      name: port.name ?? '',
      port: number,
      protocol: port.protocol ?? 'TCP',
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    });
  }
  return ports;
}

/** Which pod an endpoint is, and where: what Endpoints and EndpointSlices both say of it. */
export function endpointIdentity(
  pod: Pod,
  service: Service,
): Pick<Endpoint, 'hostname' | 'nodeName'> & { readonly targetRef: ObjectReference } {
  const { hostname = '', subdomain, nodeName } = pod.spec;
  return {
    // Only a pod that asks for a host name under this very Service has one.
    ...(hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
  };
}

/** The label that endpoints of a headless Service carry. */
export function headlessLabel(service: Service): Readonly<Record<string, string>> {
  return service.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
}

/** Whether the endpoint takes traffic even though its pod is not ready. */
export function publishesNotReady(service: Service): boolean {
  return (
    service.spec.publishNotReadyAddresses === true ||
    service.metadata.annotations?.['service.alpha.kubernetes.io/tolerate-unready-endpoints'] === 'true'
  );
}
