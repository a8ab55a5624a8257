import type { Pod } from '../../api/generated/types.ts';
import { type KubeObject, keyOf, nameOf, namespaceOf } from '../../api/object.ts';
import { isForbidden, isNotFound, isTooManyRequests, type Status } from '../../apimachinery/status.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { isFailed } from '../errors.ts';
import { type DryRun, dryRunSuffix } from '../flagsets.ts';
import { deleteObject } from '../requests.ts';
import type { Waiting } from '../run.ts';
import { until } from '../watching.ts';

/** How long to wait before an eviction that was refused is tried again, ms. */
const RETRY = 5000;

/** How pods are made to go. */
export interface Departure {
  readonly node: string;
  readonly dryRun: DryRun;
  /** Seconds; negative: what the pod says. */
  readonly gracePeriod: number;
  /** Seconds after which a pod that is being deleted is not waited for; 0: each is. */
  readonly skipAfter: number;
  /** When to give up, ms since the epoch, and after how long that is, in words. */
  readonly deadline: number | undefined;
  readonly timeout: string;
}

/** A pod on its way: when to ask for it (again), ms; undefined once it was granted. */
interface Leaving {
  readonly pod: Pod;
  due: number | undefined;
  /** When nobody waits for it any longer, ms, as far as is known. */
  overdue: number;
}

function toLeave(pods: readonly Pod[], due: number | undefined): Map<string, Leaving> {
  return new Map(pods.map((pod) => [keyOf(pod), { pod, due, overdue: Number.POSITIVE_INFINITY }]));
}

/** Evicts pods side by side, and waits until all are gone; the texts of what stood against it (`evictPods`). */
export function* evictPods(
  context: KubectlContext,
  pods: readonly Pod[],
  how: Departure,
): Waiting<readonly string[]> {
  const leaving = toLeave(pods, context.now());
  const errors: string[] = [];
  while (leaving.size > 0) {
    for (const [key, state] of leaving) {
      if (state.due === undefined || state.due > context.now()) continue;
      const outcome = tryToEvict(context, state.pod, how);
      if (outcome === 'granted' && how.dryRun === 'none') state.due = undefined;
      else if (outcome === 'refused') state.due = context.now() + RETRY;
      else leaving.delete(key);
      if (typeof outcome === 'object') errors.push(outcome.error);
    }
    if (leaving.size === 0) break;
    const refused = yield* waitForPods(context, leaving, how, 'evicted');
    if (refused === undefined && !passed(context, how.deadline)) continue;
    // Those that still ask notice only when they ask again.
    for (const [key, { pod, due }] of leaving) {
      if (due !== undefined) continue;
      leaving.delete(key);
      const what = `waiting for pod "${nameOf(pod)}" in namespace "${namespaceOf(pod)}" to terminate`;
      errors.push(`error when ${what}: ${refused?.message ?? DEADLINE}`);
    }
  }
  return errors;
}

/** What Go's context says when its time is over; `PollUntilContextTimeout` hands it on. */
const DEADLINE = 'context deadline exceeded';

function passed(context: KubectlContext, deadline: number | undefined): boolean {
  return deadline !== undefined && context.now() >= deadline;
}

type Outcome = 'granted' | 'refused' | 'gone' | { readonly error: string };

function tryToEvict(context: KubectlContext, pod: Pod, how: Departure): Outcome {
  const [name, namespace] = [nameOf(pod), namespaceOf(pod)];
  context.stdio.out(`evicting pod ${namespace}/${name}${dryRunSuffix(how.dryRun)}\n`);
  const prefix = `error when evicting pods/"${name}" -n "${namespace}"`;
  if (passed(context, how.deadline)) return { error: `${prefix}: global timeout reached: ${how.timeout}` };
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: {
      ...(how.gracePeriod < 0 ? {} : { gracePeriodSeconds: how.gracePeriod }),
      ...(how.dryRun === 'server' ? { dryRun: ['All'] } : {}),
    },
  };
  const evicted = context.client.createSubresource(builtin('pods'), name, namespace, 'eviction', body);
  if (evicted.ok) return 'granted';
  const { status } = evicted;
  const message = status.message ?? '';
  if (isNotFound(status)) return 'gone';
  if (isTooManyRequests(status)) {
    context.stdio.err(`${prefix} (will retry after 5s): ${message}\n`);
    return 'refused';
  }
  if (!isForbidden(status) || !namespaceTerminates(status)) return { error: `${prefix}: ${message}` };
  // Nobody is evicted from a namespace that is going away; its pods go anyway.
  const now = context.client.get<KubeObject>(builtin('pods'), name, namespace);
  if (now.ok && now.value.metadata.deletionTimestamp !== undefined) return 'granted';
  context.stdio.err(
    `error when evicting pod "${name}" from terminating namespace "${namespace}" (will retry after 5s): ${message}\n`,
  );
  return 'refused';
}

