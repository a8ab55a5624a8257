import type { Pod, Service } from '../api/generated/types.ts';
import { nameOf } from '../api/object.ts';
import { type Failure, failure, isFailed } from './errors.ts';

/** One `LOCAL:REMOTE` of a command line, in numbers. 0 as local port takes any that is free. */
export interface ForwardedPort {
  readonly local: number;
  readonly remote: number;
}

/** The ports of a pod that a command line names, where it names a service by the service's own ports (pkg/cmd/portforward/portforward.go). */
export function forwardedPorts(
  specs: readonly string[],
  pod: Pod,
  service: Service | undefined,
): readonly ForwardedPort[] | Failure {
  const ports: ForwardedPort[] = [];
  for (const spec of specs) {
    const parts = spec.split(':');
    if (parts.length > 2) return failure(`invalid port format '${spec}'`);
    const [first = '', second] = parts;
    const remoteText = second ?? first;
    const remote = service === undefined ? podPort(pod, remoteText) : servicePort(service, pod, remoteText);
    if (isFailed(remote)) return remote;
    const local = localPort(second === undefined ? defaultLocal(service, remoteText, remote.port) : first);
    if (isFailed(local)) return local;
    ports.push({ local: local.port, remote: remote.port });
  }
  return ports;
}

type Port = { readonly port: number } | Failure;

/** `80` of a service stays 80 here; a name is the port that it names. */
function defaultLocal(service: Service | undefined, text: string, remote: number): string {
  if (/^\d+$/.test(text)) return text;
  const named = service?.spec?.ports?.find(({ name }) => name === text)?.port;
  return String(named ?? remote);
}

function localPort(text: string): Port {
  if (text === '') return { port: 0 };
  if (!/^\d+$/.test(text) || Number(text) > 65_535)
    return failure(
      `error parsing local port '${text}': strconv.ParseUint: parsing "${text}": ${/^\d+$/.test(text) ? 'value out of range' : 'invalid syntax'}`,
    );
  return { port: Number(text) };
}

function podPort(pod: Pod, text: string): Port {
  if (/^\d+$/.test(text)) return numberOf(text);
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const named = containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === text);
  return named === undefined
    ? failure(`Pod '${nameOf(pod)}' does not have a named port '${text}'`)
    : { port: named.containerPort };
}

function numberOf(text: string): Port {
  if (Number(text) > 65_535)
    return failure(
      `error parsing remote port '${text}': strconv.ParseUint: parsing "${text}": value out of range`,
    );
  return Number(text) === 0 ? failure('remote port must be > 0') : { port: Number(text) };
}

function servicePort(service: Service, pod: Pod, text: string): Port {
  const isNumber = /^\d+$/.test(text);
  const found = service.spec?.ports?.find(({ name, port }) =>
    isNumber ? port === Number(text) : name === text,
  );
  if (found === undefined)
    return isNumber
      ? failure(`Service ${nameOf(service)} does not have a service port ${text}`)
      : failure(`Service '${nameOf(service)}' does not have a named port '${text}'`);
  if (service.spec?.clusterIP === 'None' && isNumber && found.targetPort === undefined)
    return { port: found.port };
  const target = found.targetPort ?? found.port;
  return podPort(pod, String(target));
}
