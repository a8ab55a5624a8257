import { describe, expect, it } from 'vitest';
import type { LabelSelector, Pod, PodAffinityTerm, PodSpec } from '../../../src/api/generated/types.ts';
import { type Listers, NO_LISTERS } from '../../../src/scheduler/listers.ts';
import { Bench } from '../bench.ts';
import { makeNode, makePod } from '../harness.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const FITS = '';
const NOT_NEAR = "InterPodAffinity unresolvable: node(s) didn't match pod affinity rules";
const TOO_NEAR = "InterPodAffinity unschedulable: node(s) didn't match pod anti-affinity rules";
const UNWELCOME = "InterPodAffinity unschedulable: node(s) didn't satisfy existing pods anti-affinity rules";

function term(app: string, topologyKey = ZONE, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return { topologyKey, labelSelector: { matchLabels: { app } }, ...more };
}

function near(...terms: readonly PodAffinityTerm[]): Partial<PodSpec> {
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
}

function far(...terms: readonly PodAffinityTerm[]): Partial<PodSpec> {
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } };
}

function prefers(weight: number, wanted: PodAffinityTerm): Partial<PodSpec> {
  const rule = {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: Math.abs(weight), podAffinityTerm: wanted }],
  };
  return { affinity: weight < 0 ? { podAntiAffinity: rule } : { podAffinity: rule } };
}

function app(name: string, label = name, spec: Partial<PodSpec> = {}, namespace = 'default'): Pod {
  const pod = makePod(name, { labels: { app: label }, spec });
  return { ...pod, metadata: { ...pod.metadata, uid: `${namespace}-${name}`, namespace } };
}

/** n1 and n2 in zone a, n3 in zone b, n4 in none. */
function bench(listers?: Listers): Bench {
  return new Bench(listers).add(
    makeNode('n1', { labels: { [ZONE]: 'a' } }),
    makeNode('n2', { labels: { [ZONE]: 'a' } }),
    makeNode('n3', { labels: { [ZONE]: 'b' } }),
    makeNode('n4'),
  );
}

function on(n1: string, n2: string, n3: string, n4: string): Record<string, string> {
  return { n1, n2, n3, n4 };
}

const TEAMS: Listers = {
  ...NO_LISTERS,
  namespaces: () => ['default', 'red', 'blue'],
  namespaceLabels: (name) => ({
    'kubernetes.io/metadata.name': name,
    ...(name === 'red' ? { team: 'x' } : {}),
  }),
};
const TEAM_X: LabelSelector = { matchLabels: { team: 'x' } };

/** A sentence, the pod on n1, the pod to come, and the verdicts. */
type Case = readonly [behaviour: string, placed: readonly Pod[], pod: Pod, verdicts: Record<string, string>];

