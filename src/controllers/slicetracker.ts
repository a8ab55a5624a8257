import type { EndpointSlice } from '../api/generated/types.ts';
import { uidOf } from '../api/object.ts';

/** What stands for a generation where a slice was deleted and the cache has not heard of it. */
const DELETED = -1;

/**
 * What the controller wrote of each Service's slices, so that it does not take a cache for the truth that
 * has not caught up with its own writes (staging endpointslice/util/endpointslice_tracker.go).
 */
export class SliceTracker {
  /** Service key -> slice uid -> generation. */
  readonly #services = new Map<string, Map<string, number>>();

  /** Takes note of a slice as it was written. */
  written(service: string, slice: EndpointSlice): void {
    this.#of(service).set(uidOf(slice), slice.metadata.generation ?? 0);
  }

  /** Takes note that a slice was deleted by us. */
  deleted(service: string, slice: EndpointSlice): void {
    this.#of(service).set(uidOf(slice), DELETED);
  }

  /** The cache has heard that a slice is gone. Returns whether that was our doing. */
  observedDeletion(service: string, slice: EndpointSlice): boolean {
    const slices = this.#services.get(service);
    const generation = slices?.get(uidOf(slice));
    slices?.delete(uidOf(slice));
    if (slices?.size === 0) this.#services.delete(service);
    return generation === DELETED;
  }

  /** Whether the cache lags behind what was written: a sync must wait until it has caught up. */
  isStale(service: string, cached: readonly EndpointSlice[]): boolean {
    const slices = this.#services.get(service);
    if (slices === undefined) return false;
    const seen = new Set<string>();
    for (const slice of cached) {
      const generation = slices.get(uidOf(slice));
      seen.add(uidOf(slice));
      if (generation === undefined) continue;
      if (generation === DELETED || generation > (slice.metadata.generation ?? 0)) return true;
    }
    for (const [uid, generation] of slices) if (generation !== DELETED && !seen.has(uid)) return true;
    return false;
  }

  /** Whether a slice is not as we last wrote it, or not ours to begin with: its Service is looked at again. */
  isForeign(service: string, slice: EndpointSlice): boolean {
    const generation = this.#services.get(service)?.get(uidOf(slice));
    return generation === undefined || (slice.metadata.generation ?? 0) > generation;
  }

  forget(service: string): void {
    this.#services.delete(service);
  }

  #of(service: string): Map<string, number> {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const made = new Map<string, number>();
    this.#services.set(service, made);
    return made;
  }
}
