import type { Checker } from '../checker.ts';
import { addresses } from './addresses.ts';
import { autoscalers } from './autoscalers.ts';
import { binding } from './binding.ts';
import { budgets } from './budgets.ts';
import { cronJobs } from './cronjobs.ts';
import { daemons } from './daemons.ts';
import { deletion } from './deletion.ts';
import { endpoints } from './endpoints.ts';
import { garbage } from './garbage.ts';
import { grace } from './grace.ts';
import { identity } from './identity.ts';
import { initContainers } from './initcontainers.ts';
import { jobs } from './jobs.ts';
import { leaders } from './leaders.ts';
import { limitRanges } from './limitranges.ts';
import { lists } from './lists.ts';
import { networkPolicies } from './networkpolicies.ts';
import { nodes } from './nodes.ts';
import { owners } from './owners.ts';
import { paused } from './paused.ts';
import { pending } from './pending.ts';
import { podStatus } from './podstatus.ts';
import { preemption } from './preemption.ts';
import { quiet } from './quiet.ts';
import { quotas } from './quotas.ts';
import { refusals } from './refusals.ts';
import { replicas } from './replicas.ts';
import { restarts } from './restarts.ts';
import { resumed } from './resumed.ts';
import { revisions } from './revisions.ts';
import { rollout } from './rollout.ts';
import { services } from './services.ts';
import { statefulSets } from './statefulsets.ts';
import { stored } from './stored.ts';
import { surplus } from './surplus.ts';
import { tolerations } from './tolerations.ts';
import { volumes } from './volumes.ts';
import { watches } from './watches.ts';

/** Every promise that is watched, sorted by name. */
export const checkers: readonly Checker[] = [
  addresses,
  autoscalers,
  binding,
  budgets,
  cronJobs,
  daemons,
  deletion,
  endpoints,
  garbage,
  grace,
  identity,
  initContainers,
  jobs,
  leaders,
  limitRanges,
  lists,
  networkPolicies,
  nodes,
  owners,
  paused,
  pending,
  podStatus,
  preemption,
  quiet,
  quotas,
  refusals,
  replicas,
  restarts,
  resumed,
  revisions,
  rollout,
  services,
  statefulSets,
  stored,
  surplus,
  tolerations,
  volumes,
  watches,
];
