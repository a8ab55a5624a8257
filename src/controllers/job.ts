import type { Job, Pod } from '../api/generated/types.ts';
import { finishedCondition } from '../api/jobstatus.ts';
import { job as jobKind } from '../api/kinds/job.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { controllerOf, isTerminating, keyOf, namespaceOf, revisionOf, uidOf } from '../api/object.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import { isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Clock } from '../sim/clock.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';
import { Expectations } from './expectations.ts';
import { type Backoff, NO_BACKOFF } from './jobbackoff.ts';
import { isTracked, TRACKING } from './jobpods.ts';
import { syncJob } from './jobsync.ts';
import { releasePod } from './jobtracking.ts';
import {
  CONTROLLER_INDEX,
  claim,
  controllerIndex,
  NAMESPACE_INDEX,
  namespaceIndex,
  orphansOf,
} from './ownership.ts';
import { PodControl } from './podcontrol.ts';

const NAME = 'job-controller';
/** Whoever else may look after a Job writes its name into `spec.managedBy`. */
const OWN_NAME = 'kubernetes.io/job-controller';
/** Changes of pods are looked at together (syncJobBatchPeriod). */
const BATCH_MS = 1_000;
/** DefaultJobApiBackOff, MaxJobApiBackOff. */
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/** Runs pods until enough of them have succeeded, and counts each exactly once (pkg/controller/job). */
class JobController {
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #jobs: Informer<Job>;
  readonly #pods: Informer<Pod>;
  readonly #expectations: Expectations;
  readonly #loop: Controller;
  /** Pods that keep the finalizer of a Job that is gone. */
  readonly #orphans: Controller;
  readonly #released = new Map<string, Set<string>>();
  readonly #backoff = new Map<string, Backoff>();

