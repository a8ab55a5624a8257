import type { HorizontalPodAutoscaler, Pod } from '../api/generated/types.ts';
import { horizontalPodAutoscaler as kind } from '../api/kinds/horizontalpodautoscaler.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { namespaceOf, uidOf } from '../api/object.ts';
import { parseSelector } from '../apimachinery/labelparser.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { AutoscalerSync } from './horizontalpodautoscalersync.ts';
import { NAMESPACE_INDEX, namespaceIndex } from './ownership.ts';
import { readPodMetrics } from './podmetrics.ts';
import { ScalingMemory } from './scalinglimits.ts';

const ACCOUNT = 'horizontal-pod-autoscaler';
/** --horizontal-pod-autoscaler-sync-period. */
const PERIOD_MS = 15_000;

/** Sets the size of what it aims at by what its pods use (pkg/controller/podautoscaler). */
class HorizontalPodAutoscalerController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly #pods: Informer<Pod>;
  readonly #memories = new Map<string, ScalingMemory>();

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(ACCOUNT);
    this.#recorder = context.recorderFor(ACCOUNT, this.#client);
    this.#autoscalers = context.informers.informer(kind);
    this.#pods = context.informers.informer(podKind);
    this.#pods.addIndex(NAMESPACE_INDEX, namespaceIndex);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#autoscalers.synced && this.#pods.synced,
      reconcile: (key) => this.#sync(key),
    });
    // Every autoscaler is looked at once in a period, whatever changes meanwhile.
    this.#autoscalers.addHandler({
      add: (autoscaler) => loop.enqueue(autoscaler),
      delete: (autoscaler) => void this.#memories.delete(uidOf(autoscaler)),
    });
  }

  #sync(key: string): ReconcileResult {
    const autoscaler = this.#autoscalers.get(key);
    if (autoscaler === undefined) return DONE;
    const uid = uidOf(autoscaler);
    const memory = this.#memories.get(uid) ?? new ScalingMemory();
    this.#memories.set(uid, memory);
    new AutoscalerSync({
      client: this.#client,
      recorder: this.#recorder,
      autoscaler,
      memory,
      metricsOf: (selector) => readPodMetrics(this.#client, namespaceOf(autoscaler), selector),
      podsOf: (selector) => this.#podsOf(namespaceOf(autoscaler), selector),
      now: this.#clock.now(),
    }).run();
    return requeueAfter(PERIOD_MS);
  }

  #podsOf(namespace: string, text: string): readonly Pod[] {
    const selector = text === '' ? undefined : parseSelector(text);
    if (selector === undefined || 'error' in selector) return [];
    return this.#pods
      .byIndex(NAMESPACE_INDEX, namespace)
      .filter((pod) => selector.matches(pod.metadata.labels));
  }
}

export const horizontalPodAutoscalerController: ControllerDefinition = {
  name: 'horizontal-pod-autoscaler-controller',
  start: (context) => void new HorizontalPodAutoscalerController(context),
};
