import type { Container, PodSpec, SecurityContext } from '../../api/generated/types.ts';

/** What is debugged: a node, a copy of a pod, or a pod that gets another container. */
export type DebugStyle = 'node' | 'copy' | 'ephemeral';

/** What a profile asks for (pkg/cmd/debug/profiles.go). */
export interface DebugProfile {
  /** Whether a copy loses labels, annotations, probes and init containers unless they are to be kept. */
  readonly strips: boolean;
  /** Whether the containers of a copy share their processes. */
  readonly sharesProcesses: boolean;
  /** Whether a pod on a node uses the node's namespaces, and has its files in /host. */
  readonly hostNamespaces: boolean;
  readonly hostFiles: boolean;
  /** The security context of the debugging container; undefined: none. */
  security(style: DebugStyle, own: SecurityContext | undefined): SecurityContext | undefined;
}

const add = (own: SecurityContext | undefined, ...names: readonly string[]): SecurityContext => ({
  ...own,
  capabilities: { ...own?.capabilities, add: [...(own?.capabilities?.add ?? []), ...names] },
});

const RESTRICTED: SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** By the names that `--profile` takes. */
export const PROFILES: ReadonlyMap<string, DebugProfile> = new Map<string, DebugProfile>([
  [
    'legacy',
    {
      strips: false,
      sharesProcesses: false,
      hostNamespaces: true,
      hostFiles: true,
      security: (_, own) => own,
    },
  ],
  [
    'general',
    {
      strips: true,
      sharesProcesses: true,
      hostNamespaces: true,
      hostFiles: true,
      security: (style, own) => (style === 'node' ? undefined : add(own, 'SYS_PTRACE')),
    },
  ],
  [
    'baseline',
    {
      strips: true,
      sharesProcesses: true,
      hostNamespaces: false,
      hostFiles: false,
      security: () => undefined,
    },
  ],
  [
    'netadmin',
    {
      strips: true,
      sharesProcesses: true,
      hostNamespaces: true,
      hostFiles: false,
      security: (_, own) => add(own, 'NET_ADMIN', 'NET_RAW'),
    },
  ],
  [
    'restricted',
    {
      strips: true,
      sharesProcesses: true,
      hostNamespaces: false,
      hostFiles: false,
      security: () => RESTRICTED,
    },
  ],
  [
    'sysadmin',
    {
      strips: true,
      sharesProcesses: true,
      hostNamespaces: true,
      hostFiles: true,
      security: (_, own) => ({ ...own, privileged: true }),
    },
  ],
]);

/** A container with the security context that a profile gives it. */
export function secured<T extends Pick<Container, 'securityContext'>>(
  container: T,
  profile: DebugProfile,
  style: DebugStyle,
): T {
  const { securityContext, ...rest } = container;
  const context = profile.security(style, securityContext);
  return (context === undefined ? rest : { ...rest, securityContext: context }) as T;
}

const HOST_ROOT = 'host-root';

/** The pod of a node with what the profile gives it of the node. */
export function onNode(spec: PodSpec, profile: DebugProfile): PodSpec {
  const mounted = profile.hostFiles
    ? {
        volumes: [{ name: HOST_ROOT, hostPath: { path: '/' } }],
        containers: spec.containers.map((container) => ({
          ...container,
          volumeMounts: [{ mountPath: '/host', name: HOST_ROOT }],
        })),
      }
    : {};
  const shared = profile.hostNamespaces ? { hostIPC: true, hostNetwork: true, hostPID: true } : {};
  return { ...spec, ...mounted, ...shared };
}
