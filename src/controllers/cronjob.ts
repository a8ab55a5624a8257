import type { CronJob, Job } from '../api/generated/types.ts';
import { cronJob as cronJobKind } from '../api/kinds/cronjob.ts';
import { job as jobKind } from '../api/kinds/job.ts';
import { controllerOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, requeueAfter, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { CronJobSync } from './cronjobsync.ts';
import { CONTROLLER_INDEX, controllerIndex } from './ownership.ts';

const NAME = 'cronjob-controller';

/** Makes Jobs at the times of a schedule (pkg/controller/cronjob, version 2). */
class CronJobController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #cronJobs: Informer<CronJob>;
  readonly #jobs: Informer<Job>;
  readonly #loop: Controller;

  constructor(context: ControllerContext) {
    this.#clock = context.process;
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#cronJobs = context.informers.informer(cronJobKind);
    this.#jobs = context.informers.informer(jobKind);
    this.#jobs.addIndex(CONTROLLER_INDEX, controllerIndex);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      ready: () => this.#cronJobs.synced && this.#jobs.synced,
      reconcile: (key) => this.#sync(key),
    });
    this.#cronJobs.addHandler({
      add: (cronJob) => this.#loop.enqueue(cronJob),
      update: (_, cronJob) => this.#loop.enqueue(cronJob),
    });
    const changed = (job: Job): void => this.#jobChanged(job);
    this.#jobs.addHandler({ add: changed, update: (_, job) => changed(job), delete: changed });
  }

  #jobChanged(job: Job): void {
    const reference = controllerOf(job);
    if (reference?.kind === 'CronJob')
      this.#loop.queue.add(`${namespaceOf(job)}/${reference.name}`, revisionOf(job));
  }

  #sync(key: string): ReconcileResult {
    const cronJob = this.#cronJobs.get(key);
    if (cronJob === undefined) return DONE;
    const { wait, failure } = new CronJobSync({
      client: this.#client,
      recorder: this.#recorder,
      cronJob,
      jobs: this.#jobs.byIndex(CONTROLLER_INDEX, uidOf(cronJob)),
      now: this.#clock.now(),
    }).run();
    if (failure !== undefined) return retry(failure);
    return wait === undefined ? DONE : requeueAfter(wait);
  }
}

export const cronJobController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new CronJobController(context),
};
