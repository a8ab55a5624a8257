import type { Container, Pod } from '../api/generated/types.ts';
import { isRestartableInitContainer } from '../api/podstatus.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import type { Kill } from './actions.ts';
import { GRACE_ANNOTATION } from './containerconfig.ts';
import type { CriContainer } from './cri.ts';
import { runHook } from './hooks.ts';
import { podRef, specGracePeriod } from './podtext.ts';
import { RuntimeView } from './runtimeview.ts';
import type { PodServices } from './services.ts';

/** However short the grace, the runtime gives a container this long between SIGTERM and SIGKILL, ms. */
const MIN_GRACE_MS = 2_000;

/** Calls `done` when all of several asynchronous steps have ended; at once when there are none. */
function all<T>(items: readonly T[], step: (item: T, done: () => void) => void, done: () => void): void {
  let left = items.length;
  if (left === 0) {
    done();
    return;
  }
  for (const item of items) {
    step(item, () => {
      if (--left === 0) done();
    });
  }
}

/** Stops containers: preStop hook, stop signal, and after the grace period SIGKILL. */
export class ContainerKiller {
  readonly #services: PodServices;

  constructor(services: PodServices) {
    this.#services = services;
  }

  /** Stops single containers of a pod that goes on. */
  killSome(pod: Pod, kills: readonly Kill[], done: () => void): void {
    const podIP = new RuntimeView(this.#services.runtime, pod.metadata.uid ?? '').ips[0] ?? '';
    all(
      kills,
      ({ container, id, message, probe }, next) => {
        const own =
          probe === undefined ? undefined : container[`${probe}Probe`]?.terminationGracePeriodSeconds;
        this.#kill(pod, container, id, podIP, message, (own ?? specGracePeriod(pod)) * 1000, next);
      },
      done,
    );
  }

  /**
   * Stops all containers of a pod, sidecars after the others and in reverse order, then its sandboxes.
   * `graceMs` covers everything, hooks included.
   */
  killPod(pod: Pod, graceMs: number, done: () => void): void {
    const { process, runtime } = this.#services;
    const uid = pod.metadata.uid ?? '';
    const view = new RuntimeView(runtime, uid);
    const running = view.containers.filter(({ state }) => state === 'running');
    const sidecars = new Map<string, number>();
    for (const [i, container] of (pod.spec.initContainers ?? []).entries())
      if (isRestartableInitContainer(container)) sidecars.set(container.name, i);
    const [first, last]: [CriContainer[], CriContainer[]] = [[], []];
    for (const c of running) (sidecars.has(c.config.name) ? last : first).push(c);
    last.sort((a, b) => (sidecars.get(b.config.name) ?? 0) - (sidecars.get(a.config.name) ?? 0));
    const deadline = process.now() + graceMs;
    const podIP = view.ips[0] ?? '';
    const stop = (c: CriContainer, next: () => void): void => {
      const { name } = c.config;
      const left = Math.max(0, deadline - process.now());
      this.#kill(pod, specOf(pod, name), c.id, podIP, `Stopping container ${name}`, left, next);
    };
    const nextSidecar = (): void => {
      const sidecar = last.shift();
      if (sidecar === undefined) this.#stopSandboxes(uid, done);
      else stop(sidecar, nextSidecar);
    };
    all(first, stop, nextSidecar);
  }

  /** Stops what is left of a pod that nobody knows any more (syncTerminatingRuntimePod). */
  killOrphan(podUID: string, done: () => void): void {
    const { process, runtime } = this.#services;
    const running = runtime.containersOf(podUID).filter(({ state }) => state === 'running');
    const stop = (c: CriContainer, next: () => void): void => {
      const graceMs = Number(c.config.annotations[GRACE_ANNOTATION] ?? '1') * 1000;
      runtime.stopContainer(c.id, Math.max(graceMs, MIN_GRACE_MS), () => process.after(0, next));
    };
    all(running, stop, () => this.#stopSandboxes(podUID, done));
  }

  #stopSandboxes(podUID: string, done: () => void): void {
    const { runtime } = this.#services;
    for (const sandbox of runtime.sandboxesOf(podUID))
      if (sandbox.state === 'ready') runtime.stopPodSandbox(sandbox.id);
    done();
  }

  #kill(
    pod: Pod,
    container: Container | undefined,
    id: string,
    podIP: string,
    message: string,
    graceMs: number,
    done: () => void,
  ): void {
    const { process, probeEnvironment, events, journal } = this.#services;
    const begun = process.now();
    const stop = (): void => this.#stop(id, graceMs - (process.now() - begun), done);
    journal.info(
      'kuberuntime_container.go',
      `"Killing container with a grace period" pod="${podRef(pod)}" podUID="${pod.metadata.uid}" containerName="${container?.name ?? ''}" containerID="containerd://${id}" gracePeriod=${Math.round(graceMs / 1000)}`,
    );
    if (container === undefined) {
      stop();
      return;
    }
    events.container(pod, container, 'Normal', 'Killing', message);
    const hook = container.lifecycle?.preStop;
    if (hook === undefined || graceMs <= 0) {
      stop();
      return;
    }
    runHook(process, probeEnvironment, hook, { container, id, podIP }, graceMs, (error) => {
      if (error !== undefined) {
        events.container(pod, container, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
        journal.error(
          'kuberuntime_container.go',
          `"PreStop hook failed" err=${goQuote(error)} pod="${podRef(pod)}"`,
        );
      }
      stop();
    });
  }

  #stop(id: string, graceMs: number, done: () => void): void {
    const { process, runtime } = this.#services;
    runtime.stopContainer(id, Math.max(graceMs, MIN_GRACE_MS), () => process.after(0, done));
  }
}

function specOf(pod: Pod, name: string): Container | undefined {
  const named = (list: readonly Container[] | undefined): Container | undefined =>
    list?.find((c) => c.name === name);
  return (
    named(pod.spec.containers) ??
    named(pod.spec.initContainers) ??
    named((pod.spec.ephemeralContainers ?? []) as readonly Container[])
  );
}
