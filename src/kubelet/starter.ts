import type { Container, EphemeralContainer, Pod } from '../api/generated/types.ts';
import { uidOf } from '../api/object.ts';
import { formatDuration } from '../apimachinery/duration.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { containerHash } from './actions.ts';
import { type ConfigResult, containerConfig } from './containerconfig.ts';
import type { WaitingReason } from './containerstatus.ts';
import type { CriContainer, ImageRecord } from './cri.ts';
import { runHook } from './hooks.ts';
import { podDescription, podRef, specGracePeriod } from './podtext.ts';
import { pullSecrets } from './pullsecrets.ts';
import type { RuntimeView } from './runtimeview.ts';
import { missingProfile } from './security.ts';
import type { PodServices } from './services.ts';

/** Virtual time containerd takes to make a container, and to start it, ms. */
const CREATE_MS = 80;
const START_MS = 60;
/** A postStart hook has no time limit of its own upstream; this bounds the wait, ms. */
const POST_START_TIMEOUT_MS = 3_600_000;

/** How the start of a container ended. */
export type StartResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly waiting: WaitingReason;
      /** When waiting has a known end, ms from now. */
      readonly retryMs?: number;
    };

const STARTED: StartResult = Object.freeze({ ok: true });

/** Starts one container: back-off, image, configuration, creation, start, postStart hook, one after the other. */
export class ContainerStart {
  readonly #services: PodServices;
  readonly #pod: Pod;
  readonly #container: Container;
  readonly #view: RuntimeView;
  /** False once the sync this start belongs to has been cancelled. */
  readonly #wanted: () => boolean;
  readonly #done: (result: StartResult) => void;

  constructor(
    services: PodServices,
    pod: Pod,
    container: Container,
    view: RuntimeView,
    wanted: () => boolean,
    done: (result: StartResult) => void,
  ) {
    this.#services = services;
    this.#pod = pod;
    this.#container = container;
    this.#view = view;
    this.#wanted = wanted;
    this.#done = done;
  }

