import type { KubeObject } from '../../src/api/object.ts';
import type { Random } from '../../src/sim/random.ts';
import { type Drawing, NAMESPACES, weighted } from './drawing.ts';
import type { Action, Target } from './plan.ts';
import { template } from './podtemplates.ts';

/** Ways to draw what the player does, with their weights. */
export type Draws = readonly (readonly [number, (drawing: Drawing) => readonly Action[]])[];

/** What the player may do, and how likely it is beside the others. */
export const PLAYER: Draws = [
  [10, drawCreate],
  [6, drawScale],
  [6, drawTemplateChange],
  [4, drawDelete],
  [6, ({ random }) => [{ do: 'deletePod', ...somePod(random), ...grace(random) }]],
  [3, drawEvictions],
  [1, drawDrain],
  [0.5, ({ random }) => [{ do: 'markPod', ...somePod(random) }]],
  [
    2,
    ({ random }) => [
      { do: 'relabelPod', ...somePod(random), app: random.pick(['web-0', 'web-1', 'none']) ?? 'none' },
    ],
  ],
  [2, drawNodeChange],
  [1, drawEvictingTaint],
  [1, drawFinalizer],
  [1.5, drawPause],
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
  [1, (drawing) => targeted(drawing, (target) => ({ do: 'race', target }))],
  [1, (drawing) => targeted(drawing, (target) => ({ do: 'wrongDoor', target }))],
  [1, ({ random, nodes }) => [{ do: 'rebind', ...somePod(random), node: random.pick(nodes) ?? 'n1' }]],
  [1, drawDenied],
  [2, drawApply],
];

/** What a player does who takes no pod away and breaks no node: rollouts then keep all their promises. */
export const PEACEFUL: Draws = [
  [10, drawCreate],
  [3, drawScale],
  [10, drawTemplateChange],
  [1, drawDenied],
  [1, drawApply],
];

/** One thing that the player does; it may take several actions. */
export function drawAction(drawing: Drawing, from: Draws): readonly Action[] {
  const chosen = weighted(
    drawing.random,
    from.map(([weight]) => weight),
  );
  return from[chosen]?.[1](drawing) ?? [];
}

/** Something is created, or tried to be. */
export function drawCreate(drawing: Drawing): readonly Action[] {
  const index = weighted(
    drawing.random,
    drawing.objects.map(({ weight }) => weight),
  );
  const objects = drawing.objects[index]?.draw(drawing) ?? [];
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
        ...(drawing.random.chance(0.05) ? { dryRun: true } : {}),
      };
    },
    ROLLING,
  );
}

function drawDelete(drawing: Drawing): readonly Action[] {
  const propagation = drawing.random.pick(['Background', 'Foreground', 'Orphan', undefined] as const);
  const dryRun = drawing.random.chance(0.1);
  return targeted(drawing, (target) => ({
    do: 'delete',
    target,
    ...(dryRun ? { dryRun } : {}),
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

function drawEvictingTaint({ random, nodes }: Drawing): readonly Action[] {
  const target: Target = { apiVersion: 'v1', kind: 'Node', name: random.pick(nodes) ?? 'n1' };
  return [{ do: 'merge', target, patch: { spec: { taints: [{ key: 'upkeep', effect: 'NoExecute' }] } } }];
}

/** Several pods are asked to leave in one instant: a budget must count each. */
function drawEvictions({ random }: Drawing): readonly Action[] {
  const { namespace, nth } = somePod(random);
  return Array.from({ length: random.between(1, 4) }, (_, i) => ({
    do: 'evictPod',
    namespace,
    nth: nth + i,
  }));
}

function drawDrain({ random, nodes }: Drawing): readonly Action[] {
  const node = random.pick(nodes) ?? 'n1';
  const target: Target = { apiVersion: 'v1', kind: 'Node', name: node };
  return [
    { do: 'merge', target, patch: { spec: { unschedulable: true } } },
    { do: 'drain', node },
  ];
}

function drawDenied(drawing: Drawing): readonly Action[] {
  const verb = drawing.random.pick(['get', 'list', 'create', 'patch', 'delete'] as const) ?? 'get';
  return targeted(drawing, (target) => ({ do: 'denied', verb, target }));
}

/** Few objects, managers, keys and values, so that they meet. */
function drawApply({ random }: Drawing): readonly Action[] {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'applied' };
  return Array.from({ length: random.between(1, 5) }, (): Action => {
    const keys = ['a', 'b', 'c'].filter(() => random.chance(0.5));
    const data = Object.fromEntries(keys.map((key) => [key, random.pick(['1', '2']) ?? '1']));
    const manager = random.pick(['anna', 'ben', 'kubectl']) ?? 'anna';
    return { do: 'apply', target, data, manager, force: random.chance(0.3) };
  });
}

function drawFinalizer(drawing: Drawing): readonly Action[] {
  const finalizers = drawing.random.chance(0.5) ? ['example.com/wait'] : null;
  return targeted(drawing, (target) => ({ do: 'merge', target, patch: { metadata: { finalizers } } }));
}

function drawPause(drawing: Drawing): readonly Action[] {
  const { random } = drawing;
  const paused = random.chance(0.6);
  return targeted(
    drawing,
    (target) => {
      const changed = paused && random.chance(0.6) ? { template: template(drawing, target.name) } : {};
      return { do: 'merge', target, patch: { spec: { paused, ...changed } } };
    },
    ['Deployment'],
  );
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
