import { METRICS_GROUP } from '../api/metrics.ts';
import { parseDuration } from '../apimachinery/duration.ts';
import type { DialKubelet } from '../apiserver/nodeproxy.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import type { AppContext } from '../kubelet/apps/app.ts';
import type { ProgramStart, ProgramTable } from '../kubelet/runtime/program.ts';
import { httpReply } from '../network/http.ts';
import type { Handler } from '../network/types.ts';
import { CoreDNS } from '../proxy/coredns.ts';
import { IngressController } from '../proxy/ingresscontroller.ts';
import { KubeProxy } from '../proxy/kubeproxy.ts';
import { PolicyAgent } from '../proxy/policyagent.ts';
import { commandFailed, klog, readFlags } from './componentflags.ts';
import { runControllerManager } from './controllermanager.ts';
import { systemAccount } from './identities.ts';
import { KNOWN_FLAGS } from './knownflags.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { MetricsServer } from './metricsserver.ts';
import type { ClusterParts } from './parts.ts';
import { runApiServer } from './runapiserver.ts';
import { runEtcd } from './runetcd.ts';
import { runScheduler } from './runscheduler.ts';
import type { ServerAddress } from './spec.ts';
import { CLUSTER_DOMAIN, KUBERNETES_VERSION } from './spec.ts';

const KUBELET_PORT = 10250;
const METRICS_PORT = 10250;
const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** What metrics-server takes for a resolution at least, ms. */
const LEAST_RESOLUTION_MS = 10_000;
const CONTROL_PLANE_EXIT = 1;
/** `lameduck 5s` of the Corefile: DNS answers that long after it was asked to stop. */
const LAME_DUCK_MS = 5_000;

/**
 * What runs inside the containers of Kubernetes' own images: the simulated components themselves. Each
 * ends with its container's process and is started anew by the kubelet, which is all the supervision
 * there is.
 */
export function newPrograms(cluster: ClusterParts, machine: string): ProgramTable {
  const programs: [string, ProgramStart][] = [
    ['registry.k8s.io/etcd', onControlPlane(cluster, machine, (ctx) => etcd(cluster, machine, ctx))],
    [
      'registry.k8s.io/kube-apiserver',
      onControlPlane(cluster, machine, (ctx) => apiServer(cluster, machine, ctx)),
    ],
    [
      'registry.k8s.io/kube-controller-manager',
      onControlPlane(cluster, machine, (ctx) => controllerManager(cluster, machine, ctx)),
    ],
    [
      'registry.k8s.io/kube-scheduler',
      onControlPlane(cluster, machine, (ctx) => scheduler(cluster, machine, ctx)),
    ],
    ['registry.k8s.io/kube-proxy', (ctx) => kubeProxy(cluster, machine, ctx)],
    ['registry.k8s.io/coredns/coredns', (ctx) => coreDNS(cluster, machine, ctx)],
    ['registry.k8s.io/metrics-server/metrics-server', (ctx) => metricsServer(cluster, machine, ctx)],
    ['registry.k8s.io/ingress-nginx/controller', (ctx) => ingressController(cluster, machine, ctx)],
  ];
  return new Map(programs.map(([image, start]) => [image, (ctx) => begin(ctx, start)]));
}

/** A component takes what its image says that it takes. */
function begin(ctx: AppContext, start: ProgramStart): void {
  ctx.setMemory(ctx.parameters.memory ?? 0, ctx.parameters.memoryGrowth ?? 0);
  ctx.setCpu(ctx.parameters.cpu ?? 0);
  start(ctx);
}

/**
 * A control plane component finds its certificates and its disk on the control plane's machine only: run
 * anywhere else, or without the host's network, it ends as the real one does.
 */
function onControlPlane(cluster: ClusterParts, machine: string, start: ProgramStart): ProgramStart {
  return (ctx) => {
    if (cluster.machines.get(machine)?.controlPlane === true && ctx.network.isHost) start(ctx);
    else exit(ctx, 'open /etc/kubernetes/pki/ca.crt: no such file or directory');
  };
}

/** Opens a port, or ends the program because another one has it. */
function serve(ctx: AppContext, port: number, handler: Handler): boolean {
  if (ctx.listen(port, handler).ok) return true;
  exit(ctx, `failed to listen on 0.0.0.0:${port}: listen tcp 0.0.0.0:${port}: bind: address already in use`);
  return false;
}

const OK: Handler = () => httpReply(200, 'ok');

