import { kinds } from '../api/kinds/registry.ts';
import type { KubeObject } from '../api/object.ts';
import type { FindAggregatedApi } from '../apiserver/aggregation.ts';
import { ApiServer } from '../apiserver/apiserver.ts';
import type { DialKubelet } from '../apiserver/nodeproxy.ts';
import { REGISTRY } from '../apiserver/storagekey.ts';
import type { DialWebhook } from '../apiserver/webhooks/dial.ts';
import type { Member } from '../etcd/member.ts';
import type { AppContext } from '../kubelet/apps/app.ts';
import { httpTarget } from '../network/http.ts';
import type { Handler } from '../network/types.ts';
import { apiHandler } from './apihandler.ts';
import { commandFailed, type Flags, klog, readFlags } from './componentflags.ts';
import { KNOWN_FLAGS } from './knownflags.ts';
import type { ClusterParts } from './parts.ts';
import { API_PORT, KUBERNETES_VERSION, SERVICE_CIDR } from './spec.ts';

/** From its start until it opens its port, ms, when etcd answers: reading certificates, building handlers. */
const STARTUP_MS = 2_500;
/** How long the client of etcd tries to connect (apiserver pkg/storage/storagebackend/factory/etcd3.go). */
const DIAL_TIMEOUT_MS = 20_000;
/** How long a server of another API group is waited for. */
const AGGREGATED_TIMEOUT_MS = 5_000;
const DIAL_PERIOD_MS = 1_000;
/** klog.Fatal ends the program with it. */
const FATAL_EXIT = 255;

/**
 * The program of kube-apiserver: it starts, waits for etcd and gives up on it after twenty seconds, and
 * then serves. `listen` opens its port or ends the program.
 */
export function runApiServer(
  cluster: ClusterParts,
  machine: string,
  ctx: AppContext,
  dialKubelet: DialKubelet,
  listen: (port: number, handler: Handler) => boolean,
): void {
  const { process } = ctx;
  const flags = readFlags('kube-apiserver', KNOWN_FLAGS['kube-apiserver'], ctx);
  if (flags === undefined || !checked(flags, ctx)) return;
  const started = process.now();
  const connect = (): void => {
    const found = dialEtcd(cluster, machine, flags.get('etcd-servers') ?? '', ctx);
    if (typeof found !== 'string' && found.get(`${REGISTRY}health`).ok)
      serve(cluster, machine, flags, found, ctx, dialKubelet, listen);
    else if (process.now() - started < DIAL_TIMEOUT_MS) {
      if (typeof found === 'string') ctx.log(klog(ctx, 'W', 'logging.go:55', found), 'stderr');
      process.after(DIAL_PERIOD_MS, connect);
    } else {
      const message = 'Error creating leases: error creating storage factory: context deadline exceeded';
      ctx.log(klog(ctx, 'F', 'instance.go:232', message), 'stderr');
      ctx.exit(FATAL_EXIT);
    }
  };
  ctx.log(klog(ctx, 'I', 'server.go:147', `Version: ${KUBERNETES_VERSION}`), 'stderr');
  process.after(STARTUP_MS, connect);
}

const MODES = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'];

