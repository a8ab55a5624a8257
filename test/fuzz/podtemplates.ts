import type { KubeObject } from '../../src/api/object.ts';
import type { Random } from '../../src/sim/random.ts';
import type { Drawing } from './drawing.ts';

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

/** Some fields of an object, as they stand in a manifest. */
export type Fields = Readonly<Record<string, unknown>>;

/** Images: most run, some never do. */
const IMAGES = ['nginx:1.27', 'nginx:1.27', 'nginx:1.26', 'nginx:1.28', 'httpd:2.4', 'redis:7'] as const;
const STUCK = ['nginx:no-such-tag', 'shipshape/slowstart'] as const;
const BROKEN = ['shipshape/crasher', ...STUCK] as const;

/** A pod template of an app; what it asks for, how it is probed and where it may run differ from draw to draw. */
export function template(drawing: Drawing, app: string): Fields {
  return { metadata: { labels: { app } }, spec: podSpec(drawing, app) };
}

export function podSpec({ random, calm, priorityClasses }: Drawing, app: string): Fields {
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
        ...(random.chance(0.03)
          ? { ports: [{ containerPort: 80, hostPort: random.between(8080, 8081) }] }
          : {}),
        ...(resources === undefined ? {} : { resources }),
        ...(probed ? { readinessProbe: probe } : {}),
        ...(probed && !calm && random.chance(0.3) ? { livenessProbe: probe } : {}),
      },
    ],
    ...initContainers(random),
    ...(random.chance(0.15) ? { nodeSelector: { disk: 'ssd' } } : {}),
    ...tolerations(random),
    ...nearness(random, app),
    // Preemption takes pods away, which a calm run must not.
    ...(!calm && random.chance(0.08) ? { priorityClassName: random.pick(priorityClasses) } : {}),
    ...(random.chance(0.3) ? { terminationGracePeriodSeconds: random.pick([0, 1, 5, 60]) } : {}),
  };
}

/** Some tolerate everything, some a lost node or upkeep, and that not for long. */
function tolerations(random: Random): Fields {
  if (random.chance(0.15)) return { tolerations: MOST };
  if (!random.chance(0.3)) return {};
  const keys = ['upkeep', 'node.kubernetes.io/unreachable', 'node.kubernetes.io/not-ready'];
  const tolerationSeconds = random.between(0, 40);
  const rest = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds };
  return { tolerations: keys.map((key) => ({ key, ...rest })) };
}

/** What runs before the main container: some that must end well, and some that stay beside it. */
function initContainers(random: Random): Fields {
  const made: Fields[] = [];
  if (random.chance(0.2))
    made.push({ name: 'first', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 2'] });
  if (random.chance(0.05)) made.push({ name: 'beside', image: 'nginx:1.27', restartPolicy: 'Always' });
  if (random.chance(0.05))
    made.push({ name: 'second', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 1'] });
  return made.length === 0 ? {} : { initContainers: made };
}

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

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
  if (random.chance(0.06)) return { affinity: { nodeAffinity: nodeAffinity(random) } };
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

function nodeAffinity(random: Random): Fields {
  const matchExpressions = [
    random.pick<Fields>([
      { key: ZONE, operator: 'In', values: ['a', 'b'] },
      { key: ZONE, operator: 'NotIn', values: ['a'] },
      { key: 'disk', operator: 'Exists' },
      { key: 'disk', operator: 'DoesNotExist' },
    ]),
  ];
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } };
}

/** A selector, and a template that it selects. */
export function selecting(drawing: Drawing, app: string): Fields {
  return { selector: { matchLabels: { app } }, template: template(drawing, app) };
}

/** An object in one of the drawn namespaces. */
export function object(
  drawing: Drawing,
  apiVersion: string,
  kind: string,
  name: string,
  spec: Fields,
): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: drawing.namespace() }, spec } as KubeObject;
}
