import type { Container, LabelSelector, Service, ServicePort } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import { parseIntOrString } from '../../apimachinery/intorstring.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../errors.ts';
import { FILENAME_FLAGS, unsupported } from '../flagsets.ts';
import { type LabelMap, readLabels } from '../keyvalues.ts';
import { podSpecOf } from '../podtemplates.ts';
import { fetch, resolve, selectionOf } from '../resources.ts';
import { atOnce } from '../run.ts';
import type { ParsedArgs, Verb } from '../verb.ts';
import { CREATE_FLAGS, createGenerated } from './create/generated.ts';

/** Service names are cut to this. */
const MAX_NAME = 63;

/** `kubectl expose` (pkg/cmd/expose/expose.go). */
export const expose: Verb = {
  name: 'expose',
  short:
    'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  usage:
    'kubectl expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  examples: `  # Create a service for a deployment, on port 80, to port 8080 of its pods
  kubectl expose deployment web --port=80 --target-port=8080`,
  flags: [
    ...FILENAME_FLAGS,
    ...CREATE_FLAGS.map((flag) =>
      flag.name === 'field-manager' ? { ...flag, default: 'kubectl-expose' } : flag,
    ),
    {
      name: 'cluster-ip',
      type: 'string',
      usage: "ClusterIP to be assigned to the service, or 'None' for a headless service",
    },
    {
      name: 'external-ip',
      type: 'string',
      usage: 'Additional external IP address to accept for the service',
    },
    {
      name: 'labels',
      shorthand: 'l',
      type: 'string',
      usage: 'Labels to apply to the service created by this call',
    },
    { name: 'load-balancer-ip', type: 'string', usage: 'IP to assign to the LoadBalancer' },
    { name: 'name', type: 'string', usage: 'The name for the newly created object' },
    {
      name: 'override-type',
      type: 'string',
      default: 'merge',
      usage: 'Only with --overrides (not supported)',
    },
    {
      name: 'overrides',
      type: 'string',
      usage: 'An inline JSON override for the generated object (not supported)',
    },
    {
      name: 'port',
      type: 'string',
      usage:
        'The port that the service should serve on. Copied from the resource being exposed, if unspecified',
    },
    {
      name: 'protocol',
      type: 'string',
      usage: "The network protocol for the service to be created. Default is 'TCP'",
    },
    { name: 'selector', type: 'string', usage: 'A label selector to use for this service' },
    {
      name: 'session-affinity',
      type: 'string',
      usage:
        "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    },
    {
      name: 'target-port',
      type: 'string',
      usage: 'Name or number for the port on the container that the service should direct traffic to',
    },
    {
      name: 'type',
      type: 'string',
      usage:
        'Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is ClusterIP',
    },
  ],
  run: atOnce((context, args) => {
    const refused = unsupported(args, ['overrides', 'override-type']);
    if (refused !== undefined) return fail(context, refused);
    const resolved = resolve(context, selectionOf(context, args, ['filename']));
    if (isFailed(resolved)) return fail(context, resolved.failure);
    const { infos, errors } = fetch(context, resolved.infos);
    if (errors.length > 0 || resolved.errors.length > 0) return fail(context, ...resolved.errors, ...errors);
    if (infos.length > 1 && args.string('name') !== '')
      return fail(context, 'the same name cannot be used for several services');
    let code = 0;
    for (const info of infos) {
      const service = serviceFor(info.object, info.name, args);
      if ('failure' in service) return fail(context, service.failure);
      code = createGenerated(context, args, 'services', service, 'exposed').code || code;
    }
    return code;
  }),
};

/** The service that exposes an object. */
export function serviceFor(object: KubeObject, objectName: string, args: ParsedArgs): Service | Failure {
  const unfit = cannotExpose(object);
  if (unfit !== undefined) return failure(unfit);
  const selector = args.string('selector') === '' ? selectorOf(object) : readLabels(args.string('selector'));
  if ('failure' in selector) return selector;
  const ports = portsOf(object, args);
  if ('failure' in ports) return ports;
  const labels =
    args.string('labels') === ''
      ? { labels: object.metadata.labels ?? {} }
      : readLabels(args.string('labels'));
  if ('failure' in labels) return labels;
  const name = args.string('name') === '' ? objectName.slice(0, MAX_NAME) : args.string('name');
  const text = (flag: string, field: string): Record<string, string> =>
    args.string(flag) === '' ? {} : { [field]: args.string(flag) };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, ...(Object.keys(labels.labels).length === 0 ? {} : { labels: labels.labels }) },
    spec: {
      ...(ports.ports.length === 0 ? {} : { ports: ports.ports }),
      selector: selector.labels,
      ...text('type', 'type'),
      ...text('cluster-ip', 'clusterIP'),
      ...text('session-affinity', 'sessionAffinity'),
      ...text('load-balancer-ip', 'loadBalancerIP'),
      ...(args.string('external-ip') === '' ? {} : { externalIPs: [args.string('external-ip')] }),
    },
    status: { loadBalancer: {} },
  };
}

const EXPOSABLE: ReadonlySet<string> = new Set([
  'Deployment.apps',
  'Pod',
  'ReplicaSet.apps',
  'ReplicationController',
  'Service',
]);

/** Why an object of a kind is never exposed (`CanBeExposed`). */
function cannotExpose({ apiVersion, kind }: KubeObject): string | undefined {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return EXPOSABLE.has(`${kind}${group}`) ? undefined : `cannot expose a ${kind}${group}`;
}

function noSelector(why: string): Failure {
  const text = `couldn't retrieve selectors via --selector flag or introspection: ${why}`;
  return failure(usageError('kubectl expose', text));
}