  run(): void {
    const latest = this.#view.latest(this.#container.name);
    const backedOff = this.#backOff(latest);
    if (backedOff !== undefined) {
      this.#done(backedOff);
      return;
    }
    const { images, events } = this.#services;
    const secrets = pullSecrets(this.#pod, this.#container.image ?? '', this.#services.secret);
    if (secrets.missing.length > 0) {
      const message = `Unable to retrieve some image pull secrets (${secrets.missing.join(', ')}); attempting to pull the image may not succeed.`;
      events.pod(this.#pod, 'Warning', 'FailedToRetrieveImagePullSecret', message);
    }
    images.ensureImage({
      pod: this.#pod,
      container: this.#container,
      auth: secrets.auth,
      wanted: this.#wanted,
      done: (result) => {
        if (result.ok) this.#create(result.image, latest);
        else {
          const retryMs = images.backoffRemaining(this.#pod, this.#container);
          this.#fail(result.waiting, result.waiting.reason, retryMs);
        }
      },
    });
  }

  /** A container that keeps ending is started after a growing delay (kuberuntime_manager.go doBackOff). */
  #backOff(latest: CriContainer | undefined): StartResult | undefined {
    if (latest?.state !== 'exited') return undefined;
    const { crashes, events, journal } = this.#services;
    const { name } = this.#container;
    const key = `${uidOf(this.#pod)}_${name}_${containerHash(this.#container)}`;
    const retryMs = crashes.remainingSince(key, latest.finishedAt);
    if (retryMs === 0) {
      crashes.next(key, latest.finishedAt);
      return undefined;
    }
    const pod = podDescription(this.#pod);
    const delay = formatDuration(crashes.get(key));
    const message = `back-off ${delay} restarting failed container=${name} pod=${pod}`;
    events.container(
      this.#pod,
      this.#container,
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${name} in pod ${pod}`,
    );
    journal.error(
      'pod_workers.go',
      `"Error syncing pod, skipping" err=${goQuote(`failed to "StartContainer" for "${name}" with CrashLoopBackOff: "${message}"`)} pod="${podRef(this.#pod)}" podUID="${uidOf(this.#pod)}"`,
    );
    return { ok: false, waiting: { reason: 'CrashLoopBackOff', message }, retryMs };
  }

  #create(image: ImageRecord, latest: CriContainer | undefined): void {
    const { runtime, process } = this.#services;
    const sandbox = this.#view.sandbox;
    if (sandbox === undefined) return;
    const reuse = latest?.state === 'created';
    const config = this.#config(image, latest, reuse);
    if (!config.ok) {
      this.#fail({ reason: 'CreateContainerConfigError', message: config.error }, config.error);
      return;
    }
    if (reuse) runtime.removeContainer(latest.id);
    process.after(CREATE_MS, () => {
      if (!this.#wanted()) return;
      this.#prune();
      const created = this.#refuseProfile() ?? runtime.createContainer(sandbox.id, config.config);
      if (!created.ok) {
        this.#fail({ reason: 'CreateContainerError', message: created.error }, created.error);
        return;
      }
      this.#event('Normal', 'Created', 'Container created');
      process.after(START_MS, () => {
        if (this.#wanted()) this.#start(created.value);
      });
    });
  }

  #config(image: ImageRecord, latest: CriContainer | undefined, reuse: boolean): ConfigResult {
    const old = this.#services.statuses.get(uidOf(this.#pod)) ?? this.#pod.status;
    const known = [...(old?.containerStatuses ?? []), ...(old?.initContainerStatuses ?? [])];
    const lost = known.find(({ name }) => name === this.#container.name)?.restartCount ?? 0;
    const attempt = latest === undefined ? lost : latest.config.attempt + (reuse ? 0 : 1);
    const made = containerConfig(this.#pod, this.#container, image, attempt, this.#view.ips, this.#services);
    const { targetContainerName: name = '' } = this.#container as EphemeralContainer;
    if (!made.ok || name === '') return made;
    const target = this.#view.latest(name);
    if (target === undefined) return { ok: false, error: `unable to find target container ${name}` };
    return { ok: true, config: { ...made.config, processes: { target: target.id } } };
  }

  /** A profile that is not on the machine is noticed when the container is made. */
  #refuseProfile(): { readonly ok: false; readonly error: string } | undefined {
    const { volumes } = this.#services;
    const error = missingProfile(this.#pod, this.#container, (path) => volumes.hasHostFile(path));
    return error === undefined ? undefined : { ok: false, error };
  }

  /** Of each container only the incarnation before the present one is kept. */
  #prune(): void {
    const { runtime } = this.#services;
    const latest = this.#view.latest(this.#container.name);
    for (const { id, config, state } of this.#view.containers) {
      if (config.name === this.#container.name && id !== latest?.id && state === 'exited')
        runtime.removeContainer(id);
    }
  }

  #start(id: string): void {
    const { runtime } = this.#services;
    const started = runtime.startContainer(id);
    if (!started.ok) {
      this.#fail({ reason: 'RunContainerError', message: started.error }, started.error);
      return;
    }
    this.#event('Normal', 'Started', 'Container started');
    const hook = this.#container.lifecycle?.postStart;
    if (hook === undefined) {
      this.#done(STARTED);
      return;
    }
    const subject = { container: this.#container, id, podIP: this.#view.ips[0] ?? '' };
    const { process, probeEnvironment } = this.#services;
    runHook(process, probeEnvironment, hook, subject, POST_START_TIMEOUT_MS, (error) => {
      if (!this.#wanted()) return;
      if (error === undefined) this.#done(STARTED);
      else this.#hookFailed(id, error);
    });
  }

  #hookFailed(id: string, error: string): void {
    const { runtime, process } = this.#services;
    this.#event('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    this.#event('Normal', 'Killing', 'FailedPostStartHook');
    runtime.stopContainer(id, specGracePeriod(this.#pod) * 1000, () => {
      process.after(0, () => {
        if (this.#wanted())
          this.#done({ ok: false, waiting: { reason: 'PostStartHookError', message: error } });
      });
    });
  }

  #fail(waiting: WaitingReason, error: string, retryMs?: number): void {
    this.#event('Warning', 'Failed', `Error: ${error}`);
    this.#services.journal.error(
      'pod_workers.go',
      `"Error syncing pod, skipping" err=${goQuote(`failed to "StartContainer" for "${this.#container.name}" with ${waiting.reason}: "${waiting.message}"`)} pod="${podRef(this.#pod)}" podUID="${uidOf(this.#pod)}"`,
    );
    this.#done({ ok: false, waiting, ...(retryMs === undefined || retryMs === 0 ? {} : { retryMs }) });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#services.events.container(this.#pod, this.#container, type, reason, message);
  }
}
