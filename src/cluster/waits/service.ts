import type { Pod, Service } from '../../api/generated/types.ts';
import { endpointSlice } from '../../api/kinds/endpointslice.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { service as serviceKind } from '../../api/kinds/service.ts';
import { nameOf, namespaceOf } from '../../api/object.ts';
import { isPodConditionTrue } from '../../api/podstatus.ts';
import { selectorFromSet } from '../../apimachinery/labels.ts';
import { isPodActive } from '../../controllers/ownership.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';
import { unreadyPods } from './workloadpods.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** A Service waits for ready pods behind it, and for a load balancer if it asks for one. */
export const serviceWaits: WaitRule<Service> = {
  kind: serviceKind,
  waits: (service, view) => {
    const { spec, status } = service;
    if (spec?.type === 'ExternalName') return [];
    const waits = hasReadyEndpoint(service, view) ? [] : [...endpoints(service, view)];
    if (spec?.type === 'LoadBalancer' && (status?.loadBalancer?.ingress ?? []).length === 0)
      waits.push({ text: view.words.network.noBalancer });
    return waits;
  },
};

/** Whether requests to a Service have somewhere to go. */
export function hasReadyEndpoint(service: Service, view: WaitView): boolean {
  return view
    .objects(endpointSlice, namespaceOf(service))
    .some(
      ({ metadata, endpoints, ports }) =>
        metadata.labels?.[SERVICE_NAME] === nameOf(service) &&
        (ports ?? []).length > 0 &&
        endpoints?.some(({ conditions }) => conditions?.ready !== false),
    );
}

function endpoints(service: Service, view: WaitView): readonly Wait[] {
  const { network: words } = view.words;
  const selector = service.spec?.selector ?? {};
  const pairs = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  if (pairs.length === 0) return [{ text: words.noSelector }];
  const matches = selectorFromSet(selector);
  const pods = view
    .objects(podKind, namespaceOf(service))
    .filter((pod) => isPodActive(pod) && matches.matches(pod.metadata.labels));
  if (pods.length === 0)
    return [{ text: words.noPods(pairs.join(',')), look: 'kubectl get pods --show-labels' }];
  const ready = pods.filter((pod) => isPodConditionTrue(pod, 'Ready'));
  if (ready.length === 0) return [{ text: words.noReadyPods(pods.length) }, ...unreadyPods(pods, view)];
  return (service.spec?.ports ?? []).flatMap(({ targetPort }) =>
    typeof targetPort !== 'string' || ready.some((pod) => hasPort(pod, targetPort))
      ? []
      : [{ text: words.noPortNamed(targetPort) }],
  );
}

function hasPort({ spec }: Pod, port: string): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(({ ports }) =>
    ports?.some(({ name }) => name === port),
  );
}
