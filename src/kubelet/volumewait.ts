import type { Pod } from '../api/generated/types.ts';
import { uidOf } from '../api/object.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { podRef } from './podtext.ts';
import type { PodServices } from './services.ts';

/** A mount that failed is tried again after this, doubling (exponential_backoff.go), ms. */
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;
/** A pod says that it waits for its volumes after this long, again and again, ms. */
const ATTEMPT_MS = 123_000;

/** Mounts a pod's volumes, trying again until all are there. */
export class VolumeWait {
  readonly #services: PodServices;
  readonly #pod: Pod;
  readonly #wanted: () => boolean;
  readonly #done: () => void;
  #retryMs = FIRST_RETRY_MS;
  #deadline: number;

  constructor(services: PodServices, pod: Pod, wanted: () => boolean, done: () => void) {
    this.#services = services;
    this.#pod = pod;
    this.#wanted = wanted;
    this.#done = done;
    this.#deadline = services.process.now() + ATTEMPT_MS;
  }

  run(): void {
    if (!this.#wanted()) return;
    const { volumes, events, process, journal } = this.#services;
    const failures = volumes.setUp(this.#services.facts(this.#pod, []));
    if (failures.length === 0) {
      this.#done();
      return;
    }
    for (const { volume, error, stage } of failures) {
      if (stage !== 'mounting') continue;
      const text = `MountVolume.SetUp failed for volume ${goQuote(volume)} : ${error}`;
      events.pod(this.#pod, 'Warning', 'FailedMount', text);
      journal.error(
        'nestedpendingoperations.go',
        `"${text}" pod="${podRef(this.#pod)}" podUID="${uidOf(this.#pod)}"`,
      );
    }
    if (process.now() >= this.#deadline) {
      this.#deadline = process.now() + ATTEMPT_MS;
      const names = failures.map(({ volume }) => volume).join(' ');
      const broken = failures.filter(({ stage }) => stage === 'processing');
      const unattached = failures.filter(({ stage }) => stage === 'attaching').map(({ volume }) => volume);
      const why =
        broken.length === 0 ? 'context deadline exceeded' : broken.map(({ error }) => error).join(', ');
      const unprocessed = broken.map(({ volume }) => volume).join(' ');
      const text = `Unable to attach or mount volumes: unmounted volumes=[${names}], unattached volumes=[${unattached.join(' ')}], failed to process volumes=[${unprocessed}]: ${why}`;
      events.pod(this.#pod, 'Warning', 'FailedMount', text);
    }
    const delay = Math.min(this.#retryMs, Math.max(1, this.#deadline - process.now()));
    // Waiting is no failure: only what was tried in vain is tried less and less often.
    if (failures.some(({ stage }) => stage === 'mounting'))
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
    process.after(delay, () => this.run());
  }
}
