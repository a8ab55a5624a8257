import type { Container, Pod, Probe } from '../../api/generated/types.ts';
import type { Again } from '../../network/types.ts';
import type { Process, ProcessTimer } from '../../sim/process.ts';
import type { CriContainer } from '../cri.ts';
import {
  type ProbeEnvironment,
  type ProbeOutcome,
  runExecProbe,
  runNetworkProbe,
  type Subject,
} from './probe.ts';

export type ProbeType = 'liveness' | 'readiness' | 'startup';

/** What a worker needs of the one who keeps the verdicts. */
export interface ProbeHost {
  readonly process: Process;
  readonly environment: ProbeEnvironment;
  isStarted(container: Container, id: string): boolean;
  /** An incarnation begins; returns the verdict that holds at first, undefined for none yet. */
  begin(worker: ProbeWorker, id: string): boolean | undefined;
  forget(type: ProbeType, id: string): void;
  /** A verdict was reached. */
  settle(worker: ProbeWorker, id: string, ok: boolean): void;
  /** A single probe has ended. */
  report(worker: ProbeWorker, outcome: ProbeOutcome): void;
}

/**
 * Probes one container for one purpose, tick by tick (pkg/kubelet/prober/worker.go). It starts with
 * the pod and goes on over restarts of the container; every incarnation begins with a clean record.
 */
export class ProbeWorker {
  readonly pod: Pod;
  readonly container: Container;
  readonly type: ProbeType;
  readonly probe: Probe;
  readonly #host: ProbeHost;
  #timer: ProcessTimer | undefined;
  /** The incarnation that is probed. */
  #current: CriContainer | undefined;
  #podIP = '';
  #subject: Subject | undefined;
  /** How the last probe can be made again, if it was a success. */
  #again: Again | undefined;
  /** What the host has noted of the incarnation: it is asked for at every tick. */
  #verdict: boolean | undefined;
  readonly #delay: number;
  readonly #waitsForStart: boolean;
  #lastResult: ProbeOutcome['result'] | undefined;
  #run = 0;
  /** Waits for a new incarnation: this one has failed. */
  #onHold = false;
  /** An exec probe is under way; ticks meanwhile are skipped. */
  #busy = false;

  constructor(host: ProbeHost, pod: Pod, container: Container, type: ProbeType, probe: Probe) {
    this.#host = host;
    this.pod = pod;
    this.container = container;
    this.type = type;
    this.probe = probe;
    this.#delay = (probe.initialDelaySeconds ?? 0) * 1000;
    this.#waitsForStart = container.startupProbe !== undefined;
  }

  /** Begins to tick; the first tick comes after `delay` ms. */
  start(delay: number): void {
    this.#timer = this.#host.process.every(this.#period, () => this.#tick(), delay);
  }

  stop(): void {
    this.#host.process.cancel(this.#timer);
    this.#timer = undefined;
    this.#current = undefined;
    this.#onHold = true;
  }

  /** Takes note of the container's latest incarnation. */
  observe(latest: CriContainer | undefined, podIP: string): void {
    this.#podIP = podIP;
    if (latest?.id !== this.#current?.id) {
      if (this.#current !== undefined) this.#host.forget(this.type, this.#current.id);
      this.#verdict = undefined;
      this.#lastResult = undefined;
      this.#run = 0;
      this.#onHold = false;
      this.#busy = false;
      if (latest !== undefined) this.#verdict = this.#host.begin(this, latest.id);
    }
    if (latest !== undefined && latest.state === 'exited' && this.#current?.state !== 'exited') {
      this.#host.forget(this.type, latest.id);
      this.#verdict = undefined;
    }
    this.#current = latest;
  }

  /** Probes now, and from then on again every period. */
  trigger(): void {
    if (this.#timer === undefined || this.#busy) return;
    this.#host.process.cancel(this.#timer);
    this.#timer = this.#host.process.every(this.#period, () => this.#tick(), 0);
  }

  get #period(): number {
    return (this.probe.periodSeconds ?? 10) * 1000;
  }

  #tick(): void {
    const current = this.#current;
    if (current?.state !== 'running' || this.#onHold || this.#busy) return;
    if (this.#delay > 0 && this.#host.process.now() - current.startedAt < this.#delay) return;
    if (this.#waitsForStart) {
      const started = this.#host.isStarted(this.container, current.id);
      if (started === (this.type === 'startup')) return;
    }
    if (this.#subject?.id !== current.id || this.#subject.podIP !== this.#podIP) {
      this.#subject = { container: this.container, id: current.id, podIP: this.#podIP };
      this.#again = undefined;
    }
    // Most probes find what they found before.
    if (this.#verdict === true && this.#again?.make() === true) {
      this.#pass();
      return;
    }
    const subject = this.#subject;
    const outcome = runNetworkProbe(this.#host.environment, this.probe, subject);
    this.#again = outcome?.again;
    if (outcome !== undefined) this.#schedule(current.id, outcome);
    else {
      this.#busy = true;
      runExecProbe(this.#host.environment, this.probe, subject, (result) =>
        this.#host.process.after(0, () => this.#finish(current.id, result)),
      );
    }
  }

  /** A success that changes nothing is settled at once, and costs no event. */
  #schedule(id: string, outcome: ProbeOutcome): void {
    const settled = outcome.result === 'success' && this.#verdict === true;
    if (settled && outcome.warning === undefined) {
      this.#pass();
      return;
    }
    this.#busy = true;
    this.#host.process.after(outcome.latencyMs, () => this.#finish(id, outcome));
  }

  #pass(): void {
    this.#lastResult = 'success';
    this.#run++;
  }

  #finish(id: string, outcome: ProbeOutcome): void {
    if (this.#current?.id !== id) return;
    this.#busy = false;
    if (this.#current.state !== 'running') return;
    this.#host.report(this, outcome);
    if (outcome.result === 'unknown') return;
    if (this.#lastResult === outcome.result) this.#run++;
    else {
      this.#lastResult = outcome.result;
      this.#run = 1;
    }
    const failed = outcome.result === 'failure';
    const threshold = failed ? (this.probe.failureThreshold ?? 3) : (this.probe.successThreshold ?? 1);
    if (this.#run < threshold) return;
    if (failed && this.type !== 'readiness') {
      this.#onHold = true;
      this.#run = 0;
    }
    this.#verdict = !failed;
    this.#host.settle(this, id, !failed);
  }
}
