import type { EndpointSlice, Endpoints, LoadBalancerIngress, Service } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { KubectlContext } from '../context.ts';
import { builtin } from '../discovery.ts';
import { formatLabels } from '../printers/value.ts';
import { writeAnnotations, writeLabels } from './common.ts';
import { describer } from './describer.ts';
import type { DescribeWriter } from './writer.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const SHOWN = 3;

/** Services (`describeService`). */
export const service = describer<Service>('services', (w, object, context) => {
  const { metadata, spec = {}, status } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('Selector', formatLabels(spec.selector));
  w.field('Type', spec.type ?? '');
  if (spec.ipFamilyPolicy !== undefined) w.field('IP Family Policy', spec.ipFamilyPolicy);
  w.field('IP Families', joined(spec.ipFamilies));
  w.field('IP', spec.clusterIP ?? '');
  w.field('IPs', joined(spec.clusterIPs));
  if ((spec.externalIPs ?? []).length > 0) w.field('External IPs', joined(spec.externalIPs));
  if ((spec.loadBalancerIP ?? '') !== '') w.field('Desired LoadBalancer IP', spec.loadBalancerIP ?? '');
  if ((spec.externalName ?? '') !== '') w.field('External Name', spec.externalName ?? '');
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) w.field('LoadBalancer Ingress', ingress.map(formatIngress).join(', '));
  writePorts(w, object, context);
  w.field('Session Affinity', spec.sessionAffinity ?? '');
  if ((spec.externalTrafficPolicy ?? '') !== '')
    w.field('External Traffic Policy', spec.externalTrafficPolicy ?? '');
  if (spec.internalTrafficPolicy !== undefined)
    w.field('Internal Traffic Policy', spec.internalTrafficPolicy);
  if ((spec.healthCheckNodePort ?? 0) !== 0) w.field('HealthCheck NodePort', spec.healthCheckNodePort ?? 0);
  if ((spec.loadBalancerSourceRanges ?? []).length > 0)
    w.field('LoadBalancer Source Ranges', joined(spec.loadBalancerSourceRanges));
  if ((spec.trafficDistribution ?? '') !== '')
    w.field('Traffic Distribution', spec.trafficDistribution ?? '');
});

function joined(items: readonly string[] | undefined): string {
  return items === undefined || items.length === 0 ? '<none>' : items.join(',');
}

function formatIngress({ ip, ipMode, hostname }: LoadBalancerIngress): string {
  if (ip === undefined || ip === '') return hostname ?? '';
  return ipMode === undefined ? ip : `${ip} (${ipMode})`;
}

function writePorts(w: DescribeWriter, { metadata, spec }: Service, context: KubectlContext): void {
  const slices = slicesOf(context, metadata.namespace ?? '', metadata.name ?? '');
  for (const port of spec?.ports ?? []) {
    const name = (port.name ?? '') === '' ? '<unset>' : (port.name ?? '');
    const protocol = port.protocol ?? 'TCP';
    w.write(0, `Port:\t${name}\t${port.port}/${protocol}\n`);
    w.field('TargetPort', `${port.targetPort ?? port.port}/${protocol}`);
    if (port.appProtocol !== undefined) w.field('AppProtocol', port.appProtocol);
    if ((port.nodePort ?? 0) !== 0) w.write(0, `NodePort:\t${name}\t${port.nodePort}/${protocol}\n`);
    w.field('Endpoints', formatEndpoints(slices, port.name ?? ''));
  }
}

/** The slices of a Service. */
export function slicesOf(context: KubectlContext, namespace: string, name: string): readonly EndpointSlice[] {
  const list = context.client.list<KubeObject>(builtin('endpointslices'), {
    namespace,
    labelSelector: `${SERVICE_NAME}=${name}`,
  });
  return list.ok ? (list.value.items as unknown as readonly EndpointSlice[]) : [];
}

/** The ready endpoints of a port, the first three: `10.1.0.2:80,10.1.0.3:80 + 2 more...`. */
export function formatEndpoints(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const shown: string[] = [];
  let [count, more] = [0, false];
  for (const slice of slices) {
    const ports = slice.ports ?? [];
    const wanted = ports.filter((port) => (port.name ?? '') === portName).map((port) => port.port ?? 0);
    // A slice without ports belongs to a headless Service without ports.
    for (const port of ports.length === 0 ? [undefined] : wanted)
      for (const { addresses, conditions } of slice.endpoints ?? []) {
        // Upstream notes that there is more before it looks whether that is ready.
        if (shown.length === SHOWN) more = true;
        if (conditions?.ready === false) continue;
        const address = addresses[0] ?? '';
        if (!more) shown.push(port === undefined ? address : hostPort(address, port));
        count++;
      }
  }
  return more ? `${shown.join(',')} + ${count - SHOWN} more...` : shown.join(',');
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Endpoints (`describeEndpoints`). */
export const endpoints = describer<Endpoints>('endpoints', (w, object) => {
  const { metadata } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.write(0, 'Subsets:\n');
  for (const subset of object.subsets ?? []) {
    w.field('Addresses', joined(subset.addresses?.map((a) => a.ip)), 1);
    w.field('NotReadyAddresses', joined(subset.notReadyAddresses?.map((a) => a.ip)), 1);
    const ports = subset.ports ?? [];
    if (ports.length > 0) w.write(1, 'Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n');
    for (const port of ports)
      w.write(
        2,
        `${(port.name ?? '') === '' ? '<unset>' : port.name}\t${port.port}\t${port.protocol ?? 'TCP'}\n`,
      );
    w.write(0, '\n');
  }
});

/** EndpointSlices (`describeEndpointSliceV1`). */
export const endpointSlice = describer<EndpointSlice>('endpointslices', (w, object) => {
  const { metadata } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.field('AddressType', object.addressType);
  const ports = object.ports ?? [];
  w.write(
    0,
    ports.length === 0 ? 'Ports: <unset>\n' : 'Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n',
  );
  for (const port of ports)
    w.write(
      1,
      `${(port.name ?? '') === '' ? '<unset>' : port.name}\t${port.port ?? '<unset>'}\t${port.protocol ?? 'TCP'}\n`,
    );
  const list = object.endpoints ?? [];
  w.write(0, list.length === 0 ? 'Endpoints: <none>\n' : 'Endpoints:\n');
  for (const endpoint of list) {
    w.write(
      1,
      `- Addresses:\t${endpoint.addresses.length === 0 ? '<none>' : endpoint.addresses.join(', ')}\n`,
    );
    w.write(2, 'Conditions:\n');
    w.field('Ready', endpoint.conditions?.ready ?? '<unset>', 3);
    w.field('Hostname', endpoint.hostname ?? '<unset>', 2);
    if (endpoint.targetRef !== undefined)
      w.field('TargetRef', `${endpoint.targetRef.kind ?? ''}/${endpoint.targetRef.name ?? ''}`, 2);
    w.field('NodeName', endpoint.nodeName ?? '<unset>', 2);
    w.field('Zone', endpoint.zone ?? '<unset>', 2);
  }
});
