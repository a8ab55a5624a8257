import { describe, expect, it } from 'vitest';
import { cronJob } from '../../../src/api/kinds/cronjob.ts';
import { job } from '../../../src/api/kinds/job.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { complaints, defaulted } from './manifests.ts';

const container = { name: 'main', image: 'work' };
const template = { spec: { restartPolicy: 'Never', containers: [container] } };
const jobManifest = (spec: object = {}): unknown => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work', namespace: 'default', uid: 'u1' },
  spec: { template, ...spec },
});
const cronManifest = (spec: object = {}, name = 'tick'): unknown => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name, namespace: 'default' },
  spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } }, ...spec },
});
const prepared = (spec: object = {}) => {
  const object = defaulted(job, jobManifest(spec));
  return job.prepareForCreate?.(object) ?? object;
};
const refused = (spec: object): readonly string[] => job.validate(prepared(spec)).map(formatFieldError);

describe('a Job', () => {
  it('gets upstream’s defaults', () => {
    expect(prepared().spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u1' } },
    });
    expect(prepared({ parallelism: 3 }).spec.completions).toBeUndefined();
    expect(prepared({ completions: 3 }).spec.parallelism).toBe(1);
  });

  it('has a limit for each index instead of one for all, if it asks for that', () => {
    const spec = prepared({ completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 }).spec;
    expect(spec.backoffLimit).toBe(2147483647);
  });

  it('is valid as its documentation has it', () => {
    expect(refused({})).toEqual([]);
  });

  it.each<[object, string]>([
    [
      { template: { spec: { containers: [container] } } },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [{ parallelism: -1 }, 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
    [
      { completionMode: 'Indexed', completions: undefined, parallelism: 2 },
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    [
      { backoffLimitPerIndex: 1 },
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
    ],
    [
      { completionMode: 'Indexed', completions: 2, maxFailedIndexes: 1 },
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
    ],
    [
      { successPolicy: { rules: [{ succeededCount: 1 }] } },
      'spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode',
    ],
    [
      { completionMode: 'Indexed', completions: 3, successPolicy: { rules: [{ succeededIndexes: '1-5' }] } },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1-5": error parsing succeededIndexes: too large index: "5"',
    ],
    [
      { podFailurePolicy: { rules: [{ action: 'FailJob' }] } },
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
    [
      { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }] } },
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
    ],
    [
      { managedBy: 'me' },
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  ])('with %j is refused', (spec, message) => {
    expect(refused(spec)).toContain(message);
  });

  it('keeps its template and completions', () => {
    const old = prepared();
    const next = { ...old, spec: { ...old.spec, completions: 2, parallelism: 5 } };
    expect(job.validateUpdate?.(next, old).map(formatFieldError)).toEqual([
      'spec.completions: Invalid value: 2: field is immutable',
    ]);
    const image = { spec: { restartPolicy: 'Never', containers: [{ ...container, image: 'other' }] } };
    const changed = { ...old, spec: { ...old.spec, template: image } };
    expect(job.validateUpdate?.(changed, old).map(({ field }) => field)).toEqual(['spec.template']);
  });

  it('may be moved to other nodes before it was ever started', () => {
    const old = prepared({ suspend: true });
    const spec = old.spec.template.spec;
    const moved = {
      ...old.spec.template,
      spec: { ...spec, containers: spec?.containers ?? [], nodeSelector: { disk: 'ssd' } },
    };
    const next = { ...old, spec: { ...old.spec, template: moved } };
    expect(job.validateUpdate?.(next, old)).toEqual([]);
    const started = { ...old, spec: { ...old.spec, suspend: false } };
    expect(job.validateUpdate?.(next, started)).toHaveLength(1);
  });
});

describe('a CronJob', () => {
  it('gets upstream’s defaults', () => {
    expect(defaulted(cronJob, cronManifest()).spec).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { completions: 1, backoffLimit: 6 } },
    });
  });

  it.each<[object, string]>([
    [
      { schedule: '61 * * * *' },
      'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
    ],
    [{ schedule: '' }, 'spec.schedule: Required value'],
    [
      { schedule: 'TZ=UTC 0 0 * * *' },
      'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    [
      { timeZone: 'Mars/Phobos' },
      'spec.timeZone: Invalid value: "Mars/Phobos": unknown time zone Mars/Phobos',
    ],
    [
      { timeZone: 'Local' },
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
    [
      { concurrencyPolicy: 'Queue' },
      'spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"',
    ],
    [
      { startingDeadlineSeconds: -1 },
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
  ])('with %j is refused', (spec, message) => {
    expect(complaints(cronJob, cronManifest(spec))).toContain(message);
  });

  it('leaves room in its name for the minute', () => {
    const name = 'a'.repeat(53);
    expect(complaints(cronJob, cronManifest({}, name))).toContain(
      `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
    );
  });
});
