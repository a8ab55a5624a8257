import type { KubeObject } from '../../src/api/object.ts';
import type { NodeSpec } from '../../src/cluster/spec.ts';
import { Random } from '../../src/sim/random.ts';
import { faultKinds } from './faultdraws.ts';
import type { Action, Plan, Step, Target } from './plan.ts';
import { objectDraws, template } from './workloads.ts';

/** Sizes a run is drawn with. Small clusters are likelier: most bugs need few nodes and show faster there. */
const NODE_COUNTS = [1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 8, 10, 15, 30] as const;
const CPUS = ['1', '2', '4', '8'] as const;
const MEMORIES = ['1Gi', '2Gi', '8Gi', '16Gi'] as const;
const NAMESPACES = ['default', 'default', 'default', 'team-a', 'team-b'] as const;
const ZONES = ['a', 'b', 'c'] as const;

/** What the drawing of actions knows of the objects it has made so far. */
export interface Drawing {
  readonly random: Random;
  readonly nodes: readonly string[];
  /** Nothing that runs may end by itself: no containers that crash, no liveness probes that fail. */
  readonly calm: boolean;
  /** Everything created so far, in order. */
  readonly made: KubeObject[];
  /** A name not used before. */
  name(prefix: string): string;
  namespace(): string;
}

/** The plan of a seed: a cluster, what is done to it, and what breaks meanwhile. */
export function drawPlan(seed: number): Plan {
  const random = new Random(seed, 'fuzz plan');
  const nodes = drawNodes(random);
  const calm = random.chance(0.25);
  const length = random.between(60_000, 400_000);
  let names = 0;
  const drawing: Drawing = {
    random,
    nodes: nodes.map(({ name }) => name),
    calm,
    made: [],
    name: (prefix) => `${prefix}-${names++}`,
    namespace: () => random.pick(NAMESPACES) ?? 'default',
  };
  const steps: Step[] = ['team-a', 'team-b'].map((name) => ({
    at: 0,
    action: { do: 'create', object: namespaceObject(name) },
  }));
  for (const { at, action } of drawActions(drawing, length, calm)) steps.push({ at, action });
  if (!calm) {
    // Each run has fault rates of its own: some faults never, some again and again.
    const rates = faultKinds.map(() => (random.chance(0.4) ? random.float() ** 2 : 0));
    const faultCount = random.between(1, 14);
    for (let i = 0; i < faultCount; i++) {
      const at = random.between(0, length);
      const kind = weighted(random, rates);
      for (const later of faultKinds[kind]?.draw(drawing, at, length) ?? []) steps.push(later);
    }
  }
  steps.sort((a, b) => a.at - b.at);
  // A control plane of three is rarer: it costs more and shows less of the rest.
  const several = new Random(seed, 'fuzz control plane').chance(0.1);
  return { seed, nodes, ...(several ? { controlPlanes: 3 as const } : {}), calm, steps, mendAt: length };
}

