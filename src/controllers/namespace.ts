import type { Namespace, NamespaceCondition } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { qualifiedResource } from '../api/kind.ts';
import { namespace as namespaceKind } from '../api/kinds/namespace.ts';
import { isTerminating, nameOf, revisionOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { isNotFound, type Status } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const NAME = 'namespace-controller';
const FINALIZER = 'kubernetes';
/** A deleted namespace is looked at only after this while (namespaceDeletionGracePeriod). */
const BATCH_DELAY_MS = 5_000;
/** Guess for objects that wait for finalizers (deletion/namespaced_resources_deleter.go). */
const FINALIZER_ESTIMATE_S = 15;

/** What is left of one kind in a namespace. */
interface Remainder {
  readonly kind: KindDefinition;
  readonly count: number;
  /** Finalizer -> how many objects wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Seconds until the rest may be gone. */
  readonly estimate: number;
}

/** Empties namespaces that are being deleted, then lets them go (pkg/controller/namespace). */
class NamespaceController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #namespaces: Informer<Namespace>;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(NAME);
    this.#namespaces = context.informers.informer(namespaceKind);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#namespaces.synced,
      reconcile: (key) => this.#sync(key),
    });
    const changed = (namespace: Namespace): void => {
      if (isTerminating(namespace))
        loop.queue.addAfter(nameOf(namespace), BATCH_DELAY_MS, revisionOf(namespace));
    };
    this.#namespaces.addHandler({ add: changed, update: (_, namespace) => changed(namespace) });
  }

  #sync(name: string): ReconcileResult {
    const current = this.#client.get(namespaceKind, name);
    if (!current.ok) return isNotFound(current.status) ? DONE : retry(current.status);
    const namespace = current.value;
    if (!isTerminating(namespace) || !(namespace.spec.finalizers ?? []).includes(FINALIZER)) return DONE;
    const discovered = this.#client.discover();
    if (!discovered.ok) return retry(discovered.status);
    const remainders: Remainder[] = [];
    let failure: Status | undefined;
    for (const kind of discovered.value.preferred) {
      if (!kind.namespaced || kind.verbs?.includes('deletecollection') === false) continue;
      const result = this.#empty(kind, name);
      if ('status' in result) failure ??= result.status;
      else if (result.count > 0) remainders.push(result);
    }
    const marked = this.#mark(namespace, remainders, failure);
    if (failure !== undefined) return retry(failure);
    if (marked === undefined) return DONE;
    if (remainders.length > 0) {
      const estimate = Math.max(...remainders.map((remainder) => remainder.estimate));
      return requeueAfter((Math.floor(estimate / 2) + 1) * 1000);
    }
    return this.#finalize(marked);
  }

  /** Deletes every object of a kind and reports what is still there afterwards. */
  #empty(kind: KindDefinition, namespace: string): Remainder | { readonly status: Status } {
    const listed = this.#client.list(kind, { namespace });
    if (!listed.ok) return { status: listed.status };
    if (listed.value.items.length === 0) return { kind, count: 0, finalizers: new Map(), estimate: 0 };
    const deleted = this.#client.deleteCollection(kind, { namespace, propagationPolicy: 'Background' });
    if (!deleted.ok && !isNotFound(deleted.status)) return { status: deleted.status };
    const rest = this.#client.list(kind, { namespace });
    if (!rest.ok) return { status: rest.status };
    const finalizers = new Map<string, number>();
    let estimate = 0;
    for (const object of rest.value.items) {
      for (const finalizer of object.metadata.finalizers ?? []) {
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
        estimate = Math.max(estimate, FINALIZER_ESTIMATE_S);
      }
      estimate = Math.max(estimate, object.metadata.deletionGracePeriodSeconds ?? 0);
    }
    return { kind, count: rest.value.items.length, finalizers, estimate };
  }

  /** Writes what remains into the conditions. Returns the namespace as it is now; undefined when it is gone. */
  #mark(
    namespace: Namespace,
    remainders: readonly Remainder[],
    failure: Status | undefined,
  ): Namespace | undefined {
    const wanted: [string, boolean, string, string, string, string][] = [
      [
        'NamespaceDeletionDiscoveryFailure',
        false,
        '',
        '',
        'ResourcesDiscovered',
        'All resources successfully discovered',
      ],
      [
        'NamespaceDeletionGroupVersionParsingFailure',
        false,
        '',
        '',
        'ParsedGroupVersions',
        'All legacy kube types successfully parsed',
      ],
      [
        'NamespaceDeletionContentFailure',
        failure !== undefined,
        'ContentDeletionFailed',
        `Failed to delete all resource types, 1 remaining: ${failure?.message ?? ''}`,
        'ContentDeleted',
        'All content successfully deleted, may be waiting on finalization',
      ],
      [
        'NamespaceContentRemaining',
        remainders.length > 0,
        'SomeResourcesRemain',
        `Some resources are remaining: ${remainingText(remainders)}`,
        'ContentRemoved',
        'All content successfully removed',
      ],
      [
        'NamespaceFinalizersRemaining',
        remainders.some((remainder) => remainder.finalizers.size > 0),
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${finalizersText(remainders)}`,
        'ContentHasNoFinalizers',
        'All content-preserving finalizers finished',
      ],
    ];
    const old = namespace.status?.conditions ?? [];
    const time = formatTime(this.#clock.now());
    const conditions = wanted.map(
      ([type, bad, badReason, badMessage, goodReason, goodMessage]): NamespaceCondition => {
        const status = bad ? 'True' : 'False';
        const former = old.find((condition) => condition.type === type);
        const lastTransitionTime = former?.status === status ? (former.lastTransitionTime ?? time) : time;
        return bad
          ? { type, status, reason: badReason, message: badMessage, lastTransitionTime }
          : { type, status, reason: goodReason, message: goodMessage, lastTransitionTime };
      },
    );
    if (semanticEqual(old, conditions)) return namespace;
    const result = this.#client.updateStatus(namespaceKind, {
      ...namespace,
      status: { ...namespace.status, conditions },
    });
    if (result.ok) return result.value;
    return isNotFound(result.status) ? undefined : namespace;
  }

  #finalize(namespace: Namespace): ReconcileResult {
    const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    const response = this.#client.raw({
      verb: 'update',
      group: '',
      resource: 'namespaces',
      name: nameOf(namespace),
      subresource: 'finalize',
      decoded: true,
      body: { ...namespace, spec: { ...namespace.spec, finalizers } },
    });
    return response.ok || isNotFound(response.status) ? DONE : retry(response.status);
  }
}

function remainingText(remainders: readonly Remainder[]): string {
  return remainders
    .map(({ kind, count }) => `${resourceDot(kind)} has ${count} resource instances`)
    .sort()
    .join(', ');
}

/** The GroupResource as Go prints it here: `pods.` with a dot even for the core group. */
function resourceDot(kind: KindDefinition): string {
  return kind.group === '' ? `${kind.plural}.` : qualifiedResource(kind);
}

function finalizersText(remainders: readonly Remainder[]): string {
  const totals = new Map<string, number>();
  for (const remainder of remainders)
    for (const [finalizer, count] of remainder.finalizers)
      totals.set(finalizer, (totals.get(finalizer) ?? 0) + count);
  return [...totals]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .sort()
    .join(', ');
}

export const namespaceController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new NamespaceController(context),
};
