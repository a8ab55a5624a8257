import type { Container, Pod, PodCondition, PodStatus } from '../api/generated/types.ts';
import { uidOf } from '../api/object.ts';
import { isRestartableInitContainer, isTerminalPhase } from '../api/podstatus.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { ProcessTimer } from '../sim/process.ts';
import { computePodActions, type PodActions } from './actions.ts';
import { type ResizeRefusal, resizeCondition, resizeMessage } from './allocation.ts';
import type { WaitingReason } from './containerstatus.ts';
import type { RuntimeResult, SandboxStatus } from './cri.ts';
import type { ContainerKiller } from './killer.ts';
import { podRef, specGracePeriod } from './podtext.ts';
import { isResized, resizeContainers } from './resize.ts';
import { RuntimeView } from './runtimeview.ts';
import { nameTooLong, sandboxConfig } from './sandboxconfig.ts';
import { removeOldSandboxes } from './sandboxgc.ts';
import type { PodServices } from './services.ts';
import { ContainerStart } from './starter.ts';
import { generatePodStatus, type Verdict } from './status.ts';
import { VolumeWait } from './volumewait.ts';

/** Where a pod is in its life here: its containers are kept running, or stopped, or nothing is left. */
export type WorkerState = 'syncing' | 'terminating' | 'finished';

/** After an error a pod is looked at again after 10 s, plus up to half of that (pod_workers.go). */
const RETRY_MS = 10_000;
const PENDING = 'PodResizePending';
const IN_PROGRESS = 'PodResizeInProgress';
const RETRY_JITTER = 0.5;
/** While the node's network is not ready, ms. */
const NETWORK_RETRY_MS = 1_000;

const NO_CONDITIONS: readonly PodCondition[] = Object.freeze([]);
const NO_STATUS: PodStatus = Object.freeze({});
const NOTHING_WAITS: ReadonlyMap<string, WaitingReason> = new Map();

/** What the workers of a kubelet share with whoever keeps them. */
export interface WorkerHost {
  readonly killer: ContainerKiller;
  /** Nothing of the worker's pod runs here any more. */
  finished(worker: PodWorker): void;
}

/**
 * Brings one pod's containers in line with its spec, and keeps them so: a level-triggered state
 * machine (pkg/kubelet/pod_workers.go). It looks at the runtime as it is, does what is missing one step
 * after the other, and looks again whenever something changed. All it remembers between looks can be
 * lost: a new kubelet finds the rest in the runtime and in the API server.
 */
export class PodWorker {
  readonly uid: string;
  pod: Pod;
  /** True once the object is gone from its source: when the pod is finished, all traces go. */
  removed = false;
  readonly #services: PodServices;
  readonly #host: WorkerHost;
  /** Why containers wait, by name; most never do. */
  #waiting: Map<string, WaitingReason> | undefined;
  #state: WorkerState = 'syncing';
  #verdict: Verdict | undefined;
  /** Raised to cancel the steps under way: each carries the number it began with. */
  #epoch = 0;
  #busy = false;
  #pending = false;
  #lastEnd = 0;
  #timer: ProcessTimer | undefined;
  #timerAt = 0;
  #deadline: ProcessTimer | undefined;
  #refresh: ProcessTimer | undefined;
  /** Seconds, while terminating. */
  #grace = 0;
  #mounted = false;
  /** Conditions of a resize that waits or is under way; most pods never have one. */
  #resizing: readonly PodCondition[] = NO_CONDITIONS;

