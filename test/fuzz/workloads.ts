import type { KubeObject } from '../../src/api/object.ts';
import { drawClaimed } from './claims.ts';
import type { Drawing, ObjectDraw } from './drawing.ts';
import { type Fields, object, podSpec, selecting, template } from './podtemplates.ts';

/** Work that ends by itself. */
const SHORT = { containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '3'] }] } as const;

const BUDGETED: readonly string[] = ['Deployment', 'ReplicaSet', 'StatefulSet'];

/** A Job that ends well, badly, or only after a while. */
export function jobSpec({ random }: Drawing): Fields {
  const commands = [
    ['sleep', '2'],
    ['sleep', '20'],
    ['sh', '-c', 'exit 0'],
    ['sh', '-c', 'sleep 1; exit 1'],
  ];
  const completions = random.between(1, 4);
  return {
    completions,
    parallelism: random.between(1, 3),
    backoffLimit: random.between(0, 3),
    ...(random.chance(0.3) ? { completionMode: 'Indexed' } : {}),
    ...(random.chance(0.2) ? { activeDeadlineSeconds: random.between(5, 60) } : {}),
    ...(random.chance(0.2) ? { ttlSecondsAfterFinished: random.between(0, 60) } : {}),
    template: {
      spec: {
        restartPolicy: random.pick(['Never', 'OnFailure']),
        containers: [{ name: 'main', image: 'busybox:1.36', command: random.pick(commands) }],
      },
    },
  };
}

/** Apps that share a label on purpose: two owners whose selectors overlap in time, one after the other. */
function appName({ random }: Drawing): string {
  return `web-${random.int(6)}`;
}

function drawDeployment(drawing: Drawing): readonly KubeObject[] {
  const { random } = drawing;
  const name = drawing.name('web');
  const strategy = random.pick<Fields | undefined>([
    undefined,
    { type: 'Recreate' },
    {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: random.pick([0, 1, '50%']), maxUnavailable: random.pick([1, 2, '34%']) },
    },
    { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  ]);
  const deployment = object(drawing, 'apps/v1', 'Deployment', name, {
    replicas: random.between(0, 6),
    ...(strategy === undefined ? {} : { strategy }),
    ...(random.chance(0.2) ? { minReadySeconds: random.between(1, 10) } : {}),
    ...(random.chance(0.2) ? { revisionHistoryLimit: random.between(0, 2) } : {}),
    ...selecting(drawing, name),
  });
  return [
    deployment,
    ...(random.chance(0.5) ? [serviceFor(drawing, deployment, name)] : []),
    ...(random.chance(0.2) ? [budgetFor(drawing, deployment, name)] : []),
  ];
}

