import type { Node, Pod, Taint } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, keyOf, nameOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { tolerates, tolerationsOf } from '../api/tolerations.ts';
import { isNotFound } from '../apimachinery/status.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Process } from '../sim/process.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { disruptionTarget } from './disruption.ts';
import { NODE_INDEX, nodeIndex } from './podsbynode.ts';

const NAME = 'taint-eviction-controller';

/** A pod that will be deleted when its toleration runs out. */
interface Planned {
  readonly uid: string;
  /** When it was first planned, ms since the epoch: what a taint without a time counts from. */
  readonly since: number;
}

/**
 * Deletes pods from nodes with NoExecute taints they do not tolerate, at once or when their
 * tolerationSeconds have passed (pkg/controller/tainteviction).
 */
class TaintEvictionController {
  readonly #process: Process;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #loop: Controller;
  readonly #planned = new Map<string, Planned>();

  constructor(context: ControllerContext) {
    this.#process = context.process;
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#nodes = context.informers.informer(nodeKind);
    this.#pods = context.informers.informer(podKind);
    this.#pods.addIndex(NODE_INDEX, nodeIndex);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#nodes.synced && this.#pods.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#nodes.addHandler({
      add: (node) => this.#nodeChanged(node, false),
      update: (old, node) => {
        if (old.spec.taints !== node.spec.taints) this.#nodeChanged(node, noExecute(old).length > 0);
      },
    });
    this.#pods.addHandler({
      add: (pod) => this.#podChanged(pod),
      update: (old, pod) => {
        if (old.spec.nodeName !== pod.spec.nodeName || old.spec.tolerations !== pod.spec.tolerations)
          this.#podChanged(pod);
      },
      delete: (pod) => this.#planned.delete(keyOf(pod)),
    });
  }

  #nodeChanged(node: Node, tainted: boolean): void {
    if (!tainted && noExecute(node).length === 0) return;
    for (const pod of this.#pods.byIndex(NODE_INDEX, nameOf(node)))
      this.#loop.queue.add(keyOf(pod), revisionOf(node));
  }

  #podChanged(pod: Pod): void {
    const node = this.#nodes.get(pod.spec.nodeName ?? '');
    if (node !== undefined && (noExecute(node).length > 0 || this.#planned.has(keyOf(pod))))
      this.#loop.enqueue(pod);
  }

  #sync(key: string): ReconcileResult {
    const pod = this.#pods.get(key);
    const node = pod === undefined ? undefined : this.#nodes.get(pod.spec.nodeName ?? '');
    if (pod === undefined || node === undefined || isTerminating(pod)) {
      this.#planned.delete(key);
      return DONE;
    }
    const taints = noExecute(node);
    const due = taints.length === 0 ? undefined : this.#due(pod, taints);
    if (due === undefined) {
      if (this.#planned.delete(key))
        this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return DONE;
    }
    if (due <= this.#process.now()) return this.#evict(key, pod);
    this.#planned.set(key, { uid: uidOf(pod), since: this.#firstSeen(pod) });
    return requeueAfter(due - this.#process.now());
  }

  /**
   * When the pod must go: now, later, or never (undefined). Of each taint the first toleration that
   * matches counts, and of those the shortest (GetMatchingTolerations, getMinTolerationTime).
   */
  #due(pod: Pod, taints: readonly Taint[]): number | undefined {
    let due: number | undefined;
    for (const taint of taints) {
      const toleration = tolerationsOf(pod).find((candidate) => tolerates(candidate, taint));
      if (toleration === undefined) return this.#process.now();
      const { tolerationSeconds } = toleration;
      if (tolerationSeconds === undefined) continue;
      // A taint counts from when it was added; without that, from when it was first seen.
      const since = parseTime(taint.timeAdded ?? '') ?? this.#firstSeen(pod);
      const at = since + Math.max(0, tolerationSeconds) * 1000;
      due = due === undefined ? at : Math.min(due, at);
    }
    return due;
  }

  #firstSeen(pod: Pod): number {
    const planned = this.#planned.get(keyOf(pod));
    return planned !== undefined && planned.uid === uidOf(pod) ? planned.since : this.#process.now();
  }

  #evict(key: string, pod: Pod): ReconcileResult {
    this.#planned.delete(key);
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    // As it is now: the cache may not show yet what an earlier try has marked (addConditionAndDeletePod).
    const found = this.#client.get(podKind, nameOf(pod), namespaceOf(pod));
    if (!found.ok) return isNotFound(found.status) ? DONE : retry(found.status);
    if (uidOf(found.value) !== uidOf(pod)) return DONE;
    const message = 'Taint manager: deleting due to NoExecute taint';
    const condition = disruptionTarget(found.value, this.#process.now(), 'DeletionByTaintManager', message);
    const patch = { metadata: { uid: uidOf(pod) }, status: { conditions: [condition] } };
    const options = { subresource: 'status' };
    const marked = this.#client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', patch, options);
    if (!marked.ok && !isNotFound(marked.status)) return retry(marked.status);
    const deleted = this.#client.delete(podKind, nameOf(pod), namespaceOf(pod), {
      preconditions: { uid: uidOf(pod) },
    });
    return deleted.ok || isNotFound(deleted.status) ? DONE : retry(deleted.status);
  }
}

function noExecute(node: Node): readonly Taint[] {
  return node.spec.taints?.filter((taint) => taint.effect === 'NoExecute') ?? [];
}

export const taintEvictionController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new TaintEvictionController(context),
};
