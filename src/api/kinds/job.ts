import { humanDuration } from '../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type { Job, JobSpec, JobStatus } from '../generated/types.ts';
import { trueCondition } from '../jobstatus.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import {
  CONTROLLER_UID,
  JOB_NAME,
  LEGACY_CONTROLLER_UID,
  LEGACY_JOB_NAME,
  validateJob,
  validateJobUpdate,
} from '../validation/job.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { containersColumn, defaultPodTemplate, imagesColumn } from './podtemplate.ts';

const MAX_INT32 = 2 ** 31 - 1;
const NO_STATUS: JobStatus = Object.freeze({});

/** SetDefaults_Job, but for the labels, which need the generated ones. */
export function defaultJobSpec(given: JobSpec): JobSpec {
  let spec = given;
  if (spec.completions === undefined && spec.parallelism === undefined)
    spec = { ...spec, completions: 1, parallelism: 1 };
  spec = withDefaults<JobSpec>(spec, {
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
  return withStruct(spec, 'template', defaultPodTemplate);
}

/** The selector that only this Job's pods match, and the labels it needs (generateSelector). */
function withGeneratedSelector(job: Job): Job {
  const { uid = '', name = '' } = job.metadata;
  if (job.spec.manualSelector === true) return job;
  const { template, selector } = job.spec;
  const labels = {
    [LEGACY_JOB_NAME]: name,
    [LEGACY_CONTROLLER_UID]: uid,
    [JOB_NAME]: name,
    [CONTROLLER_UID]: uid,
    ...template.metadata?.labels,
  };
  const spec: JobSpec = {
    ...job.spec,
    selector: { ...selector, matchLabels: { [CONTROLLER_UID]: uid, ...selector?.matchLabels } },
    template: { ...template, metadata: { ...template.metadata, labels } },
  };
  return { ...job, spec };
}

/** A Job without labels has its pods' (SetDefaults_Job, which also runs whenever one is read). */
function withLabels(job: Job): Job {
  const labels = job.spec.template.metadata?.labels;
  if (labels === undefined || Object.keys(job.metadata.labels ?? {}).length > 0) return job;
  return { ...job, metadata: { ...job.metadata, labels } };
}

/** The one word for how a Job is (printJob). */
function statusText(job: Job): string {
  if (trueCondition(job, 'Complete') !== undefined) return 'Complete';
  if (trueCondition(job, 'Failed') !== undefined) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'])
    if (trueCondition(job, type) !== undefined) return type;
  return 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, now: number): string {
  const from = parseTime(status?.startTime ?? '');
  if (from === undefined) return '';
  return humanDuration((parseTime(status?.completionTime ?? '') ?? now) - from);
}

/** Jobs (pkg/apis/batch/v1/defaults.go, pkg/registry/batch/job/strategy.go). */
export const job: KindDefinition<Job> = {
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  shortNames: [],
  categories: ['all'],
  namespaced: true,
  schemaType: 'Job',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultJobSpec),
  prepareForCreate: (object) => withField(withLabels(withGeneratedSelector(object)), 'status', NO_STATUS),
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  warnings: ({ metadata, spec }) => workloadWarnings(metadata.name, spec.template),
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  columns: [
    nameColumn,
    { name: 'Status', cell: statusText },
    { name: 'Completions', cell: completionsText },
    { name: 'Duration', cell: durationText },
    ageColumn,
    containersColumn,
    imagesColumn,
    { name: 'Selector', wide: true, cell: ({ spec }) => formatLabelSelector(spec.selector) },
  ],
};
