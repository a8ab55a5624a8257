import type { Node, NodeCondition, NodeStatus } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { revisionOf } from '../api/object.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { isAlreadyExists, isConflict } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import type { Process } from '../sim/process.ts';
import type { NodeInfo } from './config.ts';
import type { ContainerRuntime } from './cri.ts';
import type { Pressure } from './eviction/thresholds.ts';
import type { Journal } from './journal.ts';
import {
  conditionsDiffer,
  fixedNodeStatus,
  initialNode,
  type NodeResources,
  nodeConditions,
  nodeImages,
  withDefaultLabels,
  withOthersResources,
} from './nodestatus.ts';
import type { PodEvents } from './podevents.ts';

export interface NodeUpdaterOptions {
  readonly process: Process;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly events: PodEvents;
  readonly journal: Journal;
  readonly nodeName: string;
  readonly nodeInfo: NodeInfo;
  readonly resources: NodeResources;
  /** The node as the informer has it. */
  readonly observed: () => Node | undefined;
  /** Whether the node is short of something. */
  readonly hasPressure: (pressure: Pressure) => boolean;
  /** Called once the node is registered. */
  readonly registered: () => void;
}

const UPDATE_MS = 10_000;
const REPORT_MS = 300_000;
/** Until the node has been reported ready for the first time it is looked at this often ... */
const FAST_MS = 100;
/** ... but not longer than this (nodeReadyGracePeriod). */
const FAST_FOR_MS = 120_000;
const REGISTER_FIRST_MS = 100;
const REGISTER_MAX_MS = 7_000;

/** Registers the node and reports its status: computed every 10 s, posted when it changed or after 5 min. */
export class NodeUpdater {
  readonly #options: NodeUpdaterOptions;
  readonly #fixed: ReturnType<typeof fixedNodeStatus>;
  readonly #started: number;
  #registered = false;
  #registerDelay = REGISTER_FIRST_MS;
  /** The newest state of the node known here. */
  #node: Node | undefined;
  #conditions: readonly NodeCondition[] = [];
  #lastReport = 0;
  #ready: string | undefined;
  #unschedulable: boolean | undefined;
  #rebootTold = false;

  constructor(options: NodeUpdaterOptions) {
    this.#options = options;
    const { nodeInfo, resources, runtime } = options;
    this.#fixed = fixedNodeStatus(nodeInfo, resources, runtime.version);
    this.#started = options.process.now();
  }

