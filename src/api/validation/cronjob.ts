import { child, type FieldError, invalid, notSupported, required } from '../../apimachinery/fielderror.ts';
import { parseCronSchedule } from '../cronschedule.ts';
import type { CronJob, CronJobSpec } from '../generated/types.ts';
import { timeZoneOf } from '../timezone.ts';
import { checkEnum, checkNonNegative } from './common.ts';
import { checkJobSpec } from './job.ts';

/** Rules of CronJobs (pkg/apis/batch/validation/validation.go). */

const SPEC = 'spec';
/** A Job's name is the CronJob's and 11 characters. */
const MAX_NAME = 52;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

/** ValidateCronJobCreate, ValidateCronJobUpdate. */
export function validateCronJob({ metadata, spec }: CronJob): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { name = '' } = metadata;
  if (name.length > MAX_NAME)
    errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'));
  checkSchedule(errors, spec);
  checkNonNegative(errors, child(SPEC, 'startingDeadlineSeconds'), spec.startingDeadlineSeconds);
  checkTimeZone(errors, child(SPEC, 'timeZone'), spec.timeZone);
  checkEnum(errors, child(SPEC, 'concurrencyPolicy'), spec.concurrencyPolicy, POLICIES);
  const templatePath = child(SPEC, 'jobTemplate.spec');
  const job = spec.jobTemplate?.spec;
  checkJobSpec(errors, templatePath, job ?? { template: {} });
  if (job?.selector !== undefined)
    errors.push(invalid(child(templatePath, 'selector'), job.selector, '`selector` will be auto-generated'));
  if (job?.manualSelector === true)
    errors.push(notSupported(child(templatePath, 'manualSelector'), true, ['nil', 'false']));
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const)
    checkNonNegative(errors, child(SPEC, field), spec[field]);
  return errors;
}

function checkSchedule(errors: FieldError[], { schedule }: CronJobSpec): void {
  const path = child(SPEC, 'schedule');
  if (schedule === undefined || schedule === '') {
    errors.push(required(path));
    return;
  }
  const zoned = schedule.includes('TZ');
  const parsed = parseCronSchedule(zoned ? schedule.replace(/^(?:CRON_)?TZ=\S*\s*/, '') : schedule);
  if ('error' in parsed) errors.push(invalid(path, schedule, parsed.error));
  if (zoned)
    errors.push(invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
}

function checkTimeZone(errors: FieldError[], path: string, zone: string | undefined): void {
  if (zone === undefined) return;
  if (zone === '') {
    errors.push(invalid(path, zone, 'timeZone must be nil or non-empty string'));
    return;
  }
  if (zone.toLowerCase() === 'local') {
    const where = 'https://www.iana.org/time-zones';
    errors.push(invalid(path, zone, `timeZone must be an explicit time zone as defined in ${where}`));
  }
  if (timeZoneOf(zone) === undefined) errors.push(invalid(path, zone, `unknown time zone ${zone}`));
}
