import type { Node, Pod } from '../api/generated/types.ts';
import { node as nodeKind } from '../api/kinds/node.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import { type Informer, InformerFactory } from '../client/informer.ts';
import { EventRecorder } from '../client/recorder.ts';
import type { Cause } from '../sim/cause.ts';
import type { Process } from '../sim/process.ts';
import { Cache } from './cache.ts';
import { changedCondition } from './condition.ts';
import { Cycle, type Outcome } from './cycle.ts';
import type { CycleState } from './cyclestate.ts';
import { isSchedulingDecision, type SchedulingDecision } from './decision.ts';
import { Action, nodeChanges, podChanges } from './events.ts';
import { listersOf } from './listers.ts';
import { Nominator } from './nominator.ts';
import { DEFAULT_PROFILE, type Profile, resolveProfile } from './profile.ts';
import { type QueuedPod, SchedulingQueue } from './queue.ts';
import { Framework } from './runner.ts';
import { isRejected, messageOf } from './status.ts';

export interface SchedulerOptions {
  readonly process: Process;
  readonly client: Client;
  /** Shared with others of the same process, if any. */
  readonly informers?: InformerFactory;
  readonly recorder?: EventRecorder;
  readonly profile?: Profile;
  /** Virtual time from a pod being ready for its cycle to the decision, ms; default 1. */
  readonly cycleCost?: number;
  /** Cycles, one after the other, within one such time; default 10. */
  readonly podsPerCycle?: number;
  /** Virtual time from a decision to the binding's write, ms; default 2. */
  readonly bindLatency?: number;
}

/** A pod whose node is chosen and whose binding has not been written yet. */
interface Binding {
  readonly queued: QueuedPod;
  readonly node: string;
  readonly state: CycleState;
  readonly cause: Cause;
}

type Failure = Extract<Outcome, { readonly type: 'failed' }>;

