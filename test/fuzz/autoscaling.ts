import type { KubeObject } from '../../src/api/object.ts';
import type { Drawing, ObjectDraw } from './drawing.ts';
import { type Fields, object } from './podtemplates.ts';
import { objectDraws } from './workloads.ts';

const SYSTEM = 'kube-system';
const METRICS = 'metrics-server';

/** What the metrics-server's own manifest makes; in some runs it is missing, and nothing is measured. */
export function metricsServer({ random }: Drawing): readonly KubeObject[] {
  if (random.chance(0.3)) return [];
  const role = 'system:metrics-server';
  const labels = { 'k8s-app': METRICS };
  const made: readonly Fields[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: METRICS, namespace: SYSTEM } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: role },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: role },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name: METRICS, namespace: SYSTEM }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: METRICS, namespace: SYSTEM, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: METRICS,
            containers: [
              {
                name: METRICS,
                image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
                args: ['--cert-dir=/tmp', '--secure-port=10250', '--metric-resolution=15s'],
                ports: [{ containerPort: 10250, name: 'https' }],
                readinessProbe: {
                  httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' },
                  periodSeconds: 10,
                },
              },
            ],
          },
        },
      },
    },
  ];
  return made as readonly unknown[] as readonly KubeObject[];
}

/** Something that works for those who ask, somebody who asks, and an autoscaler between them. */
function drawScaled(drawing: Drawing): readonly KubeObject[] {
  const { random } = drawing;
  const app = drawing.name('busy');
  const least = random.between(1, 3);
  const resources = { requests: { cpu: '100m' }, limits: { cpu: '300m' } };
  const deployment = object(drawing, 'apps/v1', 'Deployment', app, {
    replicas: random.between(1, 5),
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'main', image: 'shipshape/busy', resources }] },
    },
  });
  const inPlace = (each: KubeObject): KubeObject => ({
    ...each,
    metadata: { ...each.metadata, namespace: deployment.metadata.namespace ?? 'default' },
  });
  const service = object(drawing, 'v1', 'Service', app, {
    selector: { app },
    ports: [{ port: 80, targetPort: 8080 }],
  });
  const load = object(drawing, 'v1', 'Pod', `${app}-load`, {
    containers: [
      {
        name: 'main',
        image: 'busybox:1.36',
        command: ['sh', '-c', `while sleep 1; do wget -q -O- http://${app}; done`],
      },
    ],
  });
  const scaler = object(drawing, 'autoscaling/v2', 'HorizontalPodAutoscaler', app, {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app },
    minReplicas: least,
    maxReplicas: least + random.between(0, 4),
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: random.pick([20, 50]) } },
      },
    ],
    behavior: { scaleDown: { stabilizationWindowSeconds: random.pick([0, 30, 60]) } },
  });
  return [deployment, inPlace(service), inPlace(scaler), ...(random.chance(0.7) ? [inPlace(load)] : [])];
}

export const scaledDraws: readonly ObjectDraw[] = [
  { weight: 10, draw: drawScaled },
  ...objectDraws.map(({ weight, draw }) => ({ weight: weight / 10, draw })),
];
