import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import type { WatchEvent, WatchHandle } from '../../src/api/request.ts';
import { configMapBody, Harness, type Partially } from './harness.ts';

/** What clients do, at random: few names, so that requests meet each other's objects. */
const NAME = fc.constantFrom('a', 'b', 'c');
const ACTION = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    name: NAME,
    held: fc.boolean(),
    tier: fc.constantFrom('x', 'y'),
  }),
  fc.record({
    do: fc.constant('put' as const),
    name: NAME,
    value: fc.constantFrom('1', '2'),
    stale: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('label' as const),
    name: NAME,
    tier: fc.constantFrom('x', 'y'),
    dryRun: fc.boolean(),
  }),
  fc.record({ do: fc.constant('release' as const), name: NAME }),
  fc.record({ do: fc.constant('delete' as const), name: NAME, dryRun: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 2, 5, 70_000, 400_000) }),
  fc.record({ do: fc.constant('restart' as const) }),
);
type Action = typeof ACTION extends fc.Arbitrary<infer T> ? T : never;

function requestOf(h: Harness, action: Action): Partially | undefined {
  if (action.do === 'wait' || action.do === 'restart') return undefined;
  const at = { resource: 'configmaps', namespace: 'default', name: action.name } as const;
  const options = 'dryRun' in action && action.dryRun ? { options: { dryRun: true } } : {};
  switch (action.do) {
    case 'create': {
      const rest = {
        labels: { tier: action.tier },
        ...(action.held ? { finalizers: ['example.com/x'] } : {}),
      };
      return {
        verb: 'create',
        resource: 'configmaps',
        namespace: 'default',
        body: configMapBody(action.name, '1', rest),
      };
    }
    case 'put': {
      const stored = h.etcd.get(`/registry/configmaps/default/${action.name}`);
      const old = stored.ok ? stored.value?.value : undefined;
      if (old === undefined) return { verb: 'update', ...at, body: configMapBody(action.name, action.value) };
      const resourceVersion = action.stale ? '1' : (old.metadata.resourceVersion ?? '');
      return {
        verb: 'update',
        ...at,
        body: { ...old, metadata: { ...old.metadata, resourceVersion }, data: { value: action.value } },
      };
    }
    case 'label':
      return {
        verb: 'patch',
        ...at,
        ...options,
        patchType: 'merge',
        body: { metadata: { labels: { tier: action.tier } } },
      };
    case 'release':
      return { verb: 'patch', ...at, patchType: 'merge', body: { metadata: { finalizers: null } } };
    case 'delete':
      return { verb: 'delete', ...at, ...options };
  }
}

/** A client that lists and watches, and lists again when it must: what an informer is. */
class Mirror {
  readonly objects = new Map<string, KubeObject>();
  readonly #h: Harness;
  readonly #options: object;
  #revision = '';
  #watch: WatchHandle | undefined;

  constructor(h: Harness, options: object) {
    this.#h = h;
    this.#options = options;
    this.list();
  }

  list(): void {
    const { items, resourceVersion } = this.#h.list('configmaps', this.#options);
    this.objects.clear();
    for (const item of items) this.objects.set(item.metadata.name ?? '', item);
    this.#revision = resourceVersion;
    this.follow();
  }

  follow(): void {
    const options = { ...this.#options, resourceVersion: this.#revision, allowWatchBookmarks: true };
    const later = (run: () => void) => void this.#h.sim.after(1, run);
    const sink = {
      event: (event: WatchEvent) => this.#event(event),
      closed: () => later(() => this.follow()),
    };
    const response = this.#h.send({
      verb: 'watch',
      resource: 'configmaps',
      namespace: 'default',
      options,
      sink,
    });
    if (response.ok && response.kind === 'watch') this.#watch = response.watch;
  }

  #event(event: WatchEvent): void {
    if (event.type === 'ERROR') {
      expect(event.status.code).toBe(410);
      this.#watch?.stop();
      return void this.#h.sim.after(2, () => this.list());
    }
    const { name = '', resourceVersion = '' } = event.object.metadata;
    expect(Number(resourceVersion)).toBeGreaterThanOrEqual(Number(this.#revision));
    this.#revision = resourceVersion;
    const known = this.objects.get(name);
    if (event.type === 'ADDED')
      expect(known === undefined || known.metadata.resourceVersion === resourceVersion).toBe(true);
    if (event.type === 'DELETED') this.objects.delete(name);
    else if (event.type !== 'BOOKMARK') this.objects.set(name, event.object);
  }
}

