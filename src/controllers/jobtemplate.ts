import type { Container, EnvVar, Job, Pod, PodTemplateSpec } from '../api/generated/types.ts';
import { job as jobKind } from '../api/kinds/job.ts';
import { nameOf, namespaceOf } from '../api/object.ts';
import {
  COMPLETION_INDEX,
  INDEX_FAILURES,
  INDEX_IGNORED_FAILURES,
  ignoredIndexFailures,
  indexFailures,
  TRACKING,
} from './jobpods.ts';
import { matchFailurePolicy } from './jobpolicy.ts';
import { newControllerRef } from './ownership.ts';
import { podFromTemplate } from './podcontrol.ts';

const INDEX_VARIABLE: EnvVar = Object.freeze({
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
});

/** The longest base of a generated name (names.MaxGeneratedNameLength). */
const MAX_BASE = 58;

/** A pod of a Job that does not tell its pods apart. */
export function jobPod(job: Job): Pod {
  const name = { generateName: `${nameOf(job)}-` };
  return podFromTemplate(tracked(job.spec.template), namespaceOf(job), name, newControllerRef(jobKind, job));
}

/** The pod of an index. `replaced`: the failed pod whose place it takes, where failures are counted for each index. */
export function indexedPod(job: Job, index: number, replaced: Pod | undefined): Pod {
  const template = tracked(job.spec.template);
  const counts = job.spec.backoffLimitPerIndex === undefined ? {} : failureCounts(job, replaced);
  const spec = template.spec ?? { containers: [] };
  const indexed: PodTemplateSpec = {
    metadata: {
      ...template.metadata,
      labels: { ...template.metadata?.labels, [COMPLETION_INDEX]: String(index) },
      annotations: { ...template.metadata?.annotations, [COMPLETION_INDEX]: String(index), ...counts },
    },
    spec: {
      ...spec,
      hostname: `${nameOf(job)}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map(withIndexVariable) }),
    },
  };
  const suffix = `-${index}-`;
  const generateName = `${nameOf(job).slice(0, MAX_BASE - suffix.length)}${suffix}`;
  return podFromTemplate(indexed, namespaceOf(job), { generateName }, newControllerRef(jobKind, job));
}

function tracked(template: PodTemplateSpec): PodTemplateSpec {
  const finalizers = template.metadata?.finalizers ?? [];
  if (finalizers.includes(TRACKING)) return template;
  return { ...template, metadata: { ...template.metadata, finalizers: [...finalizers, TRACKING] } };
}

function withIndexVariable(container: Container): Container {
  const { env = [] } = container;
  return env.some(({ name }) => name === INDEX_VARIABLE.name)
    ? container
    : { ...container, env: [...env, INDEX_VARIABLE] };
}

/** The failures of an index go from a pod to its successor (getNewIndexFailureCounts). */
function failureCounts(job: Job, replaced: Pod | undefined): Readonly<Record<string, string>> {
  if (replaced === undefined) return { [INDEX_FAILURES]: '0' };
  const { counts } = matchFailurePolicy(job, replaced);
  const failures = indexFailures(replaced) + (counts ? 1 : 0);
  const ignored = ignoredIndexFailures(replaced) + (counts ? 0 : 1);
  return {
    [INDEX_FAILURES]: String(failures),
    ...(ignored > 0 ? { [INDEX_IGNORED_FAILURES]: String(ignored) } : {}),
  };
}
