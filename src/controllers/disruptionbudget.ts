import { disruptionCondition, guards, withDisruptionCondition } from '../api/disruptions.ts';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import { deployment as deploymentKind } from '../api/kinds/deployment.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { podDisruptionBudget as budgetKind } from '../api/kinds/poddisruptionbudget.ts';
import { replicaSet as replicaSetKind } from '../api/kinds/replicaset.ts';
import { replicationController as replicationControllerKind } from '../api/kinds/replicationcontroller.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/statefulset.ts';
import { isTerminating, type KubeObject, keyOf, nameOf, namespaceOf, revisionOf } from '../api/object.ts';
import { semanticEqual } from '../apimachinery/equal.ts';
import { getScaledValueFromIntOrPercent } from '../apimachinery/intorstring.ts';
import { formatLabelSelector } from '../apimachinery/labels.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { expectedScale, type ScaleSources } from './expectedscale.ts';
import { isPodReady, NAMESPACE_INDEX, namespaceIndex } from './ownership.ts';

const NAME = 'disruption-controller';
/** As this controller signs its events. */
const EVENT_SOURCE = 'controllermanager';
/** A pod whose eviction was granted this long ago and that still stands is counted again (DeletionTimeout). */
const DELETION_TIMEOUT_MS = 120_000;

/** How many pods a budget is about and how many of them must be healthy. */
interface Expected {
  readonly pods: number;
  readonly desiredHealthy: number;
  readonly unmanaged: readonly string[];
}

