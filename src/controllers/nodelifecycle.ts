import type { Lease, Node, NodeCondition, Pod, Taint } from '../api/generated/types.ts';
import { lease as leaseKind } from '../api/kinds/lease.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, nameOf, namespaceOf } from '../api/object.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Process } from '../sim/process.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { isPodReady } from './ownership.ts';
import { NODE_INDEX, nodeIndex } from './podsbynode.ts';
import { type Disruption, ZoneTainter } from './zonetainter.ts';

const NAME = 'node-lifecycle-controller';
/** Its account, and where its events come from. */
const ACCOUNT = 'node-controller';
const LEASE_NAMESPACE = 'kube-node-lease';
/** v1.35 defaults: cloud-provider/config, nodelifecycle/config/v1alpha1/defaults.go */
const MONITOR_PERIOD_MS = 5_000;
const GRACE_PERIOD_MS = 50_000;
const STARTUP_GRACE_PERIOD_MS = 60_000;

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition -> status -> the NoSchedule taint that mirrors it (nodeConditionToTaintKeyStatusMap). */
const CONDITION_TAINTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const MIRRORED_TAINTS = new Set([
  ...Object.values(CONDITION_TAINTS).flatMap((byStatus) => Object.values(byStatus)),
  UNSCHEDULABLE,
]);

/** The conditions that become Unknown when a kubelet falls silent. */
const KUBELET_CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** What was last heard of a node, by our own clock. */
interface Health {
  heardAt: number;
  renewTime: string | undefined;
  heartbeat: string | undefined;
}

/**
 * Watches over nodes (pkg/controller/nodelifecycle): a kubelet that neither renews its lease nor posts
 * a status for 50 s is given up; conditions are mirrored as taints; pods of a lost node are marked
 * not ready at once and, through the zone's rate-limited queue, get the NoExecute taint that evicts them.
 */
class NodeLifecycleController {
  readonly #process: Process;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #nodes: Informer<Node>;
  readonly #leases: Informer<Lease>;
  readonly #pods: Informer<Pod>;
  readonly #health = new Map<string, Health>();
  readonly #tainter: ZoneTainter;

