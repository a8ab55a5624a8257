import { describe, expect, it } from 'vitest';
import type { EndpointSlice } from '../../src/api/generated/types.ts';
import { SliceTracker } from '../../src/controllers/slicetracker.ts';

function slice(uid: string, generation: number): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: uid, uid, generation },
    addressType: 'IPv4',
    endpoints: [],
  };
}

describe('the slice tracker', () => {
  it.each<[string, (tracker: SliceTracker) => void, readonly EndpointSlice[], boolean]>([
    ['knows nothing of the Service', () => {}, [slice('a', 1)], false],
    ['wrote what the cache has', (t) => t.written('s', slice('a', 1)), [slice('a', 1)], false],
    ['wrote what is newer by now', (t) => t.written('s', slice('a', 1)), [slice('a', 2)], false],
    ['made a slice that the cache lacks', (t) => t.written('s', slice('a', 1)), [], true],
    ['wrote a slice that is older in the cache', (t) => t.written('s', slice('a', 2)), [slice('a', 1)], true],
    ['deleted a slice that the cache still has', (t) => t.deleted('s', slice('a', 1)), [slice('a', 1)], true],
    ['deleted a slice that the cache has lost too', (t) => t.deleted('s', slice('a', 1)), [], false],
    ['wrote of another Service', (t) => t.written('other', slice('a', 1)), [], false],
  ])('that %s', (_, prepare, cached, stale) => {
    const tracker = new SliceTracker();
    prepare(tracker);
    expect(tracker.isStale('s', cached)).toBe(stale);
  });

  it('tells our deletions from those of others', () => {
    const tracker = new SliceTracker();
    tracker.written('s', slice('a', 1));
    tracker.written('s', slice('b', 1));
    tracker.deleted('s', slice('a', 1));
    expect(tracker.observedDeletion('s', slice('a', 1))).toBe(true);
    expect(tracker.observedDeletion('s', slice('b', 1))).toBe(false);
    expect(tracker.isStale('s', [])).toBe(false);
  });

  it('tells our writes from those of others', () => {
    const tracker = new SliceTracker();
    tracker.written('s', slice('a', 2));
    expect(tracker.isForeign('s', slice('a', 2))).toBe(false);
    expect(tracker.isForeign('s', slice('a', 3))).toBe(true);
    expect(tracker.isForeign('s', slice('b', 1))).toBe(true);
  });
});
