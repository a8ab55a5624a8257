import { describe, expect, it } from 'vitest';
import type { Job, JobSpec, Pod } from '../../src/api/generated/types.ts';
import { finishedCondition } from '../../src/api/jobstatus.ts';
import { job as kind } from '../../src/api/kinds/job.ts';
import { pod as podKind } from '../../src/api/kinds/pod.ts';
import { isTerminating, nameOf, uidOf } from '../../src/api/object.ts';
import { garbageCollector } from '../../src/controllers/garbagecollector.ts';
import { jobController } from '../../src/controllers/job.ts';
import { isTracked, TRACKING } from '../../src/controllers/jobpods.ts';
import { ttlAfterFinishedController } from '../../src/controllers/ttlafterfinished.ts';
import { Cluster, type ClusterOptions, must } from './support.ts';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work' }] } };

function jobOf(spec: Partial<JobSpec> = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'default' },
    spec: { template, ...spec },
  };
}

function cluster(spec: Partial<JobSpec> = {}, options: ClusterOptions = {}): Cluster {
  const c = new Cluster({ controllers: [jobController, ttlAfterFinishedController], ...options });
  c.create(kind, jobOf(spec));
  return c.run(3_000);
}

const active = (c: Cluster): Pod[] =>
  c
    .pods()
    .filter((p) => !isTerminating(p) && p.status?.phase !== 'Failed' && p.status?.phase !== 'Succeeded');
const status = (c: Cluster): NonNullable<Job['status']> => c.get(kind, 'work').status ?? {};
const end = (c: Cluster): string => {
  const condition = finishedCondition(c.get(kind, 'work'));
  return condition === undefined ? 'going on' : `${condition.type} ${condition.reason}: ${condition.message}`;
};
const types = (c: Cluster): string[] => (status(c).conditions ?? []).map(({ type }) => type);

/** Ends a pod as its containers would. */
function finish(c: Cluster, pod: Pod | undefined, exitCode = 0): void {
  if (pod === undefined) throw new Error('no pod');
  const finishedAt = new Date(c.sim.now()).toISOString().replace(/\.\d+Z/, 'Z');
  const containerStatuses = [
    {
      name: 'main',
      image: 'work',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt } },
    },
  ];
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  const patch = { status: { phase, containerStatuses, conditions: [{ type: 'Ready', status: 'False' }] } };
  must(c.admin.patch(podKind, nameOf(pod), 'default', 'strategic', patch, { subresource: 'status' }));
}