  constructor(services: PodServices, pod: Pod, host: WorkerHost) {
    this.#services = services;
    this.#host = host;
    this.pod = pod;
    this.uid = uidOf(pod);
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Whether the pod holds resources of the node. */
  get active(): boolean {
    return this.#state !== 'finished';
  }

  /** Begins the work. A pod that is over, or being deleted, is only cleaned up. */
  start(): void {
    if (this.pod.metadata.deletionTimestamp !== undefined || isTerminalPhase(this.pod.status?.phase))
      this.terminate();
    else this.#sync();
  }

  /** A new state of the pod's object. */
  update(pod: Pod): void {
    this.pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined && this.#state !== 'finished') this.terminate();
    else if (this.#state === 'syncing') this.poke();
  }

  /** Something the pod depends on changed: look again, as soon as the runtime's present state is known. */
  poke(): void {
    if (this.#state !== 'syncing') return;
    const { process } = this.#services;
    if (this.#busy) this.#pending = true;
    else
      this.#schedule(
        this.#lastEnd < process.now() ? process.now() : this.#services.relistAfter(this.#lastEnd + 1),
      );
  }

  /** The runtime reported a change: it is noticed at the next relist. */
  runtimeChanged(): void {
    if (this.#state !== 'syncing') return;
    if (this.#busy) this.#pending = true;
    else this.#schedule(this.#services.relistAfter(this.#services.process.now()));
  }

  /** Computes the status anew, e.g. because a probe's verdict changed. */
  refreshStatus(): void {
    if (this.#state === 'finished') return;
    this.#report(new RuntimeView(this.#services.runtime, this.uid));
  }

  /** A resize waits for room, or for ever; undefined: none does any more. */
  setResizePending(refusal: ResizeRefusal | undefined): void {
    const old = this.#resizing.find(({ type }) => type === PENDING);
    if (old === undefined && refusal === undefined) return;
    const others = this.#resizing.filter((condition) => condition !== old);
    const { process, events } = this.#services;
    if (refusal === undefined) this.#resizing = others;
    else {
      const next = resizeCondition(PENDING, this.pod, refusal, old, process.now());
      if (next === old) return;
      this.#resizing = [next, ...others];
      const { reason, message } = refusal;
      if (old?.reason !== reason || old.observedGeneration !== next.observedGeneration)
        events.pod(
          this.pod,
          'Warning',
          `Resize${reason}`,
          resizeMessage(`Pod resize ${reason}`, this.pod, message),
        );
    }
    this.refreshStatus();
  }

  /** The pod has been allocated other resources: its containers get them. */
  resize(pod: Pod): void {
    this.pod = pod;
    const { process, events } = this.#services;
    this.#resizing = [resizeCondition(IN_PROGRESS, pod, {}, undefined, process.now())];
    events.pod(pod, 'Normal', 'ResizeStarted', resizeMessage('Pod resize started', pod));
    this.refreshStatus();
    this.poke();
  }

  /** Brings what runs in line with the allocation; true: that has to be tried again. */
  #actuate(view: RuntimeView): boolean {
    const problem = resizeContainers(this.pod, view, this.#services);
    const old = this.#resizing.find(({ type }) => type === IN_PROGRESS);
    if (old === undefined) return false;
    const { process, events, runtime } = this.#services;
    const others = this.#resizing.filter((condition) => condition !== old);
    if (problem !== undefined) {
      const said = { reason: 'Error', message: problem };
      const next = resizeCondition(IN_PROGRESS, this.pod, said, old, process.now());
      if (next !== old && old.reason !== 'Error')
        events.pod(this.pod, 'Warning', 'ResizeError', resizeMessage('Pod resize error', this.pod, problem));
      this.#resizing = [...others, next];
    } else if (isResized(this.pod, new RuntimeView(runtime, this.uid))) {
      this.#resizing = others;
      events.pod(this.pod, 'Normal', 'ResizeCompleted', resizeMessage('Pod resize completed', this.pod));
    }
    this.refreshStatus();
    return problem !== undefined;
  }

  /** Stops the pod for good. `verdict`: by decision of the kubelet, e.g. a deadline or an eviction. */
  terminate(verdict?: Verdict, graceSeconds?: number): void {
    if (this.#state === 'finished') return;
    const grace = this.#effectiveGrace(graceSeconds);
    if (this.#state === 'terminating' && grace >= this.#grace) return;
    this.#verdict ??= verdict;
    this.#grace = grace;
    this.#state = 'terminating';
    const { process, probes } = this.#services;
    this.#cancel();
    const epoch = this.#epoch;
    this.#report(new RuntimeView(this.#services.runtime, this.uid));
    probes.stopLivenessAndStartup(this.uid);
    this.#host.killer.killPod(this.pod, grace * 1000, () => {
      if (epoch === this.#epoch) process.after(0, () => this.#finish(epoch));
    });
  }

  /** Silences the worker; what runs goes on running. */
  stop(): void {
    this.#cancel();
    this.#services.process.cancel(this.#deadline);
  }

  #cancel(): void {
    const { process } = this.#services;
    this.#epoch++;
    this.#busy = false;
    this.#pending = false;
    process.cancel(this.#timer);
    process.cancel(this.#refresh);
    this.#timer = undefined;
    this.#refresh = undefined;
  }

  /** pod_workers.go calculateEffectiveGracePeriod, in seconds. */
  #effectiveGrace(override: number | undefined): number {
    const asked = this.pod.metadata.deletionGracePeriodSeconds;
    let grace = asked ?? 0;
    if (override !== undefined && (grace === 0 || override < grace)) grace = override;
    if (asked === undefined && override === undefined) grace = specGracePeriod(this.pod);
    return Math.max(grace, 1);
  }

  #finish(epoch: number): void {
    if (epoch !== this.#epoch) return;
    const { runtime, probes, volumes, process, journal } = this.#services;
    this.#state = 'finished';
    this.#report(new RuntimeView(runtime, this.uid));
    probes.removePod(this.uid);
    volumes.tearDown(this.uid);
    process.cancel(this.#deadline);
    this.#services.statuses.finish(this.uid);
    journal.info(
      'pod_workers.go',
      `"Pod termination is complete" pod="${podRef(this.pod)}" podUID="${this.uid}"`,
    );
    this.#host.finished(this);
  }

  #schedule(at: number): void {
    const { process } = this.#services;
    if (this.#timer !== undefined) {
      if (this.#timerAt <= at) return;
      process.cancel(this.#timer);
    }
    this.#timerAt = at;
    this.#timer = process.at(at, () => {
      this.#timer = undefined;
      this.#sync();
    });
  }

  /** Reports the status as of now and returns the phase the containers are in. */
  #report(view: RuntimeView): { readonly phase: string; readonly status: PodStatus } {
    const { statuses, probes, runtime, hostIPs, process } = this.#services;
    probes.observe(this.uid, view);
    const old = statuses.get(this.uid) ?? this.pod.status ?? NO_STATUS;
    const result = generatePodStatus({
      pod: this.pod,
      old,
      view,
      runtime,
      waiting: this.#waiting ?? NOTHING_WAITS,
      probes,
      hostIPs,
      resizing: this.#resizing,
      verdict: this.#verdict,
      ending: this.#state !== 'syncing',
      ended: this.#state === 'finished',
      now: process.now(),
    });
    // A pod that ends as its containers ended is reported as ended once all of it has stopped.
    if (this.#state !== 'syncing' || !isTerminalPhase(result.phase)) statuses.set(this.pod, result.status);
    return result;
  }

  #sync(): void {
    if (this.#state !== 'syncing' || this.#busy) return;
    const { runtime, probes } = this.#services;
    const view = new RuntimeView(runtime, this.uid);
    // Before the status is computed: of containers that run already, the old verdicts still hold.
    probes.addPod(this.pod);
    const { phase, status } = this.#report(view);
    if (isTerminalPhase(phase)) {
      this.terminate();
      return;
    }
    if (this.#pastDeadline(status)) return;
    removeOldSandboxes(view, runtime);
    this.#busy = true;
    this.#pending = false;
    const epoch = ++this.#epoch;
    const { networkReady, message } = runtime.status();
    if (!networkReady && this.pod.spec.hostNetwork !== true) {
      const text = `network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${message}`;
      this.#services.events.pod(this.pod, 'Warning', 'NetworkNotReady', text);
      this.#end(NETWORK_RETRY_MS);
      return;
    }
    if (this.#mounted) this.#act(view, epoch);
    else
      new VolumeWait(
        this.#services,
        this.pod,
        () => epoch === this.#epoch,
        () => {
          this.#mounted = true;
          this.#act(view, epoch);
        },
      ).run();
  }

  /** activeDeadlineSeconds (active_deadline.go). */
  #pastDeadline(status: PodStatus): boolean {
    const seconds = this.pod.spec.activeDeadlineSeconds;
    const start = status.startTime === undefined ? undefined : parseTime(status.startTime);
    if (seconds === undefined || start === undefined) return false;
    const { process } = this.#services;
    const due = start + seconds * 1000;
    process.cancel(this.#deadline);
    if (process.now() >= due) {
      this.#expire();
      return true;
    }
    this.#deadline = process.at(due, () => {
      if (this.#state === 'syncing') this.#expire();
    });
    return false;
  }

  #expire(): void {
    this.#services.events.pod(this.pod, 'Normal', 'DeadlineExceeded', DEADLINE.message);
    this.terminate(DEADLINE);
  }

  #act(view: RuntimeView, epoch: number): void {
    const actions = computePodActions(this.pod, view, this.#services.probes);
    const wanted = (): boolean => epoch === this.#epoch;
    if (actions.killPod) {
      if (actions.createSandbox && view.sandbox !== undefined)
        this.#services.events.pod(
          this.pod,
          'Normal',
          'SandboxChanged',
          'Pod sandbox changed, it will be killed and re-created.',
        );
      this.#host.killer.killPod(this.pod, specGracePeriod(this.pod) * 1000, () => {
        if (!wanted()) return;
        if (actions.createSandbox) this.#createSandbox(actions, epoch);
        else {
          this.#pending = true;
          this.#end();
        }
      });
      return;
    }
    const again = this.#actuate(view) ? this.#retryDelay() : undefined;
    this.#host.killer.killSome(this.pod, actions.kills, () => {
      if (!wanted()) return;
      const now = actions.kills.length === 0 ? view : new RuntimeView(this.#services.runtime, this.uid);
      this.#startAll(actions.starts, now, epoch, again);
    });
  }

  #createSandbox(actions: PodActions, epoch: number): void {
    const { runtime, process, events, journal } = this.#services;
    const config = sandboxConfig(this.pod, actions.attempt, this.#services);
    const tooLong = nameTooLong(config);
    const answered = (result: RuntimeResult<SandboxStatus>): void => {
      process.after(0, () => {
        if (epoch !== this.#epoch) {
          if (result.ok && this.#state !== 'syncing') runtime.stopPodSandbox(result.value.id);
          return;
        }
        if (result.ok) {
          this.#startAll(actions.starts, new RuntimeView(runtime, this.uid), epoch);
          return;
        }
        const text = `Failed to create pod sandbox: ${result.error}`;
        events.pod(this.pod, 'Warning', 'FailedCreatePodSandBox', text);
        journal.error(
          'pod_workers.go',
          `"Error syncing pod, skipping" err=${goQuote(text)} pod="${podRef(this.pod)}" podUID="${this.uid}"`,
        );
        this.#end(this.#retryDelay());
      });
    };
    if (tooLong === undefined) runtime.runPodSandbox(config, answered);
    else answered({ ok: false, error: tooLong });
  }

  /** Starts containers one after the other; an init container that does not start holds up the rest. */
  #startAll(starts: readonly Container[], view: RuntimeView, epoch: number, again?: number): void {
    let retryMs = again;
    const startNext = (i: number): void => {
      const container = starts[i];
      if (container === undefined) {
        this.#end(retryMs);
        return;
      }
      const wanted = (): boolean => epoch === this.#epoch;
      new ContainerStart(this.#services, this.pod, container, view, wanted, (result) => {
        if (result.ok) {
          this.#waiting?.delete(container.name);
          startNext(i + 1);
          return;
        }
        const delay = Math.min(result.retryMs ?? Number.POSITIVE_INFINITY, this.#retryDelay());
        retryMs = Math.min(retryMs ?? delay, delay);
        this.#setWaiting(container.name, result.waiting);
        if (this.#isRegularInit(container)) this.#end(retryMs);
        else startNext(i + 1);
      }).run();
    };
    startNext(0);
  }

  #isRegularInit(container: Container): boolean {
    return (
      this.pod.spec.initContainers?.includes(container) === true && !isRestartableInitContainer(container)
    );
  }

  /** A new reason to wait shows in the status a moment later, so that what led to it is seen first. */
  #setWaiting(name: string, waiting: WaitingReason): void {
    const before = this.#waiting?.get(name);
    if (before?.reason === waiting.reason && before.message === waiting.message) return;
    this.#waiting ??= new Map();
    this.#waiting.set(name, waiting);
    const { process } = this.#services;
    this.#refresh ??= process.at(this.#services.relistAfter(process.now() + 1), () => {
      this.#refresh = undefined;
      this.refreshStatus();
    });
  }

  #retryDelay(): number {
    return Math.ceil(RETRY_MS * (1 + RETRY_JITTER * this.#services.process.random.float()));
  }

  /** Ends a sync: looks again when something changed meanwhile, or after `retryMs`. */
  #end(retryMs?: number): void {
    const { process } = this.#services;
    this.#busy = false;
    this.#lastEnd = process.now();
    if (retryMs !== undefined) this.#schedule(process.now() + retryMs);
    if (!this.#pending) return;
    this.#pending = false;
    this.#schedule(this.#services.relistAfter(process.now() + 1));
  }
}

const DEADLINE: Verdict = Object.freeze({
  phase: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
});
