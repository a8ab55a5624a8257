import type { KubeObject } from '../../src/api/object.ts';
import { controlPlaneNames, type NodeSpec } from '../../src/cluster/spec.ts';
import { Random } from '../../src/sim/random.ts';
import { drawAction } from './actiondraws.ts';
import { type Drawing, NAMESPACES, weighted } from './drawing.ts';
import { faultKinds } from './faultdraws.ts';
import { type Mood, moods } from './moods.ts';
import type { Plan, Step } from './plan.ts';

const MEMORIES = ['1Gi', '2Gi', '8Gi', '16Gi'] as const;
const ZONES = ['a', 'b', 'c'] as const;

/** The plan of a seed: a cluster, what is done to it, and what breaks meanwhile. */
export function drawPlan(seed: number): Plan {
  const random = new Random(seed, 'fuzz plan');
  const mood = moods[
    weighted(
      random,
      moods.map(({ weight }) => weight),
    )
  ] as Mood;
  const nodes = drawNodes(random, mood);
  // A control plane of three is rarer: it costs more and shows less of the rest.
  const controlPlanes = random.chance(0.1) ? 3 : 1;
  const length = random.between(60_000, 400_000);
  let names = 0;
  const drawing: Drawing = {
    random,
    nodes: nodes.map(({ name }) => name),
    controlPlanes: controlPlaneNames({ controlPlanes }),
    calm: mood.calm,
    objects: mood.objects,
    priorityClasses: mood.priorityClasses,
    made: [],
    name: (prefix) => `${prefix}-${names++}`,
    namespace: () => random.pick(NAMESPACES) ?? 'default',
  };
  const given = [namespaceObject('team-a'), namespaceObject('team-b'), ...(mood.given?.(drawing) ?? [])];
  const steps: Step[] = given.map((object) => ({ at: 0, action: { do: 'create', object } }));
  steps.push(...drawActions(drawing, mood, length), ...(mood.calm ? [] : drawFaults(drawing, length)));
  steps.sort((a, b) => a.at - b.at);
  const startTime = mood.startTime?.(random);
  return {
    seed,
    mood: mood.name,
    ...(startTime === undefined ? {} : { startTime }),
    nodes,
    ...(controlPlanes === 1 ? {} : { controlPlanes }),
    calm: mood.calm,
    steps,
    mendAt: length,
  };
}

function drawNodes(random: Random, mood: Mood): readonly NodeSpec[] {
  const count = random.pick(mood.nodeCounts) ?? 3;
  return Array.from({ length: count }, (_, i) => ({
    name: `n${i + 1}`,
    cpu: random.pick(mood.cpus) ?? '4',
    memory: random.pick(MEMORIES) ?? '8Gi',
    pods: random.pick(mood.pods) ?? 110,
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

function* drawActions(drawing: Drawing, mood: Mood, length: number): Generator<Step> {
  const { random } = drawing;
  const count = random.between(4, 30);
  for (let i = 0; i < count; i++) {
    // The first few come at once, so that faults have something to hit.
    const at = i < 3 ? random.between(0, 3_000) : random.between(0, length);
    for (const action of drawAction(drawing, mood.player)) yield { at, action };
  }
}

/** Each run has fault rates of its own: some faults never, some again and again. */
function* drawFaults(drawing: Drawing, length: number): Generator<Step> {
  const { random } = drawing;
  const rates = faultKinds.map(() => (random.chance(0.4) ? random.float() ** 2 : 0));
  const count = random.between(1, 14);
  for (let i = 0; i < count; i++) {
    const at = random.between(0, length);
    yield* faultKinds[weighted(random, rates)]?.draw(drawing, at, length) ?? [];
  }
}