describe('a Job', () => {
  it('is complete when its pod has succeeded, and says so in two steps', () => {
    const c = cluster();
    expect(status(c)).toMatchObject({ active: 1, ready: 1, terminating: 0, uncountedTerminatedPods: {} });
    finish(c, active(c)[0]);
    c.run(3_000);
    expect(types(c)).toEqual(['SuccessCriteriaMet', 'Complete']);
    expect(end(c)).toBe('Complete CompletionsReached: Reached expected number of succeeded pods');
    expect(status(c)).toMatchObject({ succeeded: 1, ready: 0 });
    expect(status(c).active).toBeUndefined();
    expect(status(c).completionTime).toBeDefined();
    expect(c.pods().some(isTracked)).toBe(false);
    expect(c.events('work')).toContain('Normal Completed from job-controller: Job completed');
  });

  it('gives its pods the labels of upstream, itself too, and the finalizer', () => {
    const c = cluster();
    const { uid } = c.get(kind, 'work').metadata;
    const labels = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'work',
      'controller-uid': uid,
      'job-name': 'work',
    };
    expect(c.get(kind, 'work').metadata.labels).toEqual(labels);
    expect(c.pods()[0]?.metadata).toMatchObject({ labels, finalizers: [TRACKING], generateName: 'work-' });
  });

  it('never runs more pods than are missing', () => {
    const c = cluster({ completions: 5, parallelism: 3 });
    expect(active(c)).toHaveLength(3);
    for (const pod of active(c)) finish(c, pod);
    c.run(3_000);
    expect(active(c)).toHaveLength(2);
    for (const pod of active(c)) finish(c, pod);
    c.run(3_000);
    expect(status(c).succeeded).toBe(5);
    expect(end(c)).toMatch(/^Complete/);
  });

  it('without completions waits for the others once one pod has succeeded', () => {
    const c = cluster({ parallelism: 3 });
    finish(c, active(c)[0]);
    c.run(3_000);
    expect(active(c)).toHaveLength(2);
    for (const pod of active(c)) finish(c, pod, 1);
    c.run(3_000);
    expect(status(c)).toMatchObject({ succeeded: 1, failed: 2 });
    expect(end(c)).toMatch(/^Complete/);
  });

  it('waits 10 s, 20 s, 40 s between tries and fails after the limit', () => {
    const c = cluster({ backoffLimit: 3 });
    const delays: number[] = [];
    for (let i = 0; i < 3; i++) {
      const at = Math.floor(c.sim.now() / 1000) * 1000;
      finish(c, active(c)[0], 1);
      c.until(() => active(c).length === 1, 120_000);
      delays.push(Math.round((c.sim.now() - at) / 1000));
      c.run(1_000);
    }
    expect(delays).toEqual([10, 20, 40]);
    finish(c, active(c)[0], 1);
    c.run(5_000);
    expect(end(c)).toBe('Failed BackoffLimitExceeded: Job has reached the specified backoff limit');
    expect(types(c)).toEqual(['FailureTarget', 'Failed']);
    expect(status(c)).toMatchObject({ failed: 4 });
    expect(c.events('work')).toContain(
      'Warning BackoffLimitExceeded from job-controller: Job has reached the specified backoff limit',
    );
  });

  it('forgets failures after a success', () => {
    const c = cluster({ completions: 2, parallelism: 1 });
    finish(c, active(c)[0], 1);
    c.until(() => active(c).length === 1, 60_000);
    c.run(2_000);
    finish(c, active(c)[0]);
    c.run(2_000);
    const at = c.sim.now();
    finish(c, active(c)[0], 1);
    c.until(() => active(c).length === 1, 60_000);
    expect(c.sim.now() - at).toBeLessThanOrEqual(12_000);
  });

  it('is ended by its deadline, and its running pods count as failed', () => {
    const c = cluster({ activeDeadlineSeconds: 30, parallelism: 2, completions: 2 });
    c.run(40_000);
    expect(end(c)).toBe('Failed DeadlineExceeded: Job was active longer than specified deadline');
    expect(status(c)).toMatchObject({ failed: 2, terminating: 0 });
    expect(c.pods()).toEqual([]);
  });

  it('deletes its pods while it is suspended, without counting them, and begins anew', () => {
    const c = cluster({ activeDeadlineSeconds: 60 });
    const begun = status(c).startTime;
    c.merge(kind, 'work', { spec: { suspend: true } });
    c.run(20_000);
    expect(c.pods()).toEqual([]);
    expect(status(c).failed).toBeUndefined();
    expect(status(c).conditions).toMatchObject([
      { type: 'Suspended', status: 'True', reason: 'JobSuspended' },
    ]);
    c.run(60_000);
    c.merge(kind, 'work', { spec: { suspend: false } });
    c.run(10_000);
    expect(status(c).conditions).toMatchObject([
      { type: 'Suspended', status: 'False', reason: 'JobResumed' },
    ]);
    expect(status(c).startTime).not.toBe(begun);
    expect(active(c)).toHaveLength(1);
    expect(end(c)).toBe('going on');
  });

  it('replaces a deleted pod at once, or when it has ended, as podReplacementPolicy says', () => {
    const slow = { kubelet: { latency: (step: string) => (step === 'stop' ? 20_000 : 100) } };
    const soon = cluster({ backoffLimit: 6 }, slow);
    soon.remove(podKind, nameOf(active(soon)[0] as Pod));
    soon.run(15_000);
    expect(soon.pods().length - soon.pods().filter(isTerminating).length).toBe(1);
    const late = cluster({ podReplacementPolicy: 'Failed' }, slow);
    late.remove(podKind, nameOf(active(late)[0] as Pod));
    late.run(15_000);
    expect(late.pods()).toHaveLength(1);
    expect(status(late)).toMatchObject({ terminating: 1 });
  });

  it('is left to whoever manages it', () => {
    expect(cluster({ managedBy: 'acme.io/queue' }).pods()).toEqual([]);
  });

  it('is deleted some time after it has finished', () => {
    const c = cluster(
      { ttlSecondsAfterFinished: 30 },
      { controllers: [jobController, ttlAfterFinishedController, garbageCollector] },
    );
    finish(c, active(c)[0]);
    c.run(20_000);
    expect(c.find(kind, 'work')).toBeDefined();
    c.run(20_000);
    expect(c.find(kind, 'work')).toBeUndefined();
    expect(c.pods()).toEqual([]);
  });

  it('lets its pods go when it is deleted', () => {
    const c = cluster({}, { controllers: [jobController, garbageCollector] });
    c.remove(kind, 'work', 'Background');
    c.run(10_000);
    expect(c.pods()).toEqual([]);
  });
});

