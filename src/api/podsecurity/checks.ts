import type { Container, Pod, PodSpec, SecurityContext } from '../generated/types.ts';

/** One way in which a pod breaks a level: `privileged (container "x" must not set ...)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** A check of a level; undefined: nothing to complain of. */
export type Check = (spec: PodSpec, metadata: Pod['metadata']) => Violation | undefined;

type Named = Pick<Container, 'name' | 'ports' | 'securityContext'>;

function containersOf(spec: PodSpec): readonly Named[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec;
  return [...initContainers, ...containers, ...(ephemeralContainers as readonly Named[])];
}

const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(', ');
const plural = (one: string, more: string, count: number): string => (count === 1 ? one : more);
/** `container "a"`, `containers "a", "b"`. */
const named = (names: readonly string[]): string =>
  `${plural('container', 'containers', names.length)} ${quoted(names)}`;
const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort();

/** The containers whose own security context is so. */
function those(spec: PodSpec, is: (context: SecurityContext | undefined) => boolean): readonly string[] {
  return containersOf(spec)
    .filter(({ securityContext }) => is(securityContext))
    .map(({ name }) => name);
}

/** A complaint about containers, if there are any. */
function about(reason: string, names: readonly string[], must: string): Violation | undefined {
  return names.length === 0 ? undefined : { reason, detail: `${named(names)} ${must}` };
}

function joined(reason: string, details: readonly string[], glue = '; '): Violation | undefined {
  return details.length === 0 ? undefined : { reason, detail: details.join(glue) };
}

const APPARMOR: ReadonlySet<string> = new Set(['', 'RuntimeDefault', 'Localhost']);

const appArmor: Check = (spec) => {
  const bad = (type: string | undefined): boolean => !APPARMOR.has(type ?? '');
  const setters: string[] = [];
  const values: string[] = [];
  const ofPod = spec.securityContext?.appArmorProfile?.type;
  if (bad(ofPod)) {
    setters.push('pod');
    values.push(ofPod ?? '');
  }
  const names = those(spec, (context) => bad(context?.appArmorProfile?.type));
  if (names.length > 0) setters.push(named(names));
  for (const { securityContext } of containersOf(spec))
    if (bad(securityContext?.appArmorProfile?.type))
      values.push(securityContext?.appArmorProfile?.type ?? '');
  if (setters.length === 0) return undefined;
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', new Set(values).size),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(sorted(values))}`,
  };
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

function added(spec: PodSpec, allowed: ReadonlySet<string>): string | undefined {
  const bad = (context: SecurityContext | undefined): readonly string[] =>
    (context?.capabilities?.add ?? []).filter((name) => !allowed.has(name));
  const names = those(spec, (context) => bad(context).length > 0);
  if (names.length === 0) return undefined;
  const all = sorted(containersOf(spec).flatMap(({ securityContext }) => bad(securityContext)));
  return `${named(names)} must not include ${quoted(all)} in securityContext.capabilities.add`;
}

const defaultCapabilities: Check = (spec) => {
  const detail = added(spec, DEFAULT_CAPABILITIES);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
};

const noCapabilities: Check = (spec) => {
  const keeping = those(spec, (context) => context?.capabilities?.drop?.includes('ALL') !== true);
  const details =
    keeping.length === 0 ? [] : [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`];
  const detail = added(spec, new Set(['NET_BIND_SERVICE']));
  return joined('unrestricted capabilities', detail === undefined ? details : [...details, detail]);
};

const hostNamespaces: Check = ({ hostNetwork, hostPID, hostIPC }) => {
  const details = [
    ...(hostNetwork === true ? ['hostNetwork=true'] : []),
    ...(hostPID === true ? ['hostPID=true'] : []),
    ...(hostIPC === true ? ['hostIPC=true'] : []),
  ];
  return joined('host namespaces', details, ', ');
};

const hostPaths: Check = (spec) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return {
    reason: 'hostPath volumes',
    detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}`,
  };
};

const hostPorts: Check = (spec) => {
  const portsOf = ({ ports = [] }: Named): readonly number[] =>
    ports.flatMap(({ hostPort }) => (hostPort === undefined || hostPort === 0 ? [] : [hostPort]));
  const names = containersOf(spec)
    .filter((container) => portsOf(container).length > 0)
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  const ports = sorted(containersOf(spec).flatMap(portsOf).map(String));
  const detail = `${named(names)} ${plural('uses', 'use', names.length)} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`;
  return { reason: 'hostPort', detail };
};

const privileged: Check = (spec) =>
  about(
    'privileged',
    those(spec, (context) => context?.privileged === true),
    'must not set securityContext.privileged=true',
  );

const procMount: Check = (spec) => {
  const bad = (context: SecurityContext | undefined): boolean =>
    (context?.procMount ?? 'Default') !== 'Default';
  const values = containersOf(spec).flatMap(({ securityContext }) =>
    bad(securityContext) ? [securityContext?.procMount ?? ''] : [],
  );
  return about(
    'procMount',
    those(spec, bad),
    `must not set securityContext.procMount to ${quoted(sorted(values))}`,
  );
};

const SELINUX_TYPES: ReadonlySet<string> = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

