import type { Pod } from '../../api/generated/types.ts';
import { type KubeObject, keyOf, nameOf, namespaceOf } from '../../api/object.ts';
import { formatDuration } from '../../apimachinery/duration.ts';
import { isForbidden, isNotFound, isTooManyRequests, type Status } from '../../apimachinery/status.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { fail, isFailed } from '../errors.ts';
import { DRY_RUN_FLAG, type DryRun, dryRunOf, dryRunSuffix, SELECTOR_FLAG } from '../flagsets.ts';
import { deleteObject } from '../requests.ts';
import type { ObjectInfo } from '../resources.ts';
import type { Waiting } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { until } from '../watching.ts';
import { nodesOf, setSchedulable } from './cordon.ts';
import { type DrainRules, podsToEvict } from './drainfilters.ts';

/** How long to wait before an eviction that was refused is tried again, ms. */
const RETRY = 5000;

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
    if (nodes.errors.length > 0) return fail(context, ...nodes.errors);
    for (const info of nodes.infos) {
      const refused = setSchedulable(context, info, true, dry.dryRun);
      if (refused !== undefined) return fail(context, refused);
    }
    const timeout = args.duration('timeout');
    const deadline = timeout === 0 ? undefined : context.now() + timeout;
    const errors: string[] = [];
    const pending: string[] = [];
    for (const info of nodes.infos) {
      const problems = yield* drainNode(context, args, info, dry.dryRun, deadline);
      if (problems.length === 0) {
        context.stdio.out(`node/${info.name} drained${dryRunSuffix(dry.dryRun)}\n`);
        continue;
      }
      const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
      context.stdio.err(
        `error: unable to drain node "${info.name}" due to error: ${text}, continuing command...\n`,
      );
      pending.push(info.name);
      errors.push(...problems);
    }
    if (pending.length > 0)
      context.stdio.err(
        `There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`,
      );
    // What stands against a drain is told as it is, each on a line of its own.
    context.stdio.err(errors.map((error) => `${error}\n`).join(''));
    return errors.length === 0 ? 0 : 1;
  },
};

/** Drains one node that is cordoned already; the texts of what stands against it. */
function* drainNode(
  context: KubectlContext,
  args: ParsedArgs,
  node: ObjectInfo,
  dryRun: DryRun,
  deadline: number | undefined,
): Waiting<readonly string[]> {
  const selector = args.string('pod-selector');
  const list = context.client.list<KubeObject>(builtin('pods'), {
    fieldSelector: `spec.nodeName=${node.name}`,
    ...(selector === '' ? {} : { labelSelector: selector }),
  });
  if (!list.ok) return [list.status.message ?? ''];
  const rules: DrainRules = {
    ignoreDaemonSets: args.bool('ignore-daemonsets'),
    deleteEmptyDirData: args.bool('delete-emptydir-data'),
    force: args.bool('force'),
    skipDeletedAfter: args.int('skip-wait-for-delete-timeout'),
  };
  const plan = podsToEvict(context, list.value.items as unknown as readonly Pod[], rules);
  if (plan.errors.length > 0) return plan.errors;
  if (plan.warnings !== '') context.stdio.err(`Warning: ${plan.warnings}\n`);
  if (dryRun !== 'none') {
    for (const pod of plan.pods)
      context.stdio.out(`evicting pod ${namespaceOf(pod)}/${nameOf(pod)}${dryRunSuffix(dryRun)}\n`);
    return [];
  }
  const problem = yield* evictAll(context, args, node.name, plan.pods, deadline);
  if (problem === undefined) return [];
  context.stdio.err(`There are pending pods in node "${node.name}" when an error occurred: ${problem}\n`);
  return [problem];
}

interface Evicting {
  readonly pod: Pod;
  /** When to ask (again), ms; undefined once it was granted. */
  due: number | undefined;
}

