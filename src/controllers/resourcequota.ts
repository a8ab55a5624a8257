import type { Pod, ResourceQuota, Service } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { builtinKinds } from '../api/kinds/registry.ts';
import { resourceQuota as quotaKind } from '../api/kinds/resourcequota.ts';
import { type KubeObject, keyOf, namespaceOf, revisionOf } from '../api/object.ts';
import { addTo, amountsOf, listOf } from '../api/quota/amounts.ts';
import { isTracked, matchesQuota, usageOf } from '../api/quota/evaluate.ts';
import { isPodCounted } from '../api/quota/podusage.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { ZERO } from '../apimachinery/quantity.ts';
import { isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { KindFollower } from '../client/kindfollower.ts';
import type { Process } from '../sim/process.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { NAMESPACE_INDEX } from './ownership.ts';

const NAME = 'resourcequota-controller';
/** `--resource-quota-sync-period`, ms. */
const RESYNC_MS = 300_000;

/**
 * Counts what the objects of a namespace use, and writes it into its quotas: when a quota's limits change,
 * when something goes that counted, and every five minutes (pkg/controller/resourcequota). What
 * comes is charged by the API server's admission.
 */
class ResourceQuotaController {
  readonly #process: Process;
  readonly #client: Client;
  readonly #quotas: Informer<ResourceQuota>;
  readonly #informers = new Map<KindDefinition, Informer<KubeObject>>();
  readonly #loop: Controller;

  constructor(context: ControllerContext) {
    this.#process = context.process;
    this.#client = context.clientFor(NAME);
    this.#quotas = context.informers.informer(quotaKind);
    this.#quotas.addIndex(NAMESPACE_INDEX, (quota) => [namespaceOf(quota)]);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      workers: 5,
      ready: () => [...this.#informers.values()].every((informer) => informer.synced),
      reconcile: (key) => this.#sync(key),
    });
    new KindFollower(context.process, this.#client, builtinKinds, {
      added: (kind) => this.#follow(context, kind),
      removed: (kind) => this.#forget(context, kind),
    });
    this.#quotas.addHandler({
      add: (quota) => this.#loop.enqueue(quota),
      update: (old, quota) => {
        if (old.spec !== quota.spec && !semanticEqual(old.spec, quota.spec)) this.#loop.enqueue(quota);
      },
    });
    context.process.every(RESYNC_MS, () => {
      for (const quota of this.#quotas.list()) this.#loop.enqueue(quota);
    });
  }

  #forget(context: ControllerContext, kind: KindDefinition): void {
    for (const [known, informer] of this.#informers) {
      if (known.group !== kind.group || known.plural !== kind.plural) continue;
      context.informers.stop(informer);
      this.#informers.delete(known);
    }
  }

  #follow(context: ControllerContext, kind: KindDefinition): void {
    if (!kind.namespaced || kind.verbs !== undefined || kind.plural === 'events') return;
    const informer = context.informers.informer(kind);
    this.#informers.set(kind, informer);
    informer.addHandler({
      update: (old, next) => {
        if (this.#quotas.size > 0 && this.#usesLess(kind, old, next)) this.#replenish(kind, next);
      },
      delete: (object) => {
        if (this.#quotas.size > 0) this.#replenish(kind, object);
      },
    });
    if (kind.custom !== undefined) informer.start();
  }

  /** The changes that give something back while the object stays (DefaultUpdateFilter). */
  #usesLess(kind: KindDefinition, old: KubeObject, next: KubeObject): boolean {
    if (kind.group !== '') return false;
    const now = this.#process.now();
    if (kind.plural === 'pods') return isPodCounted(old as Pod, now) && !isPodCounted(next as Pod, now);
    return kind.plural === 'services' && (old as Service).spec?.type !== (next as Service).spec?.type;
  }

  #replenish(kind: KindDefinition, object: KubeObject): void {
    for (const quota of this.#quotas.byIndex(NAMESPACE_INDEX, namespaceOf(object))) {
      if (Object.keys(quota.spec.hard ?? {}).some((name) => isTracked(kind, name)))
        this.#loop.queue.add(keyOf(quota), revisionOf(object));
    }
  }

  #sync(key: string): ReconcileResult {
    const quota = this.#quotas.get(key);
    if (quota === undefined) return DONE;
    const hard = quota.spec.hard ?? {};
    const used = new Map(Object.keys(hard).map((name) => [name, ZERO]));
    const now = this.#process.now();
    for (const [kind, informer] of this.#informers) {
      if (!Object.keys(hard).some((name) => isTracked(kind, name))) continue;
      for (const object of informer.list()) {
        if (namespaceOf(object) !== namespaceOf(quota) || !matchesQuota(kind, quota, object)) continue;
        addTo(used, usageOf(kind, object, now));
      }
    }
    for (const name of [...used.keys()]) if (!Object.hasOwn(hard, name)) used.delete(name);
    const status = { hard: listOf(amountsOf(hard)), used: listOf(used) };
    if (semanticEqual(status, quota.status)) return DONE;
    const result = this.#client.updateStatus(quotaKind, { ...quota, status });
    if (result.ok || isNotFound(result.status)) return DONE;
    // Admission has charged something meanwhile; the informer will tell.
    return retry(result.status);
  }
}

export const resourceQuotaController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new ResourceQuotaController(context),
};
