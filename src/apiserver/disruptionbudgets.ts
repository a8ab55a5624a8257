import { disruptionCondition, guards, withDisruptionCondition } from '../api/disruptions.ts';
import type { Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import type { ApiRequest } from '../api/request.ts';
import {
  forbidden,
  internalError,
  isConflict,
  type Status,
  timeout,
  tooManyRequests,
} from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { RequestContext } from './context.ts';

/** Whether budgets let a pod be evicted (pkg/registry/core/pod/storage/eviction.go). */

const GROUP = 'policy';
const RESOURCE = 'poddisruptionbudgets';
/** Evictions granted and not confirmed by the controller yet, at most (MaxDisruptedPodSize). */
const MAX_DISRUPTED = 2000;
/** How often a conflict is tried again (EvictionsRetry). */
const TRIES = 20;
const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";

/**
 * Asks the budget of a pod for leave and notes the eviction in it. Undefined when the pod may go; the
 * refusal otherwise. A pod that runs nothing is not guarded.
 */
export function askBudgets(ctx: RequestContext, pod: Pod, dryRun: boolean): Status | undefined {
  const phase = pod.status?.phase;
  const gone = pod.metadata.deletionTimestamp !== undefined;
  if (gone || phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending') return undefined;
  const budgets = budgetsOf(ctx, pod);
  if (!Array.isArray(budgets)) return budgets as Status;
  const [budget, ...others] = budgets as readonly PodDisruptionBudget[];
  if (others.length > 0) {
    const message =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    const { details: _, reason: _r, ...status } = internalError(message);
    return { ...status, message };
  }
  if (budget === undefined || mayGoUnhealthy(budget, pod)) return undefined;
  return decrement(ctx, pod, budget, dryRun);
}

function budgetsOf(ctx: RequestContext, pod: Pod): readonly PodDisruptionBudget[] | Status {
  const { user, cause } = ctx.request;
  const list: ApiRequest = {
    verb: 'list',
    group: GROUP,
    resource: RESOURCE,
    namespace: ctx.namespace,
    user,
    cause,
  };
  const response = ctx.server.handle(list);
  // A server that knows no budgets has none.
  if (!response.ok) return response.status.code === 404 ? [] : response.status;
  const items = response.kind === 'list' ? response.list.items : [];
  return (items as readonly unknown[] as readonly PodDisruptionBudget[]).filter((b) => guards(b, pod));
}

/** A pod that is not ready counts for nothing; whether it may go depends on the budget's policy. */
function mayGoUnhealthy(budget: PodDisruptionBudget, pod: Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (ready === true) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function decrement(
  ctx: RequestContext,
  pod: Pod,
  given: PodDisruptionBudget,
  dryRun: boolean,
): Status | undefined {
  const now = ctx.server.process.now();
  let budget = given;
  for (let tries = 0; tries < TRIES; tries++) {
    const refused = refusalOf(budget);
    if (refused !== undefined || dryRun) return refused;
    const noted = { ...budget, status: granted(budget.status ?? {}, nameOf(pod), now) };
    const written = ctx.server.handle({
      ...about(ctx, budget),
      verb: 'update',
      subresource: 'status',
      body: noted,
    });
    if (written.ok) return undefined;
    if (!isConflict(written.status)) return written.status;
    const fresh = ctx.server.handle({ ...about(ctx, budget), verb: 'get' });
    if (!fresh.ok) return fresh.status;
    if (fresh.kind === 'object') budget = fresh.object as PodDisruptionBudget;
  }
  return timeout(`couldn't update PodDisruptionBudget "${nameOf(budget)}" due to conflicts`, 10);
}

function about(ctx: RequestContext, budget: PodDisruptionBudget): Omit<ApiRequest, 'verb'> {
  const { user, cause } = ctx.request;
  return {
    group: GROUP,
    resource: RESOURCE,
    namespace: ctx.namespace,
    name: nameOf(budget),
    user,
    cause,
    decoded: true,
  };
}

function granted(status: PodDisruptionBudgetStatus, pod: string, now: number): PodDisruptionBudgetStatus {
  const disruptionsAllowed = (status.disruptionsAllowed ?? 0) - 1;
  const disruptedPods = { ...status.disruptedPods, [pod]: formatTime(now) };
  const next = { ...status, disruptionsAllowed, disruptedPods };
  return disruptionsAllowed === 0 ? withDisruptionCondition(next, now) : next;
}

/** Why a budget refuses (checkAndDecrement). */
function refusalOf(budget: PodDisruptionBudget): Status | undefined {
  const { metadata, status = {} } = budget;
  const name = nameOf(budget);
  const because = (message: string) => [{ reason: 'DisruptionBudget', message }];
  const budgetOf = `The disruption budget ${name}`;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
    return tooManyRequests(REFUSAL, 10, because(`${budgetOf} is still being processed by the server.`));
  const resource = { group: GROUP, resource: 'poddisruptionbudget' };
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed < 0) return forbidden(resource, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > MAX_DISRUPTED) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    return forbidden(resource, name, why);
  }
  if (allowed > 0) return undefined;
  const condition = disruptionCondition(status);
  if (condition?.status === 'False' && condition.reason === 'SyncFailed') {
    const why = `does not allow evicting pods currently because it failed sync: ${condition.message}`;
    return tooManyRequests(REFUSAL, 0, because(`${budgetOf} ${why}`));
  }
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  const why = `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return tooManyRequests(REFUSAL, 0, because(`${budgetOf} ${why}`));
}