/** Ends the program when the runtime asks it to, after `delay` ms. */
function stopOnSignal(ctx: AppContext, exitCode = 0, delay = 0): void {
  ctx.onSignal((signal) => {
    if (signal !== 'SIGTERM' && signal !== 'SIGINT') return;
    if (delay === 0) ctx.exit(exitCode);
    else ctx.process.after(delay, () => ctx.exit(exitCode));
  });
}

function etcd(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  stopOnSignal(ctx);
  runEtcd(cluster, machine, ctx, (port, handler) => serve(ctx, port, handler));
}

function apiServer(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  stopOnSignal(ctx);
  runApiServer(cluster, machine, ctx, dialKubelet(cluster, machine), (port, handler) =>
    serve(ctx, port, handler),
  );
}

/** From the API server's machine to a node's kubelet, as the network and the kubelet allow at that moment. */
function dialKubelet(cluster: ClusterParts, from: string): DialKubelet {
  return (nodeName) => {
    const machine = cluster.machines.get(nodeName);
    if (machine === undefined) return { error: `dial tcp: lookup ${nodeName}: no such host` };
    const address = `dial tcp ${machine.host.ip}:${KUBELET_PORT}`;
    const { links } = cluster.fabric;
    if (nodeName !== from && (links.get(from, nodeName).cut || links.get(nodeName, from).cut))
      return { error: `${address}: i/o timeout` };
    const kubelet = machine.runningKubelet;
    if (kubelet === undefined) return { error: `${address}: connect: connection refused` };
    if (machine.kubelet.state === 'paused') return { error: `${address}: i/o timeout` };
    return { api: kubelet.server };
  };
}

function identity(machine: string, ctx: AppContext): string {
  const id = (): string => ctx.process.random.uint32().toString(16).padStart(8, '0');
  return `${machine}_${id()}-${id().slice(0, 4)}`;
}

function controllerManager(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  stopOnSignal(ctx);
  const transport = beginControlLoop(cluster, machine, ctx, 'kube-controller-manager', 10257);
  if (transport === undefined) return;
  runControllerManager({
    process: ctx.process,
    transport,
    identity: identity(machine, ctx),
    exit: (message) => exit(ctx, message),
    cloud: cluster.cloud,
  });
}

function scheduler(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  stopOnSignal(ctx);
  const transport = beginControlLoop(cluster, machine, ctx, 'kube-scheduler', 10259);
  if (transport === undefined) return;
  runScheduler({
    process: ctx.process,
    transport,
    identity: identity(machine, ctx),
    exit: (message) => exit(ctx, message),
  });
}

/** What both control loops do first: read their flags and their kubeconfig, open their port. */
function beginControlLoop(
  cluster: ClusterParts,
  machine: string,
  ctx: AppContext,
  component: 'kube-controller-manager' | 'kube-scheduler',
  port: number,
): Transport | undefined {
  const flags = readFlags(component, KNOWN_FLAGS[component], ctx);
  if (flags === undefined) return undefined;
  const config = readKubeconfig(ctx.files, flags.get('kubeconfig') ?? '');
  if ('error' in config) {
    commandFailed(ctx, config.error);
    return undefined;
  }
  if (!serve(ctx, Number(flags.get('secure-port') ?? port), OK)) return undefined;
  ctx.log(
    component === 'kube-scheduler'
      ? `Starting Kubernetes Scheduler version ${KUBERNETES_VERSION}`
      : `Starting kube-controller-manager version ${KUBERNETES_VERSION}`,
    'stderr',
  );
  return tellOfRefusals(ctx, cluster.transportTo(machine, config), component, config);
}

/** Where the server cannot be reached, the leader election says so, as often as it tries. */
function tellOfRefusals(
  ctx: AppContext,
  inner: Transport,
  component: string,
  server: ServerAddress,
): Transport {
  return {
    send(request) {
      const response = inner.send(request);
      if (!response.ok && response.status.code === 0 && request.resource === 'leases') {
        const url = `https://${server.host}:${server.port}/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${component}?timeout=5s`;
        const message = `error retrieving resource lock kube-system/${component}: Get "${url}": ${response.status.message}`;
        ctx.log(klog(ctx, 'E', 'leaderelection.go:448', message), 'stderr');
      }
      return response;
    },
  };
}

function exit(ctx: AppContext, message: string): void {
  ctx.log(message, 'stderr');
  ctx.exit(CONTROL_PLANE_EXIT);
}

/** A client with the identity of a service account of kube-system. */
function systemClient(cluster: ClusterParts, machine: string, account: string): Client {
  return new Client(cluster.transport(machine), { user: systemAccount(account), component: account });
}

