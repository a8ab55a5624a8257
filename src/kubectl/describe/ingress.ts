import { loadBalancerText } from '../../api/cells.ts';
import type {
  EndpointSlice,
  Ingress,
  IngressBackend,
  IngressClass,
  Service,
} from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import { formatEndpoints, slicesOf } from './service.ts';
import type { DescribeWriter } from './writer.ts';

/** Ingresses (`describeIngressV1`). */
export const ingress = describer<Ingress>('ingresses', (w, object, context) => {
  const { metadata, spec } = object;
  w.field('Name', metadata.name ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  w.field('Namespace', metadata.namespace ?? '');
  w.field('Address', loadBalancerText(object.status?.loadBalancer?.ingress));
  w.field('Ingress Class', spec.ingressClassName ?? '<none>');
  const namespace = metadata.namespace ?? '';
  const fallback =
    spec.defaultBackend === undefined ? '<default>' : withEndpoints(context, namespace, spec.defaultBackend);
  w.field('Default backend', fallback);
  const tls = spec.tls ?? [];
  if (tls.length > 0) w.write(0, 'TLS:\n');
  for (const { hosts = [], secretName = '' } of tls)
    w.write(
      1,
      secretName === '' ? `SNI routes ${hosts.join(',')}\n` : `${secretName} terminates ${hosts.join(',')}\n`,
    );
  writeRules(w, object, context);
  writeAnnotations(w, 'Annotations', metadata.annotations);
});

function writeRules(w: DescribeWriter, { metadata, spec }: Ingress, context: KubectlContext): void {
  w.write(0, 'Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n');
  let count = 0;
  for (const { host = '', http } of spec.rules ?? []) {
    if (http === undefined) continue;
    count++;
    w.write(1, `${host === '' ? '*' : host}\t\n`);
    for (const { path = '', backend } of http.paths)
      w.write(1, `  \t${path} \t${withEndpoints(context, metadata.namespace ?? '', backend)}\n`);
  }
  if (count > 0) return;
  const fallback =
    spec.defaultBackend === undefined
      ? '<default>'
      : withEndpoints(context, metadata.namespace ?? '', spec.defaultBackend);
  w.write(1, `*\t*\t${fallback}\n`);
}

/** `web:80 (10.244.1.2:80,10.244.2.2:80)` */
function withEndpoints(
  context: KubectlContext,
  namespace: string,
  { service, resource }: IngressBackend,
): string {
  if (service === undefined && resource === undefined) return '';
  if (service === undefined)
    return `APIGroup: ${resource?.apiGroup ?? '<none>'}, Kind: ${resource?.kind ?? ''}, Name: ${resource?.name ?? ''}`;
  const { name, port } = service;
  const text = `${name}:${port?.name ?? port?.number ?? ''}`;
  const found = context.client.get<KubeObject>(builtin('services'), name, namespace);
  if (!found.ok) return `${text} (<error: services "${name}" not found>)`;
  const target = (found.value as unknown as Service).spec.ports?.find((p) =>
    port?.name === undefined ? p.port === port?.number : p.name === port.name,
  );
  const slices: readonly EndpointSlice[] = slicesOf(context, namespace, name);
  return `${text} (${formatEndpoints(slices, target?.name ?? '')})`;
}

/** IngressClasses (`describeIngressClassV1`). */
export const ingressClass = describer<IngressClass>('ingressclasses', (w, { metadata, spec }) => {
  w.field('Name', metadata.name ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Controller', spec?.controller ?? '');
  const { parameters } = spec ?? {};
  if (parameters === undefined) return;
  w.write(0, 'Parameters:\n');
  if (parameters.apiGroup !== undefined) w.field('APIGroup', parameters.apiGroup, 1);
  w.field('Kind', parameters.kind, 1);
  w.field('Name', parameters.name, 1);
});
