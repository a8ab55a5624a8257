import type { Container, ContainerStatus, Pod } from '../../api/generated/types.ts';
import { uidOf } from '../../api/object.ts';
import { isRestartableInitContainer } from '../../api/podstatus.ts';
import type { Process } from '../../sim/process.ts';
import type { ProbeVerdicts } from '../actions.ts';
import { bareContainerID, type ProbeState } from '../containerstatus.ts';
import type { PodEvents } from '../podevents.ts';
import type { RuntimeView } from '../runtimeview.ts';
import type { ProbeEnvironment, ProbeOutcome } from './probe.ts';
import { type ProbeHost, type ProbeType, ProbeWorker } from './worker.ts';

export interface ProbeManagerOptions {
  readonly process: Process;
  readonly environment: ProbeEnvironment;
  readonly events: PodEvents;
  /** The verdict on a container has changed: its pod's status and containers need a look. */
  readonly changed: (podUID: string, type: ProbeType, ok: boolean) => void;
  readonly log: (text: string) => void;
}

interface PodProbes {
  readonly workers: readonly ProbeWorker[];
  /** What the kubelet's predecessor had found out, by container id. */
  readonly inherited: ReadonlyMap<string, ContainerStatus>;
}

const NO_PROBES: PodProbes = { workers: [], inherited: new Map() };

const TITLE: Readonly<Record<ProbeType, string>> = {
  liveness: 'Liveness',
  readiness: 'Readiness',
  startup: 'Startup',
};

/** Runs the probes of all pods and knows their verdicts (pkg/kubelet/prober/prober_manager.go). */
export class ProbeManager implements ProbeHost, ProbeState, ProbeVerdicts {
  readonly process: Process;
  readonly environment: ProbeEnvironment;
  readonly #options: ProbeManagerOptions;
  readonly #started: number;
  readonly #pods = new Map<string, PodProbes>();
  /** Container id -> verdict. No entry: not known yet. */
  readonly #results: Readonly<Record<ProbeType, Map<string, boolean>>> = {
    liveness: new Map(),
    readiness: new Map(),
    startup: new Map(),
  };

  constructor(options: ProbeManagerOptions) {
    this.#options = options;
    this.process = options.process;
    this.environment = options.environment;
    this.#started = options.process.now();
  }

  /** Starts the workers of a pod. Adding it again changes nothing. */
  addPod(pod: Pod): void {
    const uid = uidOf(pod);
    if (this.#pods.has(uid)) return;
    const workers: ProbeWorker[] = [];
    for (const container of probedContainers(pod)) {
      for (const type of ['startup', 'readiness', 'liveness'] as const) {
        const probe = container[`${type}Probe`];
        if (probe !== undefined) workers.push(new ProbeWorker(this, pod, container, type, probe));
      }
    }
    this.#pods.set(uid, workers.length === 0 ? NO_PROBES : { workers, inherited: inheritedStatuses(pod) });
    for (const worker of workers) worker.start(this.#firstDelay(worker));
  }

  /** Takes note of what runs now, and probes at once what is not ready yet. */
  observe(podUID: string, view: RuntimeView): void {
    const pod = this.#pods.get(podUID);
    if (pod === undefined) return;
    const podIP = view.ips[0] ?? '';
    for (const worker of pod.workers) {
      const latest = view.latest(worker.container.name);
      worker.observe(latest, podIP);
      if (
        worker.type === 'readiness' &&
        latest?.state === 'running' &&
        !this.isReady(worker.container, latest.id)
      )
        worker.trigger();
    }
  }

  /** A pod that is being stopped is no longer restarted, but its readiness still counts. */
  stopLivenessAndStartup(podUID: string): void {
    const pod = this.#pods.get(podUID);
    if (pod === undefined) return;
    for (const worker of pod.workers) if (worker.type !== 'readiness') worker.stop();
  }

  removePod(podUID: string): void {
    const pod = this.#pods.get(podUID);
    if (pod === undefined) return;
    for (const worker of pod.workers) {
      worker.observe(undefined, '');
      worker.stop();
    }
    this.#pods.delete(podUID);
  }

  isStarted(container: Container, id: string): boolean {
    return container.startupProbe === undefined || this.#results.startup.get(id) === true;
  }

  isReady(container: Container, id: string): boolean {
    if (container.readinessProbe === undefined) return this.isStarted(container, id);
    return this.#results.readiness.get(id) === true;
  }

  liveness(id: string): boolean | undefined {
    return this.#results.liveness.get(id);
  }

  startup(id: string): boolean | undefined {
    return this.#results.startup.get(id);
  }

  /** An incarnation begins: not ready, alive, startup unknown, unless it ran before this kubelet did. */
  begin(worker: ProbeWorker, id: string): boolean | undefined {
    const known = this.#pods.get(uidOf(worker.pod))?.inherited.get(id);
    if (worker.type === 'liveness') this.#results.liveness.set(id, true);
    else if (worker.type === 'readiness') this.#results.readiness.set(id, known?.ready === true);
    else if (known?.started === true) this.#results.startup.set(id, true);
    return this.#results[worker.type].get(id);
  }

  forget(type: ProbeType, id: string): void {
    this.#results[type].delete(id);
  }

  /** A verdict was reached. */
  settle(worker: ProbeWorker, id: string, ok: boolean): void {
    const results = this.#results[worker.type];
    if (results.get(id) === ok) return;
    results.set(id, ok);
    this.#options.changed(uidOf(worker.pod), worker.type, ok);
    if (worker.type !== 'startup' || !ok) return;
    for (const other of this.#pods.get(uidOf(worker.pod))?.workers ?? []) {
      if (other.type === 'readiness' && other.container.name === worker.container.name) other.trigger();
    }
  }

  /** Says what a single probe found. */
  report(worker: ProbeWorker, outcome: ProbeOutcome): void {
    const { pod, container } = worker;
    const { events } = this.#options;
    const title = TITLE[worker.type];
    if (outcome.warning !== undefined)
      events.container(
        pod,
        container,
        'Warning',
        'ProbeWarning',
        `${title} probe warning: ${outcome.warning}`,
      );
    if (outcome.result === 'success') return;
    const how = outcome.result === 'failure' ? 'failed' : 'errored and resulted in unknown state';
    events.container(pod, container, 'Warning', 'Unhealthy', `${title} probe ${how}: ${outcome.message}`);
    this.#options.log(
      `"Probe failed" probeType="${title}" pod="${pod.metadata.namespace}/${pod.metadata.name}" podUID="${uidOf(pod)}" containerName="${container.name}" probeResult="${outcome.result}" output=${JSON.stringify(outcome.message)}`,
    );
  }

  /** A kubelet that has just started spreads its probes over their period. */
  #firstDelay(worker: ProbeWorker): number {
    const period = (worker.probe.periodSeconds ?? 10) * 1000;
    const young = this.process.now() - this.#started < period;
    return young ? Math.floor(this.process.random.float() * period) : period;
  }
}

function probedContainers(pod: Pod): readonly Container[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(isRestartableInitContainer);
  return sidecars.length === 0 ? pod.spec.containers : [...sidecars, ...pod.spec.containers];
}

function inheritedStatuses(pod: Pod): ReadonlyMap<string, ContainerStatus> {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const known = new Map<string, ContainerStatus>();
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    if (status.state?.running !== undefined) known.set(bareContainerID(status.containerID), status);
  }
  return known;
}
