import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, ageSince, nameColumn } from '../columns.ts';
import { withStruct } from '../defaults/unset.ts';
import type {
  CronJob,
  CronJobSpec,
  CronJobStatus,
  JobTemplateSpec,
  PodTemplateSpec,
} from '../generated/types.ts';
import { type KindDefinition, withDefaults, withField } from '../kind.ts';
import { validateCronJob } from '../validation/cronjob.ts';
import { workloadWarnings } from '../validation/podwarnings.ts';
import { defaultJobSpec } from './job.ts';

const SPEC_DEFAULTS = {
  concurrencyPolicy: 'Allow',
  suspend: false,
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 1,
} as const;
const NO_STATUS: CronJobStatus = Object.freeze({});

function defaultTemplate(template: JobTemplateSpec): JobTemplateSpec {
  return withStruct(
    withStruct(template, 'metadata', (metadata) => metadata),
    'spec',
    defaultJobSpec,
  );
}

function defaultSpec(spec: CronJobSpec): CronJobSpec {
  return withStruct(withDefaults<CronJobSpec>(spec, SPEC_DEFAULTS), 'jobTemplate', defaultTemplate);
}

function podTemplateOf({ spec }: CronJob): PodTemplateSpec | undefined {
  return spec.jobTemplate.spec?.template;
}

function containersOf(object: CronJob): readonly { readonly name: string; readonly image?: string }[] {
  return podTemplateOf(object)?.spec?.containers ?? [];
}

/** CronJobs (pkg/apis/batch/v1/defaults.go, pkg/registry/batch/cronjob/strategy.go). */
export const cronJob: KindDefinition<CronJob> = {
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'CronJob',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpec),
  prepareForCreate: (object) => withField(object, 'status', NO_STATUS),
  validate: validateCronJob,
  warnings: (object) => workloadWarnings(object.metadata.name, podTemplateOf(object) ?? {}),
  statusSubresource: true,
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Schedule', cell: ({ spec }) => spec.schedule },
    { name: 'Timezone', cell: ({ spec }) => spec.timeZone ?? '<none>' },
    { name: 'Suspend', cell: ({ spec }) => (spec.suspend === true ? 'True' : 'False') },
    { name: 'Active', cell: ({ status }) => status?.active?.length ?? 0 },
    {
      name: 'Last Schedule',
      cell: ({ status }, now) =>
        status?.lastScheduleTime === undefined ? '<none>' : ageSince(status.lastScheduleTime, now),
    },
    ageColumn,
    {
      name: 'Containers',
      wide: true,
      cell: (object) =>
        containersOf(object)
          .map(({ name }) => name)
          .join(','),
    },
    {
      name: 'Images',
      wide: true,
      cell: (object) =>
        containersOf(object)
          .map(({ image }) => image ?? '')
          .join(','),
    },
    {
      name: 'Selector',
      wide: true,
      cell: ({ spec }) => formatLabelSelector(spec.jobTemplate.spec?.selector),
    },
  ],
};