function namespaceTerminates(status: Status): boolean {
  return (status.details?.causes ?? []).some(({ reason }) => (reason as string) === 'NamespaceTerminating');
}

/** Deletes pods one after the other, and waits until all are gone; the first error ends it (`deletePods`). */
export function* deletePods(
  context: KubectlContext,
  pods: readonly Pod[],
  how: Departure,
): Waiting<Status | string | undefined> {
  const options = {
    ...(how.gracePeriod < 0 ? {} : { gracePeriodSeconds: how.gracePeriod }),
    ...(how.dryRun === 'server' ? { dryRun: true } : {}),
  };
  for (const pod of pods) {
    const deleted = deleteObject(context, builtin('pods'), namespaceOf(pod), nameOf(pod), options);
    if (!isFailed(deleted)) continue;
    if (typeof deleted.failure === 'string' || !isNotFound(deleted.failure)) return deleted.failure;
  }
  if (how.dryRun === 'server') return undefined;
  const leaving = toLeave(pods, undefined);
  while (leaving.size > 0) {
    const refused = yield* waitForPods(context, leaving, how, 'deleted');
    if (refused !== undefined) return refused;
    if (leaving.size > 0 && passed(context, how.deadline)) return DEADLINE;
  }
  return undefined;
}

/**
 * Waits until pods are gone, one may be asked for again or need not be waited for, and reports those
 * that went. A refusal to show the pods is handed back.
 */
function* waitForPods(
  context: KubectlContext,
  leaving: Map<string, Leaving>,
  how: Departure,
  word: 'evicted' | 'deleted',
): Waiting<Status | undefined> {
  const states = [...leaving.values()];
  // Only who waits minds the deadline: who asks looks when it asks again.
  const waits = states.some(({ due }) => due === undefined) ? how.deadline : undefined;
  const wake = Math.min(
    waits ?? Number.POSITIVE_INFINITY,
    ...states.map(({ due, overdue }) => due ?? overdue),
  );
  const look = (objects: ReadonlyMap<string, KubeObject>): true | undefined => {
    const there = new Map([...objects.values()].map((object) => [object.metadata.uid, object]));
    let sooner = false;
    for (const [key, state] of leaving) {
      if (state.due !== undefined) continue;
      const object = there.get(state.pod.metadata.uid);
      state.overdue = object === undefined ? 0 : overdueAt(object, how.skipAfter);
      if (state.overdue > context.now()) {
        sooner ||= state.overdue < wake;
        continue;
      }
      const name = nameOf(state.pod);
      if (object === undefined) context.stdio.out(`pod/${name} ${word}\n`);
      else
        context.stdio.out(
          `pod "${name}" has DeletionTimestamp older than ${how.skipAfter} seconds, skipping\n`,
        );
      leaving.delete(key);
    }
    return leaving.size === 0 || sooner ? true : undefined;
  };
  const options = { fieldSelector: `spec.nodeName=${how.node}` };
  const deadline = Number.isFinite(wake) ? wake : undefined;
  const end = yield* until(context, builtin('pods'), options, deadline, look);
  return end.type === 'refused' ? end.status : undefined;
}

/** When a pod has been going away for more than so many whole seconds, ms; never where none is given. */
function overdueAt({ metadata }: KubeObject, seconds: number): number {
  const at = metadata.deletionTimestamp;
  if (seconds <= 0 || at === undefined) return Number.POSITIVE_INFINITY;
  return (parseTime(at) ?? 0) + (seconds + 1) * 1000;
}

/** Whether a pod has been going away for so long that nobody waits for it (`shouldSkipPod`). */
export function isOverdue(context: KubectlContext, object: KubeObject, seconds: number): boolean {
  return context.now() >= overdueAt(object, seconds);
}