  /** Registers the node, again and again until it works, and keeps its status up to date. */
  start(): void {
    const { process } = this.#options;
    this.#register();
    process.every(UPDATE_MS, () => this.#update());
    this.#hurry();
  }

  get isRegistered(): boolean {
    return this.#registered;
  }

  /** The node as known, or as it will be registered. */
  node(): Node {
    return newest(this.#node, this.#options.observed()) ?? this.#initial();
  }

  /** Posts a status at once when it changed, e.g. because the runtime went down. */
  refresh(): void {
    this.#update();
  }

  #initial(): Node {
    return initialNode(this.#options.nodeName, this.#options.nodeInfo, this.#status({}));
  }

  #status(old: NodeStatus): NodeStatus {
    const { runtime, process } = this.#options;
    const conditions = nodeConditions(
      old.conditions ?? [],
      runtime.status(),
      this.#options.hasPressure,
      formatTime(process.wallTime()),
    );
    return { ...withOthersResources(this.#fixed, old), conditions, images: nodeImages(runtime) };
  }

  #register(): void {
    const { client, process, journal, nodeName } = this.#options;
    const created = client.create(nodeKind, this.#initial());
    const node = created.ok ? created : isAlreadyExists(created.status) ? this.#adopt() : created;
    if (node.ok) {
      journal.info('kubelet_node_status.go', `"Successfully registered node" node="${nodeName}"`);
      this.#node = node.value;
      this.#registered = true;
      this.#noteTransitions(node.value.status?.conditions ?? []);
      this.#options.registered();
      return;
    }
    const error = node.status.message ?? '';
    journal.error(
      'kubelet_node_status.go',
      `"Unable to register node with API server" err=${JSON.stringify(error)} node="${nodeName}"`,
    );
    process.after(this.#registerDelay, () => this.#register());
    this.#registerDelay = Math.min(this.#registerDelay * 2, REGISTER_MAX_MS);
  }

  /** The node is known already: its default labels are set right. */
  #adopt(): ReturnType<typeof Client.prototype.get<Node>> {
    const { client, nodeName, nodeInfo } = this.#options;
    const found = client.get(nodeKind, nodeName);
    if (!found.ok) return found;
    const known = found.value.metadata.labels ?? {};
    const labels = withDefaultLabels(known, nodeName, nodeInfo);
    if (deepEqual(labels, known)) return found;
    return client.update(nodeKind, { ...found.value, metadata: { ...found.value.metadata, labels } });
  }

  /** Something came up that the scheduler should know now rather than at the next update. */
  soon(): void {
    this.#options.process.after(0, () => this.#update());
  }

  #hurry(): void {
    const { process } = this.#options;
    process.after(FAST_MS, () => {
      this.#update();
      if (this.#ready !== 'True' && process.now() - this.#started < FAST_FOR_MS) this.#hurry();
    });
  }

  #update(): void {
    if (!this.#registered) return;
    const node = this.node();
    const status = this.#status(node.status ?? {});
    const due = this.#options.process.now() - this.#lastReport >= REPORT_MS;
    this.#noteTransitions(status.conditions ?? []);
    this.#noteSchedulable(node);
    this.#noteReboot(node);
    if (due || this.#differs(node.status ?? {}, status)) this.#post(node, status, true);
  }

  #differs(old: NodeStatus, next: NodeStatus): boolean {
    const fixed = Object.keys(this.#fixed) as (keyof NodeStatus)[];
    return (
      conditionsDiffer(old.conditions ?? [], next.conditions ?? []) ||
      !deepEqual(old.images ?? [], next.images ?? []) ||
      fixed.some((key) => !deepEqual(old[key], next[key]))
    );
  }

  #post(node: Node, status: NodeStatus, again: boolean): void {
    const { client, journal, process } = this.#options;
    client.setCause({ component: client.component, trigger: revisionOf(node) });
    const result = client.updateStatus(nodeKind, { ...node, status: { ...node.status, ...status } });
    client.setCause();
    if (result.ok) {
      this.#node = result.value;
      this.#lastReport = process.now();
      return;
    }
    if (again && isConflict(result.status)) {
      const fresh = client.get(nodeKind, this.#options.nodeName);
      if (fresh.ok) {
        this.#post(fresh.value, this.#status(fresh.value.status ?? {}), false);
        return;
      }
    }
    journal.error(
      'kubelet_node_status.go',
      `"Error updating node status, will retry" err=${JSON.stringify(result.status.message ?? '')}`,
    );
  }

  /** Says what the kubelet's conditions have become (setters.go). */
  #noteTransitions(conditions: readonly NodeCondition[]): void {
    const before = new Map(this.#conditions.map(({ type, status }) => [type, status]));
    this.#conditions = conditions;
    for (const { type, status } of conditions) {
      if (before.get(type) === status) continue;
      const event = EVENTS[`${type}=${status}`];
      if (event !== undefined) this.#event(event);
      if (type === 'Ready') this.#ready = status;
    }
  }

  #noteSchedulable(node: Node): void {
    const now = node.spec.unschedulable === true;
    if (this.#unschedulable !== undefined && this.#unschedulable !== now)
      this.#event(now ? 'NodeNotSchedulable' : 'NodeSchedulable');
    this.#unschedulable = now;
  }

  /** The API still has the boot id of before: the machine was restarted (setters.go, MachineInfo). */
  #noteReboot(node: Node): void {
    const { events, nodeName, nodeInfo } = this.#options;
    const before = node.status?.nodeInfo?.bootID ?? '';
    if (this.#rebootTold || before === '' || before === nodeInfo.bootID) return;
    this.#rebootTold = true;
    events.node('Warning', 'Rebooted', `Node ${nodeName} has been rebooted, boot id: ${nodeInfo.bootID}`);
  }

  #event(reason: string): void {
    const { events, nodeName } = this.#options;
    events.node('Normal', reason, `Node ${nodeName} status is now: ${reason}`);
  }
}

const EVENTS: Readonly<Record<string, string>> = {
  'MemoryPressure=False': 'NodeHasSufficientMemory',
  'MemoryPressure=True': 'NodeHasInsufficientMemory',
  'DiskPressure=False': 'NodeHasNoDiskPressure',
  'DiskPressure=True': 'NodeHasDiskPressure',
  'PIDPressure=False': 'NodeHasSufficientPID',
  'PIDPressure=True': 'NodeHasInsufficientPID',
  'Ready=True': 'NodeReady',
  'Ready=False': 'NodeNotReady',
};

function newest(a: Node | undefined, b: Node | undefined): Node | undefined {
  if (a === undefined || b === undefined) return b ?? a;
  return a.metadata.uid === b.metadata.uid && revisionOf(a) > revisionOf(b) ? a : b;
}
