import type { KubeObject } from '../../src/api/object.ts';
import type { Drawing, ObjectDraw } from './drawing.ts';
import { type Fields, object } from './podtemplates.ts';
import { objectDraws } from './workloads.ts';

/** Too many pods for the nodes: of several priorities and sizes, or more than a node takes. */

const CLASSES: readonly (readonly [string, Fields])[] = [
  ['low', { value: 100 }],
  ['high', { value: 1000 }],
  ['higher', { value: 2000 }],
  ['gentle', { value: 1500, preemptionPolicy: 'Never' }],
];
export const CROWD_CLASSES: readonly string[] = ['low', 'low', 'high', 'higher', 'gentle'];

export function priorityClasses(): readonly KubeObject[] {
  return CLASSES.map(
    ([name, fields]) =>
      ({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        ...fields,
      }) as KubeObject,
  );
}

const SIZES = ['100m', '200m', '300m', '500m', '700m'] as const;

function sized({ random, priorityClasses: classes }: Drawing, app: string): Fields {
  const priorityClassName = random.chance(0.7) ? random.pick(classes) : undefined;
  const requests = { cpu: random.pick(SIZES), ...(random.chance(0.2) ? { memory: '256Mi' } : {}) };
  return {
    metadata: { labels: { app } },
    spec: {
      containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests } }],
      terminationGracePeriodSeconds: random.pick([0, 1, 5]),
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
    },
  };
}

/** Priorities and sizes, and little else that would excuse who is preempted. */
export const crowdDraws: readonly ObjectDraw[] = [
  {
    weight: 8,
    draw(drawing) {
      const app = drawing.name('crowd');
      const replicas = drawing.random.between(1, 7);
      const template = sized(drawing, app);
      return [
        object(drawing, 'apps/v1', 'Deployment', app, {
          replicas,
          selector: { matchLabels: { app } },
          template,
        }),
      ];
    },
  },
  {
    weight: 6,
    draw(drawing) {
      const app = drawing.name('pod');
      const { metadata, spec } = sized(drawing, app);
      const pod = object(drawing, 'v1', 'Pod', app, spec as Fields);
      return [{ ...pod, metadata: { ...pod.metadata, ...(metadata as object) } }];
    },
  },
  ...objectDraws.map(({ weight, draw }) => ({ weight: weight / 8, draw })),
];

/** Jobs whose pods end beside pods that wait for a place. */
export const fullDraws: readonly ObjectDraw[] = [
  {
    weight: 6,
    draw(drawing) {
      const { random } = drawing;
      const command = random.pick([
        ['sleep', '1'],
        ['sleep', '9'],
        ['sh', '-c', 'sleep 1; exit 1'],
      ]);
      const template = {
        spec: {
          restartPolicy: 'Never',
          containers: [{ name: 'main', image: 'busybox:1.36', command }],
          terminationGracePeriodSeconds: random.pick([1, 30]),
        },
      };
      const spec = { completions: random.between(2, 9), parallelism: random.between(1, 6), template };
      return [object(drawing, 'batch/v1', 'Job', drawing.name('job'), spec)];
    },
  },
  {
    weight: 6,
    draw(drawing) {
      const app = drawing.name('web');
      // What does not heed SIGTERM is still there when its place is given to another.
      const containers = [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '100000'] }];
      const template = { metadata: { labels: { app } }, spec: { containers } };
      const spec = { replicas: drawing.random.between(3, 12), selector: { matchLabels: { app } }, template };
      return [object(drawing, 'apps/v1', 'Deployment', app, spec)];
    },
  },
  {
    weight: 2,
    // Whoever names its node himself is turned away there, not by the scheduler.
    draw(drawing) {
      const containers = [{ name: 'main', image: 'nginx:1.27' }];
      const nodeName = drawing.random.pick(drawing.nodes);
      return [object(drawing, 'v1', 'Pod', drawing.name('pod'), { containers, nodeName })];
    },
  },
  ...objectDraws.map(({ weight, draw }) => ({ weight: weight / 6, draw })),
];