function kubeProxy(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  // It has no handler: Go ends a program that is told to and does not listen with 2.
  stopOnSignal(ctx, 2);
  ctx.log('Using iptables Proxier', 'stderr');
  const { process, network: namespace } = ctx;
  const client = systemClient(cluster, machine, 'kube-proxy');
  new KubeProxy({ process, client, namespace, nodeName: machine }).start();
  // One program for both, as in network plugins that replace kube-proxy.
  const agent = systemClient(cluster, machine, 'network-policy-agent');
  new PolicyAgent({ process, client: agent, namespace }).start();
}

function metricsServer(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  const flag = (name: string): string | undefined =>
    ctx.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const port = Number(flag('secure-port') ?? METRICS_PORT);
  const every = parseDuration(flag('metric-resolution') ?? '');
  // Like any program in a pod it is who its service account's token says that it is.
  const token = ctx.files.read(TOKEN_FILE);
  const user = token.ok ? cluster.apiServer?.authenticate(token.value.trim()) : undefined;
  if (user === undefined) {
    exit(ctx, 'panic: failed to get delegated authentication kubeconfig: Unauthorized');
    return;
  }
  const server = new MetricsServer({
    process: ctx.process,
    client: new Client(cluster.transport(machine), { user, component: 'metrics-server' }),
    dial: dialKubelet(cluster, machine),
    ...(typeof every === 'number' && every >= LEAST_RESOLUTION_MS ? { resolution: every } : {}),
  });
  const health: Handler = ({ message }) =>
    server.ready || message.protocol !== 'http' || !message.path.startsWith('/readyz')
      ? httpReply(200, 'ok')
      : httpReply(
          500,
          '[+]ping ok\n[-]metric-storage-ready failed: no metrics to store\nreadyz check failed\n',
        );
  if (!serve(ctx, port, health)) return;
  stopOnSignal(ctx);
  ctx.log(`Serving securely on [::]:${port}`, 'stderr');
  const { process, network } = ctx;
  cluster.addAggregatedServer(METRICS_GROUP, { api: server, process, ip: network.ip, port });
}

function coreDNS(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  stopOnSignal(ctx, 0, LAME_DUCK_MS);
  const dns = new CoreDNS({
    process: ctx.process,
    client: systemClient(cluster, machine, 'coredns'),
    fabric: cluster.fabric,
    namespace: ctx.network,
    clusterDomain: CLUSTER_DOMAIN,
    trouble: (name) => cluster.dnsTrouble.get(name) ?? cluster.dnsTrouble.get(''),
  });
  const problem = dns.start();
  if (problem === undefined) ctx.log('.:53\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2');
  else exit(ctx, problem);
}

/** ingress-nginx: the flags that its usual manifests give it. It is who its pod is. */
function ingressController(cluster: ClusterParts, machine: string, ctx: AppContext): void {
  stopOnSignal(ctx, 0);
  const flag = (name: string): string | undefined => {
    const given = ctx.argv.find((arg) => arg.startsWith(`--${name}=`));
    return given?.slice(name.length + 3);
  };
  const podNamespace = ctx.env.get('POD_NAMESPACE') ?? ctx.network.name.split('/')[0] ?? 'default';
  const token = ctx.files.read(TOKEN_FILE);
  const user = token.ok ? cluster.apiServer?.authenticate(token.value.trim()) : undefined;
  if (user === undefined) {
    exit(ctx, 'Error while initiating a connection to the Kubernetes API server: Unauthorized');
    return;
  }
  const client = new Client(cluster.transport(machine), { user, component: 'nginx-ingress-controller' });
  const publish = flag('publish-service')?.replace('$(POD_NAMESPACE)', podNamespace);
  const annotationClass = flag('ingress-class') ?? 'nginx';
  const controller = new IngressController({
    process: ctx.process,
    client,
    fabric: cluster.fabric,
    namespace: ctx.network,
    identity: ctx.hostname,
    podNamespace,
    controllerClass: flag('controller-class') ?? 'k8s.io/ingress-nginx',
    annotationClass,
    ...(publish === undefined ? {} : { publishService: publish }),
    withoutClass: ctx.argv.includes('--watch-ingress-without-class=true'),
    log: (text) => ctx.log(text, 'stderr'),
  });
  const problem = controller.start();
  if (problem === undefined) ctx.log('NGINX Ingress controller', 'stderr');
  else exit(ctx, problem);
}
