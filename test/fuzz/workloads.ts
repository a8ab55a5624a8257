import type { KubeObject } from '../../src/api/object.ts';
import type { Random } from '../../src/sim/random.ts';
import type { Drawing } from './draw.ts';

/**
 * Nearly every taint: a pod that tolerates a node's pressure is rejected there by the kubelet, and what its
 * controller makes in its place is too, thousands of times over, here as upstream.
 */
const MOST = [
  { operator: 'Exists', effect: 'NoExecute' },
  ...['control-plane', 'not-ready', 'unreachable', 'network-unavailable', 'unschedulable'].map((name) => ({
    key: `${name === 'control-plane' ? 'node-role.kubernetes.io' : 'node.kubernetes.io'}/${name}`,
    operator: 'Exists',
  })),
];

/** A way to draw objects that a player would create together. */
export interface ObjectDraw {
  readonly weight: number;
  draw(drawing: Drawing): readonly KubeObject[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Images: most run, some never do. */
const IMAGES = ['nginx:1.27', 'nginx:1.27', 'nginx:1.26', 'nginx:1.28', 'httpd:2.4', 'redis:7'] as const;
const STUCK = ['nginx:no-such-tag', 'shipshape/slowstart'] as const;
const BROKEN = ['shipshape/crasher', ...STUCK] as const;

/** Work that ends by itself. */
const SHORT = { containers: [{ name: 'main', image: 'busybox:1.36', command: ['sleep', '3'] }] } as const;

const BUDGETED: readonly string[] = ['Deployment', 'ReplicaSet', 'StatefulSet'];

/** A Job that ends well, badly, or only after a while. */
function jobSpec({ random }: Drawing): Fields {
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

/** A pod template of an app; what it asks for, how it is probed and where it may run differ from draw to draw. */
export function template(drawing: Drawing, app: string): Fields {
  return { metadata: { labels: { app } }, spec: podSpec(drawing, app) };
}

function podSpec({ random, calm }: Drawing, app: string): Fields {
  const image = random.chance(0.12) ? random.pick(calm ? STUCK : BROKEN) : random.pick(IMAGES);
  const resources = random.chance(0.6)
    ? {
        requests: {
          cpu: random.pick(['50m', '100m', '500m']),
          memory: random.pick(['32Mi', '128Mi', '512Mi']),
        },
      }
    : undefined;
  const probed = image?.startsWith('nginx') === true && random.chance(0.4);
  const probe = {
    httpGet: { path: random.chance(0.9) ? '/' : '/nowhere', port: 80 },
    periodSeconds: random.between(1, 10),
  };
  return {
    containers: [
      {
        name: 'main',
        image,
        ...(resources === undefined ? {} : { resources }),
        ...(probed ? { readinessProbe: probe } : {}),
        ...(probed && !calm && random.chance(0.3) ? { livenessProbe: probe } : {}),
      },
    ],
    ...(random.chance(0.2)
      ? { initContainers: [{ name: 'first', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 2'] }] }
      : {}),
    ...(random.chance(0.15) ? { nodeSelector: { disk: 'ssd' } } : {}),
    ...(random.chance(0.15) ? { tolerations: MOST } : {}),
    ...nearness(random, app),
    // Preemption takes pods away, which a calm run must not.
    ...(!calm && random.chance(0.08) ? { priorityClassName: random.pick(PRIORITY_CLASSES) } : {}),
    ...(random.chance(0.3) ? { terminationGracePeriodSeconds: random.pick([0, 1, 5, 60]) } : {}),
  };
}

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const PRIORITY_CLASSES = ['system-cluster-critical', 'system-node-critical'] as const;

/** Rules about other pods, of the same app as a rule. */
function nearness(random: Random, app: string): Fields {
  const other = random.chance(0.7) ? app : `web-${random.int(6)}`;
  const labelSelector = { matchLabels: { app: other } };
  const topologyKey = random.pick([ZONE, HOST, HOST]);
  const anywhere = random.chance(0.2) ? { namespaceSelector: {} } : {};
  const term = { topologyKey, labelSelector, ...anywhere };
  const rule = random.chance(0.7)
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term }] };
  if (random.chance(0.12)) return { affinity: { podAntiAffinity: rule } };
  if (random.chance(0.08)) return { affinity: { podAffinity: rule } };
  if (!random.chance(0.15)) return {};
  const constraint = {
    maxSkew: random.between(1, 3),
    topologyKey,
    whenUnsatisfiable: random.chance(0.8) ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector,
    ...(random.chance(0.2) ? { nodeTaintsPolicy: 'Honor' } : {}),
  };
  return { topologySpreadConstraints: [constraint] };
}

function selecting(drawing: Drawing, app: string): Fields {
  return { selector: { matchLabels: { app } }, template: template(drawing, app) };
}

function object(drawing: Drawing, apiVersion: string, kind: string, name: string, spec: Fields): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: drawing.namespace() }, spec } as KubeObject;
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
  return random.chance(0.5) ? [deployment, serviceFor(drawing, deployment, name)] : [deployment];
}