test('whatever clients do, the store stays consistent and watches replay to the list', () => {
  fc.assert(
    fc.property(fc.array(ACTION, { maxLength: 40 }), fc.nat(), (actions, seed) => {
      const h = new Harness({ seed });
      const uids = new Map<string, string>();
      const mirrors = [{}, { labelSelector: 'tier=x' }, { fieldSelector: 'metadata.name=a' }].map(
        (options) => [options, new Mirror(h, options)] as const,
      );
      for (const action of actions) {
        if (action.do === 'wait') h.run(action.ms);
        if (action.do === 'restart') h.restart();
        const request = requestOf(h, action);
        if (request !== undefined) step(h, request, uids);
      }
      h.run(100);
      for (const [options, mirror] of mirrors) {
        expect([...mirror.objects.values()].sort(byName)).toEqual(
          [...h.list('configmaps', options).items].sort(byName),
        );
      }
    }),
    { numRuns: 150 },
  );
});

function byName(a: KubeObject, b: KubeObject): number {
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/** Sends a request and checks what must hold of its effect. */
function step(h: Harness, request: Partially, uids: Map<string, string>): void {
  const key = `/registry/configmaps/default/${request.name ?? (request.body as KubeObject).metadata.name}`;
  const before = h.etcd.history.get(key, h.etcd.revision)?.value;
  const revision = h.etcd.revision;
  const response = h.send(request);
  const after = h.etcd.history.get(key, h.etcd.revision)?.value;
  const wrote = h.etcd.revision - revision;
  expect(wrote).toBeLessThanOrEqual(1);
  if (!response.ok || request.options?.dryRun === true || after === before)
    expect([wrote, after]).toEqual([0, before]);
  if (after !== undefined && wrote === 1)
    expect(after.metadata.resourceVersion).toBe(String(h.etcd.revision));
  if (after === undefined) return;
  const { uid = '', creationTimestamp, deletionTimestamp } = after.metadata;
  expect(uids.get(uid) ?? creationTimestamp).toBe(creationTimestamp);
  uids.set(uid, creationTimestamp ?? '');
  if (before === undefined) return;
  expect(uid).toBe(before.metadata.uid);
  if (before.metadata.deletionTimestamp !== undefined)
    expect(deletionTimestamp).toBe(before.metadata.deletionTimestamp);
  if (deletionTimestamp !== undefined) expect(after.metadata.finalizers).not.toEqual([]);
}

/** The objects of a list, in pages of a size; with `interrupt` called between two of them. */
function inPages(h: Harness, options: object, limit: number, interrupt: () => void): readonly KubeObject[] {
  const items: KubeObject[] = [];
  let page = h.list('configmaps', { ...options, limit });
  for (;;) {
    items.push(...page.items);
    if (page.continue === undefined) return items;
    interrupt();
    page = h.list('configmaps', { limit, continue: page.continue });
  }
}

test('a list at any revision is the store as it was then, in pages of any size, whatever is written meanwhile', () => {
  const writes = fc.array(ACTION, { maxLength: 25 });
  fc.assert(
    fc.property(
      writes,
      writes,
      fc.nat(40),
      fc.integer({ min: 1, max: 3 }),
      (before, between, back, limit) => {
        const h = new Harness();
        const send = (action: Action | undefined): void => {
          const request = action === undefined ? undefined : requestOf(h, action);
          if (request !== undefined) h.send(request);
        };
        for (const action of before) send(action);
        const now = h.etcd.revision;
        const then = Math.max(1, now - back);
        const at = (revision: number): readonly KubeObject[] =>
          h.etcd.history.values('/registry/configmaps/default/', revision);
        const later = [...between];
        expect(inPages(h, {}, limit, () => send(later.shift()))).toEqual(at(now));
        const exact = { resourceVersion: String(then), resourceVersionMatch: 'Exact' } as const;
        expect(h.list('configmaps', exact).items).toEqual(at(then));
        expect(inPages(h, exact, limit, () => send(later.shift()))).toEqual(at(then));
      },
    ),
    { numRuns: 150 },
  );
});

test('of updates that start from one state one wins, and whoever reads after it sees it', () => {
  const racer = fc.record({ value: fc.constantFrom('1', '2', '3'), conditional: fc.boolean() });
  fc.assert(
    fc.property(fc.array(racer, { minLength: 2, maxLength: 6 }), (racers) => {
      const h = new Harness();
      const start = h.create('configmaps', configMapBody('a', '0'));
      let wins = 0;
      for (const { value, conditional } of racers) {
        const { resourceVersion: _, ...metadata } = start.metadata;
        const body = { ...start, data: { value }, ...(conditional ? {} : { metadata }) };
        const response = h.send({
          verb: 'update',
          resource: 'configmaps',
          namespace: 'default',
          name: 'a',
          body,
        });
        const read = h.get('configmaps', 'a');
        if (response.ok && response.kind === 'object') {
          expect(read).toEqual(response.object);
          if (conditional && read.metadata.resourceVersion !== start.metadata.resourceVersion) wins++;
        } else expect(response).toMatchObject({ status: { reason: 'Conflict' } });
      }
      expect(wins).toBeLessThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
});
