import type {
  DiscoveryEndpointPort,
  Endpoint,
  EndpointSlice,
  Node,
  OwnerReference,
  Pod,
  Service,
} from '../api/generated/types.ts';
import { endpointSlice as sliceKind } from '../api/kinds/endpointslice.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { isTerminating, nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import type { Client, Result } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { isPodReady, newControllerRef } from './ownership.ts';
import { isNamespaceTerminating } from './podcontrol.ts';
import {
  endpointIdentity,
  hasEndpoint,
  headlessLabel,
  publishesNotReady,
  resolvedPorts,
  type ServicePods,
  wantsEndpoints,
  watchServicePods,
} from './servicepods.ts';
import { SliceTracker } from './slicetracker.ts';
import { TriggerTimes, withTriggerTime } from './triggertime.ts';

const NAME = 'endpointslice-controller';
const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const ZONE = 'topology.kubernetes.io/zone';
/** --max-endpoints-per-slice */
const MAX_ENDPOINTS = 100;
/** After a change of a slice, ours or another's, its Service is looked at again only so much later. */
const SLICE_CHANGE_DELAY_MS = 1_000;
const SERVICE_INDEX = 'service';

/** The endpoints that share one set of port numbers; pods that resolve a named port differently differ here. */
interface Group {
  readonly ports: readonly DiscoveryEndpointPort[];
  /** By pod uid. */
  readonly endpoints: Map<string, Endpoint>;
}

/** Keeps the EndpointSlices of Services with a selector (pkg/controller/endpointslice, staging endpointslice). */
class EndpointSliceController {
  readonly #client: Client;
  readonly #slices: Informer<EndpointSlice>;
  readonly #nodes: Informer<Node>;
  readonly #servicePods: ServicePods;
  readonly #triggers = new TriggerTimes();
  readonly #tracker = new SliceTracker();
  /** The time for the slices that this reconciliation writes. */
  #triggered: string | undefined;

