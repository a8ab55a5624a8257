import type { Pod } from '../../api/generated/types.ts';
import { type KubeObject, nameOf, namespaceOf } from '../../api/object.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { parseSelector } from '../../apimachinery/labelparser.ts';
import type { Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { fail, isFailed } from '../errors.ts';
import { DRY_RUN_FLAG, type DryRun, dryRunOf, dryRunSuffix, SELECTOR_FLAG } from '../flagsets.ts';
import type { ObjectInfo } from '../resources.ts';
import type { Waiting } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { nodesOf, setSchedulable } from './cordon.ts';
import { type DrainPlan, podsToEvict } from './drainfilters.ts';
import { type Departure, deletePods, evictPods } from './drainpods.ts';

/** `kubectl drain` (pkg/cmd/drain/drain.go, pkg/drain/drain.go). */
export const drain: Verb = {
  name: 'drain',
  short: 'Drain node in preparation for maintenance',
  usage: 'kubectl drain NODE',
  examples: `  # Drain node 'cargo-1', except for pods of daemon sets
  kubectl drain cargo-1 --ignore-daemonsets

  # As above, and evict also pods without a controller and with local storage
  kubectl drain cargo-1 --ignore-daemonsets --force --delete-emptydir-data`,
  flags: [
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    {
      name: 'chunk-size',
      type: 'int',
      default: 500,
      usage: 'Return large lists in chunks rather than all at once',
    },
    {
      name: 'delete-emptydir-data',
      type: 'bool',
      usage:
        'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained)',
    },
    {
      name: 'disable-eviction',
      type: 'bool',
      usage:
        'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets',
    },
    {
      name: 'force',
      type: 'bool',
      usage: 'Continue even if there are pods that do not declare a controller',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: -1,
      usage:
        'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used',
    },
    { name: 'ignore-daemonsets', type: 'bool', usage: 'Ignore DaemonSet-managed pods' },
    { name: 'pod-selector', type: 'string', usage: 'Label selector to filter pods on the node' },
    {
      name: 'skip-wait-for-delete-timeout',
      type: 'int',
      usage: 'If pod DeletionTimestamp older than N seconds, skip waiting for the pod',
    },
    {
      name: 'timeout',
      type: 'duration',
      usage: 'The length of time to wait before giving up, zero means infinite',
    },
  ],
  *run(context, args) {
    const dry = dryRunOf(args);
    if ('failure' in dry) return fail(context, dry.failure);
    const nodes = nodesOf(context, args, 'kubectl drain');
    if (isFailed(nodes)) return fail(context, nodes.failure);
    if ('error' in parseSelector(args.string('pod-selector')))
      return fail(context, '--pod-selector=<pod_selector> must be a valid label selector');
    for (const info of nodes) setSchedulable(context, info, true, dry.dryRun);
    const timeout = args.duration('timeout');
    const deadline = timeout === 0 ? undefined : context.now() + timeout;
    const problems: Problem[] = [];
    const pending: string[] = [];
    for (const info of nodes) {
      const problem = yield* drainNode(context, args, info, dry.dryRun, deadline);
      if (problem === undefined) {
        context.stdio.out(`node/${info.name} drained${dryRunSuffix(dry.dryRun)}\n`);
        continue;
      }
      context.stdio.err(
        `error: unable to drain node "${info.name}" due to error: ${textOf(problem)}, continuing command...\n`,
      );
      pending.push(info.name);
      problems.push(problem);
    }
    if (pending.length > 0)
      context.stdio.err(
        `There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`,
      );
    return conclude(context, problems);
  },
};

/** What stands against draining a node: one error, or an aggregate of some. */
type Problem = Status | string | readonly string[];

function isAggregate(problem: Problem): problem is readonly string[] {
  return Array.isArray(problem);
}

/** An aggregate of several in brackets, each text once (`utilerrors.Aggregate`). */
function textOf(problem: Problem): string {
  if (typeof problem === 'string') return problem;
  if (!isAggregate(problem)) return problem.message ?? '';
  const texts = [...new Set(problem)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** Tells the errors again as CheckErr does: those of one node a line each, those of several a line a node. */
function conclude(context: KubectlContext, problems: readonly Problem[]): number {
  const [only] = problems;
  if (only === undefined) return 0;
  if (problems.length === 1 && !isAggregate(only)) return fail(context, only);
  const lines = problems.length === 1 && isAggregate(only) ? only : problems.map(textOf);
  context.stdio.err(lines.map((line) => `${line}\n`).join(''));
  return 1;
}

/** Drains one node that is cordoned already; what stands against it, if something does. */
function* drainNode(
  context: KubectlContext,
  args: ParsedArgs,
  node: ObjectInfo,
  dryRun: DryRun,
  deadline: number | undefined,
): Waiting<Problem | undefined> {
  const plan = planOf(context, args, node.name);
  if (plan.errors.length > 0) return plan.errors;
  if (plan.warnings !== '') context.stdio.err(`Warning: ${plan.warnings}\n`);
  if (dryRun === 'client') {
    for (const pod of plan.pods)
      context.stdio.out(`evicting pod ${namespaceOf(pod)}/${nameOf(pod)}${dryRunSuffix(dryRun)}\n`);
    return undefined;
  }
  const how: Departure = {
    node: node.name,
    dryRun,
    gracePeriod: args.int('grace-period'),
    skipAfter: args.int('skip-wait-for-delete-timeout'),
    deadline,
    timeout: formatDuration(args.duration('timeout')),
  };
  const problem = args.bool('disable-eviction')
    ? yield* deletePods(context, plan.pods, how)
    : yield* evictPods(context, plan.pods, how);
  if (problem === undefined || (isAggregate(problem) && problem.length === 0)) return undefined;
  const left = planOf(context, args, node.name);
  if (left.pods.length > 0) {
    context.stdio.err(
      `There are pending pods in node "${node.name}" when an error occurred: ${textOf(problem)}\n`,
    );
    context.stdio.err(left.pods.map((pod) => `pod/${nameOf(pod)}\n`).join(''));
  }
  if (left.errors.length > 0)
    context.stdio.err(
      `Following errors occurred while getting the list of pods to delete:\n${textOf(left.errors)}`,
    );
  return problem;
}

/** The pods of a node as the flags have them (`GetPodsForDeletion`). */
function planOf(context: KubectlContext, args: ParsedArgs, node: string): DrainPlan {
  const selector = args.string('pod-selector');
  const list = context.client.list<KubeObject>(builtin('pods'), {
    fieldSelector: `spec.nodeName=${node}`,
    ...(selector === '' ? {} : { labelSelector: selector }),
  });
  if (!list.ok) return { pods: [], errors: [list.status.message ?? ''], warnings: '' };
  return podsToEvict(context, list.value.items as unknown as readonly Pod[], {
    ignoreDaemonSets: args.bool('ignore-daemonsets'),
    deleteEmptyDirData: args.bool('delete-emptydir-data'),
    force: args.bool('force'),
    skipDeletedAfter: args.int('skip-wait-for-delete-timeout'),
  });
}
