import type { Process } from '../sim/process.ts';
import type { ContainerRuntime } from './cri.ts';
import type { PodEvents } from './podevents.ts';

/** kubelet.go ImageGCPeriod. */
const PERIOD_MS = 300_000;
/** imageMinimumGCAge: what came only just now may be about to be used. */
const MIN_AGE_MS = 120_000;
/** imageGCHighThresholdPercent, imageGCLowThresholdPercent. */
const HIGH = 85;
const LOW = 80;
const GIB = 1024 ** 3;

export interface ImageGCOptions {
  readonly process: Process;
  readonly runtime: ContainerRuntime;
  readonly events: PodEvents;
  /** Bytes of the file system that images are on, and how many of them are used. */
  readonly capacity: number;
  used(): number;
}

/** Removes images that no container uses, those unused longest first, when the disk gets full (pkg/kubelet/images/image_gc_manager.go). */
export class ImageGC {
  readonly #options: ImageGCOptions;
  /** When each image was first seen here, and last seen in use. */
  readonly #seen = new Map<string, { readonly first: number; lastUsed: number }>();

  constructor(options: ImageGCOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.process.every(PERIOD_MS, () => this.#collect());
  }

  #collect(): void {
    const { runtime, events, capacity, used } = this.#options;
    if (capacity <= 0 || !runtime.status().runtimeReady) return;
    const inUse = this.#detect();
    const available = Math.max(0, capacity - used());
    const percent = 100 - Math.floor((available * 100) / capacity);
    if (percent < HIGH) return;
    const wanted = Math.floor((capacity * (100 - LOW)) / 100) - available;
    const freed = this.#free(wanted, inUse);
    if (freed >= wanted) return;
    const size = `${(capacity / GIB).toFixed(1)} GiB`;
    events.node(
      'Warning',
      'FreeDiskSpaceFailed',
      `Insufficient free disk space on the node's image filesystem (${percent}% of ${size} used). Failed to free sufficient space by deleting unused images (freed ${freed} bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data.`,
    );
  }

  /** Takes note of what images there are, and returns those that containers use. */
  #detect(): ReadonlySet<string> {
    const { runtime, process } = this.#options;
    const now = process.now();
    const inUse = new Set(runtime.listContainers().map(({ config }) => config.imageId));
    const present = new Set<string>();
    for (const { id } of runtime.listImages()) {
      present.add(id);
      const seen = this.#seen.get(id);
      if (seen === undefined) this.#seen.set(id, { first: now, lastUsed: inUse.has(id) ? now : 0 });
      else if (inUse.has(id)) seen.lastUsed = now;
    }
    for (const id of this.#seen.keys()) if (!present.has(id)) this.#seen.delete(id);
    return inUse;
  }

  /** Frees so many bytes, as far as there is anything to remove; returns how many it were. */
  #free(wanted: number, inUse: ReadonlySet<string>): number {
    const { runtime, process } = this.#options;
    const now = process.now();
    const ages = (id: string): readonly [number, number] => {
      const { lastUsed = 0, first = now } = this.#seen.get(id) ?? {};
      return [lastUsed, first];
    };
    const unused = runtime.listImages().filter(({ id, pinned }) => !pinned && !inUse.has(id));
    const old = unused.filter(({ id }) => now - ages(id)[1] >= MIN_AGE_MS);
    const sorted = old.toSorted((a, b) => ages(a.id)[0] - ages(b.id)[0] || ages(a.id)[1] - ages(b.id)[1]);
    let freed = 0;
    for (const { id, sizeBytes } of sorted) {
      if (freed >= wanted) break;
      if (runtime.removeImage(id).ok) freed += sizeBytes;
    }
    return freed;
  }
}