  constructor(context: ControllerContext) {
    this.#process = context.process;
    this.#client = context.clientFor(ACCOUNT);
    this.#recorder = context.recorderFor(ACCOUNT, this.#client);
    this.#nodes = context.informers.informer(nodeKind);
    this.#leases = context.informers.informer(leaseKind, { namespace: LEASE_NAMESPACE });
    this.#pods = context.informers.informer(podKind);
    this.#pods.addIndex(NODE_INDEX, nodeIndex);
    this.#tainter = new ZoneTainter(context.process, (name) => this.#taintNoExecute(name));
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#nodes.synced,
      reconcile: (key) => this.#mirrorTaints(key),
    });
    this.#nodes.addHandler({
      add: (node) => {
        const known = this.#health.has(nameOf(node));
        if (!known)
          this.#tell(
            node,
            'RegisteredNode',
            `Node ${nameOf(node)} event: Registered Node ${nameOf(node)} in Controller`,
          );
        this.#health.set(nameOf(node), this.#firstHealth(node));
        loop.enqueue(node);
      },
      update: (old, node) => {
        if (old.spec !== node.spec || old.status?.conditions !== node.status?.conditions) loop.enqueue(node);
      },
      delete: (node) => {
        this.#health.delete(nameOf(node));
        this.#tainter.forget(nameOf(node));
        this.#tell(
          node,
          'RemovingNode',
          `Node ${nameOf(node)} event: Removing Node ${nameOf(node)} from Controller`,
        );
      },
    });
    this.#pods.addHandler({
      add: (pod) => this.#assigned(undefined, pod),
      update: (old, pod) => this.#assigned(old, pod),
    });
    context.process.every(MONITOR_PERIOD_MS, () => this.#monitor());
  }

  /** A pod that comes to a node known to be silent is not ready either (processPod). */
  #assigned(old: Pod | undefined, pod: Pod): void {
    const name = pod.spec.nodeName ?? '';
    if (name === '' || old?.spec.nodeName === name || !isPodReady(pod)) return;
    const node = this.#nodes.get(name);
    if (node !== undefined && condition(node, 'Ready')?.status === 'Unknown') this.#markPodsNotReady([pod]);
  }

  #tell(node: Node, reason: string, message: string): void {
    this.#recorder.event(node, 'Normal', reason, message);
  }

  /** A node is given the startup grace period when it is first seen. */
  #firstHealth(node: Node): Health {
    return {
      heardAt: this.#process.now(),
      renewTime: this.#leases.get(`${LEASE_NAMESPACE}/${nameOf(node)}`)?.spec.renewTime,
      heartbeat: condition(node, 'Ready')?.lastHeartbeatTime,
    };
  }

  #monitor(): void {
    if (!this.#nodes.synced || !this.#leases.synced || !this.#pods.synced) return;
    this.#client.setCause({ component: ACCOUNT, trigger: 0, input: 'node monitor' });
    const states: { node: Node; ready: string }[] = [];
    for (const node of [...this.#nodes.list()]) states.push({ node, ready: this.#check(node) });
    this.#disruption(this.#tainter.updateZones(states), states);
    this.#client.setCause();
  }

  #disruption(change: Disruption, states: readonly { readonly node: Node }[]): void {
    const now = this.#process.now();
    for (const { node } of change === 'unchanged' ? [] : states) {
      // Nobody answers: the fault may well be ours, and nobody shall be evicted for it.
      if (change === 'entered') this.#reachable(node);
      // Some answer again: the others get time to do so too.
      const health = this.#health.get(nameOf(node));
      if (change === 'left' && health !== undefined) health.heardAt = now;
    }
  }

  /** Looks at one node; returns its Ready status as it now stands. */
  #check(cached: Node): string {
    const name = nameOf(cached);
    const now = this.#process.now();
    const health = this.#health.get(name) ?? this.#firstHealth(cached);
    this.#health.set(name, health);
    this.#listen(cached, health, now);
    const readyCondition = condition(cached, 'Ready');
    const grace = readyCondition === undefined ? STARTUP_GRACE_PERIOD_MS : GRACE_PERIOD_MS;
    let node = cached;
    // Real rounds are a little longer than their period, so that the tenth one is late enough.
    if (now - health.heardAt >= grace) {
      node = this.#declareUnknown(cached, now);
      // The status we wrote ourselves is no sign of life.
      health.heartbeat = condition(node, 'Ready')?.lastHeartbeatTime;
    }
    const ready = condition(node, 'Ready')?.status ?? 'Unknown';
    if (readyCondition?.status === 'True' && ready !== 'True')
      this.#tell(node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    // A kubelet that still posts says itself which pods are ready; for a silent one we speak.
    if (ready === 'Unknown') this.#markPodsNotReady(this.#pods.byIndex(NODE_INDEX, name));
    // As upstream, what we have just found out ourselves is acted on in the next round.
    this.#evict(node, readyCondition?.status ?? 'Unknown');
    return ready;
  }

  /** Sees to the NoExecute taint of a node in this state (processTaintBaseEviction). */
  #evict(node: Node, ready: string): void {
    if (condition(node, 'Ready') === undefined) return;
    if (ready === 'True') {
      this.#reachable(node);
      return;
    }
    const taints = node.spec.taints ?? [];
    const has = (key: string): boolean =>
      taints.some((taint) => taint.effect === 'NoExecute' && taint.key === key);
    if (has(ready === 'False' ? NOT_READY : UNREACHABLE)) return;
    // One reason for another: the pods' time is not begun anew by waiting in a queue.
    if (has(ready === 'False' ? UNREACHABLE : NOT_READY)) this.#taintNoExecute(nameOf(node));
    else this.#tainter.want(node);
  }

  #listen(node: Node, health: Health, now: number): void {
    const renewTime = this.#leases.get(`${LEASE_NAMESPACE}/${nameOf(node)}`)?.spec.renewTime;
    const heartbeat = condition(node, 'Ready')?.lastHeartbeatTime;
    if (renewTime === health.renewTime && heartbeat === health.heartbeat) return;
    health.renewTime = renewTime;
    health.heartbeat = heartbeat;
    health.heardAt = now;
  }

  #declareUnknown(node: Node, now: number): Node {
    const time = formatTime(now);
    const old = node.status?.conditions ?? [];
    let changed = false;
    const conditions = [...old];
    for (const type of KUBELET_CONDITIONS) {
      const index = conditions.findIndex((candidate) => candidate.type === type);
      const current = conditions[index];
      if (current === undefined) {
        conditions.push({
          type,
          status: 'Unknown',
          reason: 'NodeStatusNeverUpdated',
          message: 'Kubelet never posted node status.',
          lastHeartbeatTime: node.metadata.creationTimestamp ?? time,
          lastTransitionTime: time,
        });
        changed = true;
      } else if (current.status !== 'Unknown') {
        conditions[index] = {
          ...current,
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: time,
        };
        changed = true;
      }
    }
    if (!changed) return node;
    const written = this.#client.updateStatus(nodeKind, { ...node, status: { ...node.status, conditions } });
    // Refused: the next monitor round sees the node afresh.
    return written.ok ? written.value : node;
  }

  /** Endpoints must stop sending traffic there long before the pods are evicted (MarkPodsNotReady). */
  #markPodsNotReady(pods: readonly Pod[]): void {
    const time = formatTime(this.#process.now());
    for (const pod of pods) {
      if (!isPodReady(pod)) continue;
      // Only of the state that was looked at: what has changed since is looked at in the next round.
      const { resourceVersion } = pod.metadata;
      const patch = {
        metadata: { resourceVersion },
        status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: time }] },
      };
      const options = { subresource: 'status' };
      const marked = this.#client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', patch, options);
      if (marked.ok) this.#recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
  }

  /** No NoExecute taint of ours, no place in the queue (markNodeAsReachable). */
  #reachable(node: Node): void {
    this.#tainter.forget(nameOf(node));
    const taints = node.spec.taints ?? [];
    const kept = taints.filter(
      (taint) => !(taint.effect === 'NoExecute' && (taint.key === NOT_READY || taint.key === UNREACHABLE)),
    );
    if (kept.length !== taints.length) this.#setTaints(node, kept);
  }

  /** Called by the zone's queue when it is this node's turn. False: try again. */
  #taintNoExecute(name: string): boolean {
    const node = this.#nodes.get(name);
    if (node === undefined) return true;
    const ready = condition(node, 'Ready')?.status ?? 'Unknown';
    if (ready === 'True') return true;
    const key = ready === 'False' ? NOT_READY : UNREACHABLE;
    const opposite = ready === 'False' ? UNREACHABLE : NOT_READY;
    const taints = node.spec.taints ?? [];
    if (taints.some((taint) => taint.effect === 'NoExecute' && taint.key === key)) return true;
    const taint: Taint = { key, effect: 'NoExecute', timeAdded: formatTime(this.#process.now()) };
    const kept = taints.filter((other) => !(other.effect === 'NoExecute' && other.key === opposite));
    return this.#setTaints(node, [...kept, taint]);
  }

  #setTaints(node: Node, taints: readonly Taint[]): boolean {
    const { taints: _, ...spec } = node.spec;
    const next = { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } };
    return this.#client.update(nodeKind, next).ok;
  }

  /** Keeps the NoSchedule taints equal to the conditions (doNoScheduleTaintingPass). */
  #mirrorTaints(key: string): ReconcileResult {
    const node = this.#nodes.get(key);
    if (node === undefined || isTerminating(node)) return DONE;
    const wanted: string[] = [];
    for (const candidate of node.status?.conditions ?? []) {
      const taint = CONDITION_TAINTS[candidate.type]?.[candidate.status];
      if (taint !== undefined) wanted.push(taint);
    }
    if (node.spec.unschedulable === true) wanted.push(UNSCHEDULABLE);
    const current = (node.spec.taints ?? []).filter(isMirrored).map((taint) => taint.key);
    if (wanted.length === current.length && wanted.every((taint) => current.includes(taint))) return DONE;
    const time = formatTime(this.#process.now());
    const others = (node.spec.taints ?? []).filter(
      (taint) => !isMirrored(taint) || wanted.includes(taint.key),
    );
    const missing = wanted.filter((taint) => !current.includes(taint));
    const added = missing.map((taint): Taint => ({ key: taint, effect: 'NoSchedule', timeAdded: time }));
    return this.#setTaints(node, [...others, ...added]) ? DONE : retry('the node has changed');
  }
}

function isMirrored(taint: Taint): boolean {
  return taint.effect === 'NoSchedule' && MIRRORED_TAINTS.has(taint.key);
}

function condition(node: Node, type: string): NodeCondition | undefined {
  return node.status?.conditions?.find((candidate) => candidate.type === type);
}

export const nodeLifecycleController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new NodeLifecycleController(context),
};
