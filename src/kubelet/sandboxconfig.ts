import type { Pod } from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import type { Transport } from '../network/types.ts';
import type { PortMapping, SandboxConfig } from './cri.ts';
import { podResolver } from './dns.ts';
import type { PodServices } from './services.ts';

const MAX_HOSTNAME = 63;
const NO_HOSTS: ReadonlyMap<string, string> = new Map();
const NO_PORTS: readonly PortMapping[] = Object.freeze([]);

/** What the runtime needs to make the pod's sandbox (kuberuntime_sandbox.go generatePodSandboxConfig). */
export function sandboxConfig(pod: Pod, attempt: number, services: PodServices): SandboxConfig {
  const { spec, metadata } = pod;
  const hostNetwork = spec.hostNetwork === true;
  return {
    pod: { name: nameOf(pod), namespace: namespaceOf(pod), uid: uidOf(pod) },
    attempt,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    hostname: hostNetwork ? services.hostNetwork.host.name : hostnameOf(pod),
    hostNetwork,
    resolver: podResolver(pod, services.hostNetwork.resolver, services.config),
    hosts: hostsOf(pod),
    portMappings: hostNetwork ? NO_PORTS : portMappings(pod),
    ...sysctlsOf(pod),
  };
}

function sysctlsOf({ spec }: Pod): Pick<SandboxConfig, 'sysctls'> {
  const { sysctls = [] } = spec.securityContext ?? {};
  if (sysctls.length === 0) return {};
  return { sysctls: new Map(sysctls.map(({ name, value }) => [name.replaceAll('/', '.'), value])) };
}

function hostnameOf(pod: Pod): string {
  const given = pod.spec.hostnameOverride ?? pod.spec.hostname ?? '';
  return (given === '' ? nameOf(pod) : given).slice(0, MAX_HOSTNAME).replace(/[-.]+$/, '');
}

function hostsOf(pod: Pod): ReadonlyMap<string, string> {
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length === 0) return NO_HOSTS;
  return new Map(
    aliases.flatMap(({ ip, hostnames }) => (hostnames ?? []).map((name): [string, string] => [name, ip])),
  );
}

function portMappings(pod: Pod): readonly PortMapping[] {
  const found: PortMapping[] = [];
  for (const { ports } of pod.spec.containers) {
    for (const { hostPort = 0, containerPort, protocol = 'TCP', hostIP = '' } of ports ?? []) {
      if (hostPort > 0) found.push({ hostPort, containerPort, transport: protocol as Transport, hostIP });
    }
  }
  return found.length === 0 ? NO_PORTS : found;
}
