import type { EndpointSlice, Service } from '../../../src/api/generated/types.ts';
import { endpointSlice } from '../../../src/api/kinds/endpointslice.ts';
import { networkPolicy } from '../../../src/api/kinds/networkpolicy.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../../src/api/kinds/service.ts';
import { keyOf, nameOf, namespaceOf } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';

const TIMEOUT_MS = 1000;
const MAX_SERVICES = 20;

/** Invariants 36 and 37: who calls a Service reaches one of its endpoints; where there is none he is refused. */
export const services: Checker = {
  name: 'a Service leads to its endpoints, and refuses without any',
  open({ cluster }, { fail, saw }) {
    return {
      end() {
        const from = cluster
          .objects(podKind)
          .find(
            ({ spec, status, metadata }) =>
              spec.hostNetwork !== true &&
              status?.phase === 'Running' &&
              metadata.deletionTimestamp === undefined,
          );
        const source = cluster.fabric.namespaceAt(from?.status?.podIP ?? '');
        if (from === undefined || source?.name !== keyOf(from)) return;
        for (const service of cluster.objects(serviceKind).filter(isCallable).slice(0, MAX_SERVICES)) {
          if (cluster.objects(networkPolicy, namespaceOf(service)).length > 0) continue;
          const port = service.spec?.ports?.[0]?.port ?? 80;
          const ready = cluster
            .objects(endpointSlice, namespaceOf(service))
            .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === nameOf(service))
            .flatMap(addresses);
          const options = { timeoutMs: TIMEOUT_MS, record: false };
          const made = cluster.fabric.connect(source, service.spec?.clusterIP ?? '', port, options);
          const what = `${keyOf(from)} calls ${keyOf(service)}: ${made.outcome}`;
          saw();
          if (ready.length === 0 && made.outcome !== 'refused') fail(`${what}, without endpoints`);
          if (ready.length > 0 && made.outcome === 'timeout') fail(`${what}, with ${ready.join(' ')}`);
        }
      },
    };
  },
};

function isCallable({ spec }: Service): boolean {
  return spec?.selector !== undefined && spec.clusterIP !== undefined && spec.clusterIP !== 'None';
}

function addresses({ endpoints = [] }: EndpointSlice): readonly string[] {
  return endpoints
    .filter(({ conditions }) => conditions?.ready === true)
    .flatMap((each) => each.addresses ?? []);
}