function drawNodes(random: Random): readonly NodeSpec[] {
  const count = random.pick(NODE_COUNTS) ?? 3;
  return Array.from({ length: count }, (_, i) => ({
    name: `n${i + 1}`,
    cpu: random.pick(CPUS) ?? '4',
    memory: random.pick(MEMORIES) ?? '8Gi',
    pods: random.pick([6, 8, 20, 110]) ?? 110,
    labels: {
      'topology.kubernetes.io/zone': random.pick(ZONES) ?? 'a',
      ...(random.chance(0.3) ? { disk: 'ssd' } : {}),
    },
    taints: random.chance(0.1) ? [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' as const }] : [],
  }));
}

function namespaceObject(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function* drawActions(drawing: Drawing, length: number, calm: boolean): Generator<Step> {
  const { random } = drawing;
  const count = random.between(4, 30);
  for (let i = 0; i < count; i++) {
    // The first few come at once, so that faults have something to hit.
    const at = i < 3 ? random.between(0, 3_000) : random.between(0, length);
    for (const action of drawAction(drawing, calm ? PEACEFUL : PLAYER)) yield { at, action };
  }
}

/** Ways to draw what the player does, with their weights. */
type Draws = readonly (readonly [number, (drawing: Drawing) => readonly Action[]])[];

/** What the player may do, and how likely it is beside the others. */
const PLAYER: Draws = [
  [10, drawCreate],
  [6, drawScale],
  [6, drawTemplateChange],
  [4, drawDelete],
  [6, ({ random }) => [{ do: 'deletePod', ...somePod(random), ...grace(random) }]],
  [2, ({ random }) => [{ do: 'evictPod', ...somePod(random) }]],
  [
    2,
    ({ random }) => [
      { do: 'relabelPod', ...somePod(random), app: random.pick(['web-0', 'web-1', 'none']) ?? 'none' },
    ],
  ],
  [2, drawNodeChange],
  [1, drawFinalizer],
  [1, drawPause],
  [
    1,
    ({ random }) => [
      {
        do: 'delete',
        target: { apiVersion: 'v1', kind: 'Namespace', name: random.pick(['team-a', 'team-b']) ?? 'team-a' },
      },
    ],
  ],
  [
    1,
    (drawing) =>
      targeted(drawing, (target) => ({ do: 'staleUpdate', target, ago: drawing.random.between(1, 5) })),
  ],
];

/** What a player does who takes no pod away and breaks no node: rollouts then keep all their promises. */
const PEACEFUL: Draws = [
  [10, drawCreate],
  [3, drawScale],
  [10, drawTemplateChange],
];

function drawAction(drawing: Drawing, from: Draws): readonly Action[] {
  const chosen = weighted(
    drawing.random,
    from.map(([weight]) => weight),
  );
  return from[chosen]?.[1](drawing) ?? [];
}

function drawCreate(drawing: Drawing): readonly Action[] {
  const index = weighted(
    drawing.random,
    objectDraws.map(({ weight }) => weight),
  );
  const objects = objectDraws[index]?.draw(drawing) ?? [];
  drawing.made.push(...objects);
  const dryRun = drawing.random.chance(0.05);
  return objects.map((object) => ({ do: 'create', object, ...(dryRun ? { dryRun } : {}) }));
}

function drawScale(drawing: Drawing): readonly Action[] {
  const { random } = drawing;
  const replicas = random.chance(0.1) ? random.between(20, 60) : random.between(0, 8);
  return targeted(drawing, (target) => ({ do: 'scale', target, replicas }), SCALABLE);
}

const SCALABLE: readonly string[] = ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'];
const ROLLING: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

function drawTemplateChange(drawing: Drawing): readonly Action[] {
  return targeted(
    drawing,
    (target, object) => {
      const labels = (object as { spec?: { template?: { metadata?: { labels?: Record<string, string> } } } })
        .spec?.template?.metadata?.labels;
      return {
        do: 'merge',
        target,
        patch: { spec: { template: template(drawing, labels?.app ?? 'web') } },
      };
    },
    ROLLING,
  );
}

function drawDelete(drawing: Drawing): readonly Action[] {
  const propagation = drawing.random.pick(['Background', 'Foreground', 'Orphan', undefined] as const);
  return targeted(drawing, (target) => ({
    do: 'delete',
    target,
    ...(propagation === undefined ? {} : { propagation }),
  }));
}

function drawNodeChange({ random, nodes }: Drawing): readonly Action[] {
  const target: Target = { apiVersion: 'v1', kind: 'Node', name: random.pick(nodes) ?? 'n1' };
  const patches: readonly Readonly<Record<string, unknown>>[] = [
    { spec: { unschedulable: true } },
    { spec: { unschedulable: null } },
    {
      spec: {
        taints: [{ key: 'upkeep', effect: random.pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule']) }],
      },
    },
    { spec: { taints: null } },
    { metadata: { labels: { disk: random.pick(['ssd', 'hdd']) } } },
  ];
  return [{ do: 'merge', target, patch: random.pick(patches) ?? {} }];
}

function drawFinalizer(drawing: Drawing): readonly Action[] {
  const finalizers = drawing.random.chance(0.5) ? ['example.com/wait'] : null;
  return targeted(drawing, (target) => ({ do: 'merge', target, patch: { metadata: { finalizers } } }));
}

function drawPause(drawing: Drawing): readonly Action[] {
  const paused = drawing.random.chance(0.5);
  return targeted(drawing, (target) => ({ do: 'merge', target, patch: { spec: { paused } } }), [
    'Deployment',
  ]);
}

/** An action on one of the objects made so far, of certain kinds; nothing when there is none. */
function targeted(
  drawing: Drawing,
  act: (target: Target, object: KubeObject) => Action,
  kinds?: readonly string[],
): readonly Action[] {
  const object = drawing.random.pick(
    drawing.made.filter(({ kind }) => kinds === undefined || kinds.includes(kind)),
  );
  if (object === undefined) return [];
  const { name = '', namespace } = object.metadata;
  return [
    act(
      {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        ...(namespace === undefined ? {} : { namespace }),
      },
      object,
    ),
  ];
}

function somePod(random: Random): { readonly namespace: string; readonly nth: number } {
  return { namespace: random.pick(NAMESPACES) ?? 'default', nth: random.int(100) };
}

function grace(random: Random): { readonly grace?: number } {
  const grace = random.pick([undefined, undefined, 0, 1, 60]);
  return grace === undefined ? {} : { grace };
}

/** An index drawn with weights; -1 when all are 0. */
export function weighted(random: Random, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.float() * total;
  if (total === 0) return -1;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
