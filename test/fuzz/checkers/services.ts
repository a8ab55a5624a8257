import type { EndpointSlice, Pod, Service } from '../../../src/api/generated/types.ts';
import { endpointSlice } from '../../../src/api/kinds/endpointslice.ts';
import { networkPolicy } from '../../../src/api/kinds/networkpolicy.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../../src/api/kinds/service.ts';
import { keyOf, nameOf, namespaceOf } from '../../../src/api/object.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { NetworkNamespace } from '../../../src/network/types.ts';
import type { Checker } from '../checker.ts';

const TIMEOUT_MS = 1000;
const MAX_SERVICES = 20;

/** Invariants 36 and 37: who calls a Service reaches one of its endpoints; where there is none he is refused. */
export const services: Checker = {
  name: 'a Service leads to its endpoints, and refuses without any',
  open({ cluster }, { fail, saw }) {
    return {
      // A proxy that could not reach the API server tries again after up to a minute (the reflector's
      // backoff: 30 s, plus up to as much); until then its rules are those of before.
      *unsettled() {
        const caller = callerIn(cluster);
        if (caller === undefined) return;
        const { rules } = caller.source.host;
        for (const service of called(cluster)) {
          const ready = readyAddresses(cluster, service);
          const own = [...rules.keys()].filter(
            (key) => key === keyOf(service) || key.startsWith(`${keyOf(service)}:`),
          );
          const used = own
            .flatMap((key) => rules.get(key)?.frontends ?? [])
            .flatMap(({ target }) => target.backends);
          const old = used.find(({ ip }) => !ready.includes(ip));
          if (ready.length > 0 ? used.length === 0 : own.length === 0)
            yield `${caller.source.host.name} has not heard of ${keyOf(service)}`;
          if (old !== undefined)
            yield `${caller.source.host.name} leads ${keyOf(service)} to ${old.ip}, its ready endpoints are ${ready.join(' ')}`;
        }
      },
      end() {
        const caller = callerIn(cluster);
        if (caller === undefined) return;
        for (const service of called(cluster)) {
          const port = service.spec?.ports?.[0]?.port ?? 80;
          const ready = readyAddresses(cluster, service);
          const options = { timeoutMs: TIMEOUT_MS, record: false };
          const made = cluster.fabric.connect(caller.source, service.spec?.clusterIP ?? '', port, options);
          const what = `${keyOf(caller.pod)} calls ${keyOf(service)}: ${made.outcome}`;
          saw();
          if (ready.length === 0 && made.outcome !== 'refused') fail(`${what}, without endpoints`);
          if (ready.length > 0 && made.outcome === 'timeout') fail(`${what}, with ${ready.join(' ')}`);
        }
      },
    };
  },
};

/** A running pod with a network of its own. */
function callerIn(cluster: Cluster): { readonly pod: Pod; readonly source: NetworkNamespace } | undefined {
  const pod = cluster
    .objects(podKind)
    .find(
      ({ spec, status, metadata }) =>
        spec.hostNetwork !== true && status?.phase === 'Running' && metadata.deletionTimestamp === undefined,
    );
  const source = cluster.fabric.namespaceAt(pod?.status?.podIP ?? '');
  return pod === undefined || source?.name !== keyOf(pod) ? undefined : { pod, source };
}

/** Services that anybody may call. */
function called(cluster: Cluster): readonly Service[] {
  return cluster
    .objects(serviceKind)
    .filter(isCallable)
    .slice(0, MAX_SERVICES)
    .filter((service) => cluster.objects(networkPolicy, namespaceOf(service)).length === 0);
}

function isCallable({ spec }: Service): boolean {
  return spec?.selector !== undefined && spec.clusterIP !== undefined && spec.clusterIP !== 'None';
}

function readyAddresses(cluster: Cluster, service: Service): readonly string[] {
  return cluster
    .objects(endpointSlice, namespaceOf(service))
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === nameOf(service))
    .flatMap(addresses);
}

function addresses({ endpoints = [] }: EndpointSlice): readonly string[] {
  return endpoints
    .filter(({ conditions }) => conditions?.ready === true)
    .flatMap((each) => each.addresses ?? []);
}
