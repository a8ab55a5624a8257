import { Cluster } from '../cluster/cluster.ts';
import type { ClusterSpec } from '../cluster/spec.ts';
import type { Slices } from '../sim/slices.ts';
import { Hand } from './hand.ts';
import { controlPlaneOf, type Level } from './level.ts';
import { PlayerFiles } from './playerfiles.ts';
import type { StartProgress } from './types.ts';

const SECOND = 1000;
/** The start objects are applied by then, or never. */
const APPLY_LIMIT_MS = 60_000;
/** Of work in slices, the events of one slice. */
export const SLICE_EVENTS = 64;

/** A level's cluster at the instant at which play begins, with the hand that acts for the level; or why not. */
export type LevelStart =
  | { readonly ok: true; readonly cluster: Cluster; readonly hand: Hand }
  | { readonly ok: false; readonly problem: string };

/** Boots a level's cluster, puts the start on it and lets it settle, in slices of a few ms. */
export function* startLevel(level: Level, seed: number): Slices<StartProgress, LevelStart> {
  yield { stage: 'loading', done: 0, all: 1 };
  const cluster = new Cluster(clusterSpecOf(level, seed));
  if (!(yield* cluster.booting())) return { ok: false, problem: `${level.id}: the cluster does not come up` };
  const hand = new Hand(cluster, 'level', new PlayerFiles(level.files));
  if (level.objects.length > 0) {
    const outcome = hand.apply(level.objects);
    const limit = cluster.sim.now() + APPLY_LIMIT_MS;
    while (outcome().exitCode === undefined && cluster.sim.now() < limit)
      yield* passing('objects', cluster, cluster.sim.now() + SECOND);
    if (outcome().exitCode !== 0)
      return { ok: false, problem: `${level.id}: start: ${outcome().errors.trim()}` };
  }
  // The level begins on a whole second, so that its seconds are those of the traffic too.
  const begins = cluster.sim.now() + level.settle;
  yield* passing('settling', cluster, begins + SECOND - (begins % SECOND));
  return { ok: true, cluster, hand };
}

/** Lets time pass up to an instant. */
function* passing(
  stage: StartProgress['stage'],
  cluster: Cluster,
  until: number,
): Slices<StartProgress, void> {
  const from = cluster.sim.now();
  const all = Math.ceil((until - from) / SECOND);
  while (!cluster.sim.runUntil(until, SLICE_EVENTS))
    yield { stage, done: Math.floor((cluster.sim.now() - from) / SECOND), all };
}

/** The cluster a level is played on. */
function clusterSpecOf(level: Level, seed: number): ClusterSpec {
  const { nodes, images, loadBalancers } = level.cluster;
  return {
    seed,
    nodes,
    images,
    ...controlPlaneOf(level.cluster),
    ...(loadBalancers === undefined ? {} : { loadBalancers }),
  };
}
