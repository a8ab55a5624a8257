import type { Pod } from '../api/generated/types.ts';
import { namespaceOf } from '../api/object.ts';
import type { ResolverConfig } from '../network/types.ts';
import type { KubeletConfig } from './config.ts';

const TIMEOUT_MS = 5_000;
const ATTEMPTS = 2;
const POD_NDOTS = 5;

/** What /etc/resolv.conf of a pod says (pkg/kubelet/network/dns/dns.go GetPodDNS). */
export function podResolver(pod: Pod, host: ResolverConfig, config: KubeletConfig): ResolverConfig {
  return withOwnConfig(pod, byPolicy(pod, host, config));
}

function byPolicy(pod: Pod, host: ResolverConfig, config: KubeletConfig): ResolverConfig {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None')
    return { nameservers: [], search: [], ndots: 1, timeoutMs: TIMEOUT_MS, attempts: ATTEMPTS };
  const cluster =
    policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && pod.spec.hostNetwork !== true);
  if (!cluster || config.clusterDNS.length === 0) return host;
  let known = clusterResolvers.get(config);
  if (known?.host !== host) {
    known = { host, byNamespace: new Map() };
    clusterResolvers.set(config, known);
  }
  const namespace = namespaceOf(pod);
  let resolver = known.byNamespace.get(namespace);
  if (resolver === undefined) {
    resolver = clusterResolver(namespace, host, config);
    known.byNamespace.set(namespace, resolver);
  }
  return resolver;
}

/** All pods of a namespace on a node have the same; made once for each while the host's stays as it is. */
const clusterResolvers = new WeakMap<
  KubeletConfig,
  { readonly host: ResolverConfig; readonly byNamespace: Map<string, ResolverConfig> }
>();

function clusterResolver(namespace: string, host: ResolverConfig, config: KubeletConfig): ResolverConfig {
  const domain = config.clusterDomain;
  return {
    nameservers: config.clusterDNS,
    search: [`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...host.search],
    ndots: POD_NDOTS,
    timeoutMs: TIMEOUT_MS,
    attempts: ATTEMPTS,
  };
}

function withOwnConfig(pod: Pod, base: ResolverConfig): ResolverConfig {
  const own = pod.spec.dnsConfig;
  if (own === undefined) return base;
  const option = (name: string): number | undefined => {
    const value = own.options?.find((o) => o.name === name)?.value;
    return value === undefined || !/^\d+$/.test(value) ? undefined : Number(value);
  };
  const timeout = option('timeout');
  return {
    nameservers: [...new Set([...base.nameservers, ...(own.nameservers ?? [])])],
    search: [...new Set([...base.search, ...(own.searches ?? [])])],
    ndots: option('ndots') ?? base.ndots,
    timeoutMs: timeout === undefined ? base.timeoutMs : timeout * 1000,
    attempts: option('attempts') ?? base.attempts,
  };
}