/** The labels of the pods behind an object (`MapBasedSelectorForObject`). */
function selectorOf(object: KubeObject): LabelMap | Failure {
  const spec = (object as { spec?: { selector?: unknown } }).spec;
  switch (object.kind) {
    case 'Pod': {
      const labels = object.metadata.labels ?? {};
      return Object.keys(labels).length === 0
        ? noSelector('the pod has no labels and cannot be exposed')
        : { labels };
    }
    case 'Service':
      if (spec?.selector === undefined) return noSelector('the service has no pod selector set');
      return { labels: spec.selector as Readonly<Record<string, string>> };
    case 'ReplicationController':
      return { labels: (spec?.selector ?? {}) as Readonly<Record<string, string>> };
    default: {
      const { matchLabels = {}, matchExpressions = [] } = (spec?.selector ?? {}) as LabelSelector;
      if (Object.keys(matchLabels).length === 0)
        return noSelector(`invalid ${object.kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
      if (matchExpressions.length === 0) return { labels: matchLabels };
      const texts = matchExpressions.map(
        ({ key, operator, values = [] }) => `{Key:${key} Operator:${operator} Values:[${values.join(' ')}]}`,
      );
      return noSelector(`couldn't convert expressions - "[${texts.join(' ')}]" to map-based selector format`);
    }
  }
}

function portsOf(object: KubeObject, args: ParsedArgs): { readonly ports: readonly ServicePort[] } | Failure {
  const spec = podSpecOf(object);
  const own =
    object.kind === 'Service'
      ? ((object as unknown as Service).spec?.ports ?? [])
      : containerPorts(spec?.containers ?? []);
  const numbers =
    args.string('port') === '' ? own.map((p) => String(p.port)) : args.string('port').split(',');
  // Only a headless service may do without.
  if (numbers.length === 0 && args.string('cluster-ip') !== 'None')
    return failure(usageError('kubectl expose', "couldn't find port via --port flag or introspection"));
  const ports: ServicePort[] = [];
  for (const [i, text] of numbers.entries()) {
    if (!/^\d+$/.test(text)) return failure(`strconv.Atoi: parsing "${text}": invalid syntax`);
    const port = Number(text);
    const protocol = args.string('protocol') || own.find((p) => p.port === port)?.protocol || 'TCP';
    const target = args.string('target-port');
    ports.push({
      ...(numbers.length > 1 ? { name: `port-${i + 1}` } : {}),
      port,
      protocol,
      targetPort: target === '' ? port : parseIntOrString(target),
    });
  }
  return { ports };
}

function containerPorts(containers: readonly Container[]): readonly ServicePort[] {
  return containers
    .flatMap((c) => c.ports ?? [])
    .map((p) => ({ port: p.containerPort, protocol: p.protocol ?? 'TCP' }));
}