  constructor(context: ControllerContext) {
    this.#client = context.clientFor(NAME);
    this.#slices = context.informers.informer(sliceKind);
    this.#nodes = context.informers.informer(nodeKind);
    this.#slices.addIndex(SERVICE_INDEX, serviceIndex);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#slices.synced && this.#nodes.synced && this.#servicePods.synced,
      cost: (key) => this.#servicePods.cost(key),
      reconcile: (key) => this.#sync(key),
    });
    this.#servicePods = watchServicePods(context.informers, (key, trigger) => loop.queue.add(key, trigger));
    const look = (slice: EndpointSlice): void =>
      loop.queue.addAfter(serviceKeyOf(slice), SLICE_CHANGE_DELAY_MS, revisionOf(slice));
    const changed = (slice: EndpointSlice): void => {
      if (isManaged(slice) && this.#tracker.isForeign(serviceKeyOf(slice), slice)) look(slice);
    };
    // What somebody else makes, changes or deletes of our slices is undone, and so is what we made unawares.
    this.#slices.addHandler({
      add: changed,
      update: (_, slice) => changed(slice),
      delete: (slice) => {
        if (isManaged(slice) && !this.#tracker.observedDeletion(serviceKeyOf(slice), slice)) look(slice);
      },
    });
  }

  #sync(key: string): ReconcileResult {
    const service = this.#servicePods.services.get(key);
    const existing = this.#slices
      .byIndex(SERVICE_INDEX, key)
      .filter((slice) => isManaged(slice) && !isTerminating(slice));
    // The slices of a deleted Service are the garbage collector's.
    if (service === undefined) {
      this.#triggers.forget(key);
      this.#tracker.forget(key);
    }
    if (service === undefined || !wantsEndpoints(service)) return DONE;
    if (this.#tracker.isStale(key, existing)) return retry('EndpointSlice informer cache is out of date');
    const pods = this.#servicePods.select(service);
    this.#triggered = this.#triggers.next(service, pods);
    const failure = this.#reconcile(service, existing, this.#groups(service, pods));
    return failure === undefined || isNamespaceTerminating(failure) ? DONE : retry(failure);
  }

  #groups(service: Service, pods: readonly Pod[]): Map<string, Group> {
    const groups = new Map<string, Group>();
    for (const pod of pods) {
      if (!hasEndpoint(pod, true)) continue;
      const ports = resolvedPorts(pod, service);
      const id = JSON.stringify(ports);
      let group = groups.get(id);
      if (group === undefined) {
        group = { ports, endpoints: new Map() };
        groups.set(id, group);
      }
      group.endpoints.set(uidOf(pod), this.#endpoint(pod, service));
    }
    return groups;
  }

  #endpoint(pod: Pod, service: Service): Endpoint {
    const serving = isPodReady(pod);
    const terminating = isTerminating(pod);
    const nodeName = pod.spec.nodeName;
    const zone = nodeName === undefined ? undefined : this.#nodes.get(nodeName)?.metadata.labels?.[ZONE];
    return {
      addresses: [pod.status?.podIP ?? ''],
      conditions: { ready: publishesNotReady(service) || (serving && !terminating), serving, terminating },
      ...endpointIdentity(pod, service),
      ...(zone === undefined ? {} : { zone }),
    };
  }

  /** Changes as few slices as possible: updates in place, fills what has room, then makes new ones. */
  #reconcile(
    service: Service,
    existing: readonly EndpointSlice[],
    groups: ReadonlyMap<string, Group>,
  ): Status | undefined {
    const byPorts = new Map<string, EndpointSlice[]>();
    for (const slice of existing) {
      const id = JSON.stringify(slice.ports ?? []);
      byPorts.set(id, [...(byPorts.get(id) ?? []), slice]);
    }
    const wanted = groups.size === 0 ? new Map([placeholder(existing)]) : groups;
    let failure: Status | undefined;
    for (const [id, slices] of byPorts) {
      if (wanted.has(id)) continue;
      for (const slice of slices) failure = this.#delete(slice) ?? failure;
    }
    for (const [id, group] of wanted)
      failure = this.#reconcileGroup(service, byPorts.get(id) ?? [], group) ?? failure;
    return failure;
  }

  #reconcileGroup(service: Service, slices: readonly EndpointSlice[], group: Group): Status | undefined {
    const left = new Map(group.endpoints);
    const kept = slices.map((slice) => {
      const endpoints: Endpoint[] = [];
      for (const endpoint of slice.endpoints ?? []) {
        const uid = endpoint.targetRef?.uid ?? '';
        const desired = left.get(uid);
        if (desired === undefined) continue;
        left.delete(uid);
        endpoints.push(semanticEqual(endpoint, desired) ? endpoint : desired);
      }
      return { slice, endpoints };
    });
    const more = [...left.values()];
    for (const entry of kept) {
      while (more.length > 0 && entry.endpoints.length < MAX_ENDPOINTS)
        entry.endpoints.push(more.shift() as Endpoint);
    }
    let failure: Status | undefined;
    let remaining = kept.length;
    for (const { slice, endpoints } of kept) {
      // One slice always stays, empty if need be, so that watchers see "no endpoints".
      if (endpoints.length === 0 && remaining > 1) {
        remaining--;
        failure = this.#delete(slice) ?? failure;
      } else failure = this.#update(service, slice, endpoints) ?? failure;
    }
    for (let i = 0; i < more.length || (kept.length === 0 && i === 0); i += MAX_ENDPOINTS)
      failure = this.#create(service, group.ports, more.slice(i, i + MAX_ENDPOINTS)) ?? failure;
    return failure;
  }

  #create(
    service: Service,
    ports: readonly DiscoveryEndpointPort[],
    endpoints: readonly Endpoint[],
  ): Status | undefined {
    const owner: OwnerReference = newControllerRef(serviceKind, service);
    const result = this.#client.create(sliceKind, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        generateName: `${nameOf(service)}-`,
        namespace: namespaceOf(service),
        labels: sliceLabels(service),
        ownerReferences: [owner],
        ...this.#annotations(undefined),
      },
      addressType: 'IPv4',
      ports,
      endpoints,
    });
    return this.#noted(result);
  }

  #update(service: Service, slice: EndpointSlice, endpoints: readonly Endpoint[]): Status | undefined {
    const labels = sliceLabels(service);
    const old = slice.endpoints ?? [];
    const same = endpoints.length === old.length && endpoints.every((endpoint, i) => endpoint === old[i]);
    if (same && semanticEqual(slice.metadata.labels, labels)) return undefined;
    const { annotations, ...kept } = slice.metadata;
    const result = this.#client.update(sliceKind, {
      ...slice,
      metadata: { ...kept, labels, ...this.#annotations(annotations) },
      endpoints,
    });
    return this.#noted(result);
  }

  #noted(result: Result<EndpointSlice>): Status | undefined {
    if (!result.ok) return result.status;
    this.#tracker.written(serviceKeyOf(result.value), result.value);
    return undefined;
  }

  /** What a slice that is written now has as annotations, besides those of others. */
  #annotations(
    old: Readonly<Record<string, string>> | undefined,
  ): Pick<NonNullable<EndpointSlice['metadata']>, 'annotations'> {
    const annotations = withTriggerTime(old, this.#triggered);
    return Object.keys(annotations).length === 0 ? {} : { annotations };
  }

  #delete(slice: EndpointSlice): Status | undefined {
    const result = this.#client.delete(sliceKind, nameOf(slice), namespaceOf(slice));
    if (result.ok) this.#tracker.deleted(serviceKeyOf(slice), slice);
    return result.ok || isNotFound(result.status) ? undefined : result.status;
  }
}

function serviceIndex(slice: EndpointSlice): readonly string[] {
  return slice.metadata.labels?.[SERVICE_NAME] === undefined ? [] : [serviceKeyOf(slice)];
}

/** The key of the Service whose slice it is. */
function serviceKeyOf(slice: EndpointSlice): string {
  return `${namespaceOf(slice)}/${slice.metadata.labels?.[SERVICE_NAME]}`;
}

function isManaged(slice: EndpointSlice): boolean {
  return (
    slice.metadata.labels?.[SERVICE_NAME] !== undefined && slice.metadata.labels?.[MANAGED_BY] === MANAGER
  );
}

/** The Service's labels, whose slice it is, and whether it is headless. */
function sliceLabels(service: Service): Readonly<Record<string, string>> {
  return {
    ...service.metadata.labels,
    [SERVICE_NAME]: nameOf(service),
    [MANAGED_BY]: MANAGER,
    ...headlessLabel(service),
  };
}

/** A Service without pods has one slice without endpoints: the one it has, or one without ports. */
function placeholder(existing: readonly EndpointSlice[]): [string, Group] {
  const ports = existing[0]?.ports ?? [];
  return [JSON.stringify(ports), { ports, endpoints: new Map() }];
}

export const endpointSliceController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new EndpointSliceController(context),
};
