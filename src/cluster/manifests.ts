import type { ConfigMap, DaemonSet, Deployment, Service, ServiceAccount } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import { KUBEADM_RBAC } from './kubeadmrbac.ts';
import { API_PORT, CLUSTER_DOMAIN, DNS_ADDRESS, KUBERNETES_VERSION, SERVICE_CIDR } from './spec.ts';

export const ETCD_IMAGE = 'registry.k8s.io/etcd:3.6.6-0';
export const COREDNS_IMAGE = 'registry.k8s.io/coredns/coredns:v1.13.1';
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';

/** The image of a component that carries the cluster's version. */
export function componentImage(component: string): string {
  return `registry.k8s.io/${component}:${KUBERNETES_VERSION}`;
}

/** The control plane's static pods. */
export type StaticComponent = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

interface StaticPod {
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
  readonly port: number;
  /** What the liveness and the startup probe ask for. */
  readonly path: string;
  /** What the readiness probe asks for, where there is one. */
  readonly readyPath?: string;
  readonly priority: string;
}

/** What kubeadm would write for a control plane at this address. */
function staticPods(address: string): Readonly<Record<StaticComponent, StaticPod>> {
  const node = 'system-node-critical';
  return {
    etcd: {
      image: ETCD_IMAGE,
      command: [
        'etcd',
        `--advertise-client-urls=https://${address}:2379`,
        '--data-dir=/var/lib/etcd',
        `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
        '--listen-metrics-urls=http://127.0.0.1:2381',
      ],
      cpu: '100m',
      memory: '100Mi',
      port: 2381,
      path: '/livez',
      readyPath: '/readyz',
      priority: node,
    },
    'kube-apiserver': {
      image: componentImage('kube-apiserver'),
      command: [
        'kube-apiserver',
        `--advertise-address=${address}`,
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--etcd-servers=https://127.0.0.1:2379',
        `--secure-port=${API_PORT}`,
        `--service-cluster-ip-range=${SERVICE_CIDR}`,
      ],
      cpu: '250m',
      port: API_PORT,
      path: '/livez',
      readyPath: '/readyz',
      priority: node,
    },
    'kube-controller-manager': {
      image: componentImage('kube-controller-manager'),
      command: [
        'kube-controller-manager',
        '--bind-address=127.0.0.1',
        '--kubeconfig=/etc/kubernetes/controller-manager.conf',
        '--leader-elect=true',
        '--use-service-account-credentials=true',
      ],
      cpu: '200m',
      port: 10257,
      path: '/healthz',
      priority: node,
    },
    'kube-scheduler': {
      image: componentImage('kube-scheduler'),
      command: [
        'kube-scheduler',
        '--bind-address=127.0.0.1',
        '--kubeconfig=/etc/kubernetes/scheduler.conf',
        '--leader-elect=true',
      ],
      cpu: '100m',
      port: 10259,
      path: '/livez',
      readyPath: '/readyz',
      priority: node,
    },
  };
}

export const STATIC_COMPONENTS: readonly StaticComponent[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
];

/** The text of a static pod's file in /etc/kubernetes/manifests. */
export function staticPodManifest(component: StaticComponent, address: string): string {
  const pod = staticPods(address)[component];
  const lines = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    '  labels:',
    `    component: ${component}`,
    '    tier: control-plane',
    `  name: ${component}`,
    '  namespace: kube-system',
    'spec:',
    '  containers:',
    '  - command:',
    ...pod.command.map((word) => `    - ${word}`),
    `    image: ${pod.image}`,
    '    imagePullPolicy: IfNotPresent',
    ...probe('livenessProbe', pod.path, pod.port, 8, 10),
    `    name: ${component}`,
    ...(pod.readyPath === undefined ? [] : probe('readinessProbe', pod.readyPath, pod.port, 3, 1)),
    '    resources:',
    '      requests:',
    `        cpu: ${pod.cpu}`,
    ...(pod.memory === undefined ? [] : [`        memory: ${pod.memory}`]),
    ...probe('startupProbe', pod.path, pod.port, 24, 10),
    '  hostNetwork: true',
    `  priorityClassName: ${pod.priority}`,
    '',
  ];
  return lines.join('\n');
}

/** A probe of a static pod's container (kubeadm app/util/staticpod/utils.go); readiness asks at once. */
function probe(
  name: string,
  path: string,
  port: number,
  failureThreshold: number,
  periodSeconds: number,
): readonly string[] {
  return [
    `    ${name}:`,
    `      failureThreshold: ${failureThreshold}`,
    '      httpGet:',
    '        host: 127.0.0.1',
    `        path: ${path}`,
    `        port: ${port}`,
    ...(name === 'readinessProbe' ? [] : ['      initialDelaySeconds: 10']),
    `      periodSeconds: ${periodSeconds}`,
    '      timeoutSeconds: 15',
  ];
}

const SYSTEM = 'kube-system';

function serviceAccount(name: string): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: SYSTEM } };
}

const kubeProxy: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace: SYSTEM, labels: { 'k8s-app': 'kube-proxy' } },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-proxy' } },
      spec: {
        containers: [
          {
            name: 'kube-proxy',
            image: componentImage('kube-proxy'),
            imagePullPolicy: 'IfNotPresent',
            command: [
              '/usr/local/bin/kube-proxy',
              '--config=/var/lib/kube-proxy/config.conf',
              '--hostname-override=$(NODE_NAME)',
            ],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          },
        ],
        hostNetwork: true,
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        priorityClassName: 'system-node-critical',
        serviceAccountName: 'kube-proxy',
        tolerations: [{ operator: 'Exists' }],
      },
    },
  },
};

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

const corefile: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'coredns', namespace: SYSTEM },
  data: { Corefile: COREFILE },
};

const coreDNS: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns', namespace: SYSTEM, labels: { 'k8s-app': 'kube-dns' } },
  spec: {
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    template: {
      metadata: { labels: { 'k8s-app': 'kube-dns' } },
      spec: {
        containers: [
          {
            name: 'coredns',
            image: COREDNS_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            args: ['-conf', '/etc/coredns/Corefile'],
            resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
            ports: [
              { containerPort: 53, name: 'dns', protocol: 'UDP' },
              { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
              { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
            ],
            volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
            livenessProbe: {
              httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
              initialDelaySeconds: 60,
              timeoutSeconds: 5,
              failureThreshold: 5,
            },
            readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
          },
        ],
        dnsPolicy: 'Default',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        priorityClassName: 'system-cluster-critical',
        serviceAccountName: 'coredns',
        tolerations: [
          { key: 'CriticalAddonsOnly', operator: 'Exists' },
          { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
        ],
        volumes: [
          {
            name: 'config-volume',
            configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] },
          },
        ],
      },
    },
  },
};

const kubeDNS: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kube-dns',
    namespace: SYSTEM,
    labels: {
      'k8s-app': 'kube-dns',
      'kubernetes.io/cluster-service': 'true',
      'kubernetes.io/name': 'CoreDNS',
    },
    annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
  },
  spec: {
    clusterIP: DNS_ADDRESS,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
    ],
    selector: { 'k8s-app': 'kube-dns' },
  },
};

/** What `kubeadm init` applies once the API server answers, in order. */
export const ADDONS: readonly KubeObject[] = [
  ...KUBEADM_RBAC,
  serviceAccount('kube-proxy'),
  serviceAccount('coredns'),
  kubeProxy,
  corefile,
  kubeDNS,
  coreDNS,
];
