import type { Ingress, IngressBackend } from '../../api/generated/types.ts';
import { ingress as ingressKind } from '../../api/kinds/ingress.ts';
import { ingressClass as ingressClassKind } from '../../api/kinds/ingressclass.ts';
import { service as serviceKind } from '../../api/kinds/service.ts';
import { namespaceOf } from '../../api/object.ts';
import { describeCommand } from './look.ts';
import { hasReadyEndpoint } from './service.ts';
import type { Wait, WaitRule, WaitView } from './wait.ts';

/** An Ingress waits for its class, for the controller of that class, and for its backends. */
export const ingressWaits: WaitRule<Ingress> = {
  kind: ingressKind,
  waits: (ingress, view) => {
    const { spec, status } = ingress;
    const { network: words } = view.words;
    const waits: Wait[] = [];
    const className = spec?.ingressClassName;
    if (className === undefined) waits.push({ text: words.noIngressClass, look: 'kubectl get ingressclass' });
    else if (view.get(ingressClassKind, '', className) === undefined)
      waits.push({ text: view.words.missing(`ingressclass/${className}`) });
    else if ((status?.loadBalancer?.ingress ?? []).length === 0)
      waits.push({ text: words.noController(className) });
    const seen = new Set<string>();
    for (const backend of backends(ingress))
      for (const wait of backendWaits(backend, namespaceOf(ingress), view))
        if (!seen.has(wait.text)) {
          seen.add(wait.text);
          waits.push(wait);
        }
    return waits;
  },
};

function backends({ spec }: Ingress): readonly IngressBackend[] {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const byDefault = spec?.defaultBackend;
  return [...(byDefault === undefined ? [] : [byDefault]), ...paths.map(({ backend }) => backend)];
}

function backendWaits(
  { service: wanted }: IngressBackend,
  namespace: string,
  view: WaitView,
): readonly Wait[] {
  if (wanted === undefined) return [];
  const { network: words } = view.words;
  const found = view.get(serviceKind, namespace, wanted.name);
  if (found === undefined) return [{ text: view.words.missing(`service/${wanted.name}`) }];
  const look = describeCommand('service', wanted.name, namespace);
  const { name, number } = wanted.port ?? {};
  const has = found.spec?.ports?.some((port) => port.port === number || port.name === name);
  if (has !== true)
    return [{ text: words.backend(wanted.name, words.noSuchPort(String(name ?? number))), look }];
  if (found.spec?.type !== 'ExternalName' && !hasReadyEndpoint(found, view))
    return [{ text: words.backend(wanted.name, words.noEndpoints), look }];
  return [];
}
