import type { CronJob, Job, JobSpec, PodSpec } from '../../../api/generated/types.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { KubectlContext } from '../../context.ts';
import { builtin } from '../../discovery.ts';
import { type Failure, fail, failure, isFailed } from '../../errors.ts';
import { namespaceFor } from '../../flagsets.ts';
import { resolve } from '../../resources.ts';
import { atOnce } from '../../run.ts';
import type { ParsedArgs, Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument, requireFlags } from './generated.ts';

function podSpec(name: string, image: string, command: readonly string[], restartPolicy: string): PodSpec {
  const commanded = command.length === 0 ? {} : { command };
  return { containers: [{ name, image, ...commanded, resources: {} }], restartPolicy };
}

/** `kubectl create job` (pkg/cmd/create/create_job.go). */
export const createJob: Verb = {
  name: 'job',
  short: 'Create a job with the specified name',
  takesCommand: true,
  usage: 'kubectl create job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  examples: `  # Create a job that prints the date
  kubectl create job now --image=busybox -- date

  # Run a cron job now
  kubectl create job by-hand --from=cronjob/backup`,
  flags: [
    ...CREATE_FLAGS,
    { name: 'image', type: 'string', usage: 'Image name to run' },
    {
      name: 'from',
      type: 'string',
      usage: 'The name of the resource to create a Job from (only cronjob is supported)',
    },
  ],
  run: atOnce((context, args) => {
    const named = nameArgument('kubectl create job', args);
    if (isFailed(named)) return fail(context, named.failure);
    const [image, from, command] = [args.string('image'), args.string('from'), args.afterDash ?? []];
    if ((image === '') === (from === '')) return fail(context, 'either --image or --from must be specified');
    if (from !== '' && command.length > 0) return fail(context, 'cannot specify --from and command');
    const made =
      from === ''
        ? jobOf(named.name, {
            template: { metadata: {}, spec: podSpec(named.name, image, command, 'Never') },
          })
        : jobFrom(context, args, named.name, from);
    if (isFailed(made)) return fail(context, made.failure);
    return createGenerated(context, args, 'jobs', made).code;
  }),
};

function jobOf(name: string, spec: JobSpec): Job {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec, status: {} };
}

/** The Job that a CronJob would make, made now. The CronJob owns it. */
function jobFrom(context: KubectlContext, args: ParsedArgs, name: string, from: string): Job | Failure {
  const resolved = resolve(context, {
    args: [from],
    namespace: namespaceFor(context, args),
    enforceNamespace: false,
  });
  if (isFailed(resolved)) return resolved;
  const [info, ...others] = resolved.infos;
  if (resolved.errors[0] !== undefined) return failure(resolved.errors[0]);
  if (info === undefined || others.length > 0) return failure('from must be an existing cronjob');
  if (info.kind.plural !== 'cronjobs') return failure(`unknown object type ${info.kind.kind}`);
  const found = context.client.get<KubeObject>(builtin('cronjobs'), info.name, info.namespace);
  if (!found.ok) return failure(found.status);
  const cronJob = found.value as CronJob;
  const { metadata = {}, spec } = cronJob.spec.jobTemplate;
  const annotations = { 'cronjob.kubernetes.io/instantiate': 'manual', ...metadata.annotations };
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: cronJob.metadata.name ?? '',
    uid: cronJob.metadata.uid ?? '',
    controller: true,
  };
  const labels = metadata.labels === undefined ? {} : { labels: metadata.labels };
  const job = jobOf(name, spec ?? { template: {} });
  return { ...job, metadata: { name, annotations, ...labels, ownerReferences: [owner] } };
}

/** `kubectl create cronjob` (pkg/cmd/create/create_cronjob.go). */
export const createCronJob: Verb = {
  name: 'cronjob',
  aliases: ['cj'],
  short: 'Create a cron job with the specified name',
  takesCommand: true,
  usage: "kubectl create cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
  examples: `  # Create a cron job that runs every minute
  kubectl create cronjob tick --image=busybox --schedule="*/1 * * * *" -- date`,
  flags: [
    ...CREATE_FLAGS,
    { name: 'image', type: 'string', usage: 'Image name to run' },
    {
      name: 'schedule',
      type: 'string',
      usage: 'A schedule in the Cron format the job should be run with',
    },
    { name: 'restart', type: 'string', usage: "job's restart policy. supported values: OnFailure, Never" },
  ],
  run: atOnce((context, args) => {
    const missing = requireFlags(args, ['image', 'schedule']);
    if (missing !== undefined) return fail(context, missing.failure);
    const named = nameArgument('kubectl create cronjob', args);
    if (isFailed(named)) return fail(context, named.failure);
    const { name } = named;
    const restart = args.string('restart') === '' ? 'OnFailure' : args.string('restart');
    const template = {
      metadata: {},
      spec: podSpec(name, args.string('image'), args.afterDash ?? [], restart),
    };
    const object: CronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: { schedule: args.string('schedule'), jobTemplate: { metadata: { name }, spec: { template } } },
      status: {},
    };
    return createGenerated(context, args, 'cronjobs', object).code;
  }),
};
