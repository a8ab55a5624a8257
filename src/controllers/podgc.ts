import type { Node, Pod } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Process } from '../sim/process.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { disruptionTarget } from './disruption.ts';
import { NODE_INDEX, nodeIndex } from './podsbynode.ts';

const NAME = 'pod-garbage-collector-controller';
const ACCOUNT = 'pod-garbage-collector';
/** pkg/controller/podgc/gc_controller.go */
const PERIOD_MS = 20_000;
/** A node is missed for this long before its pods are given up. */
const QUARANTINE_MS = 40_000;
/** --terminated-pod-gc-threshold */
const TERMINATED_THRESHOLD = 12_500;

/**
 * Removes pods nobody else will: those of a node that no longer exists, those deleted before they
 * were scheduled, and the oldest of too many finished ones.
 */
class PodGarbageCollector {
  readonly #process: Process;
  readonly #client: Client;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  /** Node name -> when it was first found missing. */
  readonly #missing = new Map<string, number>();
  /** Pods on nodes, counted so that the sweep costs nothing while all nodes exist. */
  readonly #podNodes = new Map<string, number>();
  readonly #unscheduledTerminating = new Map<string, Pod>();
  readonly #terminated = new Map<string, Pod>();

  constructor(context: ControllerContext) {
    this.#process = context.process;
    this.#client = context.clientFor(ACCOUNT);
    this.#pods = context.informers.informer(podKind);
    this.#nodes = context.informers.informer(nodeKind);
    this.#pods.addIndex(NODE_INDEX, nodeIndex);
    this.#pods.addHandler({
      add: (pod) => this.#note(pod, undefined),
      update: (old, pod) => this.#note(pod, old),
      delete: (pod) => this.#forget(pod),
    });
    context.process.every(PERIOD_MS, () => this.#sweep());
  }

  #note(pod: Pod, old: Pod | undefined): void {
    const uid = uidOf(pod);
    if (old?.spec.nodeName !== pod.spec.nodeName) {
      this.#count(old?.spec.nodeName, -1);
      this.#count(pod.spec.nodeName, 1);
    }
    if (isTerminating(pod) && (pod.spec.nodeName ?? '') === '') this.#unscheduledTerminating.set(uid, pod);
    else this.#unscheduledTerminating.delete(uid);
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') this.#terminated.set(uid, pod);
    else this.#terminated.delete(uid);
  }

  #forget(pod: Pod): void {
    this.#count(pod.spec.nodeName, -1);
    this.#unscheduledTerminating.delete(uidOf(pod));
    this.#terminated.delete(uidOf(pod));
  }

  #count(node: string | undefined, change: number): void {
    if (node === undefined || node === '') return;
    const count = (this.#podNodes.get(node) ?? 0) + change;
    if (count <= 0) this.#podNodes.delete(node);
    else this.#podNodes.set(node, count);
  }

  #sweep(): void {
    if (!this.#pods.synced || !this.#nodes.synced) return;
    this.#client.setCause({ component: ACCOUNT, trigger: 0, input: 'periodic sweep' });
    this.#sweepOrphaned();
    for (const pod of [...this.#unscheduledTerminating.values()]) this.#delete(pod);
    this.#sweepTerminated();
    this.#client.setCause();
  }

  #sweepOrphaned(): void {
    const now = this.#process.now();
    for (const node of this.#missing.keys())
      if (this.#nodes.get(node) !== undefined || !this.#podNodes.has(node)) this.#missing.delete(node);
    for (const node of this.#podNodes.keys()) {
      if (this.#nodes.get(node) !== undefined) continue;
      const since = this.#missing.get(node);
      if (since === undefined) this.#missing.set(node, now);
      else if (now - since >= QUARANTINE_MS && !this.#client.get(nodeKind, node).ok) this.#giveUp(node);
    }
  }

  #giveUp(node: string): void {
    for (const pod of this.#pods.byIndex(NODE_INDEX, node)) {
      const phase = pod.status?.phase;
      if (phase !== 'Succeeded' && phase !== 'Failed') {
        const condition = disruptionTarget(
          pod,
          this.#process.now(),
          'DeletionByPodGC',
          'PodGC: node no longer exists',
        );
        const patch = { status: { phase: 'Failed', conditions: [condition] } };
        const options = { subresource: 'status' };
        this.#client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', patch, options);
      }
      this.#delete(pod);
    }
  }

  #sweepTerminated(): void {
    const surplus = this.#terminated.size - TERMINATED_THRESHOLD;
    if (surplus <= 0) return;
    const oldest = [...this.#terminated.values()].sort((a, b) => created(a) - created(b));
    for (const pod of oldest.slice(0, surplus)) this.#delete(pod);
  }

  /** By force: no kubelet will answer. What is refused is tried again with the next sweep. */
  #delete(pod: Pod): void {
    this.#client.delete(podKind, nameOf(pod), namespaceOf(pod), {
      gracePeriodSeconds: 0,
      preconditions: { uid: uidOf(pod) },
    });
  }
}

function created(pod: Pod): number {
  return parseTime(pod.metadata.creationTimestamp ?? '') ?? 0;
}

export const podGarbageCollector: ControllerDefinition = {
  name: NAME,
  start: (context) => void new PodGarbageCollector(context),
};
