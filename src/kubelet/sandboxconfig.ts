import type { Pod } from '../api/generated/types.ts';
import { nameOf, namespaceOf, uidOf } from '../api/object.ts';
import { fnv1a32 } from '../apimachinery/names.ts';
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
    ...namesOf(pod, services),
    ...userNamespaceOf(pod),
    hostNetwork,
    resolver: podResolver(pod, services.hostNetwork.resolver, services.config),
    hosts: hostsOf(pod),
    portMappings: hostNetwork ? NO_PORTS : portMappings(pod),
    ...sysctlsOf(pod),
  };
}

/** Longest host name of the kernel's (setHostnameAsFQDN). */
const MAX_FQDN = 64;
const IDS = 65_536;

function namesOf(pod: Pod, { hostNetwork, config }: PodServices): Pick<SandboxConfig, 'fqdn' | 'hostname'> {
  if (pod.spec.hostNetwork === true) return { hostname: hostNetwork.host.name };
  const hostname = hostnameOf(pod);
  const { subdomain = '', setHostnameAsFQDN } = pod.spec;
  if (subdomain === '' || pod.spec.hostnameOverride !== undefined) return { hostname };
  const fqdn = `${hostname}.${subdomain}.${namespaceOf(pod)}.svc.${config.clusterDomain}`;
  return { hostname: setHostnameAsFQDN === true ? fqdn : hostname, fqdn };
}

/** Why a sandbox cannot be made: the kernel does not take the name (GeneratePodHostNameAndDomain, truncatePodHostname). */
export function nameTooLong({ hostname }: SandboxConfig): string | undefined {
  if (hostname.length <= MAX_FQDN) return undefined;
  return `failed to construct FQDN from pod hostname and cluster domain, FQDN ${hostname} is too long (${MAX_FQDN} characters is the max, ${hostname.length} characters requested)`;
}

/** A range of the host's user ids of the pod's own (pkg/kubelet/userns). */
function userNamespaceOf(pod: Pod): Pick<SandboxConfig, 'userNamespace'> {
  if (pod.spec.hostUsers !== false) return {};
  return { userNamespace: IDS * (1 + (fnv1a32(uidOf(pod)) % MAX_RANGES)) };
}

/** As many pods as a node may have by default. */
const MAX_RANGES = 110;

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
