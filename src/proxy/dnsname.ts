/** A name inside the cluster's zone, taken apart from the right (CoreDNS plugin/kubernetes/parse.go). */
export type ClusterName =
  /** The zone itself, or `svc` and `pod` alone: they exist and have no records. */
  | { readonly type: 'apex' }
  | { readonly type: 'invalid' }
  | { readonly type: 'pod'; readonly namespace: string; readonly name: string }
  | {
      readonly type: 'svc';
      readonly namespace: string;
      /** Empty for the bare namespace. */
      readonly service: string;
      /** Host name or dashed address of one endpoint; empty when all are meant. */
      readonly endpoint: string;
      /** Of `_port._protocol`; empty when all are meant. */
      readonly port: string;
      readonly protocol: string;
    };

const APEX: ClusterName = Object.freeze({ type: 'apex' });
const INVALID: ClusterName = Object.freeze({ type: 'invalid' });

/** Reads a lower-case name of the zone; undefined when it is not in the zone. */
export function parseClusterName(name: string, zone: string): ClusterName | undefined {
  if (name === zone) return APEX;
  if (!name.endsWith(`.${zone}`)) return undefined;
  const labels = name.slice(0, -zone.length - 1).split('.');
  const type = labels.pop();
  if (type !== 'svc' && type !== 'pod') return INVALID;
  const namespace = labels.pop();
  if (namespace === undefined) return APEX;
  const service = labels.pop() ?? '';
  if (type === 'pod') return labels.length === 0 ? { type, namespace, name: service } : INVALID;
  const base = { type, namespace, service, endpoint: '', port: '', protocol: '' } as const;
  if (labels.length === 0) return base;
  if (labels.length === 1) return { ...base, endpoint: labels[0] as string };
  const [port, protocol] = labels as [string, string];
  if (labels.length > 2) return INVALID;
  return { ...base, port: port.replace(/^_/, ''), protocol: protocol.replace(/^_/, '') };
}

/** The address in `10-244-1-5`; undefined when the label is no dashed address. */
export function undash(label: string): string | undefined {
  if (/^[0-9]{1,3}(-[0-9]{1,3}){3}$/.test(label)) {
    const ip = label.replaceAll('-', '.');
    return ip.split('.').every((byte) => Number(byte) <= 255) ? ip : undefined;
  }
  return undefined;
}

/** `10-244-1-5` for 10.244.1.5: the name of an endpoint without a host name. */
export function dash(ip: string): string {
  return ip.replaceAll(/[.:]/g, '-');
}

/** Whether a name is one of the reverse zones'. */
export function isReverseName(name: string): boolean {
  return name.endsWith('.in-addr.arpa') || name.endsWith('.ip6.arpa');
}
