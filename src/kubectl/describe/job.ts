import type { CronJob, Job, JobTemplateSpec } from '../../api/generated/types.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { compiledSelector } from '../../apimachinery/labels.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { controlledBy, moment, writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { writePodTemplate } from './podtemplate.ts';
import type { DescribeWriter } from './writer.ts';

/** Longer lists of indexes are cut (capIndexesListOrNone). */
const MAX_INDEXES = 50;

/** Jobs (`describeJob`). */
export const job = describer<Job>('jobs', (w, object) => {
  const { metadata, spec, status = {} } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  w.field('Selector', compiledSelector(spec.selector).toString());
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  const owner = controlledBy(object);
  if (owner !== undefined) w.field('Controlled By', owner);
  if (spec.parallelism !== undefined) w.field('Parallelism', spec.parallelism);
  w.field('Completions', spec.completions ?? '<unset>');
  if (spec.completionMode !== undefined) w.field('Completion Mode', spec.completionMode);
  if (spec.suspend !== undefined) w.field('Suspend', spec.suspend);
  if (spec.backoffLimit !== undefined) w.field('Backoff Limit', spec.backoffLimit);
  if (spec.ttlSecondsAfterFinished !== undefined)
    w.field('TTL Seconds After Finished', spec.ttlSecondsAfterFinished);
  writeTimes(w, status.startTime, status.completionTime);
  if (spec.activeDeadlineSeconds !== undefined)
    w.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
  w.field(
    'Pods Statuses',
    `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`,
  );
  if (spec.completionMode === 'Indexed') w.field('Completed Indexes', capped(status.completedIndexes ?? ''));
  writePodTemplate(w, spec.template);
});

function writeTimes(w: DescribeWriter, start: string | undefined, end: string | undefined): void {
  if (start !== undefined) w.field('Start Time', moment(start));
  if (end !== undefined) w.field('Completed At', moment(end));
  const [from, to] = [parseTime(start ?? ''), parseTime(end ?? '')];
  if (from !== undefined && to !== undefined) w.field('Duration', humanDuration(to - from));
}

/** Cut after the first comma past the limit, so that no index is torn. */
function capped(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', MAX_INDEXES);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

/** CronJobs (`describeCronJob`). */
export const cronJob = describer<CronJob>('cronjobs', (w, { metadata, spec, status }) => {
  const limit = (label: string, value: number | undefined, unit = ''): void =>
    w.field(label, value === undefined ? '<unset>' : `${value}${unit}`);
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Schedule', spec.schedule);
  w.field('Concurrency Policy', spec.concurrencyPolicy ?? '');
  w.field('Suspend', spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False');
  w.field('Time Zone', spec.timeZone ?? '<unset>');
  limit('Successful Job History Limit', spec.successfulJobsHistoryLimit);
  limit('Failed Job History Limit', spec.failedJobsHistoryLimit);
  limit('Starting Deadline Seconds', spec.startingDeadlineSeconds, 's');
  writeJobTemplate(w, spec.jobTemplate);
  const last = status?.lastScheduleTime;
  w.field('Last Schedule Time', last === undefined ? '<unset>' : moment(last));
  const active = (status?.active ?? []).map(({ name }) => name ?? '');
  w.field('Active Jobs', active.length === 0 ? '<none>' : active.join(', '));
});

function writeJobTemplate(w: DescribeWriter, { spec }: JobTemplateSpec): void {
  w.field('Selector', spec?.selector === undefined ? '<unset>' : compiledSelector(spec.selector).toString());
  w.field('Parallelism', spec?.parallelism ?? '<unset>');
  w.field('Completions', spec?.completions ?? '<unset>');
  if (spec?.activeDeadlineSeconds !== undefined)
    w.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  writePodTemplate(w, spec?.template);
}
