import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/api/generated/types.ts';
import { compiledSelector } from '../../src/apimachinery/labels.ts';
import { PodTally } from '../../src/controllers/podtally.ts';
import { Random } from '../../src/sim/random.ts';

const OWNERS = ['a', 'b'];
const SELECTOR = compiledSelector({ matchLabels: { app: 'web' } });
const LABELS = { app: 'web', tier: 'front' };

function randomPod(random: Random, name: string): Pod {
  const owner = random.pick([...OWNERS, undefined]);
  const app = random.pick(['web', 'web', 'web', 'db']) ?? '';
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: random.chance(0.5) ? { app, tier: 'front' } : { app },
      ...(owner === undefined ? {} : { ownerReferences: [{ ...reference, uid: owner }] }),
      ...(random.chance(0.2) ? { deletionTimestamp: '2026-01-05T00:00:00Z' } : {}),
    },
    spec: { containers: [] },
    status: {
      phase: random.pick(['Pending', 'Running', 'Running', 'Failed', 'Succeeded']) ?? 'Pending',
      conditions: [{ type: 'Ready', status: random.chance(0.5) ? 'True' : 'False' }],
    },
  };
}

/** The counts by their definitions. */
function counted(pods: Iterable<Pod>, owner: string): object {
  const own = [...pods].filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === owner);
  const over = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
  const standing = own.filter((pod) => !over(pod) && pod.metadata.deletionTimestamp === undefined);
  const matching = standing.filter((pod) => pod.metadata.labels?.['app'] === 'web');
  return {
    active: matching.length,
    terminating: own.filter((pod) => !over(pod) && pod.metadata.deletionTimestamp !== undefined).length,
    ready: matching.filter((pod) => pod.status?.conditions?.[0]?.status === 'True').length,
    labeled: matching.filter((pod) => pod.metadata.labels?.['tier'] === 'front').length,
    strangers: standing.length - matching.length,
  };
}

describe('a tally of pods', () => {
  it.each([1, 2, 3])('agrees with counting them, whatever happens to them (seed %i)', (seed) => {
    const random = new Random(seed, 'tally');
    const pods = new Map<string, Pod>();
    const tally = new PodTally((uid) =>
      [...pods.values()].filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === uid),
    );
    for (let i = 0; i < 2000; i++) {
      const name = `pod-${random.int(30)}`;
      const old = pods.get(name);
      const next = randomPod(random, name);
      if (old === undefined) {
        pods.set(name, next);
        tally.added(next);
      } else if (random.chance(0.3)) {
        pods.delete(name);
        // As with informers, the last state may be one that was never seen before.
        tally.deleted({ ...old, status: { phase: 'Failed' } });
      } else {
        pods.set(name, next);
        tally.updated(old, next);
      }
      for (const owner of OWNERS)
        expect(tally.of(owner, SELECTOR, LABELS)).toEqual(counted(pods.values(), owner));
    }
  });

  it('counts anew for another selector or other labels', () => {
    const pod = { ...randomPod(new Random(1, 'one'), 'a') };
    const ready: Pod = {
      ...pod,
      metadata: { name: 'a', labels: { app: 'web' } },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    };
    const tally = new PodTally(() => [ready]);
    expect(tally.of('a', SELECTOR, LABELS)).toMatchObject({ active: 1, labeled: 0, ready: 1, strangers: 0 });
    expect(tally.of('a', SELECTOR, { app: 'web' })).toMatchObject({ labeled: 1 });
    const other = compiledSelector({ matchLabels: { app: 'db' } });
    expect(tally.of('a', other, LABELS)).toMatchObject({ active: 0, strangers: 1 });
  });
});