  constructor(context: ControllerContext) {
    const { process } = context;
    this.#clock = process;
    this.#client = context.clientFor(NAME);
    this.#recorder = context.recorderFor(NAME, this.#client);
    this.#podControl = new PodControl(this.#client, this.#recorder);
    this.#expectations = new Expectations(process);
    this.#jobs = context.informers.informer(jobKind);
    this.#pods = context.informers.informer(podKind);
    this.#jobs.addIndex(NAMESPACE_INDEX, namespaceIndex);
    this.#pods.addIndex(CONTROLLER_INDEX, controllerIndex);
    const shared = {
      process,
      client: this.#client,
      baseDelay: RETRY_FIRST_MS,
      maxDelay: RETRY_MAX_MS,
      ready: () => this.#jobs.synced && this.#pods.synced,
    };
    this.#loop = new Controller({ ...shared, reconcile: (key) => this.#sync(key) });
    this.#orphans = new Controller({ ...shared, workers: 1, reconcile: (key) => this.#freeOrphan(key) });
    this.#jobs.addHandler({
      add: (job) => this.#loop.enqueue(job),
      update: (_, job) => this.#loop.enqueue(job),
      delete: (job) => {
        this.#loop.enqueue(job);
        for (const pod of this.#pods.byIndex(CONTROLLER_INDEX, uidOf(job)))
          if (isTracked(pod)) this.#orphans.enqueue(pod);
      },
    });
    this.#pods.addHandler({
      add: (pod) => this.#podChanged(undefined, pod, isTerminating(pod) ? 'delete' : 'add'),
      update: (old, pod) => this.#podChanged(old, pod, isTerminating(pod) ? 'delete' : 'update'),
      delete: (pod) => this.#podChanged(undefined, pod, 'gone'),
    });
  }

  #podChanged(old: Pod | undefined, pod: Pod, change: 'add' | 'update' | 'delete' | 'gone'): void {
    const former = old === undefined ? undefined : this.#ownerOf(old);
    if (former !== undefined && controllerOf(old as Pod)?.uid !== controllerOf(pod)?.uid)
      this.#enqueueLater(former, pod);
    const job = this.#ownerOf(pod);
    if (job !== undefined) {
      const key = keyOf(job);
      if (change === 'add') this.#expectations.creationObserved(key);
      if (change === 'delete' || change === 'gone') this.#expectations.deletionObserved(key, keyOf(pod));
      if (change === 'gone' || !isTracked(pod)) this.#released.get(key)?.delete(uidOf(pod));
      this.#enqueueLater(job, pod);
      return;
    }
    // A pod of no Job, or of one that is gone, is not kept for the count.
    const reference = controllerOf(pod);
    if (reference !== undefined && reference.kind !== 'Job') return;
    if (isTracked(pod) && change !== 'gone') this.#orphans.enqueue(pod);
    if (reference !== undefined || change === 'delete' || change === 'gone') return;
    for (const candidate of this.#jobs.byIndex(NAMESPACE_INDEX, namespaceOf(pod)))
      if (compiledSelector(candidate.spec.selector).matches(pod.metadata.labels))
        this.#enqueueLater(candidate, pod);
  }

  #enqueueLater(job: Job, pod: Pod): void {
    this.#loop.queue.addAfter(keyOf(job), BATCH_MS, revisionOf(pod));
  }

  #ownerOf(pod: Pod): Job | undefined {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'Job') return undefined;
    const job = this.#jobs.get(`${namespaceOf(pod)}/${reference.name}`);
    return job !== undefined && uidOf(job) === reference.uid ? job : undefined;
  }

  /** Takes the finalizer off a pod whose Job no longer exists (syncOrphanPod). */
  #freeOrphan(key: string): ReconcileResult {
    const pod = this.#pods.get(key);
    if (pod === undefined || !isTracked(pod) || this.#ownerOf(pod) !== undefined) return DONE;
    const reference = controllerOf(pod);
    if (reference !== undefined) {
      // The cache may lag behind: only the server knows whether the Job is gone.
      const fresh = this.#client.get(jobKind, reference.name, namespaceOf(pod));
      if (fresh.ok && uidOf(fresh.value) === reference.uid) return DONE;
      if (!fresh.ok && !isNotFound(fresh.status)) return retry(fresh.status);
    }
    const refused = releasePod(this.#client, pod);
    return refused === undefined || isNotFound(refused) ? DONE : retry(refused);
  }

  #sync(key: string): ReconcileResult {
    const job = this.#jobs.get(key);
    if (job === undefined) {
      this.#expectations.forget(key);
      this.#released.delete(key);
      this.#backoff.delete(key);
      return DONE;
    }
    const { managedBy = OWN_NAME } = job.spec;
    if (managedBy !== OWN_NAME) return DONE;
    if (finishedCondition(job) !== undefined) {
      this.#backoff.delete(key);
      return DONE;
    }
    const released = this.#released.get(key) ?? new Set<string>();
    this.#released.set(key, released);
    const refused = syncJob({
      client: this.#client,
      recorder: this.#recorder,
      podControl: this.#podControl,
      expectations: this.#expectations,
      job,
      key,
      pods: this.#podsOf(job),
      released,
      backoff: this.#backoff.get(key) ?? NO_BACKOFF,
      saveBackoff: (backoff) => void this.#backoff.set(key, backoff),
      now: this.#clock.now(),
      wake: (ms) => this.#loop.queue.addAfter(key, ms),
    });
    return refused === undefined ? DONE : retry(refused);
  }

  #podsOf(job: Job): readonly Pod[] {
    return claim({
      client: this.#client,
      owner: job,
      ownerKind: jobKind,
      dependentKind: podKind,
      selector: compiledSelector(job.spec.selector),
      candidates: [
        ...this.#pods.byIndex(CONTROLLER_INDEX, uidOf(job)),
        ...this.#pods.byIndex(CONTROLLER_INDEX, orphansOf(namespaceOf(job))),
      ],
      finalizers: [TRACKING],
    });
  }
}

export const jobController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new JobController(context),
};