describe('InterPodAffinity, required', () => {
  it.each<Case>([
    [
      'takes the nodes of the domain in which a wanted pod is',
      [app('db')],
      app('web', 'web', near(term('db'))),
      on(FITS, FITS, NOT_NEAR, NOT_NEAR),
    ],
    [
      'means one node where the topology is the host name',
      [app('db')],
      app('web', 'web', near(term('db', HOST))),
      on(FITS, NOT_NEAR, NOT_NEAR, NOT_NEAR),
    ],
    [
      'has no node for a pod that wants another near that is nowhere',
      [],
      app('web', 'web', near(term('db'))),
      on(NOT_NEAR, NOT_NEAR, NOT_NEAR, NOT_NEAR),
    ],
    [
      'lets the first pod that wants its own kind near start in any domain',
      [],
      app('web', 'web', near(term('web'))),
      on(FITS, FITS, FITS, NOT_NEAR),
    ],
    [
      'holds the second of them to where the first is',
      [app('first', 'web')],
      app('web', 'web', near(term('web'))),
      on(FITS, FITS, NOT_NEAR, NOT_NEAR),
    ],
    [
      'wants one pod that all terms mean, not one a term',
      [app('db'), app('cache')],
      app('web', 'web', near(term('db'), term('cache'))),
      on(NOT_NEAR, NOT_NEAR, NOT_NEAR, NOT_NEAR),
    ],
    [
      'keeps out of the domain of pods that the anti-affinity means',
      [app('web1', 'web')],
      app('web', 'web', far(term('web'))),
      on(TOO_NEAR, TOO_NEAR, FITS, FITS),
    ],
    [
      'keeps out of the domain of pods whose anti-affinity means it, though it says nothing itself',
      [app('hermit', 'hermit', far(term('web')))],
      app('web'),
      on(UNWELCOME, UNWELCOME, FITS, FITS),
    ],
    [
      'does not mind the anti-affinity of pods that means others',
      [app('hermit', 'hermit', far(term('db')))],
      app('web'),
      on(FITS, FITS, FITS, FITS),
    ],
    [
      'means its own namespace where none is named',
      [app('db', 'db', {}, 'red')],
      app('web', 'web', far(term('db'))),
      on(FITS, FITS, FITS, FITS),
    ],
    [
      'means the namespaces that are named, and no other',
      [app('db', 'db', {}, 'red')],
      app('web', 'web', far(term('db', ZONE, { namespaces: ['red'] }))),
      on(TOO_NEAR, TOO_NEAR, FITS, FITS),
    ],
    [
      'means the namespaces that the selector selects',
      [app('db', 'db', {}, 'red')],
      app('web', 'web', far(term('db', ZONE, { namespaceSelector: TEAM_X }))),
      on(TOO_NEAR, TOO_NEAR, FITS, FITS),
    ],
    [
      'does not mean its own namespace when a selector selects others',
      [app('db')],
      app('web', 'web', far(term('db', ZONE, { namespaceSelector: TEAM_X }))),
      on(FITS, FITS, FITS, FITS),
    ],
    [
      'means all namespaces with an empty selector',
      [app('db', 'db', {}, 'blue')],
      app('web', 'web', far(term('db', ZONE, { namespaceSelector: {} }))),
      on(TOO_NEAR, TOO_NEAR, FITS, FITS),
    ],
    [
      'reads the namespace selector of pods on nodes against the new pod',
      [app('hermit', 'hermit', far(term('web', ZONE, { namespaceSelector: TEAM_X })), 'blue')],
      app('web', 'web', {}, 'red'),
      on(UNWELCOME, UNWELCOME, FITS, FITS),
    ],
    [
      'means nobody without a selector of pods',
      [app('db')],
      app('web', 'web', far({ topologyKey: ZONE })),
      on(FITS, FITS, FITS, FITS),
    ],
    [
      'ignores preferences when it filters',
      [app('db')],
      app('web', 'web', prefers(-100, term('db'))),
      on(FITS, FITS, FITS, FITS),
    ],
  ])('%s', (_, placed, pod, verdicts) => {
    expect(
      bench(TEAMS)
        .place('n1', ...placed)
        .filter(pod),
    ).toEqual(verdicts);
  });

  it('sees pods that come and go after it was asked first', () => {
    const world = bench();
    const web = app('web', 'web', far(term('db')));
    expect(world.filter(web)).toEqual(on(FITS, FITS, FITS, FITS));
    world.place('n3', app('db'));
    expect(world.filter(web)).toEqual(on(FITS, FITS, TOO_NEAR, FITS));
    world.place('n3', app('db', 'tea'));
    expect(world.filter(web)).toEqual(on(FITS, FITS, FITS, FITS));
    world.place('n1', app('db2', 'db'));
    world.cache.removePod('default-db2');
    expect(world.filter(web)).toEqual(on(FITS, FITS, FITS, FITS));
  });

  it('sees that a node moved to another zone, and that one joined', () => {
    const world = bench().place('n1', app('db'));
    const web = app('web', 'web', near(term('db')));
    expect(world.filter(web)).toEqual(on(FITS, FITS, NOT_NEAR, NOT_NEAR));
    world.add(makeNode('n1', { labels: { [ZONE]: 'b' } }), makeNode('n4', { labels: { [ZONE]: 'b' } }));
    expect(world.filter(web)).toEqual(on(FITS, NOT_NEAR, FITS, FITS));
  });

  it('takes a label of the name of a method of objects for what it is', () => {
    const world = bench().place('n1', app('db'));
    expect(world.filter(app('web', 'web', near(term('db', 'constructor')))).n1).toBe(NOT_NEAR);
  });
});

describe('InterPodAffinity, preferred', () => {
  it.each<readonly [string, readonly Pod[], Pod, Record<string, number> | undefined]>([
    ['has no say where nobody wishes anything', [app('db')], app('web'), undefined],
    ['has no say where the wish means nobody', [], app('web', 'web', prefers(5, term('db'))), undefined],
    [
      'prefers the domain of pods that it wants near',
      [app('db')],
      app('web', 'web', prefers(5, term('db'))),
      { n1: 100, n2: 100, n3: 0, n4: 0 },
    ],
    [
      'prefers every other domain to that of pods that it wants far',
      [app('db')],
      app('web', 'web', prefers(-5, term('db'))),
      { n1: 0, n2: 0, n3: 100, n4: 100 },
    ],
    [
      'heeds the wishes of pods on nodes, too',
      [app('db', 'db', prefers(-1, term('web')))],
      app('web'),
      { n1: 0, n2: 0, n3: 100, n4: 100 },
    ],
    [
      'gives a point for each required affinity of pods on nodes that means it',
      [app('db', 'db', near(term('web')))],
      app('web'),
      { n1: 100, n2: 100, n3: 0, n4: 0 },
    ],
  ])('%s', (_, placed, pod, scores) => {
    expect(
      bench()
        .place('n1', ...placed)
        .score('InterPodAffinity', pod),
    ).toEqual(scores);
  });

  it('adds the weights of all pods of a domain and stretches the sums from 0 to 100', () => {
    const world = bench().place('n1', app('a', 'db'), app('b', 'db')).place('n3', app('c', 'db'));
    // 2 x 10, 2 x 10, 1 x 10 and 0.
    expect(world.score('InterPodAffinity', app('web', 'web', prefers(10, term('db'))))).toEqual({
      n1: 100,
      n2: 100,
      n3: 50,
      n4: 0,
    });
  });
});