function serviceFor({ random }: Drawing, of: KubeObject, app: string): KubeObject {
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
          ...(type === 'NodePort' && random.chance(0.5) ? { nodePort: random.between(30_000, 30_002) } : {}),
        },
      ],
      ...(random.chance(0.1) ? { clusterIP: 'None', type: 'ClusterIP' } : {}),
    },
  } as KubeObject;
}

/** What is drawn, by kind. A new kind is a new entry. */
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
      const limit = random.chance(0.5) ? { minAvailable: random.pick([1, 2, '50%']) } : { maxUnavailable: 1 };
      const budget = object(drawing, 'policy/v1', 'PodDisruptionBudget', drawing.name('pdb'), {
        selector: { matchLabels: { app } },
        ...limit,
      });
      return [{ ...budget, metadata: { ...budget.metadata, namespace: of.metadata.namespace ?? 'default' } }];
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

/** A claim, and pods that want to use it; or a set that makes claims of its own. */
function drawClaimed(drawing: Drawing): readonly KubeObject[] {
  const { random } = drawing;
  const name = drawing.name('data');
  const wish = {
    accessModes: [random.pick(['ReadWriteOnce', 'ReadWriteOnce', 'ReadWriteOncePod']) ?? 'ReadWriteOnce'],
    resources: { requests: { storage: random.pick(['1Gi', '2Gi']) ?? '1Gi' } },
    ...(random.chance(0.5) ? { storageClassName: `${name}-class` } : {}),
  };
  const storage = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: `${name}-class` },
    provisioner: 'disk.csi.shipshape.io',
    volumeBindingMode: random.pick(['Immediate', 'WaitForFirstConsumer']),
    reclaimPolicy: random.pick(['Delete', 'Delete', 'Retain']),
  } as KubeObject;
  if (random.chance(0.4)) {
    const set = object(drawing, 'apps/v1', 'StatefulSet', name, {
      replicas: random.between(0, 3),
      serviceName: name,
      volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: wish }],
      ...selecting(drawing, name),
    });
    return [storage, set];
  }
  const claim = object(drawing, 'v1', 'PersistentVolumeClaim', name, wish);
  const user = object(drawing, 'apps/v1', 'Deployment', name, {
    replicas: random.between(1, 2),
    selector: { matchLabels: { app: name } },
    template: claiming(template(drawing, name), name),
  });
  return [
    storage,
    claim,
    { ...user, metadata: { ...user.metadata, namespace: claim.metadata.namespace ?? 'default' } },
  ];
}

function claiming(made: Fields, claimName: string): Fields {
  const spec = made.spec as Fields & { readonly containers: readonly Fields[] };
  const mount = { volumeMounts: [{ name: 'd', mountPath: '/var/data' }] };
  return {
    ...made,
    spec: {
      ...spec,
      volumes: [{ name: 'd', persistentVolumeClaim: { claimName } }],
      containers: spec.containers.map((container) => ({ ...container, ...mount })),
    },
  };
}