const seLinux: Check = (spec) => {
  type Options = NonNullable<SecurityContext['seLinuxOptions']>;
  const bad = (options: Options | undefined): boolean =>
    !SELINUX_TYPES.has(options?.type ?? '') || (options?.user ?? '') !== '' || (options?.role ?? '') !== '';
  const all = [spec.securityContext, ...containersOf(spec).map(({ securityContext }) => securityContext)];
  const wrong = all.map((context) => context?.seLinuxOptions).filter(bad);
  if (wrong.length === 0) return undefined;
  const names = those(spec, (context) => bad(context?.seLinuxOptions));
  const setters = [
    ...(bad(spec.securityContext?.seLinuxOptions) ? ['pod'] : []),
    ...(names.length === 0 ? [] : [named(names)]),
  ];
  const types = sorted(
    wrong.map((options) => options?.type ?? '').filter((type) => !SELINUX_TYPES.has(type)),
  );
  const details = [
    ...(types.length === 0 ? [] : [`${plural('type', 'types', types.length)} ${quoted(types)}`]),
    ...(wrong.some((options) => (options?.user ?? '') !== '') ? ['user may not be set'] : []),
    ...(wrong.some((options) => (options?.role ?? '') !== '') ? ['role may not be set'] : []),
  ];
  const detail = `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${details.join('; ')}`;
  return { reason: 'seLinuxOptions', detail };
};

/** Who sets a seccomp profile that no level below privileged knows. */
function forbiddenSeccomp(spec: PodSpec): readonly string[] {
  const bad = (type: string | undefined): boolean =>
    type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const must = (type: string): string => `must not set securityContext.seccompProfile.type to "${type}"`;
  const ofPod = spec.securityContext?.seccompProfile?.type;
  const names = those(spec, (context) => bad(context?.seccompProfile?.type));
  const types = containersOf(spec).flatMap(({ securityContext }) =>
    bad(securityContext?.seccompProfile?.type) ? [securityContext?.seccompProfile?.type ?? ''] : [],
  );
  return [
    ...(bad(ofPod) ? [`pod ${must(ofPod ?? '')}`] : []),
    ...(names.length === 0 ? [] : [`${named(names)} ${must(sorted(types).join('", "'))}`]),
  ];
}

const seccompBaseline: Check = (spec) => joined('seccompProfile', forbiddenSeccomp(spec));

const seccompRestricted: Check = (spec) => {
  const details = [...forbiddenSeccomp(spec)];
  if (spec.securityContext?.seccompProfile?.type === undefined) {
    const silent = those(spec, (context) => context?.seccompProfile?.type === undefined);
    if (silent.length > 0)
      details.push(
        `pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      );
  }
  return joined('seccompProfile', details);
};

const SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

const sysctls: Check = (spec) => {
  const names = (spec.securityContext?.sysctls ?? [])
    .map(({ name }) => name)
    .filter((name) => !SYSCTLS.has(name));
  return joined('forbidden sysctls', names, ', ');
};

const hostProcess: Check = (spec) => {
  const names = those(spec, (context) => context?.windowsOptions?.hostProcess === true);
  const setters = [
    ...(spec.securityContext?.windowsOptions?.hostProcess === true ? ['pod'] : []),
    ...(names.length === 0 ? [] : [named(names)]),
  ];
  if (setters.length === 0) return undefined;
  const detail = `${setters.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
};

const noEscalation: Check = (spec) =>
  about(
    'allowPrivilegeEscalation != false',
    those(spec, (context) => context?.allowPrivilegeEscalation !== false),
    'must set securityContext.allowPrivilegeEscalation=false',
  );

const VOLUME_TYPES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const volumes: Check = (spec) => {
  const typesOf = (volume: object): readonly string[] =>
    Object.keys(volume).filter((key) => key !== 'name' && !VOLUME_TYPES.has(key));
  const bad = (spec.volumes ?? []).filter((volume) => typesOf(volume).length > 0);
  if (bad.length === 0) return undefined;
  const types = sorted(bad.flatMap(typesOf));
  const detail = `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map(({ name }) => name))} ${plural('uses', 'use', bad.length)} restricted volume ${plural('type', 'types', types.length)} ${quoted(types)}`;
  return { reason: 'restricted volume types', detail };
};

const nonRoot: Check = (spec) => {
  const ofPod = spec.securityContext?.runAsNonRoot;
  const details: string[] = [];
  if (ofPod === false) details.push('pod must not set securityContext.runAsNonRoot=false');
  const wrong = those(spec, (context) => context?.runAsNonRoot === false);
  if (wrong.length > 0) details.push(`${named(wrong)} must not set securityContext.runAsNonRoot=false`);
  if (ofPod !== true && details.length === 0) {
    const silent = those(spec, (context) => context?.runAsNonRoot === undefined);
    if (silent.length > 0) details.push(`pod or ${named(silent)} must set securityContext.runAsNonRoot=true`);
  }
  return joined('runAsNonRoot != true', details);
};

const notUserZero: Check = (spec) => {
  const names = those(spec, (context) => context?.runAsUser === 0);
  const setters = [
    ...(spec.securityContext?.runAsUser === 0 ? ['pod'] : []),
    ...(names.length === 0 ? [] : [named(names)]),
  ];
  return setters.length === 0
    ? undefined
    : { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` };
};

const SHARED: readonly (readonly [string, Check])[] = [
  ['appArmorProfile', appArmor],
  ['hostNamespaces', hostNamespaces],
  ['hostPorts', hostPorts],
  ['privileged', privileged],
  ['procMount', procMount],
  ['seLinuxOptions', seLinux],
  ['sysctls', sysctls],
  ['windowsHostProcess', hostProcess],
];

/** The checks of the level baseline, in the order of their names upstream (pod-security-admission/policy). */
export const BASELINE: readonly Check[] = [
  ...SHARED,
  ['capabilities_baseline', defaultCapabilities] as const,
  ['hostPathVolumes', hostPaths] as const,
  ['seccompProfile_baseline', seccompBaseline] as const,
]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([, check]) => check);

/** Those of restricted: baseline's that are not sharpened, then its own. */
export const RESTRICTED: readonly Check[] = [
  ...SHARED.map(([, check]) => check),
  noEscalation,
  noCapabilities,
  volumes,
  nonRoot,
  notUserZero,
  seccompRestricted,
];
