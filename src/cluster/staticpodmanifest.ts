import { componentImage, ETCD_IMAGE, type StaticComponent } from './manifests.ts';
import { API_PORT, SERVICE_CIDR } from './spec.ts';

/** A machine of the control plane as its manifests name it. */
export interface ControlPlaneAddress {
  readonly name: string;
  readonly host: { readonly ip: string };
}

interface StaticPod {
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
  readonly port: number;
  readonly scheme: 'HTTP' | 'HTTPS';
  /** The address that probes ask. */
  readonly probed: string;
  /** What the liveness and the startup probe ask for. */
  readonly path: string;
  /** What the readiness probe asks for, where there is one. */
  readonly readyPath?: string;
  readonly annotation?: readonly [string, string];
  /** Volumes by name: a path of the machine, its type, and whether it may be written to. */
  readonly volumes: readonly Volume[];
}

interface Volume {
  readonly name: string;
  readonly path: string;
  readonly type: 'DirectoryOrCreate' | 'FileOrCreate';
  readonly writable?: boolean;
}

const PKI = '/etc/kubernetes/pki';
const LOCALHOST = '127.0.0.1';
const CERTS: Volume = { name: 'k8s-certs', path: PKI, type: 'DirectoryOrCreate' };
const CA_CERTS: Volume = { name: 'ca-certs', path: '/etc/ssl/certs', type: 'DirectoryOrCreate' };