describe('counting', () => {
  /** Invariant 27. */
  it('counts every pod exactly once, whenever the controller is killed', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const c = cluster({ completions: 4, parallelism: 2, backoffLimit: 10 }, { seed });
      const random = c.sim.stream('test');
      const ended = { ok: new Set<string>(), bad: new Set<string>() };
      for (let round = 0; round < 60 && end(c) === 'going on'; round++) {
        const [pod] = active(c);
        if (pod !== undefined && pod.status?.phase === 'Running') {
          const bad = random.float() < 0.3;
          (bad ? ended.bad : ended.ok).add(uidOf(pod));
          finish(c, pod, bad ? 1 : 0);
        }
        c.run(Math.floor(random.float() * 2_000));
        if (random.float() < 0.5) c.restart();
        c.run(8_000);
        const { succeeded = 0, failed = 0 } = status(c);
        expect(succeeded).toBeLessThanOrEqual(4);
        expect(failed).toBeLessThanOrEqual(10 + 2);
      }
      c.run(30_000);
      expect(end(c)).toMatch(/^Complete/);
      expect(types(c)).not.toContain('Failed');
      expect([status(c).succeeded, status(c).failed ?? 0]).toEqual([ended.ok.size, ended.bad.size]);
    }
  });

  it('does not lose a pod whose finalizer could not be taken off at once', () => {
    const c = cluster();
    let refusals = 3;
    c.refuse = (request) =>
      request.verb === 'patch' && request.resource === 'pods' && refusals-- > 0
        ? {
            kind: 'Status',
            apiVersion: 'v1',
            metadata: {},
            status: 'Failure',
            code: 500,
            reason: 'InternalError',
            message: 'no',
          }
        : undefined;
    finish(c, active(c)[0]);
    c.run(2_000);
    expect(status(c).uncountedTerminatedPods?.succeeded).toHaveLength(1);
    c.run(60_000);
    expect(status(c)).toMatchObject({ succeeded: 1, uncountedTerminatedPods: {} });
    expect(end(c)).toMatch(/^Complete/);
  });
});

