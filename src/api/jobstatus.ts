import type { Job, JobCondition } from './generated/types.ts';

/** What a Job's conditions say (pkg/controller/job/util/utils.go). */

/** The condition of a type, if it is True. */
export function trueCondition(job: Job, type: string): JobCondition | undefined {
  return job.status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** The condition with which a Job ended, Complete or Failed; undefined while it goes on (util.FinishedCondition). */
export function finishedCondition(job: Job): JobCondition | undefined {
  return trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed');
}
