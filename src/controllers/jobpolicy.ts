import type {
  ContainerStatus,
  Job,
  Pod,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
} from '../api/generated/types.ts';
import { countCommon, countIndexes, type IndexIntervals, parseIndexes } from '../api/indexes.ts';
import { nameOf, namespaceOf } from '../api/object.ts';

/** What a Job's policies make of failed pods and succeeded indexes. */

/** What a rule says of a failed pod. */
export interface FailureVerdict {
  /** Why the whole Job fails; undefined if it does not for this. */
  readonly failJob?: string;
  /** Whether the failure counts towards the back-off limit. */
  readonly counts: boolean;
  readonly action?: string;
}

const COUNTED: FailureVerdict = Object.freeze({ counts: true });

/** The first rule that matches decides; without one the failure counts (matchPodFailurePolicy). */
export function matchFailurePolicy(job: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const match = matching(rule, pod, index);
    if (match === undefined) continue;
    switch (rule.action) {
      case 'Ignore':
        return { counts: false, action: rule.action };
      case 'FailJob':
        return { counts: true, action: rule.action, failJob: match };
      case 'Count':
      case 'FailIndex':
        return { counts: true, action: rule.action };
    }
  }
  return COUNTED;
}

/** What a rule matched, as the Job's condition tells it; undefined if it does not match. */
function matching(rule: PodFailurePolicyRule, pod: Pod, index: number): string | undefined {
  const end = `matching ${rule.action} rule at index ${index}`;
  const name = `${namespaceOf(pod)}/${nameOf(pod)}`;
  if (rule.onExitCodes !== undefined) {
    const requirement = rule.onExitCodes;
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
    const found = [...containerStatuses, ...initContainerStatuses].find((s) => exitMatches(s, requirement));
    if (found === undefined) return undefined;
    const code = found.state?.terminated?.exitCode;
    return `Container ${found.name} for pod ${name} failed with exit code ${code} ${end}`;
  }
  const patterns = rule.onPodConditions ?? [];
  const condition = pod.status?.conditions?.find(({ type, status }) =>
    patterns.some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status),
  );
  return condition === undefined ? undefined : `Pod ${name} has condition ${condition.type} ${end}`;
}

function exitMatches(
  status: ContainerStatus,
  { containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement,
): boolean {
  const code = status.state?.terminated?.exitCode;
  if (code === undefined || code === 0) return false;
  if (containerName !== undefined && containerName !== status.name) return false;
  return operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code);
}

/** `Matched rules at index 0` for the first rule that the succeeded indexes satisfy (matchSuccessPolicy). */
export function matchSuccessPolicy(job: Job, succeeded: IndexIntervals): string | undefined {
  if (succeeded.length === 0) return undefined;
  const met = (job.spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined)
      return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount;
    const required = parseIndexes(succeededIndexes, job.spec.completions ?? 0);
    if (required.length === 0) return false;
    const common = countCommon(required, succeeded);
    return common === countIndexes(required) || (succeededCount !== undefined && common >= succeededCount);
  });
  return met < 0 ? undefined : `Matched rules at index ${met}`;
}
