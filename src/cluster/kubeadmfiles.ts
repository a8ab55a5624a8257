import type { VolumeFiles } from '../kubelet/files.ts';
import { API_PORT, CLUSTER_DOMAIN, DNS_ADDRESS } from './spec.ts';

/** What kubeadm knows of the machine whose files it lays out. */
export interface KubeadmMachine {
  readonly name: string;
  readonly controlPlane: boolean;
  /** Its own address. */
  readonly address: string;
  /** The control plane's address. */
  readonly server: string;
  readonly maxPods: number;
}

const KUBELET_DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
`;

const KUBELET_UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`;

const CONTAINERD_UNIT = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target

[Service]
ExecStart=/usr/bin/containerd
Restart=always
RestartSec=5
KillMode=process
Delegate=yes

[Install]
WantedBy=multi-user.target
`;

const KUBEADM_FLAGS =
  'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///run/containerd/containerd.sock"\n';

const kubeletConfig = (maxPods: number): string => `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
cgroupDriver: systemd
clusterDNS:
- ${DNS_ADDRESS}
clusterDomain: ${CLUSTER_DOMAIN}
healthzBindAddress: 127.0.0.1
healthzPort: 10248
maxPods: ${maxPods}
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;

const kubeConfig = (server: string, user: string): string => `apiVersion: v1
kind: Config
clusters:
- name: shipshape
  cluster:
    certificate-authority: /etc/kubernetes/pki/ca.crt
    server: https://${server}:${API_PORT}
contexts:
- name: ${user}@shipshape
  context:
    cluster: shipshape
    user: ${user}
current-context: ${user}@shipshape
users:
- name: ${user}
  user:
    client-certificate: /etc/kubernetes/pki/${user.replaceAll(':', '-')}.crt
    client-key: /etc/kubernetes/pki/${user.replaceAll(':', '-')}.key
`;

const PKI = 'etc/kubernetes/pki';

/** What else `kubeadm init phase certs all` makes. */
const CONTROL_PLANE_PKI: readonly string[] = [
  'ca.key',
  'sa.key',
  'sa.pub',
  ...[
    'apiserver',
    'apiserver-etcd-client',
    'apiserver-kubelet-client',
    'front-proxy-ca',
    'front-proxy-client',
  ].flatMap((name) => [`${name}.crt`, `${name}.key`]),
  ...['ca', 'healthcheck-client', 'peer', 'server'].flatMap((name) => [
    `etcd/${name}.crt`,
    `etcd/${name}.key`,
  ]),
];

function pem(file: string): string {
  const what = file.endsWith('.crt')
    ? 'CERTIFICATE'
    : file.endsWith('.pub')
      ? 'PUBLIC KEY'
      : 'RSA PRIVATE KEY';
  return `-----BEGIN ${what}-----\n${file} (keys and certificates are not simulated)\n-----END ${what}-----\n`;
}

/** Users of the control plane's kubeconfig files, by file. */
const CONTROL_PLANE_USERS: Readonly<Record<string, string>> = {
  'admin.conf': 'kubernetes-admin',
  'controller-manager.conf': 'system:kube-controller-manager',
  'scheduler.conf': 'system:kube-scheduler',
};

/**
 * Writes what `kubeadm init` or `kubeadm join` leaves on a machine beside the static pods, to be looked
 * at: the units of systemd, the kubelet's configuration, the kubeconfig files. Keys and certificates are
 * not simulated: their files only stand where the components look for them.
 */
export function layOutKubeadmFiles(disk: VolumeFiles, machine: KubeadmMachine): void {
  const { name, server, maxPods } = machine;
  disk.set('usr/lib/systemd/system/kubelet.service', KUBELET_UNIT);
  disk.set('usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', KUBELET_DROP_IN);
  disk.set('usr/lib/systemd/system/containerd.service', CONTAINERD_UNIT);
  disk.set('var/lib/kubelet/config.yaml', kubeletConfig(maxPods));
  disk.set('var/lib/kubelet/kubeadm-flags.env', KUBEADM_FLAGS);
  const local = machine.controlPlane ? machine.address : server;
  disk.set('etc/kubernetes/kubelet.conf', kubeConfig(local, `system:node:${name}`));
  disk.set(`${PKI}/ca.crt`, pem('ca.crt'));
  if (!machine.controlPlane) return;
  for (const [file, user] of Object.entries(CONTROL_PLANE_USERS))
    disk.set(`etc/kubernetes/${file}`, kubeConfig(file === 'admin.conf' ? server : local, user));
  for (const file of CONTROL_PLANE_PKI) disk.set(`${PKI}/${file}`, pem(file));
}
