import type { Node, Service } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { service as serviceKind } from '../api/kinds/service.ts';
import { isTerminating, nameOf, uidOf, withoutFinalizer } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { LoadBalancers } from './cloud.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const ACCOUNT = 'service-controller';
const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';
/** What the cloud takes to set one up, ms. */
const SETUP_MS = 3000;
/** Least delay after a failure; it doubles to 5 minutes. */
const RETRY_MS = 5000;
const MAX_RETRY_MS = 300_000;

/**
 * Orders a load balancer of the cloud for each Service that wants one, and gives it back
 * (cloud-provider/controllers/service/controller.go).
 */
class ServiceLoadBalancer {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #cloud: LoadBalancers;
  readonly #now: () => number;
  readonly #services: Informer<Service>;
  readonly #nodes: Informer<Node>;
  readonly #loop: Controller;
  /** Service uid -> when its load balancer will be there. */
  readonly #due = new Map<string, number>();

  constructor(context: ControllerContext, cloud: LoadBalancers) {
    const { process, informers } = context;
    this.#client = context.clientFor(ACCOUNT);
    this.#recorder = context.recorderFor(ACCOUNT, this.#client);
    this.#cloud = cloud;
    this.#now = () => process.now();
    this.#services = informers.informer(serviceKind);
    this.#nodes = informers.informer(nodeKind);
    this.#loop = new Controller({
      process,
      client: this.#client,
      ready: () => this.#services.synced && this.#nodes.synced,
      baseDelay: RETRY_MS,
      maxDelay: MAX_RETRY_MS,
      reconcile: (key) => this.#sync(key),
    });
    this.#services.addHandler({
      add: (service) => this.#loop.enqueue(service),
      update: (_, service) => this.#loop.enqueue(service),
    });
    const nodes = (): void => {
      for (const service of this.#services.list()) if (wanted(service)) this.#loop.enqueue(service);
    };
    this.#nodes.addHandler({
      add: nodes,
      update: (old, next) => {
        if (takesTraffic(old) !== takesTraffic(next)) nodes();
      },
      delete: nodes,
    });
  }

  #sync(key: string): ReconcileResult {
    const service = this.#services.get(key);
    if (service === undefined) return DONE;
    const held = service.metadata.finalizers?.includes(FINALIZER) === true;
    if (!wanted(service) || isTerminating(service)) return held ? this.#release(service) : DONE;
    if (!held) {
      const finalizers = [...(service.metadata.finalizers ?? []), FINALIZER];
      const marked = this.#client.updateStatus(serviceKind, {
        ...service,
        metadata: { ...service.metadata, finalizers },
      });
      return marked.ok || isNotFound(marked.status) ? DONE : retry(marked.status);
    }
    return this.#ensure(service);
  }

  #ensure(service: Service): ReconcileResult {
    const nodes = [...this.#nodes.list()].filter(takesTraffic).map(nameOf);
    if (nodes.length === 0) {
      const text = 'There are no available nodes for LoadBalancer';
      this.#recorder.event(service, 'Warning', 'UnAvailableLoadBalancer', text);
    }
    const uid = uidOf(service);
    const has = (service.status?.loadBalancer?.ingress ?? []).length > 0;
    if (!has) {
      const due = this.#due.get(uid);
      if (due === undefined) {
        this.#recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
        this.#due.set(uid, this.#now() + SETUP_MS);
        return requeueAfter(SETUP_MS);
      }
      if (due > this.#now()) return requeueAfter(due - this.#now());
    }
    const { healthCheckNodePort, loadBalancerIP } = service.spec;
    const made = this.#cloud.ensureLoadBalancer(uid, {
      nodes,
      ...(loadBalancerIP === undefined || loadBalancerIP === '' ? {} : { ip: loadBalancerIP }),
      ...(healthCheckNodePort === undefined ? {} : { healthCheckPort: healthCheckNodePort }),
    });
    if ('error' in made) {
      const text = `Error syncing load balancer: failed to ensure load balancer: ${made.error}`;
      this.#recorder.event(service, 'Warning', 'SyncLoadBalancerFailed', text);
      return retry(made.error);
    }
    this.#due.delete(uid);
    const ingress = [{ ip: made.ip, ipMode: 'VIP' }];
    if (semanticEqual(service.status?.loadBalancer?.ingress ?? [], ingress)) return DONE;
    const status = { ...service.status, loadBalancer: { ingress } };
    const told = this.#client.updateStatus(serviceKind, { ...service, status });
    if (!told.ok) return isNotFound(told.status) ? DONE : retry(told.status);
    this.#recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    return DONE;
  }

  #release(service: Service): ReconcileResult {
    this.#recorder.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    this.#cloud.deleteLoadBalancer(uidOf(service));
    this.#due.delete(uidOf(service));
    let current = service;
    if (service.status?.loadBalancer?.ingress !== undefined) {
      const emptied = this.#client.updateStatus(serviceKind, { ...service, status: { loadBalancer: {} } });
      if (!emptied.ok) return isNotFound(emptied.status) ? DONE : retry(emptied.status);
      current = emptied.value;
    }
    const metadata = withoutFinalizer(current.metadata, FINALIZER);
    const freed = this.#client.updateStatus(serviceKind, { ...current, metadata });
    if (!freed.ok && !isNotFound(freed.status)) return retry(freed.status);
    this.#recorder.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
    return DONE;
  }
}

/** A class names another implementation than the cloud's. */
function wanted({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

function takesTraffic({ metadata, spec, status }: Node): boolean {
  if (metadata.labels?.[EXCLUDED] !== undefined || metadata.deletionTimestamp !== undefined) return false;
  if (spec?.taints?.some(({ key }) => key === TO_BE_DELETED) === true) return false;
  return status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
}

export const serviceLoadBalancer: ControllerDefinition = {
  name: 'service-lb-controller',
  start(context) {
    const { balancers } = context.cloud ?? {};
    if (balancers !== undefined) new ServiceLoadBalancer(context, balancers);
  },
};
