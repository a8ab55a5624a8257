import type { Service, ServicePort } from '../../../api/generated/types.ts';
import { parseIntOrString } from '../../../apimachinery/intorstring.ts';
import { type Failure, fail, failure, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Flag, ParsedArgs, Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

const TCP: Flag = {
  name: 'tcp',
  type: 'strings',
  usage: "Port pairs can be specified as '<port>:<targetPort>'",
};

function readPorts(specs: readonly string[]): { readonly ports: readonly ServicePort[] } | Failure {
  const ports: ServicePort[] = [];
  for (const spec of specs) {
    const [port = '', target = port, ...more] = spec.split(':');
    const number = Number(port);
    if (more.length > 0 || !/^\d+$/.test(port))
      return failure(`invalid port number "${port}": strconv.Atoi: parsing "${port}": invalid syntax`);
    if (number > 65535) return failure('invalid port number: must be between 1 and 65535');
    ports.push({
      name: spec.replace(/:/g, '-'),
      port: number,
      protocol: 'TCP',
      targetPort: parseIntOrString(target),
    });
  }
  return { ports };
}

interface Shape {
  readonly name: string;
  readonly type: string;
  readonly short: string;
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** The spec's fields beside type, ports and selector. */
  extra(
    args: ParsedArgs,
    ports: readonly ServicePort[],
  ): { spec: Service['spec']; ports: readonly ServicePort[] } | Failure;
  readonly portsOptional: (args: ParsedArgs) => boolean;
}

function subcommand(shape: Shape): Verb {
  const path = `kubectl create service ${shape.name}`;
  return {
    name: shape.name,
    short: shape.short,
    usage: shape.usage,
    flags: [...CREATE_FLAGS, TCP, ...shape.flags],
    run: atOnce((context, args) => {
      const named = nameArgument(path, args);
      if (isFailed(named)) return fail(context, named.failure);
      const read = readPorts(args.strings('tcp'));
      if (isFailed(read)) return fail(context, read.failure);
      if (read.ports.length === 0 && !shape.portsOptional(args))
        return fail(context, 'at least one tcp port specifier must be provided');
      const extra = shape.extra(args, read.ports);
      if (isFailed(extra)) return fail(context, extra.failure);
      const labels = { app: named.name };
      const object: Service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: named.name, labels },
        spec: {
          ...extra.spec,
          ...(extra.ports.length === 0 ? {} : { ports: extra.ports }),
          selector: labels,
          type: shape.type,
        },
        status: { loadBalancer: {} },
      };
      return createGenerated(context, args, 'services', object).code;
    }),
  };
}

const clusterIp = subcommand({
  name: 'clusterip',
  type: 'ClusterIP',
  short: 'Create a ClusterIP service',
  usage: 'kubectl create service clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
  flags: [
    {
      name: 'clusterip',
      type: 'string',
      usage: "Assign your own ClusterIP or set to 'None' for a 'headless' service",
    },
  ],
  extra(args, ports) {
    const ip = args.string('clusterip');
    if (ip === 'None' && ports.length > 0) return failure('can not map ports with clusterip=None');
    return { spec: ip === '' ? {} : { clusterIP: ip }, ports };
  },
  portsOptional: (args) => args.string('clusterip') === 'None',
});

const nodePort = subcommand({
  name: 'nodeport',
  type: 'NodePort',
  short: 'Create a NodePort service',
  usage: 'kubectl create service nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  flags: [
    { name: 'node-port', type: 'int', usage: 'Port used to expose the service on each node in a cluster' },
  ],
  extra(args, ports) {
    const port = args.int('node-port');
    return { spec: {}, ports: port === 0 ? ports : ports.map((p) => ({ ...p, nodePort: port })) };
  },
  portsOptional: () => false,
});

const loadBalancer = subcommand({
  name: 'loadbalancer',
  type: 'LoadBalancer',
  short: 'Create a LoadBalancer service',
  usage: 'kubectl create service loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  flags: [],
  extra: (_, ports) => ({ spec: {}, ports }),
  portsOptional: () => false,
});

const externalName = subcommand({
  name: 'externalname',
  type: 'ExternalName',
  short: 'Create an ExternalName service',
  usage:
    'kubectl create service externalname NAME --external-name external.name [--dry-run=server|client|none]',
  flags: [{ name: 'external-name', type: 'string', usage: 'External name of service' }],
  extra(args, ports) {
    const name = args.string('external-name');
    return name === ''
      ? failure('required flag(s) "external-name" not set')
      : { spec: { externalName: name }, ports };
  },
  portsOptional: () => true,
});

/** The types of `kubectl create service` (pkg/cmd/create/create_service.go). */
export const serviceSubcommands: readonly Verb[] = [clusterIp, externalName, loadBalancer, nodePort];
