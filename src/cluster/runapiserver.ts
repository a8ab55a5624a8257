import { kinds } from '../api/kinds/registry.ts';
import type { FindAggregatedApi } from '../apiserver/aggregation.ts';
import { ApiServer } from '../apiserver/apiserver.ts';
import type { DialKubelet } from '../apiserver/nodeproxy.ts';
import { REGISTRY } from '../apiserver/storagekey.ts';
import type { AppContext } from '../kubelet/apps/app.ts';
import type { Handler } from '../network/types.ts';
import { apiHandler } from './apihandler.ts';
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
  ctx: AppContext,
  dialKubelet: DialKubelet,
  listen: (port: number, handler: Handler) => boolean,
): void {
  const { process } = ctx;
  const started = process.now();
  const connect = (): void => {
    if (cluster.etcd.get(`${REGISTRY}health`).ok) serve(cluster, ctx, dialKubelet, listen);
    else if (process.now() - started < DIAL_TIMEOUT_MS) process.after(DIAL_PERIOD_MS, connect);
    else {
      ctx.log('Error creating leases: error creating storage factory: context deadline exceeded', 'stderr');
      ctx.exit(FATAL_EXIT);
    }
  };
  ctx.log(`Version: ${KUBERNETES_VERSION}`, 'stderr');
  process.after(STARTUP_MS, connect);
}

function serve(
  cluster: ClusterParts,
  ctx: AppContext,
  dialKubelet: DialKubelet,
  listen: (port: number, handler: Handler) => boolean,
): void {
  let server: ApiServer | undefined;
  const opened = listen(
    API_PORT,
    apiHandler(() => server),
  );
  if (!opened) return;
  server = new ApiServer({
    process: ctx.process,
    store: cluster.etcd,
    kinds,
    authorizationMode: ['Node', 'RBAC'],
    serviceAccountKey: cluster.serviceAccountKey,
    serviceCIDR: SERVICE_CIDR,
    advertiseAddress: ctx.network.ip,
    securePort: API_PORT,
    dialKubelet,
    aggregated: findAggregated(cluster, ctx),
    faults: (request) => cluster.apiTrouble.decide(request),
  });
  ctx.log('Serving securely on [::]:6443', 'stderr');
  cluster.setApiServer(server);
  ctx.process.onExit(() => cluster.setApiServer(undefined));
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
