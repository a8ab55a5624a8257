import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  child,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../apimachinery/fielderror.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import type { Job, JobSpec, PodTemplateSpec } from '../generated/types.ts';
import { checkImmutable, checkNonNegative, isUnset } from './common.ts';
import { checkPodFailurePolicy, checkSuccessPolicy } from './jobpolicies.ts';
import { validateLabelSelector } from './labels.ts';
import { NO_ERRORS } from './once.ts';
import { validatePodTemplateSpec } from './podtemplate.ts';

/** Rules of Jobs (pkg/apis/batch/validation/validation.go). */

const SPEC = 'spec';
const SELECTOR = 'spec.selector';
const TEMPLATE_LABELS = 'spec.template.metadata.labels';
const MAX_INDEXED = 100_000;
const MAX_PARALLELISM_OF_MANY = 10_000;
const MAX_FAILED_OF_MANY = 10_000;
const MAX_MANAGED_BY = 63;

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
export const JOB_NAME = 'batch.kubernetes.io/job-name';
export const LEGACY_CONTROLLER_UID = 'controller-uid';
export const LEGACY_JOB_NAME = 'job-name';

/** Whether each pod of the Job has an index of its own. */
export function isIndexed(spec: JobSpec): boolean {
  return spec.completionMode === 'Indexed';
}

/** ValidateJob. */
export function validateJob(job: Job): readonly FieldError[] {
  const { spec, metadata } = job;
  const errors: FieldError[] = [];
  checkGeneratedSelector(errors, job);
  checkJobSpec(errors, SPEC, spec);
  if (spec.selector === undefined) errors.push(required(SELECTOR));
  else errors.push(...validateLabelSelector(spec.selector, SELECTOR));
  const selector = labelSelectorAsSelector(spec.selector);
  const labels = spec.template?.metadata?.labels;
  if (!('error' in selector) && !selector.matches(labels))
    errors.push(invalid(TEMPLATE_LABELS, labels ?? null, '`selector` does not match template `labels`'));
  const { completions = 0 } = spec;
  if (isIndexed(spec) && completions > 0) {
    const hostname = `${metadata.name}-${completions - 1}`;
    const why = `will not able to create pod with invalid DNS label: ${hostname}`;
    if (isDNS1123Label(hostname).length > 0) errors.push(invalid('metadata.name', metadata.name, why));
  }
  return errors;
}

/** The selector is the server's to make, unless the client took that on (ValidateGeneratedSelector). */
function checkGeneratedSelector(errors: FieldError[], { metadata, spec }: Job): void {
  if (spec.manualSelector === true || spec.selector === undefined) return;
  const { uid = '', name = '' } = metadata;
  if (uid === '') errors.push(required('metadata.uid'));
  const expected = {
    [LEGACY_CONTROLLER_UID]: uid,
    [LEGACY_JOB_NAME]: name,
    [CONTROLLER_UID]: uid,
    [JOB_NAME]: name,
  };
  const labels = spec.template?.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(expected)) {
    const given = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const path = 'spec.template.metadata.labels';
    if (given === undefined) errors.push(required(path, `must be '${value}'`));
    else if (given !== value) errors.push(invalid(path, labels, `must be '${value}'`));
  }
  const selector = labelSelectorAsSelector(spec.selector);
  if (!('error' in selector) && !selector.matches(expected))
    errors.push(invalid(SELECTOR, spec.selector, '`selector` not auto-generated'));
}