describe('an indexed Job', () => {
  const byIndex = (c: Cluster, index: number): Pod | undefined =>
    active(c).find(
      (p) => p.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] === String(index),
    );

  it('gives each pod an index: annotation, label, name, host name and environment', () => {
    const c = cluster({ completionMode: 'Indexed', completions: 3, parallelism: 3 });
    const pod = byIndex(c, 2);
    expect(pod?.metadata.generateName).toBe('work-2-');
    expect(pod?.metadata.labels?.['batch.kubernetes.io/job-completion-index']).toBe('2');
    expect(pod?.spec.hostname).toBe('work-2');
    expect(pod?.spec.containers[0]?.env?.[0]?.name).toBe('JOB_COMPLETION_INDEX');
  });

  it('writes the indexes that are done as intervals', () => {
    const c = cluster({ completionMode: 'Indexed', completions: 7, parallelism: 7 });
    for (const index of [0, 1, 2, 3, 5]) finish(c, byIndex(c, index));
    c.run(3_000);
    expect(status(c)).toMatchObject({ completedIndexes: '0-3,5', succeeded: 5 });
  });

  it('counts failures for each index: the others go on', () => {
    const c = cluster({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1 });
    finish(c, byIndex(c, 1), 1);
    c.run(3_000);
    expect(byIndex(c, 1)).toBeUndefined();
    c.run(12_000);
    expect(byIndex(c, 1)?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('1');
    finish(c, byIndex(c, 1), 1);
    c.run(30_000);
    expect(status(c)).toMatchObject({ failedIndexes: '1', failed: 2 });
    finish(c, byIndex(c, 0));
    finish(c, byIndex(c, 2));
    c.run(5_000);
    expect(end(c)).toBe('Failed FailedIndexes: Job has failed indexes');
    expect(status(c)).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1' });
  });

  it('fails when more indexes fail than it may', () => {
    const spec = { completionMode: 'Indexed', completions: 4, parallelism: 4, backoffLimitPerIndex: 0 };
    const c = cluster({ ...spec, maxFailedIndexes: 1 });
    finish(c, byIndex(c, 0), 1);
    c.run(3_000);
    expect(end(c)).toBe('going on');
    finish(c, byIndex(c, 1), 1);
    c.run(6_000);
    expect(end(c)).toBe(
      'Failed MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes',
    );
  });

  it('succeeds early when its policy says so, and its other pods are deleted', () => {
    const successPolicy = { rules: [{ succeededIndexes: '0' }] };
    const c = cluster({ completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy });
    finish(c, byIndex(c, 0));
    c.run(6_000);
    expect(end(c)).toBe('Complete SuccessPolicy: Matched rules at index 0');
    expect(status(c)).toMatchObject({ succeeded: 1, completedIndexes: '0' });
    expect(status(c).failed).toBeUndefined();
    expect(active(c)).toEqual([]);
  });
});

describe('a pod failure policy', () => {
  const onExitCodes = (values: number[]) => ({ containerName: 'main', operator: 'In', values });
  it('fails the Job at once', () => {
    const rules = [{ action: 'FailJob', onExitCodes: onExitCodes([42]) }];
    const c = cluster({ podFailurePolicy: { rules }, parallelism: 2, completions: 2 });
    const [pod] = active(c);
    finish(c, pod, 42);
    c.run(6_000);
    expect(end(c)).toBe(
      `Failed PodFailurePolicy: Container main for pod default/${nameOf(pod as Pod)} failed with exit code 42 matching FailJob rule at index 0`,
    );
    expect(active(c)).toEqual([]);
  });

  it('ignores failures that are nobody’s fault', () => {
    const rules = [
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'Count', onExitCodes: onExitCodes([1]) },
    ];
    const c = cluster({ podFailurePolicy: { rules }, backoffLimit: 0 });
    const [pod] = active(c);
    const condition = { type: 'DisruptionTarget', status: 'True' };
    const patch = { status: { conditions: [condition] } };
    must(
      c.admin.patch(podKind, nameOf(pod as Pod), 'default', 'strategic', patch, { subresource: 'status' }),
    );
    finish(c, pod, 137);
    c.run(15_000);
    expect(end(c)).toBe('going on');
    expect(status(c).failed).toBeUndefined();
    expect(active(c)).toHaveLength(1);
  });
});
