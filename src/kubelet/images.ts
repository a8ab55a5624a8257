import type { Container, Pod } from '../api/generated/types.ts';
import { parseImageName } from '../api/imagename.ts';
import { uidOf } from '../api/object.ts';
import { formatDuration } from '../apimachinery/duration.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import type { Process } from '../sim/process.ts';
import { Backoff } from './backoff.ts';
import type { WaitingReason } from './containerstatus.ts';
import type { ContainerRuntime, ImageRecord, PullResult, RegistryAuth } from './cri.ts';
import type { PodEvents } from './podevents.ts';
import type { PullRecords } from './pullrecords.ts';

export type ImageResult =
  | { readonly ok: true; readonly image: ImageRecord }
  | { readonly ok: false; readonly waiting: WaitingReason };

/** One container's wish for an image. `wanted` turns false when its pod is stopped meanwhile. */
export interface ImageRequest {
  readonly pod: Pod;
  readonly container: Container;
  readonly auth: readonly RegistryAuth[];
  wanted(): boolean;
  done(result: ImageResult): void;
}

interface Queued {
  readonly request: ImageRequest;
  readonly since: number;
}

const FIRST_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 300_000;

/** Gets images onto the machine, one pull after the other (pkg/kubelet/images/image_manager.go). */
export class ImageManager {
  readonly #process: Process;
  readonly #runtime: ContainerRuntime;
  readonly #events: PodEvents;
  readonly #records: PullRecords;
  readonly #serialize: boolean;
  readonly #backoff: Backoff;
  readonly #lastErrors = new Map<string, WaitingReason>();
  #queue: Queued[] = [];
  #pulling = 0;

  constructor(
    process: Process,
    runtime: ContainerRuntime,
    events: PodEvents,
    records: PullRecords,
    serialize: boolean,
  ) {
    this.#process = process;
    this.#runtime = runtime;
    this.#events = events;
    this.#records = records;
    this.#serialize = serialize;
    this.#backoff = new Backoff(process, FIRST_BACKOFF_MS, MAX_BACKOFF_MS);
  }

  /** Makes sure that the container's image is here. `request.done` may be called before this returns. */
  ensureImage(request: ImageRequest): void {
    const image = request.container.image ?? '';
    const refusal = this.#refusal(request, image);
    if (refusal !== undefined) {
      request.done({ ok: false, waiting: refusal });
      return;
    }
    const present = this.#runtime.imageStatus(image);
    const allowed = present !== undefined && this.#records.allows(present, request.auth);
    if (allowed && request.container.imagePullPolicy !== 'Always') {
      const message = `Container image ${goQuote(image)} already present on machine and can be accessed by the pod`;
      this.#events.container(request.pod, request.container, 'Normal', 'Pulled', message);
      request.done({ ok: true, image: present });
      return;
    }
    const key = backoffKey(request);
    if (this.#backoff.remaining(key) > 0) {
      request.done({ ok: false, waiting: this.#backedOff(request, image, key) });
      return;
    }
    this.#events.container(
      request.pod,
      request.container,
      'Normal',
      'Pulling',
      `Pulling image ${goQuote(image)}`,
    );
    this.#queue.push({ request, since: this.#process.now() });
    this.#next();
  }

  /** How long until the container's image may be pulled again, ms; 0: now. */
  backoffRemaining(pod: Pod, container: Container): number {
    return this.#backoff.remaining(backoffKey({ pod, container }));
  }

  /** Forgets the failures of a pod that is gone. */
  forgetPod(podUID: string): void {
    this.#backoff.forget(`${podUID}_`);
    for (const key of this.#lastErrors.keys()) if (key.startsWith(`${podUID}_`)) this.#lastErrors.delete(key);
  }

  #refusal({ pod, container, auth }: ImageRequest, image: string): WaitingReason | undefined {
    const name = parseImageName(image);
    if ('error' in name) {
      const message = `Failed to apply default image tag ${goQuote(image)}: couldn't parse image name ${goQuote(image)}: ${name.error}`;
      this.#events.container(pod, container, 'Warning', 'InspectFailed', message);
      return { reason: 'InvalidImageName', message };
    }
    if (container.imagePullPolicy !== 'Never') return undefined;
    const present = this.#runtime.imageStatus(image);
    if (present !== undefined && this.#records.allows(present, auth)) return undefined;
    const why =
      present === undefined
        ? 'is not present with pull policy of Never'
        : 'is present with pull policy of Never but does not have the proper credentials to access the image';
    const message = `Container image ${goQuote(image)} ${why}`;
    this.#events.container(pod, container, 'Warning', 'ErrImageNeverPull', message);
    return { reason: 'ErrImageNeverPull', message };
  }

  #backedOff({ pod, container }: ImageRequest, image: string, key: string): WaitingReason {
    const head = `Back-off pulling image ${goQuote(image)}`;
    this.#events.container(pod, container, 'Normal', 'BackOff', head);
    const last = this.#lastErrors.get(key);
    const message = last === undefined ? head : `${head}: ${last.reason}: ${last.message}`;
    return { reason: 'ImagePullBackOff', message };
  }

  #next(): void {
    while (!this.#serialize || this.#pulling === 0) {
      const queued = this.#queue.shift();
      if (queued === undefined) return;
      if (queued.request.wanted()) this.#pull(queued);
    }
  }

  #pull({ request, since }: Queued): void {
    this.#pulling++;
    const begun = this.#process.now();
    this.#runtime.pullImage(request.container.image ?? '', { auth: request.auth }, (result) => {
      // The kubelet may have been killed or stopped since.
      this.#process.after(0, () => {
        this.#pulling--;
        if (request.wanted()) this.#pulled(request, result, begun, since);
        this.#next();
      });
    });
  }

  #pulled(request: ImageRequest, result: PullResult, begun: number, since: number): void {
    const { pod, container } = request;
    const image = goQuote(container.image ?? '');
    const key = backoffKey(request);
    if (result.ok) {
      this.#records.pulled(result.image, request.auth);
      const now = this.#process.now();
      const took = `${formatDuration(now - begun)} (${formatDuration(now - since)} including waiting)`;
      const message = `Successfully pulled image ${image} in ${took}. Image size: ${result.image.sizeBytes} bytes.`;
      this.#events.container(pod, container, 'Normal', 'Pulled', message);
      this.#lastErrors.delete(key);
      request.done({ ok: true, image: result.image });
      return;
    }
    this.#events.container(
      pod,
      container,
      'Warning',
      'Failed',
      `Failed to pull image ${image}: ${result.error}`,
    );
    this.#backoff.next(key, this.#process.now());
    const waiting = { reason: result.code ?? 'ErrImagePull', message: result.error };
    this.#lastErrors.set(key, waiting);
    request.done({ ok: false, waiting });
  }
}

function backoffKey({ pod, container }: Pick<ImageRequest, 'pod' | 'container'>): string {
  return `${uidOf(pod)}_${container.image ?? ''}`;
}