/** Says in a budget's status how many of its pods may be evicted (pkg/controller/disruption). */
class DisruptionController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #budgets: Informer<PodDisruptionBudget>;
  readonly #pods: Informer<Pod>;
  readonly #sources: ScaleSources;
  readonly #loop: Controller;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(EVENT_SOURCE, this.#client);
    const informer = <T extends KubeObject>(kind: KindDefinition<T>): Informer<T> =>
      context.informers.informer(kind);
    this.#budgets = informer(budgetKind);
    this.#pods = informer(podKind);
    this.#sources = {
      deployments: informer(deploymentKind),
      replicaSets: informer(replicaSetKind),
      replicationControllers: informer(replicationControllerKind),
      statefulSets: informer(statefulSetKind),
    };
    this.#budgets.addIndex(NAMESPACE_INDEX, namespaceIndex);
    this.#pods.addIndex(NAMESPACE_INDEX, namespaceIndex);
    const all = [this.#budgets, this.#pods, ...Object.values(this.#sources)] as const;
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      workers: 1,
      ready: () => all.every(({ synced }) => synced),
      reconcile: (key) => this.#sync(key),
    });
    this.#budgets.addHandler({
      add: (budget) => this.#loop.enqueue(budget),
      update: (_, budget) => this.#loop.enqueue(budget),
    });
    this.#pods.addHandler({
      add: (pod) => this.#podChanged(pod),
      update: (old, pod) => {
        this.#podChanged(pod);
        if (old.metadata.labels !== pod.metadata.labels) this.#podChanged(old);
      },
      delete: (pod) => this.#podChanged(pod),
    });
  }

  #podChanged(pod: Pod): void {
    for (const budget of this.#budgets.byIndex(NAMESPACE_INDEX, namespaceOf(pod)))
      if (guards(budget, pod)) this.#loop.queue.add(keyOf(budget), revisionOf(pod));
  }

  #sync(key: string): ReconcileResult {
    const budget = this.#budgets.get(key);
    if (budget === undefined) return DONE;
    const pods = this.#pods
      .byIndex(NAMESPACE_INDEX, namespaceOf(budget))
      .filter((pod) => guards(budget, pod));
    if (pods.length === 0) this.#recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const expected = this.#expected(budget, pods);
    if ('error' in expected) return this.#failSafe(budget, expected.error);
    this.#warnOfUnmanaged(budget, expected.unmanaged);
    const { disrupted, recheck } = this.#disrupted(budget, pods);
    const healthy = pods.filter(
      (pod) => !isTerminating(pod) && !Object.hasOwn(disrupted, nameOf(pod)) && isPodReady(pod),
    ).length;
    const allowed = expected.pods <= 0 ? 0 : Math.max(0, healthy - expected.desiredHealthy);
    const refused = this.#write(budget, {
      ...(budget.status?.conditions === undefined ? {} : { conditions: budget.status.conditions }),
      ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
      observedGeneration: budget.metadata.generation ?? 0,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: expected.desiredHealthy,
      expectedPods: expected.pods,
    });
    if (refused !== undefined) return refused;
    return recheck === undefined ? DONE : requeueAfter(recheck);
  }

  #write(budget: PodDisruptionBudget, counted: PodDisruptionBudgetStatus): ReconcileResult | undefined {
    const status = withDisruptionCondition(counted, this.#clock.now());
    if (semanticEqual(status, budget.status)) return undefined;
    const written = this.#client.updateStatus(budgetKind, { ...budget, status });
    return written.ok ? undefined : retry(written.status);
  }

  /** getExpectedPodCount. */
  #expected(budget: PodDisruptionBudget, pods: readonly Pod[]): Expected | { readonly error: string } {
    const { minAvailable, maxUnavailable } = budget.spec;
    if (maxUnavailable === undefined && minAvailable === undefined)
      return { pods: 0, desiredHealthy: 0, unmanaged: [] };
    if (maxUnavailable === undefined && typeof minAvailable === 'number')
      return { pods: pods.length, desiredHealthy: minAvailable, unmanaged: [] };
    const scale = expectedScale(pods, this.#sources);
    if ('error' in scale) return scale;
    const { count, unmanaged } = scale;
    const amount = getScaledValueFromIntOrPercent(maxUnavailable ?? minAvailable ?? 0, count, true);
    if (typeof amount !== 'number') return amount;
    const desiredHealthy = maxUnavailable === undefined ? amount : Math.max(0, count - amount);
    return { pods: count, desiredHealthy, unmanaged };
  }

  #warnOfUnmanaged(budget: PodDisruptionBudget, unmanaged: readonly string[]): void {
    if (unmanaged.length === 0) return;
    const selector = formatLabelSelector(budget.spec.selector);
    const message = `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
    this.#recorder.event(budget, 'Warning', 'UnmanagedPods', message);
  }

  /** Pods whose eviction was granted and that are not deleted yet (buildDisruptedPodMap). */
  #disrupted(
    budget: PodDisruptionBudget,
    pods: readonly Pod[],
  ): { readonly disrupted: Readonly<Record<string, string>>; readonly recheck: number | undefined } {
    const granted = budget.status?.disruptedPods ?? {};
    const disrupted: Record<string, string> = {};
    let recheck: number | undefined;
    for (const pod of pods) {
      const at = Object.hasOwn(granted, nameOf(pod)) ? granted[nameOf(pod)] : undefined;
      if (at === undefined || isTerminating(pod)) continue;
      const left = (parseTime(at) ?? 0) + DELETION_TIMEOUT_MS - this.#clock.now();
      if (left < 0) {
        const message = `Pod was expected by PDB ${keyOf(budget)} to be deleted but it wasn't`;
        this.#recorder.event(pod, 'Warning', 'NotDeleted', message);
        continue;
      }
      disrupted[nameOf(pod)] = at;
      recheck = Math.min(recheck ?? left + 1, left + 1);
    }
    return { disrupted, recheck };
  }

  /** While the numbers are not known nothing may be evicted. */
  #failSafe(budget: PodDisruptionBudget, error: string): ReconcileResult {
    const message = `Failed to calculate the number of expected pods: ${error}`;
    this.#recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
    const old = disruptionCondition(budget.status);
    if (old?.reason !== 'SyncFailed' || old.message !== error) {
      const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = budget.status ?? {};
      const stopped = {
        ...budget.status,
        currentHealthy,
        desiredHealthy,
        expectedPods,
        disruptionsAllowed: 0,
        observedGeneration: budget.metadata.generation ?? 0,
      };
      const status = withDisruptionCondition(stopped, this.#clock.now(), error);
      const written = this.#client.updateStatus(budgetKind, { ...budget, status });
      if (!written.ok) return retry(written.status);
    }
    return retry(error);
  }
}

export const disruptionController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new DisruptionController(context),
};