/** What is wrong with the flags' values ends the program. */
function checked(flags: Flags, ctx: AppContext): boolean {
  const problems: string[] = [];
  if ((flags.get('etcd-servers') ?? '') === '') problems.push('--etcd-servers must be specified');
  for (const mode of (flags.get('authorization-mode') ?? '').split(',').filter((each) => each !== ''))
    if (!MODES.includes(mode))
      problems.push(`authorization-mode ${JSON.stringify(mode)} is not a valid mode`);
  const port = Number(flags.get('secure-port') ?? API_PORT);
  if (port < 1 || port > 65_535)
    problems.push(
      `--secure-port ${port} must be between 1 and 65535, inclusive. It cannot be turned off with 0`,
    );
  const plugins = ['enable-admission-plugins', 'disable-admission-plugins'].flatMap((flag) =>
    (flags.get(flag) ?? '').split(',').filter((each) => each !== ''),
  );
  for (const plugin of plugins)
    if (!PLUGINS.has(plugin))
      problems.push(`enable-admission-plugins plugin ${JSON.stringify(plugin)} is unknown`);
  if (problems.length === 0) return true;
  commandFailed(ctx, problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`);
  return false;
}

const PLUGINS: ReadonlySet<string> = new Set(
  'AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction ClusterTrustBundleAttest DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds DenyServiceExternalIPs EventRateLimit ExtendedResourceToleration ImagePolicyWebhook LimitPodHardAntiAffinityTopology LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook NamespaceAutoProvision NamespaceExists NamespaceLifecycle NodeDeclaredFeatureValidator NodeRestriction OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize PodNodeSelector PodSecurity PodTolerationRestriction PodTopologyLabels Priority ResourceQuota RuntimeClass ServiceAccount StorageObjectInUseProtection TaintNodesByCondition ValidatingAdmissionPolicy ValidatingAdmissionWebhook'.split(
    ' ',
  ),
);

/** The member behind the first of the URLs that answers, or what the client of etcd logs. */
function dialEtcd(
  cluster: ClusterParts,
  machine: string,
  urls: string,
  ctx: AppContext,
): Member<KubeObject> | string {
  let problem = 'no etcd endpoint';
  for (const url of urls.split(',')) {
    const target = httpTarget(url.trim());
    if (!target.ok) continue;
    const { host, port } = target.target;
    const made = ctx.request(target.target, { timeoutMs: DIAL_PERIOD_MS, record: false });
    const local = host === 'localhost' || host.startsWith('127.');
    const name = local ? machine : [...cluster.machines.values()].find((each) => each.host.ip === host)?.name;
    const member = name === undefined ? undefined : cluster.etcdCluster.at(name);
    // Who answers on that port and is no etcd is none.
    if (made.reply?.type === 'http' && made.reply.status !== 401 && member?.online === true) return member;
    const why = made.outcome === 'refused' ? 'connect: connection refused' : 'i/o timeout';
    problem = `[core] [Channel #1 SubChannel #3]grpc: addrConn.createTransport failed to connect to {Addr: "${host}:${port}", ServerName: "${host}:${port}", BalancerAttributes: {"<%!p(pickfirstleaf.managedByPickfirstKeyType={})>": "<%!p(bool=true)>" }}. Err: connection error: desc = "transport: Error while dialing: dial tcp ${host}:${port}: ${why}"`;
  }
  return problem;
}

function serve(
  cluster: ClusterParts,
  machine: string,
  flags: Flags,
  store: Member<KubeObject>,
  ctx: AppContext,
  dialKubelet: DialKubelet,
  listen: (port: number, handler: Handler) => boolean,
): void {
  let server: ApiServer | undefined;
  const port = Number(flags.get('secure-port') ?? API_PORT);
  const opened = listen(
    port,
    apiHandler(() => server),
  );
  if (!opened) return;
  server = new ApiServer({
    process: ctx.process,
    store,
    kinds,
    authorizationMode: ['Node', 'RBAC'],
    serviceAccountKey: cluster.serviceAccountKey,
    serviceCIDR: SERVICE_CIDR,
    advertiseAddress: ctx.network.ip,
    securePort: port,
    reconcileEndpoints: cluster.controlPlanes.length > 1,
    dialKubelet,
    dialWebhook: dialWebhook(ctx),
    aggregated: findAggregated(cluster, ctx),
    faults: (request) => cluster.apiTrouble.decide(request),
    watchLag: (user, plural) => cluster.apiTrouble.watchLag(user, plural),
  });
  ctx.log(klog(ctx, 'I', 'secure_serving.go:211', `Serving securely on [::]:${port}`), 'stderr');
  // Who asks at the usual port does not find a server on another one.
  if (port !== API_PORT) return;
  cluster.setApiServer(machine, server);
  ctx.process.onExit(() => cluster.setApiServer(machine, undefined));
}

/** POSTs to a webhook from the API server's machine. */
function dialWebhook(ctx: AppContext): DialWebhook {
  return ({ host, port, path, serverName, body, timeoutMs }) => {
    const headers = { 'content-type': 'application/json' };
    const message = {
      protocol: 'http',
      method: 'POST',
      path,
      headers,
      body,
      host: serverName,
      tls: true,
    } as const;
    const { outcome, reply, error } = ctx.request({ host, port, message }, { timeoutMs });
    if (outcome === 'timeout') return { ok: false, error: 'context deadline exceeded' };
    if (reply?.type === 'http' && reply.certificateProblem !== undefined)
      return { ok: false, error: `tls: failed to verify certificate: ${reply.certificateProblem}` };
    if (reply?.type === 'http') return { ok: true, status: reply.status, body: reply.body };
    return { ok: false, error: error ?? 'EOF' };
  };
}

/** Finds a server of an API group that can be reached from the API server's machine. */
function findAggregated(cluster: ClusterParts, ctx: AppContext): FindAggregatedApi {
  return (group) => {
    const servers = cluster.aggregatedServers(group);
    if (servers === undefined) return undefined;
    for (const { api, process, ip, port } of servers) {
      if (!process.running) continue;
      const dialled = cluster.fabric.connect(ctx.network, ip, port, {
        timeoutMs: AGGREGATED_TIMEOUT_MS,
        record: false,
      });
      if (dialled.outcome === 'ok') return api;
    }
    return 'unreachable';
  };
}
