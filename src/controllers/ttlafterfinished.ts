import type { Job } from '../api/generated/types.ts';
import { finishedCondition } from '../api/jobstatus.ts';
import { job as jobKind } from '../api/kinds/job.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { isConflict, isNotFound } from '../apimachinery/status.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const NAME = 'ttl-after-finished-controller';

/** Deletes finished Jobs after `ttlSecondsAfterFinished` (pkg/controller/ttlafterfinished). */
class TtlAfterFinishedController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #jobs: Informer<Job>;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(NAME);
    this.#jobs = context.informers.informer(jobKind);
    const loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#jobs.synced,
      reconcile: (key) => this.#sync(key),
    });
    const consider = (job: Job): void => {
      if (expiry(job) !== undefined) loop.enqueue(job);
    };
    this.#jobs.addHandler({ add: consider, update: (_, job) => consider(job) });
  }

  #sync(key: string): ReconcileResult {
    const cached = this.#jobs.get(key);
    if (cached === undefined) return DONE;
    const due = expiry(cached);
    if (due === undefined) return DONE;
    const left = due - this.#clock.now();
    if (left > 0) return requeueAfter(left);
    // The time may have been changed meanwhile: the server is asked before anything is deleted.
    const fresh = this.#client.get(jobKind, nameOf(cached), namespaceOf(cached));
    if (!fresh.ok) return isNotFound(fresh.status) ? DONE : retry(fresh.status);
    const again = expiry(fresh.value);
    if (again === undefined) return DONE;
    if (again > this.#clock.now()) return requeueAfter(again - this.#clock.now());
    const deleted = this.#client.delete(jobKind, nameOf(cached), namespaceOf(cached), {
      propagationPolicy: 'Foreground',
      preconditions: { uid: uidOf(fresh.value) },
    });
    const gone = deleted.ok || isNotFound(deleted.status) || isConflict(deleted.status);
    return gone ? DONE : retry(deleted.status);
  }
}

/** When a Job is to go, ms; undefined if it is not finished, stays, or is going already. */
function expiry(job: Job): number | undefined {
  const ttl = job.spec.ttlSecondsAfterFinished;
  if (ttl === undefined || isTerminating(job)) return undefined;
  const finished = parseTime(finishedCondition(job)?.lastTransitionTime ?? '');
  return finished === undefined ? undefined : finished + ttl * 1000;
}

export const ttlAfterFinishedController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new TtlAfterFinishedController(context),
};