export function serviceFor({ random }: Drawing, of: KubeObject, app: string): KubeObject {
  const type = random.pick(['ClusterIP', 'ClusterIP', 'NodePort']);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${app}-svc`, namespace: of.metadata.namespace },
    spec: {
      type,
      selector: { app },
      // Few numbers on purpose: two Services that want the same node port are not both served.
      ports: [
        {
          port: 80,
          ...(type === 'NodePort'
            ? { nodePort: random.chance(0.5) ? random.between(30_000, 30_002) : 30_001 }
            : {}),
        },
      ],
      ...(random.chance(0.1) ? { clusterIP: 'None', type: 'ClusterIP' } : {}),
    },
  } as KubeObject;
}

function budgetFor(drawing: Drawing, of: KubeObject, app: string): KubeObject {
  const { random } = drawing;
  const limit = random.chance(0.5) ? { minAvailable: random.pick([1, 2, '50%']) } : { maxUnavailable: 1 };
  const spec = { selector: { matchLabels: { app } }, ...limit };
  const budget = object(drawing, 'policy/v1', 'PodDisruptionBudget', drawing.name('pdb'), spec);
  return { ...budget, metadata: { ...budget.metadata, namespace: of.metadata.namespace ?? 'default' } };
}

/** What is drawn where nothing else is said, by kind. A new kind is a new entry. */
export const objectDraws: readonly ObjectDraw[] = [
  { weight: 10, draw: drawDeployment },
  {
    weight: 3,
    draw(drawing) {
      const app = appName(drawing);
      const name = drawing.name('rs');
      return [
        object(drawing, 'apps/v1', 'ReplicaSet', name, {
          replicas: drawing.random.between(0, 5),
          ...selecting(drawing, app),
        }),
      ];
    },
  },
  {
    weight: 1,
    draw(drawing) {
      const app = drawing.name('rc');
      return [
        object(drawing, 'v1', 'ReplicationController', app, {
          replicas: drawing.random.between(0, 4),
          selector: { app },
          template: template(drawing, app),
        }),
      ];
    },
  },
  {
    weight: 2,
    draw(drawing) {
      const app = drawing.name('ds');
      return [object(drawing, 'apps/v1', 'DaemonSet', app, selecting(drawing, app))];
    },
  },
  {
    weight: 4,
    draw(drawing) {
      const { random } = drawing;
      const name = drawing.name('db');
      const set = object(drawing, 'apps/v1', 'StatefulSet', name, {
        replicas: random.between(0, 4),
        serviceName: name,
        podManagementPolicy: random.pick(['OrderedReady', 'OrderedReady', 'Parallel']),
        ...(random.chance(0.2)
          ? { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: random.between(0, 3) } } }
          : {}),
        ...selecting(drawing, name),
      });
      const service = serviceFor(drawing, set, name);
      const headless = {
        type: 'ClusterIP',
        clusterIP: 'None',
        selector: { app: name },
        ports: [{ port: 80 }],
      };
      return [{ ...service, metadata: { ...service.metadata, name }, spec: headless } as KubeObject, set];
    },
  },
  {
    weight: 4,
    draw(drawing) {
      return [object(drawing, 'batch/v1', 'Job', drawing.name('job'), jobSpec(drawing))];
    },
  },
  {
    weight: 1,
    draw(drawing) {
      const { random } = drawing;
      return [
        object(drawing, 'batch/v1', 'CronJob', drawing.name('cron'), {
          schedule: random.pick(['* * * * *', '*/2 * * * *', '@hourly']),
          concurrencyPolicy: random.pick(['Allow', 'Forbid', 'Replace']),
          ...(random.chance(0.3) ? { startingDeadlineSeconds: random.between(10, 200) } : {}),
          jobTemplate: { spec: jobSpec(drawing) },
        }),
      ];
    },
  },
  {
    weight: 2,
    draw(drawing) {
      const { random } = drawing;
      const of = random.pick(drawing.made.filter(({ kind }) => BUDGETED.includes(kind)));
      if (of === undefined) return [];
      const app = (of as { spec?: { template?: { metadata?: { labels?: Record<string, string> } } } }).spec
        ?.template?.metadata?.labels?.app;
      return app === undefined ? [] : [budgetFor(drawing, of, app)];
    },
  },
  {
    weight: 4,
    draw(drawing) {
      const { random } = drawing;
      const name = drawing.name('pod');
      const app = appName(drawing);
      const spec = {
        ...podSpec(drawing, app),
        ...(random.chance(0.4) ? SHORT : {}),
        restartPolicy: random.pick(['Always', 'OnFailure', 'Never', 'Never']),
        ...(random.chance(0.1) ? { nodeName: random.pick(drawing.nodes) } : {}),
      };
      const pod = object(drawing, 'v1', 'Pod', name, spec);
      return [{ ...pod, metadata: { ...pod.metadata, labels: { app } } }];
    },
  },
  {
    weight: 2,
    draw(drawing) {
      const app = appName(drawing);
      const service = serviceFor(drawing, object(drawing, 'v1', 'Pod', app, {}), app);
      return [{ ...service, metadata: { ...service.metadata, name: drawing.name('svc') } }];
    },
  },
  {
    weight: 1,
    draw(drawing) {
      const name = drawing.name('map');
      return [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace: drawing.namespace() },
          data: { key: drawing.name('value') },
        } as KubeObject,
      ];
    },
  },
  { weight: 3, draw: drawClaimed },
  {
    weight: 1,
    draw(drawing) {
      const { random } = drawing;
      const app = appName(drawing);
      const from = [{ podSelector: random.chance(0.5) ? { matchLabels: { app: appName(drawing) } } : {} }];
      return [
        object(drawing, 'networking.k8s.io/v1', 'NetworkPolicy', drawing.name('policy'), {
          podSelector: random.chance(0.3) ? {} : { matchLabels: { app } },
          policyTypes: ['Ingress'],
          ...(random.chance(0.7) ? { ingress: [{ from }] } : {}),
        }),
      ];
    },
  },
];
