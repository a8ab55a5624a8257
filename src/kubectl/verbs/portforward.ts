import type { Pod, Service } from '../../api/generated/types.ts';
import { nameOf, namespaceOf } from '../../api/object.ts';
import type { Tunnel } from '../../api/request.ts';
import type { Exchange, Handler, Listener, NetworkNamespace, Reply } from '../../network/types.ts';
import type { KubectlContext } from '../context.ts';
import { builtin, findKind } from '../discovery.ts';
import { type Failure, fail, failure, isFailed, usageError } from '../errors.ts';
import { namespaceFor, POD_RUNNING_TIMEOUT_FLAG } from '../flagsets.ts';
import { type ForwardedPort, forwardedPorts } from '../ports.ts';
import { getObject } from '../requests.ts';
import { podsNamed } from '../streams.ts';
import type { ParsedArgs, Verb } from '../verb.ts';

/** How often the connection to the pod is looked after, ms. */
const LOOK_EVERY = 1000;
const FIRST_FREE_PORT = 40_000;

/** `kubectl port-forward` (pkg/cmd/portforward, client-go tools/portforward): runs until the connection is lost, or Ctrl+C. */
export const portForward: Verb = {
  name: 'port-forward',
  short: 'Forward one or more local ports to a pod',
  usage:
    'kubectl port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  examples: `  # Listen on port 8080 locally, forwarding to port 80 of the pod
  kubectl port-forward pod/mypod 8080:80

  # In the background, to try it from the same command line
  kubectl port-forward service/web 8080:80 &
  curl localhost:8080`,
  flags: [
    {
      name: 'address',
      type: 'strings',
      default: 'localhost',
      usage: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value.',
    },
    POD_RUNNING_TIMEOUT_FLAG,
  ],
  *run(context, args) {
    if (args.args.length < 2)
      return fail(
        context,
        usageError('kubectl port-forward', 'TYPE/NAME and list of ports are required for port-forward'),
      );
    const found = target(context, args);
    if (isFailed(found)) return fail(context, found.failure);
    const { network } = context;
    if (network === undefined) return fail(context, 'there is no network here to listen on');
    const { pod, ports } = found;
    const opened = context.client.tunnel(builtin('pods'), nameOf(pod), namespaceOf(pod));
    if (!opened.ok) return fail(context, opened.status);
    const tunnel = opened.value;
    const state = { lost: false, wake: (): void => {} };
    const lose = (): void => {
      state.lost = true;
      state.wake();
    };
    const listeners = listen(context, network, args.strings('address'), ports, (port) =>
      forward(context, tunnel, port, lose),
    );
    if (listeners.length === 0)
      return fail(
        context,
        `unable to listen on any of the requested ports: [${ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
      );
    try {
      while (!state.lost && tunnel.open) {
        yield {
          type: 'signal',
          timeout: LOOK_EVERY,
          subscribe: (wake) => {
            state.wake = wake;
            return () => {
              state.wake = () => {};
            };
          },
        };
      }
      return fail(context, 'lost connection to pod');
    } finally {
      for (const listener of listeners) listener.close();
    }
  },
};

/** The pod and its ports that the arguments name. */
function target(
  context: KubectlContext,
  args: ParsedArgs,
): { readonly pod: Pod; readonly ports: readonly ForwardedPort[] } | Failure {
  const [resource = '', ...specs] = args.args;
  const namespace = namespaceFor(context, args);
  const pods = podsNamed(context, resource, namespace, 'attach to');
  if (isFailed(pods)) return pods;
  const pod = pods.pods[0] as Pod;
  const slash = resource.indexOf('/');
  const isService = slash >= 0 && findKind(context, resource.slice(0, slash)) === builtin('services');
  const service = isService
    ? getObject(context, builtin('services'), namespace, resource.slice(slash + 1))
    : undefined;
  if (service !== undefined && isFailed(service)) return service;
  const ports = forwardedPorts(specs, pod, service?.object as Service | undefined);
  if (isFailed(ports)) return ports;
  if (pod.status?.phase !== 'Running')
    return failure(
      `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? ''}`,
    );
  return { pod, ports };
}

/** Opens the local ports, and says of each where it leads. */
function listen(
  context: KubectlContext,
  network: NetworkNamespace,
  addresses: readonly string[],
  ports: readonly ForwardedPort[],
  handler: (port: ForwardedPort) => Handler,
): readonly Listener[] {
  const listeners: Listener[] = [];
  for (const { local, remote } of ports) {
    for (const address of addresses) {
      const isLocal = address === 'localhost' || address === '127.0.0.1';
      const port = local === 0 ? freePort(network) : local;
      const options = isLocal ? { address: '127.0.0.1' } : {};
      const opened = network.listen(port, handler({ local: port, remote }), options);
      if (opened.ok) {
        listeners.push(opened.listener);
        const shown = address === 'localhost' ? ['127.0.0.1', '[::1]'] : [address];
        for (const host of shown) context.stdio.out(`Forwarding from ${host}:${port} -> ${remote}\n`);
      } else context.stdio.err(cannotListen(address, port));
    }
  }
  return listeners;
}

function cannotListen(address: string, port: number): string {
  const shown =
    address === 'localhost'
      ? [
          ['tcp4', '127.0.0.1'],
          ['tcp6', '[::1]'],
        ]
      : [['tcp4', address]];
  const errors = shown.map(
    ([network, host]) =>
      `unable to create listener: Error listen ${network} ${host}:${port}: bind: address already in use`,
  );
  return `Unable to listen on port ${port}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`;
}

function freePort(network: NetworkNamespace): number {
  const taken = new Set(network.listeners().map(({ port }) => port));
  let port = FIRST_FREE_PORT;
  while (taken.has(port)) port++;
  return port;
}

/** Hands what comes to a local port on to the pod. When the pod does not take it, the connection to it is lost, as upstream. */
function forward(
  context: KubectlContext,
  tunnel: Tunnel,
  { local, remote }: ForwardedPort,
  lose: () => void,
): Handler {
  return ({ message, weight }): Reply => {
    context.stdio.out(`Handling connection for ${local}\n`);
    const exchange = tunnel.exchange(remote, message, weight) as Exchange | undefined;
    if (exchange?.outcome === 'ok' && exchange.reply !== undefined)
      return delayed(exchange.reply, exchange.latencyMs);
    const latencyMs = exchange?.latencyMs ?? 0;
    if (exchange?.outcome === 'refused') {
      context.stdio.err(
        `E portforward.go:424] "Unhandled Error" err="an error occurred forwarding ${local} -> ${remote}: error forwarding port ${remote} to pod: failed to connect to localhost:${remote} inside namespace, IPv4: dial tcp4 127.0.0.1:${remote}: connect: connection refused IPv6 dial tcp6 [::1]:${remote}: connect: connection refused"\n`,
      );
      lose();
    } else if (exchange === undefined) lose();
    return { type: exchange?.outcome === 'reset' ? 'reset' : 'close', latencyMs };
  };
}

function delayed(reply: Reply, latencyMs: number): Reply {
  return reply.type === 'hang' ? reply : { ...reply, latencyMs };
}