/** What Jobs and the Jobs of CronJobs have in common (validateJobSpec); `path` is where the spec stands. */
export function checkJobSpec(errors: FieldError[], path: string, spec: JobSpec): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const)
    checkNonNegative(errors, child(path, field), spec[field]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(child(path, 'backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  checkManagedBy(errors, child(path, 'managedBy'), spec.managedBy);
  checkMode(errors, path, spec);
  if (spec.podFailurePolicy !== undefined)
    checkPodFailurePolicy(errors, child(path, 'podFailurePolicy'), spec);
  const successPath = child(path, 'successPolicy');
  if (spec.successPolicy !== undefined && !isIndexed(spec))
    errors.push(invalid(successPath, spec.successPolicy, 'requires indexed completion mode'));
  else if (spec.successPolicy !== undefined) checkSuccessPolicy(errors, successPath, spec);
  checkReplacement(errors, child(path, 'podReplacementPolicy'), spec);
  checkTemplate(errors, child(path, 'template'), spec);
}

function checkManagedBy(errors: FieldError[], path: string, managedBy: string | undefined): void {
  if (managedBy === undefined) return;
  const [host = '', ...rest] = managedBy.split('/');
  if (managedBy === '') errors.push(required(path));
  else if (host === '' || rest.join('/') === '')
    errors.push(invalid(path, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  else for (const complaint of isDNS1123Subdomain(host)) errors.push(invalid(path, host, complaint));
  if (managedBy.length > MAX_MANAGED_BY) errors.push(tooLong(path, MAX_MANAGED_BY));
}

function checkMode(errors: FieldError[], path: string, spec: JobSpec): void {
  const { completionMode: mode = 'NonIndexed' } = spec;
  if (mode !== 'NonIndexed' && mode !== 'Indexed')
    errors.push(notSupported(child(path, 'completionMode'), mode, ['NonIndexed', 'Indexed']));
  if (mode === 'Indexed') {
    checkIndexedLimits(errors, path, spec);
    return;
  }
  if (mode !== 'NonIndexed') return;
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    if (spec[field] !== undefined)
      errors.push(invalid(child(path, field), spec[field], 'requires indexed completion mode'));
}

function checkIndexedLimits(errors: FieldError[], path: string, spec: JobSpec): void {
  const { completions, parallelism = 0, maxFailedIndexes } = spec;
  const [parallelPath, failedPath] = [child(path, 'parallelism'), child(path, 'maxFailedIndexes')];
  const most = (value: number, at: string, limit: number, rest = ''): void => {
    if (value > limit) errors.push(invalid(at, value, `must be less than or equal to ${limit}${rest}`));
  };
  if (completions === undefined)
    errors.push(required(child(path, 'completions'), 'when completion mode is Indexed'));
  most(parallelism, parallelPath, MAX_INDEXED, ' when completion mode is Indexed');
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    errors.push(invalid(failedPath, maxFailedIndexes, 'must be less than or equal to completions'));
  if (maxFailedIndexes !== undefined) most(maxFailedIndexes, failedPath, MAX_INDEXED);
  if ((completions ?? 0) <= MAX_INDEXED || spec.backoffLimitPerIndex === undefined) return;
  const when = ` when completions are above ${MAX_INDEXED} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined)
    errors.push(required(failedPath, `must be specified when completions is above ${MAX_INDEXED}`));
  most(parallelism, parallelPath, MAX_PARALLELISM_OF_MANY, when);
  most(maxFailedIndexes ?? 0, failedPath, MAX_FAILED_OF_MANY, when);
}

function checkReplacement(errors: FieldError[], path: string, spec: JobSpec): void {
  const policy = spec.podReplacementPolicy;
  if (policy === undefined) return;
  const supported = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!supported.includes(policy)) errors.push(notSupported(path, policy, supported));
}

/** The pods of a Job come to an end. */
function checkTemplate(errors: FieldError[], path: string, spec: JobSpec): void {
  const template = spec.template ?? {};
  errors.push(...validatePodTemplateSpec(template, path));
  const policyPath = child(path, 'spec.restartPolicy');
  const policy = template.spec?.restartPolicy;
  if (isUnset(policy) || policy === 'Always')
    errors.push(required(policyPath, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never')
    errors.push(notSupported(policyPath, policy, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    errors.push(invalid(policyPath, policy, 'only "Never" is supported when podFailurePolicy is specified'));
}

const IMMUTABLE = [
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const;

/** ValidateJobSpecUpdate. */
export function validateJobUpdate(next: Job, old: Job): readonly FieldError[] {
  if (next.spec === old.spec) return NO_ERRORS;
  const errors: FieldError[] = [];
  checkCompletions(errors, next.spec, old.spec);
  checkImmutable(errors, SELECTOR, next.spec.selector, old.spec.selector);
  checkTemplateUnchanged(errors, next, old);
  for (const field of IMMUTABLE)
    checkImmutable(errors, child(SPEC, field), next.spec[field], old.spec[field]);
  return errors;
}

/** An Indexed Job may grow and shrink, with as many pods at a time as there are indexes. */
function checkCompletions(errors: FieldError[], next: JobSpec, old: JobSpec): void {
  const path = child(SPEC, 'completions');
  if (!isIndexed(next)) {
    checkImmutable(errors, path, next.completions, old.completions);
    return;
  }
  if (next.completions === undefined || old.completions === undefined) return;
  if (next.completions !== old.completions && next.completions !== next.parallelism)
    errors.push(invalid(path, next.completions, 'can only be modified in tandem with spec.parallelism'));
}

/** The template stays; where its pods may run can be changed before the first of them is started. */
function checkTemplateUnchanged(errors: FieldError[], next: Job, old: Job): void {
  const notStarted = old.spec.suspend === true && old.status?.startTime === undefined;
  const allowed = notStarted ? withDirectivesOf(old.spec.template, next.spec.template) : old.spec.template;
  if (!semanticEqual(next.spec.template, allowed))
    checkImmutable(errors, child(SPEC, 'template'), next.spec.template, allowed);
}

/** The old template with the new one's labels, annotations and scheduling directives. */
function withDirectivesOf(old: PodTemplateSpec, next: PodTemplateSpec): PodTemplateSpec {
  const { labels: _l, annotations: _a, ...metadata } = old.metadata ?? {};
  const {
    nodeSelector: _n,
    tolerations: _t,
    schedulingGates: _g,
    affinity: before,
    ...spec
  } = old.spec ?? {
    containers: [],
  };
  const { labels, annotations } = next.metadata ?? {};
  const { nodeSelector, tolerations, schedulingGates, affinity: after } = next.spec ?? { containers: [] };
  const { nodeAffinity: _o, ...others } = before ?? {};
  const affinity =
    after?.nodeAffinity === undefined ? others : { ...others, nodeAffinity: after.nodeAffinity };
  const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
    value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
  return {
    ...old,
    metadata: { ...metadata, ...given('labels', labels), ...given('annotations', annotations) },
    spec: {
      ...spec,
      ...given('nodeSelector', nodeSelector),
      ...given('tolerations', tolerations),
      ...given('schedulingGates', schedulingGates),
      ...(Object.keys(affinity).length === 0 ? {} : { affinity }),
    },
  };
}