/** Flags of a command, sorted as kubeadm sorts them. */
function command(program: string, flags: Readonly<Record<string, string>>): readonly string[] {
  return [program, ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}

const builders: Readonly<
  Record<StaticComponent, (at: ControlPlaneAddress, all: readonly ControlPlaneAddress[]) => StaticPod>
> = {
  etcd: ({ name, host: { ip } }, all) => ({
    image: ETCD_IMAGE,
    command: command('etcd', {
      'advertise-client-urls': `https://${ip}:2379`,
      'cert-file': `${PKI}/etcd/server.crt`,
      'client-cert-auth': 'true',
      'data-dir': '/var/lib/etcd',
      'feature-gates': 'InitialCorruptCheck=true',
      'initial-advertise-peer-urls': `https://${ip}:2380`,
      'initial-cluster': all.map((peer) => `${peer.name}=https://${peer.host.ip}:2380`).join(','),
      'key-file': `${PKI}/etcd/server.key`,
      'listen-client-urls': `https://127.0.0.1:2379,https://${ip}:2379`,
      'listen-metrics-urls': 'http://127.0.0.1:2381',
      'listen-peer-urls': `https://${ip}:2380`,
      name,
      'peer-cert-file': `${PKI}/etcd/peer.crt`,
      'peer-client-cert-auth': 'true',
      'peer-key-file': `${PKI}/etcd/peer.key`,
      'peer-trusted-ca-file': `${PKI}/etcd/ca.crt`,
      'snapshot-count': '10000',
      'trusted-ca-file': `${PKI}/etcd/ca.crt`,
      'watch-progress-notify-interval': '5s',
    }),
    cpu: '100m',
    memory: '100Mi',
    port: 2381,
    scheme: 'HTTP',
    probed: LOCALHOST,
    path: '/livez',
    readyPath: '/readyz',
    annotation: ['kubeadm.kubernetes.io/etcd.advertise-client-urls', `https://${ip}:2379`],
    volumes: [
      { name: 'etcd-data', path: '/var/lib/etcd', type: 'DirectoryOrCreate', writable: true },
      { name: 'etcd-certs', path: `${PKI}/etcd`, type: 'DirectoryOrCreate' },
    ],
  }),
  'kube-apiserver': ({ host: { ip } }) => ({
    image: componentImage('kube-apiserver'),
    command: command('kube-apiserver', {
      'advertise-address': ip,
      'allow-privileged': 'true',
      'authorization-mode': 'Node,RBAC',
      'client-ca-file': `${PKI}/ca.crt`,
      'enable-admission-plugins': 'NodeRestriction',
      'enable-bootstrap-token-auth': 'true',
      'etcd-cafile': `${PKI}/etcd/ca.crt`,
      'etcd-certfile': `${PKI}/apiserver-etcd-client.crt`,
      'etcd-keyfile': `${PKI}/apiserver-etcd-client.key`,
      'etcd-servers': 'https://127.0.0.1:2379',
      'kubelet-client-certificate': `${PKI}/apiserver-kubelet-client.crt`,
      'kubelet-client-key': `${PKI}/apiserver-kubelet-client.key`,
      'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
      'proxy-client-cert-file': `${PKI}/front-proxy-client.crt`,
      'proxy-client-key-file': `${PKI}/front-proxy-client.key`,
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-client-ca-file': `${PKI}/front-proxy-ca.crt`,
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-username-headers': 'X-Remote-User',
      'secure-port': String(API_PORT),
      'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
      'service-account-key-file': `${PKI}/sa.pub`,
      'service-account-signing-key-file': `${PKI}/sa.key`,
      'service-cluster-ip-range': SERVICE_CIDR,
      'tls-cert-file': `${PKI}/apiserver.crt`,
      'tls-private-key-file': `${PKI}/apiserver.key`,
    }),
    cpu: '250m',
    port: API_PORT,
    scheme: 'HTTPS',
    probed: ip,
    path: '/livez',
    readyPath: '/readyz',
    annotation: ['kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint', `${ip}:${API_PORT}`],
    volumes: [CA_CERTS, CERTS],
  }),
  'kube-controller-manager': () => ({
    image: componentImage('kube-controller-manager'),
    command: command('kube-controller-manager', {
      'allocate-node-cidrs': 'true',
      'authentication-kubeconfig': '/etc/kubernetes/controller-manager.conf',
      'authorization-kubeconfig': '/etc/kubernetes/controller-manager.conf',
      'bind-address': LOCALHOST,
      'client-ca-file': `${PKI}/ca.crt`,
      'cluster-cidr': '10.244.0.0/16',
      'cluster-name': 'kubernetes',
      'cluster-signing-cert-file': `${PKI}/ca.crt`,
      'cluster-signing-key-file': `${PKI}/ca.key`,
      controllers: '*,bootstrapsigner,tokencleaner',
      kubeconfig: '/etc/kubernetes/controller-manager.conf',
      'leader-elect': 'true',
      'requestheader-client-ca-file': `${PKI}/front-proxy-ca.crt`,
      'root-ca-file': `${PKI}/ca.crt`,
      'service-account-private-key-file': `${PKI}/sa.key`,
      'service-cluster-ip-range': SERVICE_CIDR,
      'use-service-account-credentials': 'true',
    }),
    cpu: '200m',
    port: 10257,
    scheme: 'HTTPS',
    probed: LOCALHOST,
    path: '/healthz',
    volumes: [
      CA_CERTS,
      CERTS,
      { name: 'kubeconfig', path: '/etc/kubernetes/controller-manager.conf', type: 'FileOrCreate' },
    ],
  }),
  'kube-scheduler': () => ({
    image: componentImage('kube-scheduler'),
    command: command('kube-scheduler', {
      'authentication-kubeconfig': '/etc/kubernetes/scheduler.conf',
      'authorization-kubeconfig': '/etc/kubernetes/scheduler.conf',
      'bind-address': LOCALHOST,
      kubeconfig: '/etc/kubernetes/scheduler.conf',
      'leader-elect': 'true',
    }),
    cpu: '100m',
    port: 10259,
    scheme: 'HTTPS',
    probed: LOCALHOST,
    path: '/livez',
    readyPath: '/readyz',
    volumes: [{ name: 'kubeconfig', path: '/etc/kubernetes/scheduler.conf', type: 'FileOrCreate' }],
  }),
};

/**
 * The text of a static pod's file in /etc/kubernetes/manifests as kubeadm writes it for a machine of a
 * control plane; `all` are the machines of the control plane, this one included.
 */
export function staticPodManifest(
  component: StaticComponent,
  at: ControlPlaneAddress,
  all: readonly ControlPlaneAddress[] = [at],
): string {
  const pod = builders[component](at, all);
  const lines = [
    'apiVersion: v1',
    'kind: Pod',
    'metadata:',
    ...(pod.annotation === undefined
      ? []
      : ['  annotations:', `    ${pod.annotation[0]}: ${pod.annotation[1]}`]),
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
    ...probe('livenessProbe', pod, pod.path, 8, 10),
    `    name: ${component}`,
    ...(pod.readyPath === undefined ? [] : probe('readinessProbe', pod, pod.readyPath, 3, 1)),
    '    resources:',
    '      requests:',
    `        cpu: ${pod.cpu}`,
    ...(pod.memory === undefined ? [] : [`        memory: ${pod.memory}`]),
    ...probe('startupProbe', pod, pod.path, 24, 10),
    '    volumeMounts:',
    ...pod.volumes.flatMap(({ name, path, writable }) => [
      `    - mountPath: ${path}`,
      `      name: ${name}`,
      ...(writable === true ? [] : ['      readOnly: true']),
    ]),
    '  hostNetwork: true',
    '  priorityClassName: system-node-critical',
    '  volumes:',
    ...pod.volumes.flatMap(({ name, path, type }) => [
      '  - hostPath:',
      `      path: ${path}`,
      `      type: ${type}`,
      `    name: ${name}`,
    ]),
    '',
  ];
  return lines.join('\n');
}

/** A probe of a static pod's container (kubeadm app/util/staticpod/utils.go); readiness asks at once. */
function probe(
  name: string,
  { probed, port, scheme }: StaticPod,
  path: string,
  failureThreshold: number,
  periodSeconds: number,
): readonly string[] {
  return [
    `    ${name}:`,
    `      failureThreshold: ${failureThreshold}`,
    '      httpGet:',
    `        host: ${probed}`,
    `        path: ${path}`,
    `        port: ${port}`,
    `        scheme: ${scheme}`,
    ...(name === 'readinessProbe' ? [] : ['      initialDelaySeconds: 10']),
    `      periodSeconds: ${periodSeconds}`,
    '      timeoutSeconds: 15',
  ];
}
