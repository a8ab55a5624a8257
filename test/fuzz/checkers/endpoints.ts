import type { Pod } from '../../../src/api/generated/types.ts';
import { endpointSlice } from '../../../src/api/kinds/endpointslice.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../../src/api/kinds/service.ts';
import type { Checker } from '../checker.ts';
import { isActive } from '../fit.ts';

/** Invariant 36: the ready endpoints of a Service are its ready pods. */
export const endpoints: Checker = {
  name: 'the endpoints of a Service are its ready pods',
  open({ cluster }, { saw }) {
    return {
      *unsettled() {
        for (const service of cluster.objects(serviceKind)) {
          const selector = service.spec?.selector;
          if (selector === undefined) continue;
          const { name = '', namespace = '' } = service.metadata;
          const wanted = cluster
            .objects(podKind, namespace)
            .filter((pod) => matches(selector, pod) && isServing(pod))
            .map(({ status }) => status?.podIP ?? '');
          const got = cluster
            .objects(endpointSlice, namespace)
            .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
            .flatMap((slice) => slice.endpoints ?? [])
            .filter(({ conditions }) => conditions?.ready === true)
            .map(({ addresses }) => addresses?.[0] ?? '');
          saw();
          if (wanted.sort().join() !== got.sort().join())
            yield `${namespace}/${name} has the endpoints ${got.join(' ')}, its ready pods are ${wanted.join(' ')}`;
        }
      },
    };
  },
};

function matches(selector: Readonly<Record<string, string>>, { metadata }: Pod): boolean {
  return Object.entries(selector).every(([label, value]) => metadata.labels?.[label] === value);
}

function isServing(pod: Pod): boolean {
  const ready =
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  return (
    ready && isActive(pod) && pod.metadata.deletionTimestamp === undefined && pod.status?.podIP !== undefined
  );
}
