import type { Checker } from '../checker.ts';
import { addresses } from './addresses.ts';
import { binding } from './binding.ts';
import { budgets } from './budgets.ts';
import { cronJobs } from './cronjobs.ts';
import { daemons } from './daemons.ts';
import { deletion } from './deletion.ts';
import { endpoints } from './endpoints.ts';
import { grace } from './grace.ts';
import { identity } from './identity.ts';
import { jobs } from './jobs.ts';
import { networkPolicies } from './networkpolicies.ts';
import { nodes } from './nodes.ts';
import { owners } from './owners.ts';
import { pending } from './pending.ts';
import { podStatus } from './podstatus.ts';
import { preemption } from './preemption.ts';
import { quiet } from './quiet.ts';
import { replicas } from './replicas.ts';
import { revisions } from './revisions.ts';
import { rollout } from './rollout.ts';
import { statefulSets } from './statefulsets.ts';
import { stored } from './stored.ts';
import { surplus } from './surplus.ts';
import { volumes } from './volumes.ts';
import { watches } from './watches.ts';

/** Every promise that is watched, sorted by name. */
export const checkers: readonly Checker[] = [
  statefulSets,
  jobs,
  cronJobs,
  budgets,
  addresses,
  binding,
  daemons,
  deletion,
  endpoints,
  grace,
  identity,
  networkPolicies,
  nodes,
  owners,
  pending,
  podStatus,
  preemption,
  quiet,
  replicas,
  revisions,
  rollout,
  stored,
  surplus,
  volumes,
  watches,
];