/** Pods that have ended take no room: they are not even listed (scheduler.go NewInformerFactory). */
const LIVE_PODS = Object.freeze({ fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' });
const SYNC_POLL_MS = 100;
/** How often a pod that waits before its binding is looked at (volumebinding BindPodVolumes), ms. */
const PRE_BIND_POLL_MS = 1000;
/** API validation of an event's note, bytes. */
const MAX_EVENT_MESSAGE = 1024;
const ELLIPSIS = ' ...';
const STATUS = Object.freeze({ subresource: 'status' });
const NOBODY: ReadonlySet<string> = new Set();

/**
 * kube-scheduler: assigns pods that have no node yet to nodes, one pod after the other, by writing
 * bindings. It remembers nothing but what its informers tell it and may be killed at any event;
 * electing the one that runs is done outside.
 */
export class Scheduler {
  readonly cache = new Cache();
  readonly nominator = new Nominator();
  readonly queue: SchedulingQueue;
  readonly #process: Process;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #informers: InformerFactory;
  readonly #pods: Informer<Pod>;
  readonly #framework: Framework;
  readonly #cycle: Cycle;
  readonly #profile: Profile;
  readonly #cycleCost: number;
  readonly #podsPerCycle: number;
  readonly #bindLatency: number;
  #scheduled = false;
  #bindings: Binding[] = [];

  constructor(options: SchedulerOptions) {
    const { process, client } = options;
    this.#process = process;
    this.#client = client;
    this.#profile = options.profile ?? DEFAULT_PROFILE;
    this.#cycleCost = options.cycleCost ?? 1;
    this.#podsPerCycle = options.podsPerCycle ?? 10;
    this.#bindLatency = options.bindLatency ?? 2;
    this.#recorder =
      options.recorder ??
      new EventRecorder(client, process, { component: this.#profile.schedulerName, style: 'count' });
    this.#informers = options.informers ?? new InformerFactory(process, client);
    // Nodes and pods are listed first, then what plugins look up.
    const nodes = this.#informers.informer(nodeKind);
    this.#pods = this.#informers.informer(podKind, LIVE_PODS);
    this.#framework = new Framework({
      process,
      client,
      recorder: this.#recorder,
      cache: this.cache,
      nominator: this.nominator,
      listers: listersOf(this.#informers),
      informers: this.#informers,
      happened: (event) => this.queue.move(event),
      plugins: resolveProfile(this.#profile),
    });
    this.#cycle = new Cycle(this.#framework);
    const framework = this.#framework;
    this.queue = new SchedulingQueue({
      process,
      less: (a, b) => framework.less(a, b),
      preEnqueue: (pod) => framework.preEnqueue(pod),
      interests: framework.interests,
      ready: () => this.#schedule(this.#cycleCost),
    });
    nodes.addHandler({
      add: (node) => this.#nodeAdded(node),
      update: (before, after) => this.#nodeUpdated(before, after),
      delete: (node) => this.#nodeGone(node),
    });
    this.#pods.addHandler({
      add: (pod) => this.#podSeen(undefined, pod),
      update: (before, after) => this.#podSeen(before, after),
      delete: (pod) => this.#podGone(pod),
    });
  }

  /** Lists, watches, and schedules from then on. */
  start(): void {
    this.#informers.start();
  }

  #nodeAdded(node: Node): void {
    this.cache.putNode(node);
    this.queue.move({ resource: 'Node', action: Action.add, after: node });
  }

  #nodeUpdated(before: Node, after: Node): void {
    this.cache.putNode(after);
    const action = nodeChanges(before, after);
    if (action !== 0) this.queue.move({ resource: 'Node', action, before, after });
  }

  #nodeGone(node: Node): void {
    this.cache.removeNode(nameOf(node));
    this.queue.move({ resource: 'Node', action: Action.delete, before: node, after: node });
  }

  #podSeen(before: Pod | undefined, pod: Pod): void {
    if (before !== undefined && before.metadata.uid !== pod.metadata.uid) this.#podGone(before);
    const { phase } = pod.status ?? {};
    if (phase === 'Succeeded' || phase === 'Failed') this.#podGone(pod);
    else if ((pod.spec.nodeName ?? '') !== '') this.#assignedSeen(pod);
    else if ((pod.spec.schedulerName ?? DEFAULT_PROFILE.schedulerName) === this.#profile.schedulerName) {
      // While its binding is under way the pod is not the queue's.
      if (!this.cache.has(uidOf(pod))) this.queue.put(pod);
      this.#nominationSeen(before, pod);
    }
  }

  #assignedSeen(pod: Pod): void {
    const uid = uidOf(pod);
    this.queue.remove(uid);
    this.nominator.remove(uid);
    const known = this.cache.pod(uid);
    this.cache.putPod(pod);
    const now = this.cache.pod(uid);
    if (known === undefined || now === undefined || (known.pod.spec.nodeName ?? '') === '') {
      this.queue.move({ resource: 'AssignedPod', action: Action.add, after: pod });
      return;
    }
    const action = podChanges(known, now);
    if (action !== 0) this.queue.move({ resource: 'AssignedPod', action, before: known.pod, after: pod });
  }

  /** What the API says of a pod's nomination counts when it changes; else what is known here does. */
  #nominationSeen(before: Pod | undefined, pod: Pod): void {
    const [old, next] = [before?.status?.nominatedNodeName ?? '', pod.status?.nominatedNodeName ?? ''];
    const info = this.queue.get(uidOf(pod));
    if (info === undefined) return;
    if (next !== '') this.nominator.nominate(info, next);
    else if (old !== '') this.nominator.remove(info.uid);
  }

  #podGone(pod: Pod): void {
    const uid = uidOf(pod);
    this.queue.remove(uid);
    const held = this.cache.has(uid) || this.nominator.nodeOf(uid) !== undefined;
    this.nominator.remove(uid);
    this.cache.removePod(uid);
    // Room that was used, assumed or promised is free for others.
    if (held) this.queue.move({ resource: 'AssignedPod', action: Action.delete, before: pod });
  }

  #schedule(delay: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#process.after(delay, () => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    if (!this.#informers.synced) {
      this.#schedule(SYNC_POLL_MS);
      return;
    }
    for (let i = 0; i < this.#podsPerCycle; i++) {
      const queued = this.queue.pop();
      if (queued === undefined) break;
      this.#scheduleOne(queued);
      // A component that was killed by its own write (its container was stopped) is silent.
      if (!this.#process.alive) return;
    }
    if (this.queue.ready > 0) this.#schedule(this.#cycleCost);
  }

  #scheduleOne(queued: QueuedPod): void {
    const { info } = queued;
    if (isTerminating(info.pod)) {
      this.#recorder.event(
        info.pod,
        'Warning',
        'FailedScheduling',
        `skip schedule deleting pod: ${info.key}`,
      );
      return;
    }
    const outcome = this.#cycle.run(queued);
    if (!this.#process.alive) return;
    if (outcome.type === 'failed') {
      this.#failed(queued, outcome);
      return;
    }
    const { node, state, cause } = outcome;
    this.cache.assume(info, node);
    this.nominator.remove(info.uid);
    const status = this.#framework.reserve(state, info, node);
    const binding: Binding = { queued, node, state, cause };
    if (status.code !== 'success') {
      this.#abandon(binding, status.plugin, isRejected(status), messageOf(status));
      return;
    }
    if (this.#bindings.length === 0) this.#process.after(this.#bindLatency, () => this.#bindAll());
    this.#bindings.push(binding);
  }

  #bindAll(): void {
    const bindings = this.#bindings;
    this.#bindings = [];
    for (const binding of bindings) {
      this.#bind(binding);
      if (!this.#process.alive) return;
    }
  }

  #bind(binding: Binding): void {
    const { queued, node, state, cause } = binding;
    const { info } = queued;
    this.#client.setCause(cause);
    const ready = this.#framework.preBind(state, info, node);
    if (ready.code === 'wait') {
      this.#client.setCause();
      this.#process.after(PRE_BIND_POLL_MS, () => this.#bindUnlessGone(binding));
      return;
    }
    const status = ready.code === 'success' ? this.#framework.bind(state, info, node) : ready;
    if (status.code === 'success') {
      this.#recorder.event(info.pod, 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${node}`);
    } else if (this.#process.alive) {
      this.#framework.unreserve(state, info, node);
      this.#abandon(binding, status.plugin, isRejected(status), messageOf(status));
    }
    this.#client.setCause();
  }

  /** The pod's volumes were not ready; it may have been deleted meanwhile. */
  #bindUnlessGone(binding: Binding): void {
    const { info } = binding.queued;
    if (this.cache.has(info.uid)) this.#bind(binding);
    else this.#framework.unreserve(binding.state, info, binding.node);
  }

  /** Takes back what was decided for a pod, because it could not be carried out. */
  #abandon({ queued, cause }: Binding, plugin: string, rejected: boolean, message: string): void {
    const { info } = queued;
    this.cache.forget(info.uid);
    // The room that was taken in thought is free again: others may want it.
    this.queue.move({ resource: 'AssignedPod', action: Action.delete, before: info.pod });
    this.#failed(queued, {
      type: 'failed',
      message,
      reason: rejected ? 'Unschedulable' : 'SchedulerError',
      rejectors: rejected ? new Set([plugin]) : NOBODY,
      nominatedNode: '',
      cause: withMessage(cause, message),
    });
  }

  /** Puts a pod back into the queue and says why it waits (schedule_one.go handleSchedulingFailure). */
  #failed(queued: QueuedPod, { message, reason, rejectors, nominatedNode, cause }: Failure): void {
    const pod = this.#pods.get(queued.info.key);
    if (pod === undefined || uidOf(pod) !== queued.info.uid || (pod.spec.nodeName ?? '') !== '') return;
    this.queue.giveBack(queued, pod, rejectors);
    if (nominatedNode === '') this.nominator.remove(queued.info.uid);
    else if (nominatedNode !== undefined) this.nominator.nominate(queued.info, nominatedNode);
    this.#client.setCause(cause);
    this.#recorder.event(pod, 'Warning', 'FailedScheduling', shorten(message));
    this.#writeStatus(pod, reason, message, nominatedNode);
    this.#client.setCause();
  }

  /** A refusal is not tried again: the next attempt at the pod writes the condition then true. */
  #writeStatus(pod: Pod, reason: string, message: string, nominatedNode: string | undefined): void {
    const update = { type: 'PodScheduled', status: 'False', reason, message } as const;
    const condition = changedCondition(pod, update, this.#process.now());
    const nominates = nominatedNode !== undefined && (pod.status?.nominatedNodeName ?? '') !== nominatedNode;
    if (condition === undefined && !nominates) return;
    const patch = {
      metadata: { uid: uidOf(pod) },
      status: {
        ...(condition === undefined ? {} : { conditions: [condition] }),
        ...(nominates ? { nominatedNodeName: nominatedNode === '' ? null : nominatedNode } : {}),
      },
    };
    this.#client.patch(podKind, nameOf(pod), namespaceOf(pod), 'strategic', patch, STATUS);
  }
}

/** A message cut to what an event can hold. */
function shorten(message: string): string {
  if (message.length <= MAX_EVENT_MESSAGE) return message;
  return message.slice(0, MAX_EVENT_MESSAGE - ELLIPSIS.length) + ELLIPSIS;
}

/** The cause with the end of its decision told. */
function withMessage(cause: Cause, message: string): Cause {
  if (!isSchedulingDecision(cause.decision)) return cause;
  const decision: SchedulingDecision = { ...cause.decision, message };
  return { ...cause, decision };
}
