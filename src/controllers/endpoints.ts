import type { EndpointPort, EndpointSubset, Endpoints, Pod, Service } from '../api/generated/types.ts';
import { endpoints as endpointsKind } from '../api/kinds/endpoints.ts';
import { keyOf, nameOf, namespaceOf, revisionOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { isAlreadyExists, isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { type EndpointHost, repackSubsets } from './endpointsubsets.ts';
import { isPodReady } from './ownership.ts';
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
import { TriggerTimes, withTriggerTime } from './triggertime.ts';

const NAME = 'endpoints-controller';
const ACCOUNT = 'endpoint-controller';
/** Beyond this many addresses the object is cut, and says so (maxCapacity). */
const MAX_ADDRESSES = 1000;
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** The ports of a pod under a Service that has none: the address alone. */
const NO_PORT: readonly undefined[] = Object.freeze([undefined]);

/** Keeps the Endpoints object of each Service with a selector, which `kubectl get endpoints` shows (pkg/controller/endpoint). */
class EndpointsController {
  readonly #client: Client;
  readonly #endpoints: Informer<Endpoints>;
  readonly #servicePods: ServicePods;
  readonly #triggers = new TriggerTimes();

  constructor(context: ControllerContext) {
    this.#client = context.clientFor(ACCOUNT);
    this.#endpoints = context.informers.informer(endpointsKind);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#endpoints.synced && this.#servicePods.synced,
      cost: (key) => this.#servicePods.cost(key),
      reconcile: (key) => this.#sync(key),
    });
    this.#servicePods = watchServicePods(context.informers, (key, trigger) => loop.queue.add(key, trigger));
    const changed = (object: Endpoints): void => loop.queue.add(keyOf(object), revisionOf(object));
    this.#endpoints.addHandler({ update: (_, object) => changed(object), delete: changed });
  }

  #sync(key: string): ReconcileResult {
    const service = this.#servicePods.services.get(key);
    const current = this.#endpoints.get(key);
    if (service === undefined) {
      this.#triggers.forget(key);
      return this.#orphaned(current);
    }
    if (!wantsEndpoints(service)) return DONE;
    const pods = this.#servicePods.select(service);
    const triggered = this.#triggers.next(service, pods);
    const { subsets, cut } = this.#subsets(service, pods);
    const labels = {
      ...service.metadata.labels,
      [MANAGED_BY]: 'endpoint-controller',
      ...headlessLabel(service),
    };
    const was = current?.metadata.annotations;
    const annotations = withTriggerTime(withoutOverCapacity(was, cut), triggered);
    if (current === undefined) return this.#create(service, labels, annotations, subsets);
    const same =
      semanticEqual(current.subsets ?? [], subsets) &&
      semanticEqual(current.metadata.labels ?? {}, labels) &&
      was?.[OVER_CAPACITY] === annotations[OVER_CAPACITY];
    if (same) return DONE;
    const { annotations: _, ...kept } = current.metadata;
    const metadata = { ...kept, labels, ...(isEmpty(annotations) ? {} : { annotations }) };
    const result = this.#client.update(endpointsKind, {
      apiVersion: current.apiVersion,
      kind: current.kind,
      metadata,
      ...(subsets.length === 0 ? {} : { subsets }),
    });
    return result.ok ? DONE : retry(result.status);
  }

  /** Endpoints do not refer to their Service as owner; this controller deletes them with it. */
  #orphaned(current: Endpoints | undefined): ReconcileResult {
    if (current === undefined || current.metadata.labels?.[MANAGED_BY] !== 'endpoint-controller') return DONE;
    const result = this.#client.delete(endpointsKind, nameOf(current), namespaceOf(current));
    return result.ok || isNotFound(result.status) ? DONE : retry(result.status);
  }

  #create(
    service: Service,
    labels: Readonly<Record<string, string>>,
    annotations: Readonly<Record<string, string>>,
    subsets: readonly EndpointSubset[],
  ): ReconcileResult {
    const result = this.#client.create(endpointsKind, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name: nameOf(service),
        namespace: namespaceOf(service),
        labels,
        ...(isEmpty(annotations) ? {} : { annotations }),
      },
      ...(subsets.length === 0 ? {} : { subsets }),
    });
    if (result.ok || isNamespaceTerminating(result.status)) return DONE;
    return isAlreadyExists(result.status) ? retry('not in the cache yet') : retry(result.status);
  }

  #subsets(
    service: Service,
    pods: readonly Pod[],
  ): { readonly subsets: readonly EndpointSubset[]; readonly cut: boolean } {
    const publish = publishesNotReady(service);
    const ready: Pod[] = [];
    const notReady: Pod[] = [];
    for (const pod of pods)
      if (hasEndpoint(pod, publish)) (publish || isPodReady(pod) ? ready : notReady).push(pod);
    const cut = ready.length + notReady.length > MAX_ADDRESSES;
    // Those that take traffic come first when not all fit (truncateEndpoints).
    const hosts = [
      ...ready.map((pod) => host(pod, service, true)),
      ...notReady.map((pod) => host(pod, service, false)),
    ].slice(0, MAX_ADDRESSES);
    return { subsets: repackSubsets(hosts), cut };
  }
}

function host(pod: Pod, service: Service, ready: boolean): EndpointHost {
  // Without ports there is still an address; a pod that has none of the named ports has no part in it.
  const ports = (service.spec.ports ?? []).length === 0 ? NO_PORT : portsFor(pod, service);
  const address = { ip: pod.status?.podIP ?? '', ...endpointIdentity(pod, service) };
  return { address, ready, ports };
}

/** Here a port without name has none, where an EndpointSlice has an empty one. */
function portsFor(pod: Pod, service: Service): EndpointPort[] {
  return resolvedPorts(pod, service).map(({ name, ...port }) => (name === '' ? port : { name, ...port }));
}

function isEmpty(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length === 0;
}

function withoutOverCapacity(
  annotations: Readonly<Record<string, string>> = {},
  cut: boolean,
): Readonly<Record<string, string>> {
  const { [OVER_CAPACITY]: _, ...rest } = annotations;
  return cut ? { ...rest, [OVER_CAPACITY]: 'truncated' } : rest;
}

export const endpointsController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new EndpointsController(context),
};