/** Evicts pods side by side, and waits until all are gone; a text says why it gave up. */
function* evictAll(
  context: KubectlContext,
  args: ParsedArgs,
  node: string,
  pods: readonly Pod[],
  deadline: number | undefined,
): Waiting<string | undefined> {
  const verb = args.bool('disable-eviction') ? 'deleting' : 'evicting';
  const evicting = new Map<string, Evicting>(pods.map((pod) => [keyOf(pod), { pod, due: context.now() }]));
  while (evicting.size > 0) {
    for (const [key, state] of evicting) {
      if (state.due === undefined || state.due > context.now()) continue;
      context.stdio.out(`${verb} pod ${namespaceOf(state.pod)}/${nameOf(state.pod)}\n`);
      const refused = evictOne(context, args, state.pod);
      if (refused === 'gone') evicting.delete(key);
      else if (refused === undefined) state.due = undefined;
      else if (isTooManyRequests(refused) || isForbidden(refused)) {
        const { name = '', namespace = '' } = state.pod.metadata;
        context.stdio.err(
          `error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${refused.message ?? ''}\n`,
        );
        state.due = context.now() + RETRY;
      } else
        return `error when ${verb} pods/"${nameOf(state.pod)}" -n "${namespaceOf(state.pod)}": ${refused.message ?? ''}`;
    }
    yield* waitForChange(context, node, evicting, deadline, verb);
    if (deadline !== undefined && context.now() >= deadline && evicting.size > 0) {
      const [first] = evicting.values();
      const { name = '', namespace = '' } = first?.pod.metadata ?? {};
      const what =
        first?.due === undefined
          ? `waiting for pod "${name}" in namespace "${namespace}" to terminate`
          : `evicting pods/"${name}" -n "${namespace}"`;
      return `error when ${what}: global timeout reached: ${formatDuration(args.duration('timeout'))}`;
    }
  }
  return undefined;
}

/** Asks for one pod to go: undefined once it is going, `gone` when it was not there. */
function evictOne(context: KubectlContext, args: ParsedArgs, pod: Pod): Status | 'gone' | undefined {
  const { name = '', namespace = '' } = pod.metadata;
  const grace = args.int('grace-period');
  const options = grace < 0 ? {} : { gracePeriodSeconds: grace };
  if (args.bool('disable-eviction')) {
    const deleted = deleteObject(context, builtin('pods'), namespace, name, options);
    if (!isFailed(deleted)) return undefined;
    if (typeof deleted.failure === 'string') throw new Error(deleted.failure);
    return isNotFound(deleted.failure) ? 'gone' : deleted.failure;
  }
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    ...(grace < 0 ? {} : { deleteOptions: options }),
  };
  const evicted = context.client.createSubresource(builtin('pods'), name, namespace, 'eviction', body);
  if (evicted.ok) return undefined;
  return isNotFound(evicted.status) ? 'gone' : evicted.status;
}

/** Waits until pods are gone or one may be asked for again, and reports those that went. */
function* waitForChange(
  context: KubectlContext,
  node: string,
  evicting: Map<string, Evicting>,
  deadline: number | undefined,
  verb: string,
): Waiting<void> {
  if (evicting.size === 0) return;
  const dues = [...evicting.values()].flatMap((state) => state.due ?? []);
  const next = Math.min(...dues, deadline ?? Number.POSITIVE_INFINITY);
  const options = { fieldSelector: `spec.nodeName=${node}` };
  const end = yield* until(
    context,
    builtin('pods'),
    options,
    Number.isFinite(next) ? next : undefined,
    (objects) => {
      const there = new Set([...objects.values()].map((object) => object.metadata.uid));
      for (const [key, { pod, due }] of evicting) {
        if (due !== undefined || there.has(pod.metadata.uid)) continue;
        context.stdio.out(`pod/${nameOf(pod)} ${verb === 'deleting' ? 'deleted' : 'evicted'}\n`);
        evicting.delete(key);
      }
      return evicting.size === 0 ? true : undefined;
    },
  );
  if (end.type === 'refused') context.stdio.err(`error: ${end.status.message ?? ''}\n`);
}
